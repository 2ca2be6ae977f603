//! Resolves selections of points, masks and blocks; those of one item per axis are resolved in `axes`, and
//! lists that belong together in `index_arrays`.

use super::index_arrays::{self, IndexItem};
use super::resolved::ResolvedSelection;
use super::{Mask, Points, SelectionError, Slice};
use crate::ChunkGrid;

/// Resolves points, which have a list of coordinates for each axis.
pub(super) fn of_points(
    points: &Points,
    shape: &[u64],
) -> Result<ResolvedSelection, SelectionError> {
    let (given, rank) = (points.axes.len(), shape.len());
    if given != rank || rank == 0 {
        return Err(SelectionError::PointLists { given, rank });
    }
    let lists = points.axes.iter().map(IndexItem::List);
    let resolved = index_arrays::resolve(&lists.collect::<Vec<_>>(), shape)?;
    match &points.shape {
        None => Ok(resolved),
        Some(out_shape) => resolved.shaped("points", out_shape),
    }
}

/// Resolves a mask to the cells where it is true.
pub(super) fn of_mask(mask: &Mask, shape: &[u64]) -> Result<ResolvedSelection, SelectionError> {
    index_arrays::resolve(&[IndexItem::Mask(mask)], shape)
}

/// Converts ranges of chunks to ranges of cells.
pub(super) fn of_blocks(slices: &[Slice], grid: &ChunkGrid) -> Result<Vec<Slice>, SelectionError> {
    let counts = grid.shape_in_chunks();
    let mut axis = 0;
    let mut cells = Vec::with_capacity(slices.len());
    let taken = |slice: &&Slice| !matches!(slice, Slice::Ellipsis | Slice::NewAxis);
    let left = counts
        .len()
        .saturating_sub(slices.iter().filter(taken).count());
    for &slice in slices {
        match slice {
            Slice::Ellipsis => axis += left,
            Slice::NewAxis => {}
            Slice::Range { step, .. } if step != 1 => {
                return Err(SelectionError::BlockStep { axis, step });
            }
            _ => {
                let count = counts.get(axis).copied().unwrap_or(0);
                let blocks = slice.axis_range(axis, count)?;
                let range = grid.cells_along(axis, blocks.start()..blocks.start() + blocks.count());
                cells.push(Slice::from(range));
                axis += 1;
                continue;
            }
        }
        cells.push(slice);
    }
    Ok(cells)
}
