//! Resolves basic and orthogonal selections, which have one item per axis, and combines the cells of the axes.

use std::ops::Range;
use std::sync::Arc;

use zarr_codecs::{Dims, Region};

use super::axis_cells::AxisCells;
use super::resolved::ResolvedSelection;
use super::{AxisSelection, SelectionError, Slice};
use crate::cells::{Cells, ListedCell, ScatteredCells};

/// The items of a selection in order, each with the axes that it goes along: `axes_of` says how many, and nothing for
/// an ellipsis. That stands for the axes that no other item takes, and comes as `None`; where there is none, one is
/// implied at the end.
///
/// # Errors
/// If there are more items than axes, or more than one ellipsis.
pub(super) fn with_axes<I>(
    items: &[I],
    rank: usize,
    axes_of: impl Fn(&I) -> Option<usize>,
) -> Result<impl Iterator<Item = (Option<&I>, Range<usize>)>, SelectionError> {
    let ellipses = items.iter().filter(|item| axes_of(item).is_none()).count();
    if ellipses > 1 {
        return Err(SelectionError::ManyEllipses { given: ellipses });
    }
    let given = items.iter().filter_map(&axes_of).sum();
    let left = rank.checked_sub(given);
    let left = left.ok_or(SelectionError::TooManyIndices { given, rank })?;
    let implied = (ellipses == 0).then_some((None, left));
    let items = items.iter().map(move |item| match axes_of(item) {
        Some(count) => (Some(item), count),
        None => (None, left),
    });
    let mut next = 0;
    Ok(items.chain(implied).map(move |(item, count)| {
        let first = next;
        next += count;
        (item, first..next)
    }))
}

impl Slice {
    /// How many axes it goes along; `None` for an ellipsis.
    pub(super) fn axes(&self) -> Option<usize> {
        match self {
            Self::Ellipsis => None,
            Self::NewAxis => Some(0),
            Self::Full | Self::Index(_) | Self::Range { .. } => Some(1),
        }
    }
}

/// Resolves a selection of slices.
pub(super) fn of_slices(
    slices: &[Slice],
    shape: &[u64],
) -> Result<ResolvedSelection, SelectionError> {
    let (mut ranges, mut out_shape) = (Dims::new(), Dims::new());
    for (slice, axes) in with_axes(slices, shape.len(), Slice::axes)? {
        let slice = slice.copied().unwrap_or(Slice::Full);
        if slice == Slice::NewAxis {
            out_shape.push(1);
        }
        for (axis, &length) in shape.iter().enumerate().take(axes.end).skip(axes.start) {
            let range = slice.axis_range(axis, length)?;
            if !matches!(slice, Slice::Index(_)) {
                out_shape.push(range.count());
            }
            ranges.push(range);
        }
    }
    let region = Region { ranges };
    Ok(ResolvedSelection {
        out_shape,
        ..ResolvedSelection::of_region(shape, region)
    })
}

/// Resolves a selection of every combination of the cells of the axes.
pub(super) fn orthogonal(
    items: &[AxisSelection],
    shape: &[u64],
) -> Result<ResolvedSelection, SelectionError> {
    let axes_of = |item: &AxisSelection| match item {
        AxisSelection::Slice(slice) => slice.axes(),
        AxisSelection::List(_) | AxisSelection::Mask(_) => Some(1),
    };
    let whole = AxisSelection::Slice(Slice::Full);
    let (mut along, mut out_shape) = (Vec::with_capacity(shape.len()), Dims::new());
    for (item, axes) in with_axes(items, shape.len(), axes_of)? {
        let item = item.unwrap_or(&whole);
        if let AxisSelection::Slice(Slice::NewAxis) = item {
            out_shape.push(1);
        }
        for (axis, &length) in shape.iter().enumerate().take(axes.end).skip(axes.start) {
            let cells = AxisCells::new(item, axis, length)?;
            if !matches!(item, AxisSelection::Slice(Slice::Index(_))) {
                out_shape.push(cells.len());
            }
            along.push(cells);
        }
    }
    let strides = c_strides(along.iter().map(AxisCells::len));
    Ok(ResolvedSelection {
        shape: shape.into(),
        full_shape: along.iter().map(AxisCells::len).collect(),
        out_shape,
        cells: combined(
            along
                .into_iter()
                .zip(strides.into_iter().map(AxisPlaces::Even)),
        )?,
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
