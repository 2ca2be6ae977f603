//! Arrays cut into tiles of whole chunks that fit into memory, and which tiles hold stored chunks: so no command
//! takes memory by the size of an array, or time for what is not stored.

use std::collections::BTreeSet;
use std::ops::Range;

use zarr::blocking::Wait;
use zarr::{Array, ReadDyn, Region, Selection, Slice};

use crate::failure::{Exit, Failure};

/// How many bytes of elements a box may have, unless a single chunk has more.
const BYTES: u64 = 32 << 20;

/// Shards of so many boxes are looked into: which inner chunks they hold.
const LARGE: u64 = 4;

/// So many boxes are gone through at most: half a pebibyte of elements. Beyond, a day and more would go by.
const MOST: u64 = 1 << 24;

/// What an element of variable length is taken to have.
pub(crate) const VARIABLE: usize = 64;

/// The boxes of an array: each of whole chunks, so that every chunk is decoded once, together all of it.
#[derive(Clone, Debug)]
pub(crate) struct Tiles {
    shape: Vec<u64>,
    tile: Vec<u64>,
    /// Where the next one begins.
    next: Option<Vec<u64>>,
}

impl Tiles {
    pub(crate) fn of(array: &Array) -> Self {
        let size = array.dtype().size().unwrap_or(VARIABLE);
        Self::new(array.shape(), &array.chunks(), size)
    }

    /// Those of an array of elements of so many bytes.
    pub(crate) fn new(shape: &[u64], chunks: &[u64], size: usize) -> Self {
        Self::of_cells(shape, chunks, BYTES / size.max(1) as u64)
    }

    /// Boxes that follow each other in C order, for what can only be written from front to back: of whole
    /// chunks where rows of those have no more than `most` bytes, so that none is decoded twice, else of
    /// fewer cells.
    pub(crate) fn in_order(shape: &[u64], chunks: &[u64], size: usize, most: u64) -> Self {
        let size = size.max(1) as u64;
        Self::rows(shape, chunks, BYTES / size, most / size)
    }

    /// Boxes of about `cells` elements, or so many as `most` that are whole chunks.
    fn rows(shape: &[u64], chunks: &[u64], cells: u64, most: u64) -> Self {
        let mut tile = vec![1; shape.len()];
        let mut row = 1_u64;
        for (axis, &length) in shape.iter().enumerate().rev() {
            let (room, chunk) = (
                cells / row.max(1),
                chunks.get(axis).copied().unwrap_or(1).max(1),
            );
            let along = match room >= length {
                true => length,
                false if room >= chunk => room / chunk * chunk,
                false if chunk.saturating_mul(row) <= most => chunk.min(length),
                false => room.max(1),
            };
            if let Some(tile) = tile.get_mut(axis) {
                *tile = along.max(1);
            }
            if along < length {
                break;
            }
            row = row.saturating_mul(length);
        }
        Self::over(shape, tile)
    }

    fn over(shape: &[u64], tile: Vec<u64>) -> Self {
        let next = (!shape.contains(&0)).then(|| vec![0; shape.len()]);
        let shape = shape.to_vec();
        Self { shape, tile, next }
    }

    /// Boxes of at most `cells` elements, or one chunk.
    fn of_cells(shape: &[u64], chunks: &[u64], cells: u64) -> Self {
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
        Self::over(shape, tile)
    }
}

impl Tiles {
    /// The chunks of a box of whole ones, one after another.
    pub(crate) fn chunks(
        cells: &[Range<u64>],
        chunks: &[u64],
    ) -> impl Iterator<Item = Vec<Range<u64>>> {
        let lengths: Vec<u64> = cells.iter().map(|cells| cells.end - cells.start).collect();
        Self::of_cells(&lengths, chunks, 0).map(move |tile| {
            let along = tile.into_iter().zip(cells);
            let moved = along.map(|(tile, cells)| cells.start + tile.start..cells.start + tile.end);
            moved.collect()
        })
    }

    /// How many there are in all.
    pub(crate) fn count_all(&self) -> u64 {
        let along = self.shape.iter().zip(&self.tile);
        along.fold(1, |all, (n, tile)| {
            u64::saturating_mul(all, n.div_ceil(*tile))
        })
    }
}

/// The boxes of an array that hold something, and how many elements there are elsewhere, which are all the fill
/// value.
#[derive(Debug)]
pub(crate) struct StoredTiles {
    /// By their numbers along the axes, in C order; `None` where it is not known which hold nothing.
    some: Option<BTreeSet<Vec<u64>>>,
    tiles: Tiles,
    absent: u64,
}

impl StoredTiles {
    /// What is to be gone through of arrays of one shape, as the first of them is cut. What is not stored in any
    /// of them is found by listing, where that can be; going through it would cost as much as if it were there.
    pub(crate) fn of(arrays: &[&Array], place: &str) -> Result<Self, Failure> {
        let Some(first) = arrays.first() else {
            return Err(Failure::usage("there is no array".to_owned()));
        };
        let shape = first.shape().iter();
        let Some(cells) = shape
            .into_iter()
            .try_fold(1_u64, |n, &length| n.checked_mul(length))
        else {
            let why = format!("it has more than {} elements", u64::MAX);
            return Err(too_many(place, why));
        };
        let tiles = Tiles::of(first);
        let mut some = Some(BTreeSet::new());
        for array in arrays {
            let hints = array.store().hints();
            let can_list = hints.listable && hints.lists_all && tiles.count_all() > 1;
            // A store may refuse to list: then all is gone through, which says what is wrong if anything is.
            let listed = can_list.then(|| tiles.stored_in(array)).flatten();
            some = some.zip(listed).map(|(mut all, more)| {
                all.extend(more);
                all
            });
        }
        let mut stored = Self {
            some,
            tiles,
            absent: 0,
        };
        check_count(stored.count(), place)?;
        if stored.some.is_some() {
            let held = stored.tiles().map(|tile| cells_of(&tile));
            stored.absent = cells.saturating_sub(held.fold(0, u64::saturating_add));
        }
        Ok(stored)
    }

    /// How many boxes hold something.
    pub(crate) fn count(&self) -> u64 {
        match &self.some {
            Some(some) => some.len() as u64,
            None => self.tiles.count_all(),
        }
    }

    /// The boxes that hold something.
    pub(crate) fn tiles(&self) -> Box<dyn Iterator<Item = Vec<Range<u64>>> + '_> {
        match &self.some {
            Some(some) => Box::new(some.iter().map(|at| self.tiles.at(at))),
            None => Box::new(self.tiles.clone()),
        }
    }

    /// How many elements lie in none of them.
    pub(crate) fn absent(&self) -> u64 {
        self.absent
    }

    /// The first cell that lies in none of them.
    pub(crate) fn first_absent(&self) -> Option<Vec<u64>> {
        let some = self.some.as_ref()?;
        let is_absent = |tile: &Vec<Range<u64>>| !some.contains(&self.tiles.numbers(tile));
        let tile = self.tiles.clone().find(is_absent)?;
        Some(tile.iter().map(|range| range.start).collect())
    }
}

impl Tiles {
    /// The boxes, by their numbers along the axes, in which chunks of an array are stored. `None` where its store
    /// does not say, and beyond what is gone through at most.
    fn stored_in(&self, array: &Array) -> Option<BTreeSet<Vec<u64>>> {
        let mut touched = BTreeSet::new();
        let large = self
            .tile
            .iter()
            .fold(LARGE, |n, &length| u64::saturating_mul(n, length));
        let mark = |region: &Region| {
            let spans = region.spans.iter().filter(|span| span.count() > 0);
            let ranges: Vec<Range<u64>> = spans
                .zip(&self.tile)
                .map(|(span, tile)| {
                    let last = span.last().unwrap_or(span.start());
                    span.start() / tile..last / tile + 1
                })
                .collect();
            if ranges.len() < self.tile.len() {
                return;
            }
            let mut at: Vec<u64> = ranges.iter().map(|range| range.start).collect();
            while touched.len() as u64 <= MOST {
                touched.insert(at.clone());
                let mut axes = at.iter_mut().zip(&ranges).rev();
                let more = axes.any(|(at, range)| {
                    *at += 1;
                    let is_within = *at < range.end;
                    if !is_within {
                        *at = range.start;
                    }
                    is_within
                });
                if !more {
                    break;
                }
            }
        };
        array.chunked().each_stored(large, mark).wait().ok()?;
        Some(touched)
    }

    /// The box of these numbers along the axes.
    fn at(&self, numbers: &[u64]) -> Vec<Range<u64>> {
        let axes = numbers.iter().zip(&self.tile).zip(&self.shape);
        axes.map(|((&number, &tile), &length)| {
            let start = number.saturating_mul(tile);
            start..start.saturating_add(tile).min(length)
        })
        .collect()
    }

    /// The numbers of a box along the axes.
    fn numbers(&self, tile: &[Range<u64>]) -> Vec<u64> {
        let axes = tile.iter().zip(&self.tile);
        axes.map(|(range, tile)| range.start / tile).collect()
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

/// Whether going through all boxes comes to an end.
pub(crate) fn check(tiles: &Tiles, place: &str) -> Result<(), Failure> {
    check_count(tiles.count_all(), place)
}

/// Refuses more boxes than are gone through at most.
fn check_count(parts: u64, place: &str) -> Result<(), Failure> {
    match parts <= MOST {
        true => Ok(()),
        false => {
            let why = format!(
                "it takes {parts} reads to go through its elements, and the limit is {MOST}"
            );
            Err(too_many(place, why))
        }
    }
}

fn too_many(place: &str, why: String) -> Failure {
    let failure = Failure::new(Exit::Limit, "cannot go through", place, why);
    failure.advice("copy or read a part of it")
}

/// How many elements a box has.
pub(crate) fn cells_of(ranges: &[Range<u64>]) -> u64 {
    let lengths = ranges.iter().map(|range| range.end - range.start);
    lengths.fold(1, u64::saturating_mul)
}

/// How many bytes elements have in memory, or what is taken for it.
pub(crate) fn bytes_of(array: &Array, ranges: &[Range<u64>]) -> u64 {
    let size = array.dtype().size().unwrap_or(VARIABLE);
    cells_of(ranges).saturating_mul(size as u64)
}

/// The places of a box's elements in the C order of the array, one run after another.
pub(crate) fn runs<'a>(
    shape: &[u64],
    cells: &'a [Range<u64>],
) -> impl Iterator<Item = Range<u64>> + use<'a> {
    let mut strides = vec![1_u64; shape.len()];
    let mut stride = 1_u64;
    for (own, length) in strides.iter_mut().zip(shape).rev() {
        *own = stride;
        stride = stride.saturating_mul(*length);
    }
    // Along this axis and all behind it, the elements of one place follow each other.
    let whole = |(cells, length): &(&Range<u64>, &u64)| cells.start == 0 && cells.end == **length;
    let behind = cells.iter().zip(shape).rev().take_while(whole).count();
    let outer = cells.len().saturating_sub(behind + 1);
    let (before, along) = cells.split_at(outer);
    let (start, run) = match (along.first(), strides.get(outer)) {
        (Some(cells), Some(stride)) => (cells.start * stride, (cells.end - cells.start) * stride),
        _ => (0, 1),
    };
    let count = before.iter().fold(1_u64, |count, cells| {
        count.saturating_mul(cells.end - cells.start)
    });
    let count = if run == 0 { 0 } else { count };
    (0..count).map(move |place| {
        let (mut rest, mut at) = (place, start);
        for (cells, stride) in before.iter().zip(&strides).rev() {
            let length = cells.end - cells.start;
            at += (cells.start + rest % length) * stride;
            rest /= length;
        }
        at..at + run
    })
}

/// The elements of a box.
pub(crate) fn read(array: &Array, ranges: &[Range<u64>]) -> ReadDyn {
    array.read_dyn(selection(ranges))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shape: &[u64], chunks: &[u64], cells: u64, expected: &[&[Range<u64>]]) {
        let tiles = Tiles::of_cells(shape, chunks, cells);
        assert_eq!(tiles.count_all(), expected.len() as u64);
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

    #[test]
    fn rows_follow_each_other() {
        let check =
            |shape: &[u64], chunks: &[u64], cells: u64, most: u64, expected: &[&[Range<u64>]]| {
                let tiles = Tiles::rows(shape, chunks, cells, most);
                assert_eq!(tiles.count_all(), expected.len() as u64);
                let tiles: Vec<_> = tiles.collect();
                assert_eq!(tiles, expected);
                let runs = tiles.iter().flat_map(|tile| runs(shape, tile));
                let end = runs.fold(0, |end, run| {
                    assert_eq!(end, run.start);
                    run.end
                });
                assert_eq!(end, shape.iter().product::<u64>());
            };
        check(&[6, 5], &[4, 3], 100, 100, &[&[0..6, 0..5]]);
        check(&[6, 5], &[4, 3], 22, 22, &[&[0..4, 0..5], &[4..6, 0..5]]);
        check(&[6, 5], &[4, 3], 5, 20, &[&[0..4, 0..5], &[4..6, 0..5]]);
        check(
            &[3, 5],
            &[4, 3],
            6,
            6,
            &[&[0..1, 0..5], &[1..2, 0..5], &[2..3, 0..5]],
        );
        check(
            &[2, 5],
            &[4, 3],
            1,
            3,
            &[&[0..1, 0..3], &[0..1, 3..5], &[1..2, 0..3], &[1..2, 3..5]],
        );
        check(
            &[2, 2],
            &[4, 3],
            1,
            1,
            &[&[0..1, 0..1], &[0..1, 1..2], &[1..2, 0..1], &[1..2, 1..2]],
        );
        check(&[], &[], 1, 1, &[&[]]);
        check(&[3, 0], &[1, 1], 9, 9, &[]);
    }

    #[test]
    fn runs_of_a_box() {
        let check = |cells: &[Range<u64>], expected: &[[u64; 2]]| {
            let found: Vec<_> = runs(&[3, 4, 5], cells)
                .map(|run| [run.start, run.end])
                .collect();
            assert_eq!(found, expected);
        };
        check(&[0..3, 0..4, 0..5], &[[0, 60]]);
        check(&[1..3, 0..4, 0..5], &[[20, 60]]);
        check(&[1..3, 2..4, 0..5], &[[30, 40], [50, 60]]);
        check(
            &[0..2, 1..3, 4..5],
            &[[9, 10], [14, 15], [29, 30], [34, 35]],
        );
        check(&[0..0, 0..4, 0..5], &[]);
        check(&[0..3, 1..1, 0..5], &[]);
    }
}
