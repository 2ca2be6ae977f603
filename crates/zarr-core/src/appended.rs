//! The elements that are appended to an array, and the blocks in which they are written. The shape is
//! changed in `resize`.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use zarr_codecs::{Dims, Region, VlenHeap};

use crate::copy::MakeBlock;
use crate::engine::{Elements, WorkSize, pool};
use crate::{ChunkGrid, ChunkedArray, ResolvedSelection, Result, Values};

/// The most bytes of a block, unless a single chunk has more.
const BLOCK: u64 = 32 << 20;

/// The assumed bytes of an element of variable length.
const VARIABLE: usize = 64;

/// The elements that are appended to an array.
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
    /// Writes the elements, which have this shape, to the cells from `begin` on along an axis.
    ///
    /// # Errors
    /// If elements cannot be made, read, cast or written.
    pub async fn write(
        &self,
        to: &Arc<ChunkedArray>,
        axis: usize,
        begin: u64,
        shape: &[u64],
    ) -> Result<()> {
        let origin = |i: usize| if i == axis { begin } else { 0 };
        let elem = to.data_type().size().unwrap_or(VARIABLE).max(1) as u64;
        let most = match self {
            Self::Values(_) => u64::MAX,
            Self::Blocks(_) | Self::Array(_) => BLOCK / elem,
        };
        let along = |(i, &n): (usize, &u64)| origin(i)..origin(i).saturating_add(n);
        let left = vec![shape.iter().enumerate().map(along).collect()];
        let grid = to.grid();
        for cells in (Blocks { grid, left, most }) {
            let axes = cells.iter().enumerate();
            let start: Dims<u64> = axes.map(|(i, cells)| cells.start - origin(i)).collect();
            let block = Region::dense(&start, &lengths(&cells));
            let values = match self {
                Self::Values(values) => values.clone(),
                _ if block.is_empty() => continue,
                Self::Blocks(make) => {
                    let bytes = block.volume().unwrap_or(u64::MAX).saturating_mul(elem);
                    let (work, heap) = (WorkSize { pieces: 1, bytes }, VlenHeap::new(Bytes::new()));
                    let make = Arc::clone(make);
                    let made = move |_: pool::Workers<'_>| make(&block);
                    let made = pool::run(to.context(), work, Arc::new(heap), made).await;
                    made.map_err(|error| to.chunk_error(&[], error))??
                }
                Self::Array(from) => {
                    let block = ResolvedSelection::of_region(from.grid().shape(), block);
                    let data = Arc::clone(from).read_dyn(block).await?;
                    data.cast(to.data_type())?.data
                }
            };
            let start: Dims<u64> = cells.iter().map(|cells| cells.start).collect();
            let cells = Region::dense(&start, &lengths(&cells));
            let cells = ResolvedSelection::of_region(grid.shape(), cells);
            let written = Arc::clone(to).write(cells, Elements::Each(values));
            written.await?;
        }
        Ok(())
    }
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
