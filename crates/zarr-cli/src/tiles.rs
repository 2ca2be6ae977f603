//! An array in boxes that fit into memory, so that no command's memory grows with its array. Pure
//! arithmetic: reads nothing.

use std::ops::Range;

use zarr::{Array, ReadDyn, Selection, Slice};

use crate::failure::{Exit, Failure};

/// How many bytes of elements a box may have, unless a single chunk has more.
const BYTES: u64 = 32 << 20;

/// So many boxes are gone through at most: half a pebibyte of elements. Beyond, a day and more would go by.
const MOST: u64 = 1 << 24;

/// What an element of variable length is taken to have.
const VARIABLE: u64 = 64;

/// The boxes of an array: each of whole chunks, so that every chunk is decoded once, together all of it.
#[derive(Debug)]
pub(crate) struct Tiles {
    shape: Vec<u64>,
    tile: Vec<u64>,
    /// Where the next one begins.
    next: Option<Vec<u64>>,
}

impl Tiles {
    pub(crate) fn of(array: &Array) -> Self {
        let size = array.dtype().size().map_or(VARIABLE, |size| size as u64);
        Self::new(array.shape(), &array.chunks(), BYTES / size.max(1))
    }

    /// Boxes of at most `cells` elements, or one chunk.
    fn new(shape: &[u64], chunks: &[u64], cells: u64) -> Self {
        let chunk = |axis: usize| chunks.get(axis).copied().unwrap_or(1).max(1);
        let mut tile: Vec<u64> = shape
            .iter()
            .enumerate()
            .map(|(axis, &length)| chunk(axis).min(length.max(1)))
            .collect();
        // As far along the last axis as is allowed, then along the one before it: long runs of cells.
        for (axis, &length) in shape.iter().enumerate().rev() {
            let others = tile.iter().enumerate().filter(|(other, _)| *other != axis);
            let others = others.fold(1_u64, |all, (_, n)| all.saturating_mul(*n));
            let (room, step) = (cells / others.max(1), chunk(axis));
            let Some(along) = tile.get_mut(axis) else {
                break;
            };
            if room < length {
                *along = (room / step * step).max(*along);
                break;
            }
            *along = length.max(1);
        }
        let next = (!shape.contains(&0)).then(|| vec![0; shape.len()]);
        let shape = shape.to_vec();
        Self { shape, tile, next }
    }
}

impl Tiles {
    /// The chunks of a box of whole ones, one after another.
    pub(crate) fn chunks(
        cells: &[Range<u64>],
        chunks: &[u64],
    ) -> impl Iterator<Item = Vec<Range<u64>>> {
        let lengths: Vec<u64> = cells.iter().map(|cells| cells.end - cells.start).collect();
        Self::new(&lengths, chunks, 0).map(move |tile| {
            let along = tile.into_iter().zip(cells);
            let moved = along.map(|(tile, cells)| cells.start + tile.start..cells.start + tile.end);
            moved.collect()
        })
    }

    /// Whether going through an array comes to an end, what is not stored included.
    pub(crate) fn check(array: &Array, place: &str) -> Result<(), Failure> {
        let parts = Self::of(array).in_all();
        match parts <= MOST {
            true => Ok(()),
            false => {
                let why =
                    format!("its elements are {parts} parts to go through, the most is {MOST}");
                let failure = Failure::new(Exit::Limit, "cannot go through", place, why);
                Err(failure.advice("copy or read a part of it"))
            }
        }
    }

    /// How many there are in all.
    pub(crate) fn in_all(&self) -> u64 {
        let along = self.shape.iter().zip(&self.tile);
        along.fold(1, |all, (n, tile)| {
            u64::saturating_mul(all, n.div_ceil(*tile))
        })
    }
}

impl Iterator for Tiles {
    type Item = Vec<Range<u64>>;

    fn next(&mut self) -> Option<Vec<Range<u64>>> {
        let start = self.next.take()?;
        let mut after = start.clone();
        for ((at, &tile), &length) in after.iter_mut().zip(&self.tile).zip(&self.shape).rev() {
            *at = at.saturating_add(tile);
            if *at < length {
                self.next = Some(after);
                break;
            }
            *at = 0;
        }
        let ends = start.iter().zip(&self.tile).zip(&self.shape);
        let boxed = ends.map(|((&at, &tile), &length)| at..at.saturating_add(tile).min(length));
        Some(boxed.collect())
    }
}

/// The cells of a box. Axes are no longer than indices can say.
pub(crate) fn selection(ranges: &[Range<u64>]) -> Selection {
    let index = |at: u64| Some(i64::try_from(at).unwrap_or(i64::MAX));
    let slice = |range: &Range<u64>| Slice::Range {
        start: index(range.start),
        stop: index(range.end),
        step: 1,
    };
    ranges.iter().map(slice).collect::<Vec<Slice>>().into()
}

/// How many bytes elements have in memory, or what is taken for it.
pub(crate) fn bytes_of(array: &Array, ranges: &[Range<u64>]) -> u64 {
    let size = array.dtype().size().map_or(VARIABLE, |size| size as u64);
    let lengths = ranges.iter().map(|range| range.end - range.start);
    lengths.fold(size, u64::saturating_mul)
}

/// The elements of a box.
pub(crate) fn read(array: &Array, ranges: &[Range<u64>]) -> ReadDyn {
    array.read_dyn(selection(ranges))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shape: &[u64], chunks: &[u64], cells: u64, expected: &[&[Range<u64>]]) {
        let tiles = Tiles::new(shape, chunks, cells);
        assert_eq!(tiles.in_all(), expected.len() as u64);
        assert_eq!(tiles.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn whole_chunks_as_many_as_fit() {
        check(&[6, 5], &[4, 3], 100, &[&[0..6, 0..5]]);
        check(&[6, 5], &[4, 3], 20, &[&[0..4, 0..5], &[4..6, 0..5]]);
        check(
            &[6, 5],
            &[4, 3],
            1,
            &[&[0..4, 0..3], &[0..4, 3..5], &[4..6, 0..3], &[4..6, 3..5]],
        );
        check(&[], &[], 1, &[&[]]);
        check(&[3, 0], &[1, 1], 9, &[]);
    }
}
