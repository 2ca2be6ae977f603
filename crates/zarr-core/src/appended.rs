//! The elements that are appended to an array or written to a selection, and the blocks in which that is done. The
//! shape is changed in `resize`.

use std::ops::Range;
use std::sync::Arc;

use zarr_codecs::{Dims, Region};

use crate::copy::MakeBlock;
use crate::engine::{Elements, pool};
use crate::{ChunkGrid, ChunkedArray, ResolvedSelection, Result, Values};

/// The most bytes of a block, unless a single chunk has more.
const BLOCK: u64 = 32 << 20;

/// The assumed bytes of an element of variable length.
const VARIABLE: usize = 64;

/// The elements that are appended to an array, or written to a selection.
#[derive(Clone)]
pub enum Appended {
    /// All of them, in C order.
    Values(Values),
    /// Made block by block, with one block in memory at a time. Blocks are made in C order, and again from
    /// the first if another writer changed the shape meanwhile.
    Blocks(MakeBlock),
    /// Read block by block from another array. Numbers of another type are [cast](crate::DynData::cast).
    Array(Arc<ChunkedArray>),
}

impl Appended {
    /// Writes the elements to the cells of a selection, whose output shape they have. If the selection is a box
    /// without gaps, they are made or read block by block, otherwise all at once.
    ///
    /// # Errors
    /// If elements cannot be made, read, cast or written.
    pub async fn write(&self, to: &Arc<ChunkedArray>, cells: &ResolvedSelection) -> Result<()> {
        let is_box = |region: &&Region| region.ranges.iter().all(|range| range.step() == 1);
        let region = match (self, cells.region().filter(is_box)) {
            (Self::Blocks(_) | Self::Array(_), _) if cells.is_empty() => return Ok(()),
            (Self::Blocks(_) | Self::Array(_), Some(region)) => region,
            _ => {
                let all = Region::whole(cells.out_shape());
                let values = self.block(to, all).await?;
                return Arc::clone(to)
                    .write(cells.clone(), Elements::Each(values))
                    .await;
            }
        };
        let (grid, begin) = (to.grid(), region.start());
        let whole = region.ranges.iter();
        let whole = whole.map(|range| range.start()..range.start() + range.count());
        let left = vec![whole.collect()];
        let most = BLOCK / elem(to);
        for block in (Blocks { grid, left, most }) {
            let start: Dims<u64> = block.iter().map(|cells| cells.start).collect();
            let block = Region::dense(&start, &lengths(&block));
            if block.is_empty() {
                continue;
            }
            let start: Dims<u64> = start.iter().zip(&begin).map(|(a, b)| a - b).collect();
            let wanted = cells.in_out_shape(&Region::dense(&start, &block.shape()));
            let values = self.block(to, wanted).await?;
            let block = ResolvedSelection::of_region(grid.shape(), block);
            let written = Arc::clone(to).write(block, Elements::Each(values));
            written.await?;
        }
        Ok(())
    }

    /// The elements of a box.
    async fn block(&self, to: &Arc<ChunkedArray>, block: Region) -> Result<Values> {
        match self {
            Self::Values(values) => Ok(values.clone()),
            Self::Blocks(make) => {
                let bytes = block.volume().unwrap_or(u64::MAX).saturating_mul(elem(to));
                let make = Arc::clone(make);
                let made = pool::run_piece(to.context(), bytes, move |_| make(&block)).await;
                made.map_err(|error| to.chunk_error(&[], error))?
            }
            Self::Array(from) => {
                let block = ResolvedSelection::of_region(from.grid().shape(), block);
                let data = Arc::clone(from).read_dyn(block).await?;
                Ok(data.cast(to.data_type())?.data)
            }
        }
    }
}

/// The bytes of an element, at least about.
fn elem(array: &ChunkedArray) -> u64 {
    array.data_type().size().unwrap_or(VARIABLE).max(1) as u64
}

fn lengths(cells: &[Range<u64>]) -> Dims<u64> {
    cells.iter().map(|cells| cells.end - cells.start).collect()
}

/// Boxes of cells that end at chunk boundaries, in C order: of at most `most` cells, or of one chunk.
struct Blocks<'g> {
    grid: &'g ChunkGrid,
    /// The boxes that are still to be split, the next one last.
    left: Vec<Dims<Range<u64>>>,
    most: u64,
}

impl Iterator for Blocks<'_> {
    type Item = Dims<Range<u64>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut cells = self.left.pop()?;
        for axis in 0..cells.len() {
            let shape = lengths(&cells);
            let volume = zarr_codecs::volume(&shape).unwrap_or(u64::MAX);
            if volume <= self.most {
                break;
            }
            let Range { start, end } = cells[axis];
            let fits = start + self.most / (volume / shape[axis]).max(1);
            let chunk_at = |cell: u64| {
                let (chunk, _) = self.grid.locate(axis, cell)?;
                Some(self.grid.cells_along(axis, chunk..chunk + 1))
            };
            let first = chunk_at(start).map_or(end, |chunk| chunk.end);
            let last = chunk_at(fits.min(end)).map_or(end, |chunk| chunk.start);
            let cut = last.max(first);
            if cut < end {
                let mut rest = cells.clone();
                rest[axis].start = cut;
                cells[axis].end = cut;
                self.left.push(rest);
            }
        }
        Some(cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_where_chunks_do() {
        let grid = ChunkGrid::regular(&[4, 3], &[13, 7]).unwrap();
        let check = |rows: Range<u64>, most: u64, expected: &[[Range<u64>; 2]]| {
            let (grid, left) = (&grid, vec![[rows, 0..7].into_iter().collect()]);
            let found: Vec<_> = Blocks { grid, left, most }.map(|b| b.to_vec()).collect();
            assert_eq!(found, expected, "{most}");
        };
        check(2..13, 77, &[[2..13, 0..7]]);
        check(2..13, 76, &[[2..12, 0..7], [12..13, 0..7]]);
        let rows = [[2..4, 0..7], [4..8, 0..7], [8..12, 0..7], [12..13, 0..7]];
        check(2..13, 34, &rows);
        check(9..12, 1, &[[9..12, 0..3], [9..12, 3..6], [9..12, 6..7]]);
        check(9..12, 18, &[[9..12, 0..6], [9..12, 6..7]]);
        check(5..5, 1, &[[5..5, 0..7]]);
    }
}
