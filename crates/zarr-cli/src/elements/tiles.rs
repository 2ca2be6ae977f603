//! Arrays cut into tiles of whole chunks that fit into memory, and which tiles hold stored chunks: so no command
//! takes memory by the size of an array, or time for what is not stored.

use std::collections::BTreeSet;
use std::ops::Range;

use zarr::blocking::Wait;
use zarr::{Array, ReadDyn, Region, Selection, Slice};

use crate::failure::{Exit, Failure};

/// How many bytes of elements a tile may have, unless one chunk has more.
const BYTES: u64 = 32 << 20;

/// For shards of more tiles than this, it is found out which inner chunks they hold.
const LARGE: u64 = 4;

/// At most this many tiles are read: half a pebibyte of elements, which takes a day.
const MOST: u64 = 1 << 24;

/// The bytes that an element of variable length is assumed to have.
pub(crate) const VARIABLE: usize = 64;

/// The shape of the array's chunks, inside of shards if there are any; where chunks differ, that of the largest.
pub(crate) fn largest_chunk(array: &Array) -> Vec<u64> {
    let chunks = array.chunks();
    chunks.unwrap_or_else(|| array.chunked().grid().largest_chunk().to_vec())
}

/// The tiles of an array: boxes of whole chunks that together are the array, so that each chunk is decoded once.
#[derive(Clone, Debug)]
pub(crate) struct Tiles {
    shape: Vec<u64>,
    tile: Vec<u64>,
    /// Where the next tile begins.
    next: Option<Vec<u64>>,
}

impl Tiles {
    pub(crate) fn of(array: &Array) -> Self {
        let size = array.dtype().size().unwrap_or(VARIABLE);
        Self::new(array.shape(), &largest_chunk(array), size)
    }

    /// The tiles of an array with elements of `size` bytes.
    pub(crate) fn new(shape: &[u64], chunks: &[u64], size: usize) -> Self {
        Self::of_cells(shape, chunks, BYTES / size.max(1) as u64)
    }

    /// Tiles that follow each other in C order, for output that is written from front to back. They are whole chunks
    /// if rows of chunks have at most `most` bytes, so that none is decoded twice, and smaller otherwise.
    pub(crate) fn in_order(shape: &[u64], chunks: &[u64], size: usize, most: u64) -> Self {
        let size = size.max(1) as u64;
        Self::rows(shape, chunks, BYTES / size, most / size)
    }

    /// Tiles of about `cells` elements, or of up to `most` if they are whole chunks.
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

    /// Tiles of at most `cells` elements, or of one chunk.
    pub(crate) fn of_cells(shape: &[u64], chunks: &[u64], cells: u64) -> Self {
        let chunk = |axis: usize| chunks.get(axis).copied().unwrap_or(1).max(1);
        let mut tile: Vec<u64> = shape
            .iter()
            .enumerate()
            .map(|(axis, &length)| chunk(axis).min(length.max(1)))
            .collect();
        // As long as allowed on the last axis, then on the one before it, for long runs of cells.
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
    /// The number of all tiles.
    pub(crate) fn count_all(&self) -> u64 {
        let along = self.shape.iter().zip(&self.tile);
        along.fold(1, |all, (n, tile)| {
            u64::saturating_mul(all, n.div_ceil(*tile))
        })
    }
}

/// The tiles of an array that hold stored chunks, and how many elements lie elsewhere, all of them the fill value.
#[derive(Debug)]
pub(crate) struct StoredTiles {
    /// Their numbers along the axes, in C order; `None` if it is not known which tiles hold chunks.
    some: Option<BTreeSet<Vec<u64>>>,
    tiles: Tiles,
    absent: u64,
}

impl StoredTiles {
    /// The tiles of the first of several arrays of one shape that hold stored chunks of any of them. They are found
    /// by listing, if the stores can be listed; reading all tiles would take as long as if all were stored.
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
            let lists_all = || array.store().hints().lists_every_value();
            // A store may refuse to list, or leave something out, which it knows only after the listing. Then all tiles
            // are read, which reports what is wrong, if anything is.
            let can_list = tiles.count_all() > 1 && lists_all();
            let listed = can_list.then(|| tiles.stored_in(array)).flatten();
            let listed = listed.filter(|_| lists_all());
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

    /// How many tiles hold stored chunks.
    pub(crate) fn count(&self) -> u64 {
        match &self.some {
            Some(some) => some.len() as u64,
            None => self.tiles.count_all(),
        }
    }

    /// The tiles that hold stored chunks.
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
    /// The tiles in which chunks of an array are stored, by their numbers along the axes. `None` if its store cannot
    /// tell, or if there are too many.
    fn stored_in(&self, array: &Array) -> Option<BTreeSet<Vec<u64>>> {
        let mut touched = BTreeSet::new();
        let large = self
            .tile
            .iter()
            .fold(LARGE, |n, &length| u64::saturating_mul(n, length));
        let mark = |region: &Region| {
            let axes = region.ranges.iter().filter(|span| span.count() > 0);
            let ranges: Vec<Range<u64>> = axes
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

    /// The tile of these numbers along the axes.
    fn at(&self, numbers: &[u64]) -> Vec<Range<u64>> {
        let axes = numbers.iter().zip(&self.tile).zip(&self.shape);
        axes.map(|((&number, &tile), &length)| {
            let start = number.saturating_mul(tile);
            start..start.saturating_add(tile).min(length)
        })
        .collect()
    }

    /// The numbers of a tile along the axes.
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

/// The selection of a tile. No axis is longer than an index can be.
pub(crate) fn selection(ranges: &[Range<u64>]) -> Selection {
    let index = |at: u64| Some(i64::try_from(at).unwrap_or(i64::MAX));
    let slice = |range: &Range<u64>| Slice::Range {
        start: index(range.start),
        stop: index(range.end),
        step: 1,
    };
    ranges.iter().map(slice).collect::<Vec<Slice>>().into()
}

/// Refuses more tiles than can be read in reasonable time.
pub(crate) fn check(tiles: &Tiles, place: &str) -> Result<(), Failure> {
    check_count(tiles.count_all(), place)
}

/// Refuses more than the limit.
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

/// How many elements a tile has.
pub(crate) fn cells_of(ranges: &[Range<u64>]) -> u64 {
    let lengths = ranges.iter().map(|range| range.end - range.start);
    lengths.fold(1, u64::saturating_mul)
}

/// How many bytes the elements of a tile have in memory, or are assumed to have.
pub(crate) fn bytes_of(array: &Array, ranges: &[Range<u64>]) -> u64 {
    let size = array.dtype().size().unwrap_or(VARIABLE);
    cells_of(ranges).saturating_mul(size as u64)
}

/// The runs of a tile's elements in the C order of the array.
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
    // On this axis and all after it, the elements are one run.
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

/// The elements of a tile.
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
