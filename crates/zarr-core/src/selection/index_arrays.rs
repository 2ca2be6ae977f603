//! Resolves index arrays and masks among slices, by NumPy's rules of advanced indexing: they are broadcast together
//! with the integers, and the axes of that come where the arrays stand, or first if slices stand between them.

use zarr_codecs::{AxisRange, Dims};

use super::axes::{AxisPlaces, c_strides, combined, of_slices, with_axes};
use super::axis_cells::{AxisCells, cells, cells_of_list, masked, room};
use super::resolved::ResolvedSelection;
use super::{AxisSelection, Indices, Mask, SelectionError, Slice};

/// An item of a selection, whose lists are only looked at.
#[derive(Clone, Copy)]
pub(super) enum IndexItem<'s> {
    Slice(Slice),
    List(&'s Indices),
    Mask(&'s Mask),
}

impl<'s> From<&'s AxisSelection> for IndexItem<'s> {
    fn from(item: &'s AxisSelection) -> Self {
        match item {
            AxisSelection::Slice(slice) => Self::Slice(*slice),
            AxisSelection::List(list) => Self::List(list),
            AxisSelection::Mask(mask) => Self::Mask(mask),
        }
    }
}

/// Cells along one axis, as an array that is broadcast with others.
struct IndexArray {
    /// The axis; a mask without axes has none.
    axis: Option<usize>,
    shape: Dims<u64>,
    cells: Vec<u64>,
}

/// One or more axes of the output, in the order of the items.
enum Part {
    /// An axis of the array.
    Axis(usize, AxisRange),
    New,
    /// Where an index array or an integer stands.
    Index,
}

/// An axis of the output.
struct OutAxis {
    length: u64,
    /// From one cell to the next, in cells of the output.
    stride: usize,
}

/// Resolves lists and masks among slices.
pub(super) fn resolve(
    items: &[IndexItem<'_>],
    shape: &[u64],
) -> Result<ResolvedSelection, SelectionError> {
    let slice = |item: &IndexItem<'_>| match item {
        IndexItem::Slice(slice) => Some(*slice),
        IndexItem::List(_) | IndexItem::Mask(_) => None,
    };
    let slices: Option<Vec<Slice>> = items.iter().map(slice).collect();
    if let Some(slices) = slices {
        return of_slices(&slices, shape);
    }
    let (parts, arrays) = parts(items, shape)?;
    let broadcast = broadcast(&arrays)?;
    let of_index = |(_, part): &(usize, &Part)| matches!(part, Part::Index);
    let mut indexed = parts.iter().enumerate().filter(of_index).map(|(i, _)| i);
    let first = indexed.next().unwrap_or(0);
    let together = indexed.zip(first + 1..).all(|(found, next)| found == next);
    let front = if together { first } else { 0 };

    // The lengths of the output: before the index arrays, of these, and behind them.
    let length = |part: &Part| match part {
        Part::Axis(_, range) => Some(range.count()),
        Part::New => Some(1),
        Part::Index => None,
    };
    let before: Dims<u64> = parts.iter().take(front).filter_map(length).collect();
    let behind = parts.iter().skip(front).filter_map(length);
    let lengths = before.iter().chain(&broadcast).copied().chain(behind);
    let out = out_axes(lengths.collect())?;
    let out_shape: Dims<u64> = out.iter().map(|axis| axis.length).collect();
    if out_shape.contains(&0) {
        return Ok(ResolvedSelection::empty(shape, out_shape));
    }

    let (from, to) = (before.len(), before.len() + broadcast.len());
    let of_arrays = out.get(from..to).unwrap_or_default();
    let strides = out.iter().enumerate();
    let mut strides = strides.filter(|(i, _)| !(from..to).contains(i));
    let mut ranges = Vec::new();
    for part in &parts {
        match part {
            Part::Axis(axis, range) => {
                let at = strides.next().map_or(0, |(at, _)| at);
                ranges.push((*axis, at, *range));
            }
            Part::New => drop(strides.next()),
            Part::Index => {}
        }
    }
    if is_product(&arrays, &broadcast) {
        let ranges = ranges.iter().map(|&(axis, at, range)| {
            let stride = out.get(at).map_or(0, |axis| axis.stride);
            (axis, (AxisCells::Range(range), AxisPlaces::Even(stride)))
        });
        let lists = arrays.into_iter().filter_map(|array| {
            let places = places(&array.shape, of_arrays);
            let cells = match array.shape.iter().filter(|&&n| n > 1).count() {
                0 | 1 => cells_of_list(array.cells),
                _ => AxisCells::List(array.cells),
            };
            Some((array.axis?, (cells, places)))
        });
        let mut along: Vec<_> = ranges.chain(lists).collect();
        along.sort_by_key(|(axis, _)| *axis);
        let along: Vec<_> = along.into_iter().map(|(_, along)| along).collect();
        return Ok(ResolvedSelection {
            shape: shape.into(),
            full_shape: along.iter().map(|(cells, _)| cells.len()).collect(),
            out_shape,
            cells: combined(along)?,
        });
    }
    // Of each axis, its cells and how far each axis of the output goes along them.
    let mut along: Vec<(usize, Vec<u64>, Dims<usize>)> = Vec::with_capacity(shape.len());
    for (axis, at, range) in ranges {
        let mut steps = Dims::from_elem(0, out.len());
        steps.iter_mut().skip(at).take(1).for_each(|step| *step = 1);
        along.push((axis, AxisCells::Range(range).into_cells()?, steps));
    }
    for array in arrays {
        let Some(axis) = array.axis else { continue };
        let mut steps = Dims::from_elem(0, out.len());
        let mut step = 1;
        let own = array.shape.iter().rev();
        for (own, steps) in own.zip(steps.iter_mut().take(to).rev()) {
            *steps = if *own == 1 { 0 } else { step };
            step *= *own as usize;
        }
        along.push((axis, array.cells, steps));
    }
    along.sort_by_key(|(axis, ..)| *axis);
    points(along, shape, out_shape)
}

/// The items in order, and the index arrays among them with an array of one cell for each integer.
fn parts(
    items: &[IndexItem<'_>],
    shape: &[u64],
) -> Result<(Vec<Part>, Vec<IndexArray>), SelectionError> {
    let axes_of = |item: &IndexItem<'_>| match item {
        IndexItem::Slice(slice) => slice.axes(),
        IndexItem::List(_) => Some(1),
        IndexItem::Mask(mask) => Some(mask.shape.len()),
    };
    let (mut parts, mut arrays) = (Vec::new(), Vec::new());
    for (item, axes) in with_axes(items, shape.len(), axes_of)? {
        let (axis, lengths) = (axes.start, shape.get(axes).unwrap_or_default());
        let length = lengths.first().copied().unwrap_or(0);
        let mut array = |axis: Option<usize>, shape: &[u64], cells: Vec<u64>| {
            arrays.push(IndexArray {
                axis,
                shape: shape.into(),
                cells,
            });
        };
        match item {
            None => {
                let whole = |(i, &length)| Part::Axis(axis + i, AxisRange::dense(0, length));
                parts.extend(lengths.iter().enumerate().map(whole));
            }
            Some(IndexItem::Slice(Slice::NewAxis)) => parts.push(Part::New),
            Some(IndexItem::Slice(slice)) => {
                let range = slice.axis_range(axis, length)?;
                if let Slice::Index(_) = slice {
                    parts.push(Part::Index);
                    array(Some(axis), &[], vec![range.start()]);
                } else {
                    parts.push(Part::Axis(axis, range));
                }
            }
            Some(IndexItem::List(list)) => {
                parts.push(Part::Index);
                array(Some(axis), &list.shape, cells(list, axis, length)?);
            }
            Some(IndexItem::Mask(mask)) => {
                parts.push(Part::Index);
                for (behind, cells) in masked(mask, lengths)?.into_iter().enumerate() {
                    array(Some(axis + behind), &[cells.len() as u64], cells);
                }
                if mask.shape.is_empty() {
                    let count = mask.cells.iter().filter(|cell| **cell).count();
                    array(None, &[count as u64], Vec::new());
                }
            }
        }
    }
    Ok((parts, arrays))
}

/// The shape of all index arrays together.
fn broadcast(arrays: &[IndexArray]) -> Result<Dims<u64>, SelectionError> {
    let rank = arrays.iter().map(|array| array.shape.len()).max();
    let mut out = Dims::from_elem(1, rank.unwrap_or(0));
    for array in arrays {
        for (out, &own) in out.iter_mut().rev().zip(array.shape.iter().rev()) {
            match *out {
                1 => *out = own,
                length if own != 1 && own != length => {
                    let shapes = arrays.iter().map(|array| array.shape.to_vec());
                    let shapes = shapes.collect();
                    return Err(SelectionError::Broadcast { shapes });
                }
                _ => {}
            }
        }
    }
    Ok(out)
}

/// Whether no two arrays go along the same axis of the output, so that every combination of their cells is meant.
fn is_product(arrays: &[IndexArray], broadcast: &[u64]) -> bool {
    let behind = 1..=broadcast.len();
    behind.into_iter().all(|behind| {
        let long = |array: &&IndexArray| {
            let axis = array.shape.len().checked_sub(behind);
            let length = axis.and_then(|axis| array.shape.get(axis));
            length.is_some_and(|&length| length > 1) && array.axis.is_some()
        };
        arrays.iter().filter(long).count() <= 1
    })
}

/// Axes of the output in C order.
fn out_axes(lengths: Dims<u64>) -> Result<Dims<OutAxis>, SelectionError> {
    let volume = zarr_codecs::volume(&lengths).and_then(|n| usize::try_from(n).ok());
    volume.ok_or(SelectionError::TooManyCells)?;
    let strides = c_strides(lengths.iter().copied());
    let axes = lengths.into_iter().zip(strides);
    Ok(axes
        .map(|(length, stride)| OutAxis { length, stride })
        .collect())
}

/// The place in the output of each cell of an index array that is broadcast along these axes.
fn places(shape: &[u64], along: &[OutAxis]) -> AxisPlaces {
    let count: u64 = shape.iter().product();
    let place = |i: u64| {
        let (mut rest, mut place) = (i, 0);
        for (&length, axis) in shape.iter().rev().zip(along.iter().rev()) {
            place += (rest % length) as usize * axis.stride;
            rest /= length;
        }
        place
    };
    AxisPlaces::Each((0..count).map(place).collect())
}

/// The cells of every place in the output, in its order. Of each axis of the array, `along` has its cells and how far
/// each axis of the output goes along them.
fn points(
    along: Vec<(usize, Vec<u64>, Dims<usize>)>,
    shape: &[u64],
    out_shape: Dims<u64>,
) -> Result<ResolvedSelection, SelectionError> {
    let volume = zarr_codecs::volume(&out_shape).and_then(|n| usize::try_from(n).ok());
    let volume = volume.ok_or(SelectionError::TooManyCells)?;
    let in_order = c_strides(out_shape.iter().copied());
    let mut axes = Dims::new();
    for (_, cells, steps) in along {
        let mut long = out_shape.iter().zip(steps.iter().zip(&in_order));
        let is_in_order = long.all(|(&length, (step, stride))| length == 1 || step == stride);
        axes.push(match is_in_order && cells.len() == volume {
            true => cells,
            false => repeated(&cells, &steps, &out_shape, volume)?,
        });
    }
    Ok(ResolvedSelection::of_points(
        shape,
        (axes, volume),
        out_shape,
    ))
}

/// The cell of every place in the output.
fn repeated(
    cells: &[u64],
    steps: &[usize],
    out_shape: &[u64],
    volume: usize,
) -> Result<Vec<u64>, SelectionError> {
    let mut all = room(Some(volume))?;
    let mut at = Dims::from_elem(0_u64, out_shape.len());
    for _ in 0..volume {
        let number = at.iter().zip(steps).map(|(&at, step)| at as usize * step);
        all.push(cells.get(number.sum::<usize>()).copied().unwrap_or(0));
        for (at, &length) in at.iter_mut().zip(out_shape).rev() {
            *at += 1;
            if *at < length {
                break;
            }
            *at = 0;
        }
    }
    Ok(all)
}
