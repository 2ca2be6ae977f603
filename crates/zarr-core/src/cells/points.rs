//! Single cells: of an array by their coordinates, of a chunk by their numbers in it; and how chunks divide them.

use std::ops::Range;
use std::sync::Arc;

use zarr_codecs::{AxisGrid, Dims, Region};

use super::listed::{ListedCell, locate};

/// Points of an array, and the place of each in the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PointCells {
    /// Of each axis, the coordinates of all points.
    axes: Dims<Vec<u64>>,
    to: Vec<usize>,
}

/// Points of a chunk, by their numbers in it, in C order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChunkPoints {
    /// The shape of the chunk.
    shape: Dims<u64>,
    /// The points of all chunks, and which of them these are. Shared, since they are asked for more than once.
    all: Arc<Vec<ListedCell>>,
    range: Range<usize>,
}

/// Points by the chunks that hold them, in ascending order.
#[derive(Clone, Debug)]
pub(crate) struct PointsByChunk {
    chunks: Vec<(Dims<u64>, ChunkPoints)>,
}

impl PointCells {
    /// So many points, of which the coordinates along each axis are given; they are in the data in this order.
    pub(crate) fn new(axes: Dims<Vec<u64>>, count: usize) -> Self {
        let to = (0..count).collect();
        Self { axes, to }
    }

    /// The same, each at its own place in the data.
    pub(crate) fn placed(axes: Dims<Vec<u64>>, to: Vec<usize>) -> Self {
        Self { axes, to }
    }

    /// The place of each point in the data.
    pub(crate) fn places(&self) -> &[usize] {
        &self.to
    }

    /// The coordinates of all points along each axis.
    pub(crate) fn axes(&self) -> &[Vec<u64>] {
        &self.axes
    }

    /// The smallest box that holds all points.
    pub(super) fn bounds(&self) -> Region {
        let (low, shape): (Dims<u64>, Dims<u64>) = self.axes.iter().map(|axis| reach(axis)).unzip();
        Region::dense(&low, &shape)
    }

    /// The number of each point in a dense box, in C order of these axes, and its place. A cell that lies outside has
    /// any number.
    pub(super) fn numbered(&self, within: &Region, order: &[usize]) -> Vec<ListedCell> {
        let places = self.to.iter().map(|&to| ListedCell { cell: 0, to });
        let mut numbered: Vec<ListedCell> = places.collect();
        for &axis in order {
            let (Some(cells), Some(range)) = (self.axes.get(axis), within.ranges.get(axis)) else {
                continue;
            };
            for (listed, &cell) in numbered.iter_mut().zip(cells) {
                let number = listed.cell.wrapping_mul(range.count());
                listed.cell = number.wrapping_add(cell.wrapping_sub(range.start()));
            }
        }
        numbered
    }

    /// Groups the points by their chunks. Points of one chunk keep their order, so that of two equal ones the later is
    /// written last. `None` if a chunk has more cells, or there are more chunks, than can be counted.
    pub(super) fn by_chunk(&self, grid: &[AxisGrid]) -> Option<PointsByChunk> {
        let count = self.to.len();
        let (mut chunks, mut cells) = (vec![0_u64; count], vec![0_u64; count]);
        // All numbers of chunks are below.
        let mut end = 1_u64;
        for (axis, grid) in self.axes.iter().zip(grid) {
            let (first, length) = reach(axis);
            let low = locate(grid, first).0;
            let high = locate(grid, first + length.saturating_sub(1)).0;
            // Numbers as in the box of chunks that holds all points; if that has too many, those of a list.
            let along = (high - low).checked_add(1);
            let listed = match along.and_then(|along| end.checked_mul(along)) {
                Some(all) => {
                    end = all;
                    None
                }
                None => {
                    let along = distinct(axis.iter().map(|&cell| locate(grid, cell).0));
                    end = ranked(&mut chunks).checked_mul(along.len() as u64)?;
                    Some(along)
                }
            };
            let along = match &listed {
                None => high - low + 1,
                Some(list) => list.len() as u64,
            };
            for ((chunk, number), &cell) in chunks.iter_mut().zip(&mut cells).zip(axis) {
                let (at, inside, length) = placed(grid, cell);
                let at = match &listed {
                    None => at - low,
                    Some(list) => list.partition_point(|&listed| listed < at) as u64,
                };
                *chunk = *chunk * along + at;
                *number = number.wrapping_mul(length).wrapping_add(inside);
            }
        }
        if end > (count as u64).saturating_mul(2) {
            end = ranked(&mut chunks);
        }
        self.sorted(&chunks, &cells, usize::try_from(end).ok()?, grid)
    }

    /// Sorts the points by the number of their chunk, which is below `end`, given their numbers in the chunk.
    fn sorted(
        &self,
        chunks: &[u64],
        cells: &[u64],
        end: usize,
        grid: &[AxisGrid],
    ) -> Option<PointsByChunk> {
        // The first point of each chunk, and how many it has.
        let mut counts = vec![(0_usize, 0_usize); end];
        for (i, &chunk) in chunks.iter().enumerate() {
            let (first, count) = counts.get_mut(chunk as usize)?;
            if *count == 0 {
                *first = i;
            }
            *count += 1;
        }
        let (mut next, mut start) = (Vec::with_capacity(end), 0);
        for &(_, count) in &counts {
            next.push(start);
            start += count;
        }
        let mut all = vec![ListedCell { cell: 0, to: 0 }; self.to.len()];
        for ((&chunk, &cell), &to) in chunks.iter().zip(cells).zip(&self.to) {
            let next = next.get_mut(chunk as usize)?;
            *all.get_mut(*next)? = ListedCell { cell, to };
            *next += 1;
        }
        let all = Arc::new(all);
        let groups = counts.iter().zip(next).filter(|((_, count), _)| *count > 0);
        let chunks = groups.map(|(&(first, count), end)| {
            let (mut chunk, mut shape) = (Dims::new(), Dims::new());
            for (axis, grid) in self.axes.iter().zip(grid) {
                let (at, _, length) = placed(grid, *axis.get(first)?);
                chunk.push(at);
                shape.push(length);
            }
            zarr_codecs::volume(&shape)?;
            let (all, range) = (Arc::clone(&all), end - count..end);
            Some((chunk, ChunkPoints { shape, all, range }))
        });
        let chunks = chunks.collect::<Option<_>>()?;
        Some(PointsByChunk { chunks })
    }
}

impl ChunkPoints {
    /// The number in the chunk of each point, and its place.
    pub(super) fn listed(&self) -> &[ListedCell] {
        self.all.get(self.range.clone()).unwrap_or_default()
    }

    /// The shape of the chunk.
    pub(super) fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// The same by their coordinates.
    pub(super) fn located(&self) -> PointCells {
        let listed = self.listed();
        let mut axes: Dims<Vec<u64>> = Dims::new();
        let mut rest: Vec<u64> = listed.iter().map(|listed| listed.cell).collect();
        for &length in self.shape.iter().rev() {
            let along = rest.iter_mut().map(|rest| {
                let cell = *rest % length.max(1);
                *rest /= length.max(1);
                cell
            });
            axes.push(along.collect());
        }
        axes.reverse();
        let to = listed.iter().map(|listed| listed.to).collect();
        PointCells { axes, to }
    }
}

impl PointsByChunk {
    /// The number of chunks.
    pub(super) fn len(&self) -> usize {
        self.chunks.len()
    }

    /// The `i`-th chunk, and the points within it.
    pub(super) fn get(&self, i: usize) -> Option<&(Dims<u64>, ChunkPoints)> {
        self.chunks.get(i)
    }

    /// The position of a chunk, if it holds any of the points.
    pub(super) fn find(&self, chunk: &[u64]) -> Option<usize> {
        let found = self
            .chunks
            .binary_search_by(|(at, _)| at.as_slice().cmp(chunk));
        found.ok()
    }

    /// The number of points in these chunks.
    pub(super) fn cells(&self, chunks: Range<usize>) -> usize {
        let chunks = self.chunks.get(chunks).unwrap_or_default().iter();
        chunks.map(|(_, points)| points.range.len()).sum()
    }
}

/// The lowest of these cells, and how many there are from it to the highest.
pub(super) fn reach(cells: &[u64]) -> (u64, u64) {
    let (low, high) = cells.iter().fold((u64::MAX, 0), |(low, high), &cell| {
        (low.min(cell), high.max(cell))
    });
    match high.checked_sub(low) {
        Some(way) => (low, way.saturating_add(1)),
        None => (0, 0),
    }
}

/// The chunk of a cell, the place of the cell in it, and its length.
fn placed(grid: &AxisGrid, cell: u64) -> (u64, u64, u64) {
    match grid {
        AxisGrid::Uniform(length) if *length > 0 => (cell / length, cell % length, *length),
        _ => {
            let (chunk, inside) = locate(grid, cell);
            let length = grid.chunk(chunk).map_or(1, |(_, length)| length);
            (chunk, inside, length)
        }
    }
}

/// These numbers in order, each once.
fn distinct(numbers: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut distinct: Vec<u64> = numbers.collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct
}

/// Replaces numbers by how many lower ones there are, and says how many different ones there are.
fn ranked(numbers: &mut [u64]) -> u64 {
    let distinct = distinct(numbers.iter().copied());
    for number in numbers {
        *number = distinct.partition_point(|listed| listed < number) as u64;
    }
    distinct.len() as u64
}
