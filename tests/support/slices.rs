//! Selections, an element at a time: the oracle for all their spellings.

use ndarray::{ArrayD, IxDyn};
use zarr::{AxisSelection, Mask, Points, Selection, Slice};

/// The positions that `slice` means on an axis, as Python's `range(*slice.indices(len))` lists them.
pub(crate) fn positions(slice: Slice, len: usize) -> Vec<usize> {
    let len = len as i64;
    match slice {
        Slice::Index(i) => vec![wrapped(i, len as usize)],
        Slice::Range { start, stop, step } => {
            let wrap = |bound: i64| if bound < 0 { bound + len } else { bound };
            let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
            let clamp = |bound: i64| wrap(bound).clamp(low, high);
            let (first, last) = if step > 0 { (low, high) } else { (high, low) };
            let (mut at, stop) = (start.map_or(first, clamp), stop.map_or(last, clamp));
            let mut found = vec![];
            while (step > 0 && at < stop) || (step < 0 && at > stop) {
                found.push(at as usize);
                at += step;
            }
            found
        }
        _ => (0..len as usize).collect(),
    }
}

fn wrapped(index: i64, len: usize) -> usize {
    if index < 0 {
        (index + len as i64) as usize
    } else {
        index as usize
    }
}

/// A selection, and what it means.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    pub(crate) selection: Selection,
    /// The indices of the cells, in the order of the result.
    pub(crate) cells: Vec<Vec<usize>>,
    /// The shape of the result.
    pub(crate) shape: Vec<usize>,
}

impl Chosen {
    /// One slice per axis; integers drop theirs.
    pub(crate) fn basic(slices: &[Slice], shape: &[usize]) -> Self {
        let axis_selections: Vec<AxisSelection> =
            slices.iter().copied().map(AxisSelection::from).collect();
        Self {
            selection: Selection::Basic(slices.to_vec()),
            ..Self::orthogonal(&axis_selections, shape)
        }
    }

    /// One selection per axis, and every combination.
    pub(crate) fn orthogonal(axis_selections: &[AxisSelection], shape: &[usize]) -> Self {
        let axis = |(axis_selection, &len): (&AxisSelection, &usize)| match axis_selection {
            AxisSelection::Slice(slice) => positions(*slice, len),
            AxisSelection::List(list) => list
                .cells()
                .iter()
                .map(|&index| wrapped(index, len))
                .collect(),
            AxisSelection::Mask(mask) => (0..len).filter(|&i| mask.cells()[i]).collect(),
            other => unreachable!("{other}"),
        };
        let axes: Vec<Vec<usize>> = axis_selections.iter().zip(shape).map(axis).collect();
        let kept = axis_selections
            .iter()
            .zip(&axes)
            .filter(|(axis_selection, _)| {
                !matches!(axis_selection, AxisSelection::Slice(Slice::Index(_)))
            });
        Self {
            selection: Selection::orthogonal(axis_selections.to_vec()),
            shape: kept.map(|(_, axis)| axis.len()).collect(),
            cells: product(&axes),
        }
    }

    /// Whole chunks, one item per axis; integers keep theirs. `ends` says where each chunk ends.
    pub(crate) fn blocks(slices: &[Slice], ends: &[Vec<usize>], shape: &[usize]) -> Self {
        let axes = slices.iter().zip(ends).zip(shape);
        let axes: Vec<Vec<usize>> = axes
            .map(|((&slice, ends), &len)| {
                let begin = |block: usize| block.checked_sub(1).map_or(0, |before| ends[before]);
                let cells = |block: usize| begin(block)..len.min(ends[block]);
                let blocks = positions(slice, ends.len());
                blocks.into_iter().flat_map(cells).collect()
            })
            .collect();
        Self {
            selection: Selection::blocks(slices),
            shape: axes.iter().map(Vec::len).collect(),
            cells: product(&axes),
        }
    }

    /// Points, each with a coordinate per axis.
    pub(crate) fn points(points: &[Vec<i64>], shape: &[usize]) -> Self {
        let axis = |axis: usize| points.iter().map(|point| point[axis]).collect::<Vec<_>>();
        let cell = |point: &Vec<i64>| {
            let axes = point.iter().zip(shape);
            axes.map(|(&index, &len)| wrapped(index, len)).collect()
        };
        // In a shape of its own: it is the caller's, not the points'.
        let shaped = Points::new((0..shape.len()).map(axis)).shaped([1, points.len() as u64]);
        Self {
            selection: shaped.into(),
            cells: points.iter().map(cell).collect(),
            shape: vec![1, points.len()],
        }
    }

    /// The cells of a mask.
    pub(crate) fn mask(mask: &[bool], shape: &[usize]) -> Self {
        let axes: Vec<Vec<usize>> = shape.iter().map(|&len| (0..len).collect()).collect();
        let cells = product(&axes).into_iter().zip(mask);
        let cells: Vec<_> = cells
            .filter_map(|(cell, &is_meant)| is_meant.then_some(cell))
            .collect();
        let of: Vec<u64> = shape.iter().map(|&n| n as u64).collect();
        Self {
            selection: Mask::new(of, mask).into(),
            shape: vec![cells.len()],
            cells,
        }
    }

    /// What reading gives.
    pub(crate) fn read<T: Clone>(&self, model: &ArrayD<T>) -> ArrayD<T> {
        let cells = self.cells.iter();
        let cells = cells.map(|cell| model[IxDyn(cell)].clone()).collect();
        ArrayD::from_shape_vec(IxDyn(&self.shape), cells).unwrap()
    }

    /// What writing does: of two elements for one cell the later one stays.
    pub(crate) fn write<T: Clone>(&self, model: &mut ArrayD<T>, data: &ArrayD<T>) {
        for (cell, value) in self.cells.iter().zip(data.iter()) {
            model[IxDyn(cell)] = value.clone();
        }
    }
}

/// Every combination of positions, in C order.
fn product(axes: &[Vec<usize>]) -> Vec<Vec<usize>> {
    axes.iter().fold(vec![vec![]], |done, axis| {
        let longer = |head: &Vec<usize>| {
            let head = head.clone();
            axis.iter().map(move |&i| [head.as_slice(), &[i]].concat())
        };
        done.iter().flat_map(longer).collect()
    })
}
