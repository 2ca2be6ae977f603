//! Which cells a workload asks for: a box of them, a list per axis, or points. Knows no library.

use serde::Serialize;

/// Cells that are read in one call. Its JSON is what the peers' scripts are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Want {
    Box(Part),
    /// Every combination of what the lists name.
    Lists([Vec<u64>; 3]),
    /// One by one; the lists are equally long.
    Points([Vec<u64>; 3]),
    /// The names and shapes of the arrays of a group.
    Nodes,
}

/// A box of cells, or every `step`-th of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Part {
    pub(crate) start: [u64; 3],
    pub(crate) stop: [u64; 3],
    pub(crate) step: [u64; 3],
}

impl Want {
    /// The number of cells.
    pub(crate) fn cells(&self) -> usize {
        match self {
            Self::Box(part) => part.cells(),
            Self::Lists(lists) => lists.iter().map(Vec::len).product(),
            Self::Points([z, _, _]) => z.len(),
            Self::Nodes => 0,
        }
    }

    /// The box, where it is one: all that is ever written.
    pub(crate) fn part(&self) -> Option<&Part> {
        match self {
            Self::Box(part) => Some(part),
            _ => None,
        }
    }
}

impl Part {
    pub(crate) fn dense(start: [u64; 3], shape: [u64; 3]) -> Self {
        let stop = [0, 1, 2].map(|axis| start[axis] + shape[axis]);
        let step = [1; 3];
        Self { start, stop, step }
    }

    /// The cells of one axis.
    pub(crate) fn cells_along(&self, axis: usize) -> impl Iterator<Item = u64> + use<> {
        (self.start[axis]..self.stop[axis]).step_by(self.step[axis] as usize)
    }

    /// Cells per axis.
    pub(crate) fn shape(&self) -> [usize; 3] {
        [0, 1, 2]
            .map(|axis| (self.stop[axis] - self.start[axis]).div_ceil(self.step[axis]) as usize)
    }

    /// The number of cells.
    pub(crate) fn cells(&self) -> usize {
        self.shape().iter().product()
    }
}
