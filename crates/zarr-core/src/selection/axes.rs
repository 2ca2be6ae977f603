//! Selections that go axis by axis: basic and orthogonal ones. numpy's rules of wrapping, clamping and
//! checking; arithmetic is exact for every shape and every selection.

use std::sync::Arc;

use zarr_codecs::{AxisRange, Dims, Region};

use super::resolve::ResolvedSelection;
use super::{AxisSelection, SelectionError, Slice};
use crate::cells::{Cells, ListedCell, ScatteredCells};

/// An item of a selection that goes axis by axis.
pub(super) trait Item {
    /// The item as a slice, if it is one.
    fn slice(&self) -> Option<Slice>;
    /// The cells of an axis that it takes.
    fn cells(&self, axis: usize, length: u64) -> Result<Along, SelectionError>;
}

/// Cells along one axis.
pub(super) enum Along {
    Span(AxisRange),
    List(Vec<u64>),
}

impl Item for Slice {
    fn slice(&self) -> Option<Slice> {
        Some(*self)
    }

    fn cells(&self, axis: usize, length: u64) -> Result<Along, SelectionError> {
        self.span(axis, length).map(Along::Span)
    }
}

impl Item for AxisSelection {
    fn slice(&self) -> Option<Slice> {
        match self {
            Self::Slice(slice) => Some(*slice),
            Self::List(_) | Self::Mask(_) => None,
        }
    }

    fn cells(&self, axis: usize, length: u64) -> Result<Along, SelectionError> {
        match self {
            Self::Slice(slice) => slice.cells(axis, length),
            Self::List(list) => {
                let cells = list.iter().map(|&index| wrap(index, axis, length));
                Ok(even(cells.collect::<Result<_, _>>()?))
            }
            Self::Mask(mask) if mask.len() as u64 == length => {
                let cells = mask.iter().zip(0..).filter(|(is_meant, _)| **is_meant);
                Ok(even(cells.map(|(_, cell)| cell).collect()))
            }
            Self::Mask(mask) => Err(SelectionError::MaskShape {
                given: vec![mask.len() as u64],
                wanted: vec![length],
            }),
        }
    }
}

/// A list of cells in equal steps is a span, which is read without lists.
fn even(cells: Vec<u64>) -> Along {
    let step = |pair: &[u64]| match pair {
        [a, b] => i64::try_from(i128::from(*b) - i128::from(*a)).ok(),
        _ => None,
    };
    match cells.as_slice() {
        [] => return Along::Span(AxisRange::dense(0, 0)),
        [only] => return Along::Span(AxisRange::dense(*only, 1)),
        [start, ..] => {
            if let Some(step) = cells
                .windows(2)
                .next()
                .and_then(step)
                .filter(|&step| step != 0)
                && cells.windows(2).all(|pair| self::same(pair, step))
            {
                let span = AxisRange::new(*start, cells.len() as u64, step);
                return span.map_or(Along::List(cells), Along::Span);
            }
        }
    }
    Along::List(cells)
}

fn same(pair: &[u64], step: i64) -> bool {
    matches!(pair, [a, b] if i128::from(*b) - i128::from(*a) == i128::from(step))
}

/// An index of an axis, counted from the end where it is negative.
pub(super) fn wrap(index: i64, axis: usize, length: u64) -> Result<u64, SelectionError> {
    let wrapped = i128::from(index) + if index < 0 { i128::from(length) } else { 0 };
    match u64::try_from(wrapped) {
        Ok(cell) if cell < length => Ok(cell),
        _ => Err(SelectionError::OutOfBounds {
            axis,
            index,
            length,
        }),
    }
}

/// Item by item, axis by axis.
pub(super) fn along_axes<I: Item>(
    items: &[I],
    shape: &[u64],
) -> Result<ResolvedSelection, SelectionError> {
    let count = |wanted: Slice| {
        items
            .iter()
            .filter(|item| item.slice() == Some(wanted))
            .count()
    };
    let (ellipses, new) = (count(Slice::Ellipsis), count(Slice::NewAxis));
    if ellipses > 1 {
        return Err(SelectionError::ManyEllipses { given: ellipses });
    }
    let (given, rank) = (items.len() - ellipses - new, shape.len());
    let left = rank
        .checked_sub(given)
        .ok_or(SelectionError::TooManyIndices { given, rank })?;

    let mut along: Vec<Along> = Vec::with_capacity(rank);
    let mut out_shape = Dims::new();
    let mut axes = shape.iter().copied().enumerate();
    // Axes that no item names are whole: an ellipsis at the end, where there is none.
    let implied = (ellipses == 0).then_some(None);
    for item in items.iter().map(Some).chain(implied) {
        match item.map_or(Some(Slice::Ellipsis), Item::slice) {
            Some(Slice::Ellipsis) => {
                for (_, length) in axes.by_ref().take(left) {
                    along.push(Along::Span(AxisRange::dense(0, length)));
                    out_shape.push(length);
                }
            }
            Some(Slice::NewAxis) => out_shape.push(1),
            slice => {
                for ((axis, length), item) in axes.by_ref().take(1).zip(item) {
                    let cells = item.cells(axis, length)?;
                    if !matches!(slice, Some(Slice::Index(_))) {
                        out_shape.push(cells.len());
                    }
                    along.push(cells);
                }
            }
        }
    }
    Ok(ResolvedSelection {
        shape: shape.into(),
        full_shape: along.iter().map(Along::len).collect(),
        out_shape,
        cells: product(along)?,
    })
}

impl Along {
    fn len(&self) -> u64 {
        match self {
            Self::Span(span) => span.count(),
            Self::List(cells) => cells.len() as u64,
        }
    }

    fn into_cells(self) -> Vec<u64> {
        match self {
            Self::Span(span) => span.cells().collect(),
            Self::List(cells) => cells,
        }
    }
}

/// Spans are a region; as soon as there is a list, all axes become lists.
fn product(along: Vec<Along>) -> Result<Cells, SelectionError> {
    let span = |axis: &Along| match axis {
        Along::Span(span) => Some(*span),
        Along::List(_) => None,
    };
    if let Some(ranges) = along.iter().map(span).collect() {
        return Ok(Region { ranges }.into());
    }
    let mut stride = 1_usize;
    let mut axes: Dims<Arc<[ListedCell]>> = Dims::new();
    let lengths: Vec<u64> = along.iter().map(Along::len).collect();
    let cells = zarr_codecs::volume(&lengths).and_then(|n| usize::try_from(n).ok());
    cells.ok_or(SelectionError::TooManyCells)?;
    for axis in along.into_iter().rev() {
        let count = axis.len() as usize;
        let places = axis.into_cells().into_iter().enumerate();
        axes.insert(
            0,
            places
                .map(|(i, cell)| ListedCell {
                    cell,
                    to: i * stride,
                })
                .collect(),
        );
        stride *= count;
    }
    Ok(Cells::Scattered(ScatteredCells::Product(axes)))
}

impl Slice {
    /// The cells of an axis. What is not about one axis is taken for the whole.
    pub(super) fn span(self, axis: usize, length: u64) -> Result<AxisRange, SelectionError> {
        let check = |bound: i64| match bound {
            i64::MAX if length > i64::MAX.unsigned_abs() => {
                Err(SelectionError::AmbiguousBound { axis, length })
            }
            // Wide enough for the sum and the difference of any i64 and any u64.
            _ => Ok(i128::from(bound) + if bound < 0 { i128::from(length) } else { 0 }),
        };
        match self {
            Self::Full | Self::Ellipsis | Self::NewAxis => Ok(AxisRange::dense(0, length)),
            Self::Index(index) => match u64::try_from(check(index)?) {
                Ok(start) if start < length => Ok(AxisRange::dense(start, 1)),
                _ => Err(SelectionError::OutOfBounds {
                    axis,
                    index,
                    length,
                }),
            },
            Self::Range { step: 0, .. } => Err(SelectionError::ZeroStep { axis }),
            Self::Range { start, stop, step } => {
                // Between which values the bounds are clamped: one before the first cell is where a
                // walk down ends, one after the last where a walk up does.
                let end = i128::from(length);
                let (lowest, highest) = if step < 0 { (-1, end - 1) } else { (0, end) };
                let (from, to) = if step < 0 {
                    (highest, lowest)
                } else {
                    (lowest, highest)
                };
                let start = start.map_or(Ok(from), check)?.clamp(lowest, highest);
                let stop = stop.map_or(Ok(to), check)?.clamp(lowest, highest);
                let way = if step < 0 { start - stop } else { stop - start };
                let stride = i128::from(step.unsigned_abs());
                // Empty where the way is none or leads elsewhere.
                let count = u64::try_from((way + stride - 1) / stride).unwrap_or(0);
                let start = u64::try_from(start).ok().filter(|_| count > 0);
                let span = start.and_then(|start| AxisRange::new(start, count, step));
                Ok(span.unwrap_or(AxisRange::dense(0, 0)))
            }
        }
    }
}
