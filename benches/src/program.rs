//! The programs under test: which there are, and what one that is linked into this executable can
//! do. Knows no library; each has a file of its own.

use std::path::Path;

use crate::Result;
use crate::ours::Ours;
use crate::want::{Part, Want};
use crate::zarrs::Zarrs;

/// One array opened by one library.
pub(crate) trait Program {
    /// The elements that are wanted, in C order.
    fn read(&mut self, want: &Want) -> Result<Elements>;

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
    Tensorstore,
    /// With its default pipeline.
    ZarrPython,
    /// With the pipeline that is faster, and must be asked for.
    ZarrFused,
    /// No library: what the machine needs to fetch the bytes and to decode them.
    Limit,
}

impl Name {
    pub(crate) const ALL: [Self; 8] = [
        Self::Ours,
        Self::OursWait,
        Self::Zarrs,
        Self::ZarrsBytes,
        Self::Tensorstore,
        Self::ZarrPython,
        Self::ZarrFused,
        Self::Limit,
    ];

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::OursWait => "ours-wait",
            Self::Zarrs => "zarrs",
            Self::ZarrsBytes => "zarrs-bytes",
            Self::Tensorstore => "tensorstore",
            Self::ZarrPython => "zarr-python",
            Self::ZarrFused => "zarr-fused",
            Self::Limit => "limit",
        }
    }

    /// The array at `path`, or `None` for a program that is not linked into this executable.
    pub(crate) fn open(self, path: &Path) -> Result<Option<Box<dyn Program>>> {
        Ok(Some(match self {
            Self::Ours => Box::new(Ours::on_tokio(path)?),
            Self::OursWait => Box::new(Ours::without_runtime(path)?),
            Self::Zarrs => Box::new(Zarrs::typed(path)?),
            Self::ZarrsBytes => Box::new(Zarrs::untyped(path)?),
            Self::Tensorstore | Self::ZarrPython | Self::ZarrFused | Self::Limit => {
                return Ok(None);
            }
        }))
    }

    /// Whether it is driven from Python.
    pub(crate) fn is_script(self) -> bool {
        matches!(self, Self::Tensorstore | Self::ZarrPython | Self::ZarrFused)
    }

    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::Ours | Self::OursWait)
    }

    pub(crate) fn is_peer(self) -> bool {
        !self.is_ours() && self != Self::Limit
    }

    /// Whether it can read cells like these.
    pub(crate) fn can_read(self, want: &Want) -> bool {
        // The zarrs crate has neither lists nor points.
        !matches!(self, Self::Zarrs | Self::ZarrsBytes) || want.part().is_some()
    }
}
