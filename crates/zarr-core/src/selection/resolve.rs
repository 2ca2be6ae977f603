//! Resolves a selection on a shape or a chunk grid. The rules of each kind of selection are in `axes` and
//! `coordinates`.

use super::axes::{of_slices, orthogonal};
use super::resolved::ResolvedSelection;
use super::{Selection, SelectionError, coordinates, index_arrays, named};
use crate::ChunkGrid;

/// What a selection is resolved on: the shape of an array or, as blocks need it, its chunk grid; where they are asked
/// for, the grid of its inner chunks and the names of its dimensions too.
#[derive(Clone, Copy, Debug)]
pub struct SelectionTarget<'a> {
    shape: &'a [u64],
    grid: Option<&'a ChunkGrid>,
    inner: Option<&'a ChunkGrid>,
    names: Option<&'a [Option<String>]>,
}

impl<'a> SelectionTarget<'a> {
    /// The same with the grid of inner chunks, of which [`Selection::InnerBlocks`] consists.
    #[must_use]
    pub fn with_inner(self, grid: &'a ChunkGrid) -> Self {
        Self {
            inner: Some(grid),
            ..self
        }
    }

    /// The same with a name for each axis that has one, by which [`Selection::Named`] selects.
    #[must_use]
    pub fn with_names(self, names: &'a [Option<String>]) -> Self {
        Self {
            names: Some(names),
            ..self
        }
    }
}

impl<'a> From<&'a [u64]> for SelectionTarget<'a> {
    fn from(shape: &'a [u64]) -> Self {
        Self {
            shape,
            grid: None,
            inner: None,
            names: None,
        }
    }
}

impl<'a> From<&'a Vec<u64>> for SelectionTarget<'a> {
    fn from(shape: &'a Vec<u64>) -> Self {
        shape.as_slice().into()
    }
}

impl<'a, const N: usize> From<&'a [u64; N]> for SelectionTarget<'a> {
    fn from(shape: &'a [u64; N]) -> Self {
        shape.as_slice().into()
    }
}

impl<'a> From<&'a ChunkGrid> for SelectionTarget<'a> {
    fn from(grid: &'a ChunkGrid) -> Self {
        Self {
            grid: Some(grid),
            ..grid.shape().into()
        }
    }
}

impl Selection {
    /// Resolves the selection by NumPy's rules for an array of this shape or with this chunk grid.
    ///
    /// Negative numbers count from the end of their axis, ranges are clamped to it, and indices are
    /// checked.
    ///
    /// # Errors
    /// If an index is out of bounds, a step is zero, or there are more items than axes or more than
    /// one ellipsis; if a mask or the lists of points do not match the shape, or lists do not match each other;
    /// if blocks are selected on a shape without a chunk grid, or dimensions by names that the array has not.
    ///
    /// ```
    /// use zarr_core::sel;
    /// assert_eq!(sel![5..100].resolve(&[10])?.out_shape(), [5]);
    /// let error = sel![.., 12].resolve(&[10, 10]).unwrap_err();
    /// assert_eq!(error.to_string(), "index 12 is out of bounds for axis 1 of length 10");
    /// # Ok::<(), zarr_core::SelectionError>(())
    /// ```
    pub fn resolve<'a>(
        &self,
        on: impl Into<SelectionTarget<'a>>,
    ) -> Result<ResolvedSelection, SelectionError> {
        let SelectionTarget {
            shape,
            grid,
            inner,
            names,
        } = on.into();
        let blocks = |slices, grid: Option<&ChunkGrid>| {
            let grid = grid.ok_or(SelectionError::NoGrid)?;
            of_slices(&coordinates::of_blocks(slices, grid)?, shape)
        };
        match self {
            Self::All => of_slices(&[], shape),
            Self::Basic(slices) => of_slices(slices, shape),
            Self::Advanced(items) => {
                let items: Vec<_> = items.iter().map(Into::into).collect();
                index_arrays::resolve(&items, shape)
            }
            Self::Orthogonal(axes) => orthogonal(axes, shape),
            Self::Points(points) => coordinates::of_points(points, shape),
            Self::Mask(mask) => coordinates::of_mask(mask, shape),
            Self::Blocks(slices) => blocks(slices, grid),
            Self::InnerBlocks(slices) => blocks(slices, inner),
            Self::Named(items) => orthogonal(&named::in_order(items, names, shape.len())?, shape),
        }
    }
}
