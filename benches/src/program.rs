//! What a program under test can do: read and write a part of one array. Knows no library; each has
//! a file of its own.

use std::path::Path;

use crate::Result;
use crate::ours::Ours;
use crate::zarrs::Zarrs;

/// One array opened by one library.
pub(crate) trait Program {
    /// The elements of `part` in C order.
    fn read(&mut self, part: &Part) -> Result<Elements>;

    /// Replaces the elements of `part`.
    fn write(&mut self, part: &Part, values: Vec<u16>) -> Result<()>;
}

/// What was read, in whatever form the library hands it over.
#[derive(Debug)]
pub(crate) enum Elements {
    Typed(Vec<u16>),
    Bytes(Vec<u8>),
}

impl Elements {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Typed(values) => bytemuck::cast_slice(values),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// Which program, by the name it has in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// `.await` inside a tokio runtime.
    Ours,
    /// `.wait()`, no runtime.
    OursWait,
    /// The `zarrs` crate, its synchronous API, elements as a `Vec<u16>`: this copies them once more.
    Zarrs,
    /// The same, elements as bytes: all that it can do without that copy.
    ZarrsBytes,
}

impl Name {
    pub(crate) const ALL: [Self; 4] = [Self::Ours, Self::OursWait, Self::Zarrs, Self::ZarrsBytes];

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::OursWait => "ours-wait",
            Self::Zarrs => "zarrs",
            Self::ZarrsBytes => "zarrs-bytes",
        }
    }

    pub(crate) fn open(self, path: &Path) -> Result<Box<dyn Program>> {
        Ok(match self {
            Self::Ours => Box::new(Ours::on_tokio(path)?),
            Self::OursWait => Box::new(Ours::without_runtime(path)?),
            Self::Zarrs => Box::new(Zarrs::typed(path)?),
            Self::ZarrsBytes => Box::new(Zarrs::untyped(path)?),
        })
    }

    pub(crate) fn is_peer(self) -> bool {
        matches!(self, Self::Zarrs | Self::ZarrsBytes)
    }

    /// A program of the other library: what one wrote is read back with it.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Ours | Self::OursWait => Self::Zarrs,
            Self::Zarrs | Self::ZarrsBytes => Self::OursWait,
        }
    }
}

/// A box of cells, or every `step`-th of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) start: [u64; 3],
    pub(crate) stop: [u64; 3],
    pub(crate) step: [u64; 3],
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
