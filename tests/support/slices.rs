//! Python's slices, an element at a time: the oracle for selections.

use ndarray::{ArrayD, IxDyn};
use zarr::{Selection, Slice};

/// The positions that `slice` means on an axis, as Python's `range(*slice.indices(len))` lists them.
pub(crate) fn positions(slice: Slice, len: usize) -> Vec<usize> {
    let len = len as i64;
    match slice {
        Slice::Index(i) => vec![if i < 0 { i + len } else { i } as usize],
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

/// A selection with one item per axis, and what it means.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    pub(crate) selection: Selection,
    /// The positions per axis.
    pub(crate) axes: Vec<Vec<usize>>,
    /// The shape of the result: integers drop their axis.
    pub(crate) shape: Vec<usize>,
}

impl Chosen {
    pub(crate) fn new(slices: &[Slice], shape: &[usize]) -> Self {
        let axes: Vec<Vec<usize>> = slices
            .iter()
            .zip(shape)
            .map(|(&slice, &len)| positions(slice, len))
            .collect();
        let kept = slices
            .iter()
            .zip(&axes)
            .filter(|(s, _)| !matches!(s, Slice::Index(_)));
        let shape = kept.map(|(_, axis)| axis.len()).collect();
        Self {
            selection: Selection::Basic(slices.to_vec()),
            axes,
            shape,
        }
    }

    /// The indices of the cells, in C order.
    pub(crate) fn cells(&self) -> Vec<Vec<usize>> {
        self.axes.iter().fold(vec![vec![]], |done, axis| {
            let longer = |head: &Vec<usize>| {
                let head = head.clone();
                axis.iter().map(move |&i| [head.as_slice(), &[i]].concat())
            };
            done.iter().flat_map(longer).collect()
        })
    }

    /// What reading gives.
    pub(crate) fn read<T: Clone>(&self, model: &ArrayD<T>) -> ArrayD<T> {
        let cells = self.cells();
        let cells = cells
            .iter()
            .map(|cell| model[IxDyn(cell)].clone())
            .collect();
        ArrayD::from_shape_vec(IxDyn(&self.shape), cells).unwrap()
    }

    /// What writing does.
    pub(crate) fn write<T: Clone>(&self, model: &mut ArrayD<T>, data: &ArrayD<T>) {
        for (cell, value) in self.cells().iter().zip(data.iter()) {
            model[IxDyn(cell)] = value.clone();
        }
    }
}
