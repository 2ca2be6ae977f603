//! Resolves selections of points, masks and blocks; those of one item per axis are resolved in `axes`.

use zarr_codecs::Dims;

use super::axes::{along_axes, wrap};
use super::resolved::ResolvedSelection;
use super::{Mask, Points, SelectionError, Slice};
use crate::ChunkGrid;

/// Resolves points, after checking that their lists match.
pub(super) fn of_points(
    points: &Points,
    shape: &[u64],
) -> Result<ResolvedSelection, SelectionError> {
    let lengths: Vec<usize> = points.axes.iter().map(Vec::len).collect();
    let mismatch = || SelectionError::PointLists {
        given: lengths.clone(),
        rank: shape.len(),
        shape: points.shape.clone(),
    };
    let longest = lengths.iter().copied().max().unwrap_or(0);
    let count = if lengths.contains(&0) { 0 } else { longest };
    let fit = lengths.iter().all(|&length| length == count || length == 1);
    let fills = points
        .shape
        .as_ref()
        .is_none_or(|shape| zarr_codecs::volume(shape) == Some(count as u64));
    if lengths.is_empty() || lengths.len() != shape.len() || !fit || !fills {
        return Err(mismatch());
    }
    let mut cells = Vec::with_capacity(count.saturating_mul(shape.len()));
    for i in 0..count {
        for (axis, (list, &length)) in points.axes.iter().zip(shape).enumerate() {
            let index = list.get(i).or(list.first()).copied().ok_or_else(mismatch)?;
            cells.push(wrap(index, axis, length)?);
        }
    }
    let out_shape = points
        .shape
        .as_deref()
        .map_or_else(|| [count as u64].as_slice().into(), Dims::from);
    Ok(ResolvedSelection::of_points(shape, cells, out_shape))
}

/// Resolves a mask to the cells where it is true.
pub(super) fn of_mask(mask: &Mask, shape: &[u64]) -> Result<ResolvedSelection, SelectionError> {
    let volume = zarr_codecs::volume(shape);
    if mask.shape != shape || volume != Some(mask.cells.len() as u64) {
        return Err(SelectionError::MaskShape {
            given: mask.shape.clone(),
            wanted: shape.into(),
        });
    }
    if shape.is_empty() {
        // One cell or none: NumPy's `a[True]` adds an axis.
        let slices = [Slice::NewAxis, Slice::Ellipsis];
        let mut resolved = along_axes(&slices, shape)?;
        if mask.cells != [true] {
            resolved = ResolvedSelection::of_points(shape, Vec::new(), [0].as_slice().into());
        }
        return Ok(resolved);
    }
    let mut cells = Vec::new();
    for (number, _) in mask
        .cells
        .iter()
        .enumerate()
        .filter(|(_, is_selected)| **is_selected)
    {
        let (end, mut rest) = (cells.len(), number as u64);
        for &length in shape.iter().rev() {
            cells.push(rest % length);
            rest /= length;
        }
        if let Some(cell) = cells.get_mut(end..) {
            cell.reverse();
        }
    }
    let count = (cells.len() / shape.len()) as u64;
    Ok(ResolvedSelection::of_points(
        shape,
        cells,
        [count].as_slice().into(),
    ))
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
