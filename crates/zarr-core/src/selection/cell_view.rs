//! `CellView`: some cells of an array in another order of axes and directions, and selections of them as selections
//! of the array. Pure: nothing is read.

use std::sync::Arc;

use zarr_codecs::{AxisRange, Dims, Region};

use super::axes::{AxisPlaces, c_strides, combined, with_axes};
use super::axis_cells::AxisCells;
use super::resolved::ResolvedSelection;
use super::{AxisSelection, Selection, SelectionError, SelectionTarget, Slice, named};
use crate::cells::{Cells, ListedCell, PointCells, ScatteredCells};

/// What a view shows of an array: cells in equal steps along each axis, in any order of axes.
///
/// ```
/// use zarr_core::{CellView, sel};
/// let columns = CellView::new(&[10, 20]).select(&sel![2.., ..;5].into(), None)?.transpose(&[1, 0])?;
/// assert_eq!(columns.shape(), [4, 8]);
/// let last = columns.select(&sel![-1, ..3], None)?;
/// assert_eq!(last.resolve(&sel![..], None)?.region().unwrap().start().as_slice(), [2, 15]);
/// # Ok::<(), zarr_core::SelectionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellView {
    /// The shape of the array.
    of: Dims<u64>,
    /// What is visible along each axis of the array: of an axis that was dropped, one cell.
    ranges: Dims<AxisRange>,
    axes: Dims<ViewAxis>,
    shape: Dims<u64>,
}

/// An axis of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ViewAxis {
    /// An axis of the array.
    Old(usize),
    /// A new one, of one cell or none.
    New,
}

impl CellView {
    /// All cells of an array of this shape.
    pub fn new(shape: &[u64]) -> Self {
        Self {
            of: shape.into(),
            ranges: Region::whole(shape).ranges,
            axes: (0..shape.len()).map(ViewAxis::Old).collect(),
            shape: shape.into(),
        }
    }

    /// The length of each axis.
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// The shape of the array.
    pub fn array_shape(&self) -> &[u64] {
        &self.of
    }

    /// The names of the axes, given those of the array.
    pub fn names(&self, of_array: &[Option<String>]) -> Vec<Option<String>> {
        let name = |axis: &ViewAxis| match axis {
            ViewAxis::Old(axis) => of_array.get(*axis).cloned().flatten(),
            ViewAxis::New => None,
        };
        self.axes.iter().map(name).collect()
    }

    /// A view of a part of this one. Integers drop axes, and `NewAxis` adds some.
    ///
    /// # Errors
    /// If the selection does not consist of slices, or does not fit.
    pub fn select(
        &self,
        selection: &Selection,
        names: Option<&[Option<String>]>,
    ) -> Result<Self, SelectionError> {
        let slices = match selection {
            Selection::All => Vec::new(),
            Selection::Basic(slices) => slices.clone(),
            Selection::Named(items) => named::in_order(items, names, self.shape.len())?
                .into_iter()
                .map(|item| match item {
                    AxisSelection::Slice(slice) => Ok(slice),
                    _ => Err(SelectionError::NotAView),
                })
                .collect::<Result<_, _>>()?,
            _ => return Err(SelectionError::NotAView),
        };
        let mut view = Self {
            of: self.of.clone(),
            ranges: self.ranges.clone(),
            axes: Dims::new(),
            shape: Dims::new(),
        };
        for (slice, axes) in with_axes(&slices, self.shape.len(), Slice::axes)? {
            let slice = slice.copied().unwrap_or(Slice::Full);
            if slice == Slice::NewAxis {
                view.push(ViewAxis::New, 1);
            }
            let own = self.axes.iter().zip(&self.shape).enumerate();
            for (number, (&axis, &length)) in own.take(axes.end).skip(axes.start) {
                let part = slice.axis_range(number, length)?;
                if let ViewAxis::Old(axis) = axis
                    && let Some(range) = view.ranges.get_mut(axis)
                {
                    *range = within(*range, part)?;
                }
                if !matches!(slice, Slice::Index(_)) {
                    view.push(axis, part.count());
                }
            }
        }
        Ok(view)
    }

    fn push(&mut self, axis: ViewAxis, length: u64) {
        self.axes.push(axis);
        self.shape.push(length);
    }

    /// The view with its axes in this order, which names each of them once.
    ///
    /// # Errors
    /// If it does not.
    pub fn transpose(&self, order: &[usize]) -> Result<Self, SelectionError> {
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        if !sorted.into_iter().eq(0..self.axes.len()) {
            return Err(SelectionError::AxisOrder {
                given: order.to_vec(),
                rank: self.axes.len(),
            });
        }
        let axes = order.iter().filter_map(|&axis| self.axes.get(axis));
        let shape = order.iter().filter_map(|&axis| self.shape.get(axis));
        Ok(Self {
            axes: axes.copied().collect(),
            shape: shape.copied().collect(),
            ..self.clone()
        })
    }

    /// The view with its axes in the opposite order.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut view = self.clone();
        view.axes.reverse();
        view.shape.reverse();
        view
    }

    /// The view with the cells along an axis in the opposite order.
    ///
    /// # Errors
    /// If there is no such axis.
    pub fn flip(&self, axis: usize) -> Result<Self, SelectionError> {
        let backwards = Slice::Range {
            start: None,
            stop: None,
            step: -1,
        };
        let mut slices = vec![Slice::Full; axis];
        slices.push(backwards);
        self.select(&slices.into(), None)
    }

    /// Resolves a selection of the view, as one of the array.
    ///
    /// # Errors
    /// If the selection does not fit the view, or selects blocks: a view has no chunks.
    pub fn resolve(
        &self,
        selection: &Selection,
        names: Option<&[Option<String>]>,
    ) -> Result<ResolvedSelection, SelectionError> {
        let mut target = SelectionTarget::from(&*self.shape);
        if let Some(names) = names {
            target = target.with_names(names);
        }
        let found = selection.resolve(target)?;
        if found.is_empty() {
            let out_shape = found.out_shape().into();
            return Ok(ResolvedSelection::empty(&self.of, out_shape));
        }
        let cells = match found.cells() {
            Cells::Box { cells, .. } => self.of_box(cells)?,
            Cells::Scattered(ScatteredCells::Product(lists)) if self.has_place_for(lists) => {
                Cells::Scattered(ScatteredCells::Product(self.of_lists(lists)?))
            }
            Cells::Scattered(scattered) => {
                let points = scattered.to_points();
                let mut axes = Dims::new();
                for axis in 0..self.of.len() {
                    let at = self.position(axis);
                    let along = match at.and_then(|at| points.axes().get(at)) {
                        Some(cells) => cells.iter().map(|&cell| self.cell(axis, cell)).collect(),
                        None => self
                            .cell(axis, 0)
                            .map(|cell| vec![cell; points.places().len()]),
                    };
                    axes.push(along?);
                }
                let points = PointCells::placed(axes, points.places().to_vec());
                Cells::Scattered(ScatteredCells::Points(Arc::new(points)))
            }
        };
        let full_shape = match &cells {
            Cells::Box { cells, .. } => cells.shape(),
            Cells::Scattered(_) => found.full_shape().into(),
        };
        Ok(ResolvedSelection {
            shape: self.of.clone(),
            full_shape,
            out_shape: found.out_shape().into(),
            cells,
        })
    }

    /// The axis of the view that an axis of the array is, unless it was dropped.
    fn position(&self, axis: usize) -> Option<usize> {
        let is_it = |of: &ViewAxis| *of == ViewAxis::Old(axis);
        self.axes.iter().position(is_it)
    }

    /// The cell of the array, of one along an axis of the view.
    fn cell(&self, axis: usize, cell: u64) -> Result<u64, SelectionError> {
        let range = self.ranges.get(axis).copied();
        let range = range.unwrap_or(AxisRange::dense(0, 0));
        within(range, AxisRange::dense(cell, 1)).map(|range| range.start())
    }

    /// A box of the view: a box of the array where the axes are in its order.
    fn of_box(&self, cells: &Region) -> Result<Cells, SelectionError> {
        let strides = c_strides(cells.ranges.iter().map(AxisRange::count));
        let mut along = Vec::with_capacity(self.of.len());
        for (axis, &range) in self.ranges.iter().enumerate() {
            let at = self.position(axis);
            let part = at.and_then(|at| cells.ranges.get(at)).copied();
            let range = part.map_or(Ok(range), |part| within(range, part))?;
            let stride = at.and_then(|at| strides.get(at)).copied().unwrap_or(0);
            along.push((AxisCells::Range(range), AxisPlaces::Even(stride)));
        }
        combined(along)
    }

    /// Whether each list is along an axis of the array.
    fn has_place_for(&self, lists: &[Arc<[ListedCell]>]) -> bool {
        let mut axes = self.axes.iter().zip(lists);
        axes.all(|(axis, list)| match axis {
            ViewAxis::Old(_) => true,
            ViewAxis::New => matches!(**list, [ListedCell { to: 0, .. }]),
        })
    }

    fn of_lists(
        &self,
        lists: &[Arc<[ListedCell]>],
    ) -> Result<Dims<Arc<[ListedCell]>>, SelectionError> {
        let mut along = Dims::new();
        for axis in 0..self.of.len() {
            let dropped = [ListedCell { cell: 0, to: 0 }];
            let list = self.position(axis).and_then(|at| lists.get(at));
            let list = list.map_or(&dropped[..], |list| &**list);
            let cell = |&ListedCell { cell, to }: &ListedCell| {
                let cell = self.cell(axis, cell)?;
                Ok(ListedCell { cell, to })
            };
            along.push(
                list.iter()
                    .map(cell)
                    .collect::<Result<_, SelectionError>>()?,
            );
        }
        Ok(along)
    }
}

/// Cells of a range, as cells of that of which the range consists.
fn within(of: AxisRange, part: AxisRange) -> Result<AxisRange, SelectionError> {
    let step = i128::from(of.step()) * i128::from(part.step());
    let start = i128::from(of.start()) + i128::from(part.start()) * i128::from(of.step());
    // Of a single cell or none, the step does not matter.
    let step = if part.count() > 1 {
        i64::try_from(step)
    } else {
        Ok(1)
    };
    let start = if part.count() > 0 {
        u64::try_from(start)
    } else {
        Ok(0)
    };
    let range = match (start, step) {
        (Ok(start), Ok(step)) => AxisRange::new(start, part.count(), step),
        _ => None,
    };
    range.ok_or(SelectionError::TooManyCells)
}
