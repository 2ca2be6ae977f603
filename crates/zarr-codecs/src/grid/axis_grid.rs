//! How one axis is divided into chunks: all of one length, or of listed lengths, which are kept as runs of
//! equal chunks however many these are. Where the axis ends is not known here; see [`ChunkGrid`](crate::ChunkGrid).

use std::sync::Arc;

use zarr_metadata::AxisChunks;

use crate::Dims;

/// The chunks of one axis, from its first cell on.
///
/// ```
/// use zarr_codecs::AxisGrid;
/// use zarr_metadata::AxisChunks;
/// let grid = AxisGrid::from(&AxisChunks::from_lengths([4, 4, 2]));
/// assert_eq!(grid.locate(9), Some((2, 1))); // the second cell of chunk 2
/// assert_eq!(grid.chunk(2), Some((8, 2))); // which begins at 8 and has 2
/// assert_eq!(AxisGrid::Uniform(4).locate(9), Some((2, 1)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AxisGrid {
    /// Chunks of this length, any number of them.
    Uniform(u64),
    /// Chunks of lengths that differ.
    Runs(ChunkRuns),
}

/// Chunks of listed lengths. Neighbours of equal length are one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkRuns(Arc<[AxisRun]>);

/// Neighbouring chunks of one length. Each begins at a cell whose number fits `u64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AxisRun {
    /// The number of the first chunk.
    pub(crate) first: u64,
    /// The first cell.
    pub(crate) start: u64,
    /// Cells in each chunk, not zero.
    pub(crate) length: u64,
    /// How many chunks, not zero.
    pub(crate) count: u64,
}

impl AxisGrid {
    /// The axes of a regular grid with this chunk shape.
    pub fn each(shape: &[u64]) -> Dims<Self> {
        shape.iter().map(|&length| Self::Uniform(length)).collect()
    }

    /// The chunk that holds a cell, and where in the chunk it is. `None` behind the last chunk, and if
    /// chunks have no cells.
    pub fn locate(&self, cell: u64) -> Option<(u64, u64)> {
        match self {
            Self::Uniform(length) => Some((cell.checked_div(*length)?, cell % length)),
            Self::Runs(runs) => {
                let run = runs.at(cell)?;
                let inside = cell - run.start;
                let chunk = inside / run.length;
                (chunk < run.count).then(|| (run.first + chunk, inside % run.length))
            }
        }
    }

    /// The first cell of a chunk, and its length. `None` behind the last chunk whose first cell fits `u64`.
    pub fn chunk(&self, number: u64) -> Option<(u64, u64)> {
        match self {
            Self::Uniform(length) => Some((number.checked_mul(*length)?, *length)),
            Self::Runs(runs) => {
                let i = runs.0.partition_point(|run| run.first <= number);
                let run = runs.0.get(i.checked_sub(1)?)?;
                let chunk = number - run.first;
                (chunk < run.count).then(|| (run.start + chunk * run.length, run.length))
            }
        }
    }

    /// The stored chunks of an axis that ends after `extent` cells, run by run: their length, and how many
    /// of them have cells on the axis.
    pub fn stored(&self, extent: u64) -> impl Iterator<Item = (u64, u64)> + '_ {
        let (every, runs) = match self {
            Self::Uniform(length) => (Some((0, *length, u64::MAX)), [].as_slice()),
            Self::Runs(runs) => (None, &*runs.0),
        };
        let runs = runs.iter().map(|run| (run.start, run.length, run.count));
        let touched = every.into_iter().chain(runs);
        touched.filter_map(move |(start, length, count)| {
            let cells = extent.checked_sub(start).filter(|&cells| cells > 0)?;
            Some((length, count.min(cells.div_ceil(length.max(1)))))
        })
    }
}

impl From<&AxisChunks> for AxisGrid {
    /// Chunks of no cells are left out, and so are those that begin behind the last cell of `u64`.
    fn from(axis: &AxisChunks) -> Self {
        let listed = match axis {
            AxisChunks::Uniform(length) => return Self::Uniform(*length),
            AxisChunks::Runs(listed) => listed,
        };
        let mut runs: Vec<AxisRun> = Vec::new();
        let (mut first, mut start) = (0_u64, 0_u64);
        for run in listed.iter().filter(|run| run.length > 0) {
            let length = run.length;
            let count = run.count.min((u64::MAX - start).div_ceil(length));
            match runs.last_mut() {
                Some(last) if last.length == length => last.count += count,
                _ if count == 0 => {}
                _ => runs.push(AxisRun {
                    first,
                    start,
                    length,
                    count,
                }),
            }
            // Each chunk begins before the next one, so there are never more of them than cells.
            first += count;
            start = start.saturating_add(length.saturating_mul(count));
        }
        Self::Runs(ChunkRuns(runs.into()))
    }
}

impl ChunkRuns {
    /// The run that holds a cell, if any does.
    pub(crate) fn at(&self, cell: u64) -> Option<&AxisRun> {
        let i = self.0.partition_point(|run| run.start <= cell);
        self.0.get(i.checked_sub(1)?)
    }
}

impl AxisRun {
    /// The first cell behind the last chunk; saturated, it is still behind every cell.
    pub(crate) fn end(&self) -> u64 {
        let cells = self.length.saturating_mul(self.count);
        self.start.saturating_add(cells)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zarr_metadata::ChunkRun;

    use super::*;

    proptest! {
        #[test]
        fn chunks_are_where_the_lengths_say(
            lengths in prop::collection::vec(1_u64..4, 1..20),
            missing in 0_u64..6,
        ) {
            let grid = AxisGrid::from(&AxisChunks::from_lengths(lengths.iter().copied()));
            let mut start = 0;
            for (number, &length) in (0..).zip(&lengths) {
                prop_assert_eq!(grid.chunk(number), Some((start, length)));
                for inside in 0..length {
                    prop_assert_eq!(grid.locate(start + inside), Some((number, inside)));
                }
                start += length;
            }
            prop_assert_eq!(grid.locate(start), None);
            prop_assert_eq!(grid.chunk(lengths.len() as u64), None);

            let extent = start.saturating_sub(missing);
            let stored = grid.stored(extent).flat_map(|(length, count)| (0..count).map(move |_| length));
            let touched = grid.locate(extent.wrapping_sub(1)).map_or(0, |(last, _)| last as usize + 1);
            prop_assert_eq!(stored.collect::<Vec<_>>(), &lengths[..touched]);
        }
    }

    #[test]
    fn any_count_is_one_run() {
        let max = u64::MAX;
        let axis = |runs: &[(u64, u64)]| {
            let runs = runs
                .iter()
                .map(|&(length, count)| ChunkRun::new(length, count));
            AxisGrid::from(&AxisChunks::Runs(runs.collect()))
        };
        let grid = axis(&[(1, max), (max, max)]);
        assert_eq!(grid.locate(max - 1), Some((max - 1, 0)));
        assert_eq!(grid.chunk(max - 1), Some((max - 1, 1)));
        let grid = axis(&[(3, 1), (max, max), (5, 5)]);
        assert_eq!(grid.locate(max - 1), Some((1, max - 4)));
        assert_eq!((grid.chunk(1), grid.chunk(2)), (Some((3, max)), None));
        assert_eq!(grid.stored(max).collect::<Vec<_>>(), [(3, 1), (max, 1)]);
        assert_eq!(
            axis(&[(2, max), (2, max)]).locate(max - 1),
            Some(((max - 1) / 2, 0))
        );
        assert_eq!(axis(&[(0, 9), (2, 0)]).locate(0), None);
        assert_eq!(AxisGrid::Uniform(0).locate(0), None);
    }
}
