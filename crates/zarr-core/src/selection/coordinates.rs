//! Resolves selections of points, masks and blocks; those of one item per axis are resolved in `axes`, and
//! lists that belong together in `index_arrays`.

use super::axes::with_axes;
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
    let mut cells = Vec::with_capacity(slices.len());
    for (slice, axes) in with_axes(slices, counts.len(), Slice::axes)? {
        match slice {
            None => cells.extend(axes.map(|_| Slice::Full)),
            Some(Slice::NewAxis) => cells.push(Slice::NewAxis),
            Some(slice) => {
                let axis = axes.start;
                if let Slice::Range { step, .. } = *slice
                    && step != 1
                {
                    return Err(SelectionError::BlockStep { axis, step });
                }
                let count = counts.get(axis).copied().unwrap_or(0);
                let blocks = slice.axis_range(axis, count)?;
                let range = grid.cells_along(axis, blocks.start()..blocks.start() + blocks.count());
                cells.push(Slice::from(range));
            }
        }
    }
    Ok(cells)
}
