//! A selection that is resolved: its cells, and the shape of the output.

use zarr_codecs::{AxisRange, Dims, Region};

use super::SelectionError;
use crate::ChunkGrid;
use crate::cells::{Cells, ChunkSelections, PointCells, ScatteredCells};

/// A selection that was checked against the shape of an array.
///
/// The selected cells have two shapes, both in the same C order. The *full shape* is the engine's: one
/// axis per axis of the array, or one axis for points. The *output shape* is the caller's: without the
/// axes that an integer drops, and with the new axes. Reshaping turns one into the other.
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

impl ResolvedSelection {
    /// So many points of an array of this shape, given their coordinates along each axis.
    pub(super) fn of_points(
        shape: &[u64],
        (axes, count): (Dims<Vec<u64>>, usize),
        out_shape: Dims<u64>,
    ) -> Self {
        let points = PointCells::new(axes, count);
        let cells = ScatteredCells::Points(points.into());
        Self {
            shape: shape.into(),
            full_shape: [cells.len() as u64].as_slice().into(),
            cells: Cells::Scattered(cells),
            out_shape,
        }
    }

    /// No cells of an array of this shape.
    pub(super) fn empty(shape: &[u64], out_shape: Dims<u64>) -> Self {
        let axes = shape.iter().map(|_| Vec::new()).collect();
        Self::of_points(shape, (axes, 0), out_shape)
    }

    /// The same cells with another output shape, in C order.
    pub(super) fn shaped(
        self,
        what: &'static str,
        out_shape: &[u64],
    ) -> Result<Self, SelectionError> {
        let given = self.volume().unwrap_or(u64::MAX);
        if zarr_codecs::volume(out_shape) != Some(given) {
            let shape = out_shape.to_vec();
            return Err(SelectionError::Unfilled { what, given, shape });
        }
        // Only points of any shape have another one than the axes of the array.
        let cells = match self.cells {
            Cells::Box { cells, .. } => Cells::Scattered(ScatteredCells::of_box(&cells)),
            scattered => scattered,
        };
        Ok(Self {
            cells,
            out_shape: out_shape.into(),
            ..self
        })
    }

    /// The cells of a region within an array of this shape.
    pub(crate) fn of_region(shape: &[u64], region: Region) -> Self {
        Self {
            shape: shape.into(),
            full_shape: region.shape(),
            out_shape: region.shape(),
            cells: region.into(),
        }
    }

    /// Converts a box of the full shape to one of the output shape. Axes that only one of the shapes
    /// has are of length one.
    pub(crate) fn in_out_shape(&self, region: &Region) -> Region {
        let axes = region.ranges.iter().zip(&self.full_shape);
        let mut long = axes
            .filter(|(_, length)| **length != 1)
            .map(|(range, _)| *range);
        let ranges = self.out_shape.iter().map(|&length| match length {
            1 => AxisRange::dense(0, 1),
            _ => long.next().unwrap_or(AxisRange::dense(0, length)),
        });
        Region {
            ranges: ranges.collect(),
        }
    }

    /// The shape of the array the selection was resolved for.
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// The selected cells in the order of the output, if they are evenly spaced along every axis.
    pub fn region(&self) -> Option<&Region> {
        match &self.cells {
            Cells::Box { cells, .. } => Some(cells),
            Cells::Scattered(_) => None,
        }
    }

    pub(crate) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// The shape of the output, as in NumPy.
    pub fn out_shape(&self) -> &[u64] {
        &self.out_shape
    }

    /// The shape of the output in the engine: one axis per axis of the array, or one for points.
    pub fn full_shape(&self) -> &[u64] {
        &self.full_shape
    }

    /// The number of cells, or `None` if it exceeds `u64`.
    pub fn volume(&self) -> Option<u64> {
        zarr_codecs::volume(&self.full_shape)
    }

    /// Whether no cell is selected.
    pub fn is_empty(&self) -> bool {
        self.full_shape.contains(&0)
    }

    /// The chunk that holds all selected cells, and which of its cells they are. `None` if there are several such chunks
    /// or none, or the cells are scattered.
    pub(crate) fn in_one_chunk(&self, grid: &ChunkGrid) -> Option<(Dims<u64>, Region)> {
        let region = self.region().filter(|_| grid.shape() == self.shape())?;
        let (mut chunk, mut ranges) = (Dims::new(), Dims::new());
        for (range, axis) in region.ranges.iter().zip(grid.axis_grids()) {
            let (number, start) = axis.locate(range.start())?;
            let (last, _) = axis.locate(range.last()?)?;
            if number != last {
                return None;
            }
            chunk.push(number);
            ranges.push(AxisRange::new(start, range.count(), range.step())?);
        }
        Some((chunk, Region { ranges }))
    }

    /// The chunks that hold selected cells, and where these cells go in the output.
    ///
    /// # Errors
    /// If the grid belongs to an array of another shape, or there are too many chunks to count.
    pub(crate) fn project(&self, grid: &ChunkGrid) -> Result<ChunkSelections, SelectionError> {
        if grid.shape() != self.shape() {
            let (selected, grid) = (self.shape.to_vec(), grid.shape().to_vec());
            return Err(SelectionError::ShapeMismatch { selected, grid });
        }
        let by_chunk = self.cells.by_chunk(grid.axis_grids());
        by_chunk.ok_or(SelectionError::TooManyChunks)
    }
}
