//! Resolves basic and orthogonal selections, which have one item per axis, and combines the cells of the axes.

use std::sync::Arc;

use zarr_codecs::{AxisRange, Dims, Region};

use super::axis_cells::{AxisCells, cells, cells_of_list, masked};
use super::resolved::ResolvedSelection;
use super::{AxisSelection, SelectionError, Slice};
use crate::cells::{Cells, ListedCell, ScatteredCells};

/// An item of a basic or orthogonal selection.
pub(super) trait AxisItem {
    /// The item as a slice, if it is one.
    fn slice(&self) -> Option<Slice>;
    /// The cells that the item selects along an axis.
    fn cells(&self, axis: usize, length: u64) -> Result<AxisCells, SelectionError>;
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
                [_] => Ok(cells_of_list(cells(list, axis, length)?)),
                shape => Err(SelectionError::NotAList {
                    axis,
                    shape: shape.into(),
                }),
            },
            Self::Mask(mask) => {
                let cells = masked(mask, &[length])?;
                Ok(cells_of_list(cells.into_iter().next().unwrap_or_default()))
            }
        }
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
