//! `AxisCells`: the cells along one axis that a slice, a list or a mask selects, by NumPy's rules for negative indices and for
//! bounds. Arithmetic is exact for every length and every bound.

use zarr_codecs::AxisRange;

use super::{AxisSelection, Indices, Mask, SelectionError, Slice};

/// Cells along one axis.
pub(super) enum AxisCells {
    Range(AxisRange),
    List(Vec<u64>),
}

impl AxisCells {
    /// The cells that an item selects along an axis.
    pub(super) fn new(
        item: &AxisSelection,
        axis: usize,
        length: u64,
    ) -> Result<Self, SelectionError> {
        match item {
            AxisSelection::Slice(slice) => slice.axis_range(axis, length).map(Self::Range),
            AxisSelection::List(list) => match list.shape.as_slice() {
                [_] => Ok(cells_of_list(cells(list, axis, length)?)),
                shape => Err(SelectionError::NotAList {
                    axis,
                    shape: shape.into(),
                }),
            },
            AxisSelection::Mask(mask) => {
                let cells = masked(mask, &[length])?;
                Ok(cells_of_list(cells.into_iter().next().unwrap_or_default()))
            }
        }
    }

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

/// The cells of a list along an axis.
pub(super) fn cells(list: &Indices, axis: usize, length: u64) -> Result<Vec<u64>, SelectionError> {
    if zarr_codecs::volume(&list.shape) != Some(list.cells.len() as u64) {
        return Err(SelectionError::Unfilled {
            what: "indices",
            given: list.cells.len() as u64,
            shape: list.shape.clone(),
        });
    }
    let cells = list.cells.iter().map(|&index| wrap(index, axis, length));
    cells.collect()
}

/// The coordinates along each axis of the cells where a mask is true.
pub(super) fn masked(mask: &Mask, lengths: &[u64]) -> Result<Vec<Vec<u64>>, SelectionError> {
    let volume = zarr_codecs::volume(lengths);
    if mask.shape != lengths || volume != Some(mask.cells.len() as u64) {
        return Err(SelectionError::MaskShape {
            given: mask.shape.clone(),
            wanted: lengths.into(),
        });
    }
    let mut axes = vec![Vec::new(); lengths.len()];
    for (number, _) in mask.cells.iter().enumerate().filter(|(_, cell)| **cell) {
        let mut rest = number as u64;
        for (axis, &length) in axes.iter_mut().zip(lengths).rev() {
            axis.push(rest % length);
            rest /= length;
        }
    }
    Ok(axes)
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
