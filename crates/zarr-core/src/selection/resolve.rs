//! What a selection comes to on a shape or a grid: which cells, and in which shape they come. The rules
//! of each spelling are in `axes` and `coordinates`.

use zarr_codecs::{AxisRange, Dims, Region};

use super::axes::along_axes;
use super::{Selection, SelectionError, Slice, coordinates};
use crate::ChunkGrid;
use crate::cells::{Cells, ChunkSelections, PointCells, ScatteredCells};

/// A selection that is known to suit an array of a certain shape.
///
/// The output has two shapes of the same cells in the same C order. The *full shape* is what the
/// engine speaks of: one axis per axis of the array, or one axis for points. The *output shape* is
/// what a caller sees: it lacks the axes that an integer took and has the new ones. From one to the
/// other is a matter of reshaping.
///
/// ```
/// use zarr_core::sel;
/// let resolved = sel![-1, NewAxis, 8..2;-2].resolve(&[10, 10, 3])?;
/// assert_eq!(resolved.out_shape(), [1, 3, 3]);
/// assert_eq!(resolved.full_shape(), [1, 3, 3]);
/// assert_eq!(resolved.region().map(|region| region.ranges[0].start()), Some(9));
/// # Ok::<(), zarr_core::SelectionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedSelection {
    pub(super) shape: Dims<u64>,
    /// In the order of the output.
    pub(super) cells: Cells,
    pub(super) full_shape: Dims<u64>,
    pub(super) out_shape: Dims<u64>,
}

/// What a selection is resolved on: a shape, or a chunk grid, which has one and knows blocks too.
#[derive(Clone, Copy, Debug)]
pub struct SelectionTarget<'a> {
    shape: &'a [u64],
    grid: Option<&'a ChunkGrid>,
}

impl<'a> From<&'a [u64]> for SelectionTarget<'a> {
    fn from(shape: &'a [u64]) -> Self {
        Self { shape, grid: None }
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
            shape: grid.shape(),
            grid: Some(grid),
        }
    }
}

impl Selection {
    /// Applies numpy's rules to an array of this shape, or on this chunk grid.
    ///
    /// Negative numbers wrap, ranges are clamped to their axis, indices are checked.
    ///
    /// # Errors
    /// Where an index is out of bounds, a step is zero, there are more items than axes or more than
    /// one ellipsis; where a mask or the lists of points do not suit the shape; where blocks are
    /// asked of a shape alone.
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
        let SelectionTarget { shape, grid } = on.into();
        match self {
            Self::All => along_axes::<Slice>(&[], shape),
            Self::Basic(slices) => along_axes(slices, shape),
            Self::Orthogonal(axes) => along_axes(axes, shape),
            Self::Points(points) => coordinates::of_points(points, shape),
            Self::Mask(mask) => coordinates::of_mask(mask, shape),
            Self::Blocks(slices) => {
                let grid = grid.ok_or(SelectionError::NoGrid)?;
                along_axes(&coordinates::of_blocks(slices, grid)?, shape)
            }
        }
    }
}

impl ResolvedSelection {
    pub(super) fn of_points(shape: &[u64], cells: Vec<u64>, out_shape: Dims<u64>) -> Self {
        let points = PointCells::new(shape.len(), cells);
        let cells = ScatteredCells::Points(points.into());
        Self {
            shape: shape.into(),
            full_shape: [cells.len() as u64].as_slice().into(),
            cells: Cells::Scattered(cells),
            out_shape,
        }
    }

    /// Cells on a lattice that lies inside an array of this shape.
    pub(crate) fn of_region(shape: &[u64], region: Region) -> Self {
        Self {
            shape: shape.into(),
            full_shape: region.shape(),
            out_shape: region.shape(),
            cells: region.into(),
        }
    }

    /// A box of the full shape as a box of the output shape. All axes that only one of them has are
    /// of length one.
    pub(crate) fn in_out_shape(&self, region: &Region) -> Region {
        let axes = region.ranges.iter().zip(&self.full_shape);
        let mut long = axes
            .filter(|(_, length)| **length != 1)
            .map(|(span, _)| *span);
        let spans = self.out_shape.iter().map(|&length| match length {
            1 => AxisRange::dense(0, 1),
            _ => long.next().unwrap_or(AxisRange::dense(0, length)),
        });
        Region {
            ranges: spans.collect(),
        }
    }

    /// The shape of the array the selection was resolved for.
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// The cells of the array, in the order of the output, where they lie on a lattice.
    pub fn region(&self) -> Option<&Region> {
        match &self.cells {
            Cells::Box { cells, .. } => Some(cells),
            Cells::Scattered(_) => None,
        }
    }

    pub(crate) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// The shape of the output as numpy has it.
    pub fn out_shape(&self) -> &[u64] {
        &self.out_shape
    }

    /// The shape of the output as the engine has it.
    pub fn full_shape(&self) -> &[u64] {
        &self.full_shape
    }

    /// The number of cells, or `None` beyond `u64`.
    pub fn volume(&self) -> Option<u64> {
        zarr_codecs::volume(&self.full_shape)
    }

    /// Whether no cell is selected.
    pub fn is_empty(&self) -> bool {
        self.full_shape.contains(&0)
    }

    /// The chunks that are touched, and which of their cells go where in the output.
    ///
    /// # Errors
    /// Where the grid is that of an array of another shape, or the chunks are too many to count.
    pub(crate) fn project(&self, grid: &ChunkGrid) -> Result<ChunkSelections, SelectionError> {
        if grid.shape() != self.shape() {
            let (selected, grid) = (self.shape.to_vec(), grid.shape().to_vec());
            return Err(SelectionError::ShapeMismatch { selected, grid });
        }
        let by_chunk = self.cells.by_chunk(grid.axis_grids());
        by_chunk.ok_or(SelectionError::TooManyChunks)
    }
}
