//! Cells of an array or of a chunk, a box or scattered, and the chunks that hold them. Pure: the chunks are
//! computed when they are asked for, in any order, and nothing here is about bytes.

mod listed;
mod points;
mod rows;
mod scattered;

use zarr_codecs::{AxisGrid, CodecError, Dims, Projection, Projections, Region, ShardingCodec};

pub(crate) use listed::ListedCell;
pub(crate) use points::PointCells;
pub(crate) use rows::{CellRows, CellSpan, RowCells};
pub(crate) use scattered::{CellRun, ScatteredByChunk, ScatteredCells};

/// Cells of an array or of one chunk, and where each belongs among the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cells {
    /// Evenly spaced along every axis.
    Box {
        cells: Region,
        /// The place of the cells in the box that they were cut from: dense, of the same shape.
        to: Region,
    },
    /// Anywhere; each has its own place in the data.
    Scattered(ScatteredCells),
}

/// Cells, by the chunks that hold them.
#[derive(Clone, Debug)]
pub(crate) enum ChunkSelections {
    Boxes(Projections),
    Scattered(ScatteredByChunk),
}

impl From<Region> for Cells {
    /// A box that was not cut from another.
    fn from(cells: Region) -> Self {
        let to = Region::whole(&cells.shape());
        Self::Box { cells, to }
    }
}

impl Cells {
    /// The number of cells; a cell that is selected twice counts twice.
    pub(crate) fn count(&self) -> u64 {
        match self {
            Self::Box { cells, .. } => cells.volume().unwrap_or(u64::MAX),
            Self::Scattered(cells) => cells.len() as u64,
        }
    }

    /// Whether all cells of a box of this shape at the origin of the chunk are selected.
    pub(crate) fn covers(&self, shape: &[u64]) -> bool {
        match self {
            Self::Box { cells, .. } => cells.is_whole(shape),
            Self::Scattered(cells) => cells.covers(shape),
        }
    }

    /// Groups the cells by the chunks of a grid. `None` if there are too many chunks to count, or a chunk holds
    /// scattered cells and has itself too many.
    pub(crate) fn by_chunk(&self, grid: &[AxisGrid]) -> Option<ChunkSelections> {
        Some(match self {
            Self::Box { cells, .. } => ChunkSelections::Boxes(Projections::of(cells, grid)?),
            Self::Scattered(cells) => ChunkSelections::Scattered(cells.by_chunk(grid)?),
        })
    }

    /// Groups the cells of a shard by its inner chunks.
    ///
    /// # Errors
    /// If a box does not lie in the shard.
    pub(crate) fn by_inner_chunk(
        &self,
        shard: &ShardingCodec,
    ) -> Result<ChunkSelections, CodecError> {
        Ok(match self {
            Self::Box { cells, .. } => ChunkSelections::Boxes(shard.project(cells)?),
            Self::Scattered(cells) => ChunkSelections::Scattered(cells.by_inner_chunk(shard)?),
        })
    }

    /// The largest number of chunks of this shape that may hold the cells.
    pub(crate) fn most_chunks(&self, chunk: &[u64]) -> usize {
        let within = |region| Projections::new(region, chunk).map_or(usize::MAX, |p| p.len());
        match self {
            Self::Box { cells, .. } => within(cells),
            Self::Scattered(cells) => within(&cells.bounds()).min(cells.len()),
        }
    }
}

impl ChunkSelections {
    /// The number of chunks.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Boxes(boxes) => boxes.len(),
            Self::Scattered(cells) => cells.len(),
        }
    }

    /// The index of the `i`-th chunk, and the cells within it.
    pub(crate) fn get(&self, i: usize) -> Option<(Dims<u64>, Cells)> {
        match self {
            Self::Boxes(boxes) => {
                let Projection { chunk, part, to } = boxes.get(i)?;
                Some((chunk, Cells::Box { cells: part, to }))
            }
            Self::Scattered(cells) => {
                let (chunk, cells) = cells.get(i)?;
                Some((chunk, Cells::Scattered(cells)))
            }
        }
    }

    /// The position of a chunk, if it holds any of the cells: the inverse of [`get`](Self::get).
    pub(crate) fn find(&self, chunk: &[u64]) -> Option<usize> {
        match self {
            Self::Boxes(boxes) => boxes.find(chunk),
            Self::Scattered(cells) => cells.find(chunk),
        }
    }

    /// The boxes, unless the cells are scattered.
    pub(crate) fn boxes(&self) -> Option<&Projections> {
        match self {
            Self::Boxes(boxes) => Some(boxes),
            Self::Scattered(_) => None,
        }
    }
}
