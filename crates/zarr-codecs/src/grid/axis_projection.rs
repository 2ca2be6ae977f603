//! The chunks that a range of cells touches along one axis, in the order of the range. Each is computed when
//! it is asked for; nothing is kept per chunk.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::grid::axis_grid::ChunkRuns;
use crate::{AxisGrid, AxisRange};

/// The chunks that a range touches along its axis.
///
/// The numbers of cells and chunks fit `u64`: an [`AxisRange`] ends before `u64` does, and the number of a
/// chunk is never higher than those of its cells.
#[derive(Clone, Debug)]
pub(crate) enum AxisProjection {
    Uniform(UniformProjection),
    /// One for each run of equal chunks that is touched.
    Runs(Arc<[ProjectedRun]>),
}

/// The part of a range that lies in one run of equal chunks: a range of its own, on an axis that begins with
/// the run.
#[derive(Clone, Debug)]
pub(crate) struct ProjectedRun {
    within: UniformProjection,
    /// The number of the run's first chunk.
    first: u64,
    /// How many chunks the range touches before this run.
    chunks: u64,
    /// How many cells of the range lie before this run.
    cells: u64,
}

impl AxisProjection {
    pub(crate) fn new(range: AxisRange, grid: &AxisGrid) -> Self {
        match grid {
            AxisGrid::Uniform(length) => Self::uniform(range, *length),
            AxisGrid::Runs(runs) => Self::Runs(project_runs(range, runs)),
        }
    }

    pub(crate) fn uniform(range: AxisRange, length: u64) -> Self {
        Self::Uniform(UniformProjection::new(range, length))
    }

    /// How many chunks are touched.
    pub(crate) fn chunks(&self) -> u64 {
        match self {
            Self::Uniform(within) => within.chunks,
            Self::Runs(projected) => projected
                .last()
                .map_or(0, |last| last.chunks + last.within.chunks),
        }
    }

    /// How many cells of the range these chunks hold: all, unless it goes on behind the last chunk.
    pub(crate) fn cells(&self) -> u64 {
        match self {
            Self::Uniform(within) => within.cells(),
            Self::Runs(projected) => projected
                .last()
                .map_or(0, |last| last.cells + last.within.cells()),
        }
    }

    /// The `j`-th touched chunk: its number, the cells in it, and their place in the output.
    pub(crate) fn at(&self, j: u64) -> (u64, AxisRange, AxisRange) {
        match self {
            Self::Uniform(within) => within.at(j),
            Self::Runs(projected) => {
                let i = projected.partition_point(|run| run.chunks <= j);
                let Some(run) = i.checked_sub(1).and_then(|i| projected.get(i)) else {
                    return (0, AxisRange::dense(0, 0), AxisRange::dense(0, 0));
                };
                let (chunk, part, to) = run.within.at(j - run.chunks);
                let to = AxisRange::dense(run.cells + to.start(), to.count());
                (run.first + chunk, part, to)
            }
        }
    }

    /// Which of the touched chunks has this number: the inverse of [`at`](Self::at).
    pub(crate) fn find(&self, chunk: u64) -> Option<u64> {
        // A walk goes one way, and so do the numbers of the chunks it touches.
        let last = self.chunks().checked_sub(1)?;
        let (first, last) = (self.at(0).0, self.at(last).0);
        let (mut low, mut high) = (0, self.chunks());
        while low < high {
            let middle = low + (high - low) / 2;
            let found = self.at(middle).0;
            match found.cmp(&chunk) {
                Ordering::Equal => return Some(middle),
                order if (order == Ordering::Less) == (first <= last) => low = middle + 1,
                _ => high = middle,
            }
        }
        None
    }
}

/// Divides a range where one run of equal chunks ends and the next begins.
fn project_runs(range: AxisRange, runs: &ChunkRuns) -> Arc<[ProjectedRun]> {
    let stride = range.step().unsigned_abs();
    let (mut projected, mut chunks, mut cells) = (Vec::new(), 0, 0);
    while cells < range.count() {
        let cell = range.cell(cells);
        let Some(run) = runs.at(cell).filter(|run| cell < run.end()) else {
            break;
        };
        let reach = match range.step() < 0 {
            true => (cell - run.start) / stride + 1,
            false => (run.end() - cell).div_ceil(stride),
        };
        let count = reach.min(range.count() - cells);
        let Some(part) = AxisRange::new(cell - run.start, count, range.step()) else {
            break;
        };
        let within = UniformProjection::new(part, run.length);
        let (before, touched) = (chunks, within.chunks);
        projected.push(ProjectedRun {
            within,
            first: run.first,
            chunks: before,
            cells,
        });
        chunks += touched;
        cells += count;
    }
    projected.into()
}

/// The chunks of one length that a range touches, in its order.
#[derive(Clone, Debug)]
pub(crate) struct UniformProjection {
    range: AxisRange,
    /// The length of a chunk.
    length: u64,
    /// The chunk of the first cell.
    first: u64,
    /// How many chunks are touched.
    chunks: u64,
}

impl UniformProjection {
    fn new(range: AxisRange, length: u64) -> Self {
        let mut touched = Self {
            range,
            length,
            first: 0,
            chunks: 0,
        };
        if let Some(last) = range.last().filter(|_| length > 0) {
            touched.first = range.start() / length;
            touched.chunks = if touched.leaps() {
                range.count()
            } else {
                touched.first.abs_diff(last / length) + 1
            };
        }
        touched
    }

    fn cells(&self) -> u64 {
        if self.length > 0 {
            self.range.count()
        } else {
            0
        }
    }

    /// Whether every cell has a chunk of its own. Otherwise no chunk between the first and the last
    /// is stepped over.
    fn leaps(&self) -> bool {
        self.range.step().unsigned_abs() >= self.length
    }

    /// The `j`-th touched chunk: its number, the cells in it, and their place in the output.
    fn at(&self, j: u64) -> (u64, AxisRange, AxisRange) {
        let (start, count, step) = (self.range.start(), self.range.count(), self.range.step());
        let stride = step.unsigned_abs();
        let (chunk, from, to) = if self.leaps() {
            (self.range.cell(j) / self.length, j, j + 1)
        } else if step < 0 {
            let chunk = self.first - j;
            let low = chunk * self.length;
            let high = low.saturating_add(self.length - 1);
            let from = start.saturating_sub(high).div_ceil(stride);
            (chunk, from, count.min((start - low) / stride + 1))
        } else {
            let chunk = self.first + j;
            let low = chunk * self.length;
            // Saturated, it is still beyond every cell.
            let end = low.saturating_add(self.length);
            let from = low.saturating_sub(start).div_ceil(stride);
            (chunk, from, count.min((end - start).div_ceil(stride)))
        };
        let first = self.range.cell(from) - chunk * self.length;
        // These are cells of the range, counted from a later one on.
        let part = AxisRange::new(first, to - from, step).unwrap_or(AxisRange::dense(first, 0));
        (chunk, part, AxisRange::dense(from, to - from))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zarr_metadata::AxisChunks;

    use super::*;

    /// The chunks that are touched, one after the other, hold the cells of the range in its order; none
    /// comes twice.
    fn check(
        touched: &AxisProjection,
        range: AxisRange,
        begins_and_length: impl Fn(u64) -> (u64, u64),
    ) {
        let (mut cells, mut chunks) = (vec![], vec![]);
        for j in 0..touched.chunks() {
            let (chunk, part, to) = touched.at(j);
            let (begin, length) = begins_and_length(chunk);
            assert!(part.count() > 0 && part.fits(length));
            assert_eq!(to, AxisRange::dense(cells.len() as u64, part.count()));
            assert_eq!(touched.find(chunk), Some(j));
            cells.extend(part.cells().map(|cell| begin + cell));
            chunks.push(chunk);
        }
        assert_eq!(cells, range.cells().collect::<Vec<_>>());
        assert_eq!(touched.cells(), range.count());
        for other in (0..60).filter(|other| !chunks.contains(other)) {
            assert_eq!(touched.find(other), None);
        }
        let all = chunks.len();
        chunks.dedup();
        assert_eq!(chunks.len(), all);
    }

    proptest! {
        #[test]
        fn equal_chunks_partition_the_span(
            start in 0_u64..40, count in 0_u64..20, step in -9_i64..9, length in 1_u64..8,
        ) {
            let Some(range) = AxisRange::new(start, count, step) else { return Ok(()) };
            let touched = AxisProjection::uniform(range, length);
            check(&touched, range, |chunk| (chunk * length, length));
        }

        #[test]
        fn listed_chunks_partition_the_span(
            start in 0_u64..40, count in 0_u64..20, step in -9_i64..9,
            lengths in prop::collection::vec((1_u64..8, 1_u64..4), 1..12),
        ) {
            let Some(range) = AxisRange::new(start, count, step) else { return Ok(()) };
            let lengths = lengths.iter().flat_map(|&(length, times)| (0..times).map(move |_| length));
            let axis = AxisChunks::from_lengths(lengths.clone());
            prop_assume!(range.fits(lengths.sum()));
            let grid = AxisGrid::from(&axis);
            check(&AxisProjection::new(range, &grid), range, |chunk| grid.chunk(chunk).unwrap());
        }
    }

    #[test]
    fn behind_the_last_chunk_is_nothing() {
        let grid = AxisGrid::from(&AxisChunks::from_lengths([3, 2]));
        let touched = AxisProjection::new(AxisRange::dense(4, 9), &grid);
        assert_eq!(
            (touched.chunks(), touched.at(0).1),
            (1, AxisRange::dense(1, 1))
        );
        assert_eq!(touched.cells(), 1);
        assert_eq!(
            AxisProjection::new(AxisRange::dense(5, 9), &grid).chunks(),
            0
        );
        assert_eq!(
            AxisProjection::new(AxisRange::dense(0, 0), &grid)
                .at(0)
                .1
                .count(),
            0
        );
    }
}
