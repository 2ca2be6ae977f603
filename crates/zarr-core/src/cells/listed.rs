//! `ListedCell`: a cell of a list, with its place in the data.

use zarr_codecs::AxisGrid;

/// A coordinate along one axis, or the number of a cell in a chunk, and its place in the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListedCell {
    pub(crate) cell: u64,
    pub(crate) to: usize,
}

/// The chunk of a cell, and the place of the cell in it; all cells lie in chunks.
pub(super) fn locate(axis_grid: &AxisGrid, cell: u64) -> (u64, u64) {
    axis_grid.locate(cell).unwrap_or((cell, 0))
}
