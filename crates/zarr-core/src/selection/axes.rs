//! Resolves basic and orthogonal selections, which have one item per axis, by NumPy's rules for negative
//! indices and for bounds. Arithmetic is exact for every shape and every selection.

use std::sync::Arc;

use zarr_codecs::{AxisRange, Dims, Region};

use super::resolved::ResolvedSelection;
use super::{AxisSelection, SelectionError, Slice, index_arrays};
use crate::cells::{Cells, ListedCell, ScatteredCells};

/// An item of a basic or orthogonal selection.
pub(super) trait AxisItem {
    /// The item as a slice, if it is one.
    fn slice(&self) -> Option<Slice>;
    /// The cells that the item selects along an axis.
    fn cells(&self, axis: usize, length: u64) -> Result<AxisCells, SelectionError>;
}

/// Cells along one axis.
pub(super) enum AxisCells {
    Range(AxisRange),
    List(Vec<u64>),
}

impl AxisItem for Slice {
    fn slice(&self) -> Option<Slice> {
        Some(*self)
    }

    fn cells(&self, axis: usize, length: u64) -> Result<AxisCells, SelectionError> {
        self.axis_range(axis, length).map(AxisCells::Range)
    }
}

impl AxisItem for AxisSelection {
    fn slice(&self) -> Option<Slice> {
        match self {
            Self::Slice(slice) => Some(*slice),
            Self::List(_) | Self::Mask(_) => None,
        }
    }

    fn cells(&self, axis: usize, length: u64) -> Result<AxisCells, SelectionError> {
        match self {
            Self::Slice(slice) => slice.cells(axis, length),
            Self::List(list) => match list.shape.as_slice() {
                [_] => Ok(cells_of_list(index_arrays::cells(list, axis, length)?)),
                shape => Err(SelectionError::NotAList {
                    axis,
                    shape: shape.into(),
                }),
            },
            Self::Mask(mask) => {
                let cells = index_arrays::masked(mask, &[length])?;
                Ok(cells_of_list(cells.into_iter().next().unwrap_or_default()))
            }
        }
    }
}

/// The cells of a list: a range where they are evenly spaced, which is read faster than a list.
pub(super) fn cells_of_list(cells: Vec<u64>) -> AxisCells {
    let step = |pair: &[u64]| match pair {
        [a, b] => i64::try_from(i128::from(*b) - i128::from(*a)).ok(),
        _ => None,
    };
    match cells.as_slice() {
        [] => return AxisCells::Range(AxisRange::dense(0, 0)),
        [only] => return AxisCells::Range(AxisRange::dense(*only, 1)),
        [start, ..] => {
            if let Some(step) = cells
                .windows(2)
                .next()
                .and_then(step)
                .filter(|&step| step != 0)
                && cells.windows(2).all(|pair| self::same(pair, step))
            {
                let range = AxisRange::new(*start, cells.len() as u64, step);
                return range.map_or(AxisCells::List(cells), AxisCells::Range);
            }
        }
    }
    AxisCells::List(cells)
}

fn same(pair: &[u64], step: i64) -> bool {
    matches!(pair, [a, b] if i128::from(*b) - i128::from(*a) == i128::from(step))
}

/// The cell of an index along an axis; a negative index counts from the end.
pub(super) fn wrap(index: i64, axis: usize, length: u64) -> Result<u64, SelectionError> {
    // What most are needs no wide numbers.
    if let Ok(cell) = u64::try_from(index)
        && cell < length
        && index != i64::MAX
    {
        return Ok(cell);
    }
    match u64::try_from(from_start(index, axis, length)?) {
        Ok(cell) if cell < length => Ok(cell),
        _ => Err(SelectionError::OutOfBounds {
            axis,
            index,
            length,
        }),
    }
}

/// A number along an axis, counted from its start.
fn from_start(bound: i64, axis: usize, length: u64) -> Result<i128, SelectionError> {
    match bound {
        i64::MAX if length > i64::MAX.unsigned_abs() => {
            Err(SelectionError::AmbiguousBound { axis, length })
        }
        // Wide enough for the sum and the difference of any i64 and any u64.
        _ => Ok(i128::from(bound) + if bound < 0 { i128::from(length) } else { 0 }),
    }
}

/// The number of axes that an ellipsis stands for.
pub(super) fn axes_left(
    ellipses: usize,
    given: usize,
    rank: usize,
) -> Result<usize, SelectionError> {
    if ellipses > 1 {
        return Err(SelectionError::ManyEllipses { given: ellipses });
    }
    let left = rank.checked_sub(given);
    left.ok_or(SelectionError::TooManyIndices { given, rank })
}

/// Resolves a selection of one item per axis.
pub(super) fn along_axes<I: AxisItem>(
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
    let rank = shape.len();
    let left = axes_left(ellipses, items.len() - ellipses - new, rank)?;

    let mut along: Vec<AxisCells> = Vec::with_capacity(rank);
    let mut out_shape = Dims::new();
    let mut axes = shape.iter().copied().enumerate();
    // Remaining axes are selected whole, as if an ellipsis stood at the end.
    let implied = (ellipses == 0).then_some(None);
    for item in items.iter().map(Some).chain(implied) {
        match item.map_or(Some(Slice::Ellipsis), AxisItem::slice) {
            Some(Slice::Ellipsis) => {
                for (_, length) in axes.by_ref().take(left) {
                    along.push(AxisCells::Range(AxisRange::dense(0, length)));
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
        full_shape: along.iter().map(AxisCells::len).collect(),
        out_shape,
        cells: product(along)?,
    })
}

/// The places of the cells of an axis in the data, to which those along the other axes are added.
pub(super) enum AxisPlaces {
    /// In steps of this many.
    Even(usize),
    /// Each by itself.
    Each(Vec<usize>),
}

impl AxisPlaces {
    fn get(&self, i: usize) -> usize {
        match self {
            Self::Even(stride) => i * stride,
            Self::Each(places) => places.get(i).copied().unwrap_or(0),
        }
    }

    /// Whether the first `count` of them are in steps of this many.
    fn are_even(&self, stride: usize, count: u64) -> bool {
        match self {
            Self::Even(own) => count <= 1 || *own == stride,
            Self::Each(places) => {
                let mut places = places.iter().enumerate();
                places.all(|(i, &place)| Some(place) == i.checked_mul(stride))
            }
        }
    }
}

impl AxisCells {
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Range(range) => range.count(),
            Self::List(cells) => cells.len() as u64,
        }
    }

    pub(super) fn into_cells(self) -> Result<Vec<u64>, SelectionError> {
        match self {
            Self::Range(range) => {
                let mut cells = room(usize::try_from(range.count()).ok())?;
                cells.extend(range.cells());
                Ok(cells)
            }
            Self::List(cells) => Ok(cells),
        }
    }
}

/// Room for as many numbers, of which a shape alone may ask for too many.
pub(super) fn room<T>(count: Option<usize>) -> Result<Vec<T>, SelectionError> {
    let mut room = Vec::new();
    let reserved = count.map(|count| room.try_reserve_exact(count));
    match reserved {
        Some(Ok(())) => Ok(room),
        _ => Err(SelectionError::TooManyCells),
    }
}

/// Every combination of the cells of the axes, in C order.
fn product(along: Vec<AxisCells>) -> Result<Cells, SelectionError> {
    let range = |cells: &AxisCells| match cells {
        AxisCells::Range(range) => Some(*range),
        AxisCells::List(_) => None,
    };
    if let Some(ranges) = along.iter().map(range).collect() {
        return Ok(Region { ranges }.into());
    }
    let strides = c_strides(along.iter().map(AxisCells::len));
    let along = along.into_iter().zip(strides);
    combined(along.map(|(cells, stride)| (cells, AxisPlaces::Even(stride))))
}

/// The strides of axes in C order. Those of axes with more cells than memory has are wrong, and not used.
pub(super) fn c_strides(lengths: impl DoubleEndedIterator<Item = u64>) -> Dims<usize> {
    let mut stride = 1_usize;
    let mut strides: Dims<usize> = Dims::new();
    for length in lengths.rev() {
        strides.push(stride);
        stride = stride.saturating_mul(usize::try_from(length).unwrap_or(usize::MAX));
    }
    strides.reverse();
    strides
}

/// Every combination of the cells of the axes, each at its place. Ranges in C order make a region; otherwise all
/// axes become lists.
pub(super) fn combined(
    along: impl IntoIterator<Item = (AxisCells, AxisPlaces)>,
) -> Result<Cells, SelectionError> {
    let along: Vec<(AxisCells, AxisPlaces)> = along.into_iter().collect();
    let strides = c_strides(along.iter().map(|(cells, _)| cells.len()));
    let range = |((cells, places), stride): (&(AxisCells, AxisPlaces), usize)| match cells {
        AxisCells::Range(range) => places.are_even(stride, range.count()).then_some(*range),
        AxisCells::List(_) => None,
    };
    if let Some(ranges) = along.iter().zip(strides).map(range).collect() {
        return Ok(Region { ranges }.into());
    }
    let lengths: Vec<u64> = along.iter().map(|(cells, _)| cells.len()).collect();
    let volume = zarr_codecs::volume(&lengths).and_then(|n| usize::try_from(n).ok());
    volume.ok_or(SelectionError::TooManyCells)?;
    let mut axes: Dims<Arc<[ListedCell]>> = Dims::new();
    for (cells, places) in along {
        let cells = cells.into_cells()?.into_iter().enumerate();
        let listed = cells.map(|(i, cell)| ListedCell {
            cell,
            to: places.get(i),
        });
        axes.push(listed.collect());
    }
    Ok(Cells::Scattered(ScatteredCells::Product(axes)))
}

impl Slice {
    /// The cells that the slice selects along an axis; an ellipsis or a new axis selects all of them.
    pub(super) fn axis_range(self, axis: usize, length: u64) -> Result<AxisRange, SelectionError> {
        let check = |bound: i64| from_start(bound, axis, length);
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
                // The bounds are clamped to these values: a negative step may end one cell before the
                // first, and a positive step one cell after the last.
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
                // The range is empty if `stop` is not beyond `start` in the direction of the step.
                let way = u64::try_from(way).unwrap_or(0);
                let count = way.div_ceil(step.unsigned_abs());
                let start = u64::try_from(start).ok().filter(|_| count > 0);
                let range = start.and_then(|start| AxisRange::new(start, count, step));
                Ok(range.unwrap_or(AxisRange::dense(0, 0)))
            }
        }
    }
}
