//! The programs under test: which there are, and what one that is linked into this executable can
//! do. Knows no library; each has a file of its own.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::Result;
use crate::dataset::{Dataset, Kind};
use crate::element::Values;
use crate::nodes::Nodes;
use crate::ours::Ours;
use crate::want::{Part, Want};
use crate::zarrs::Zarrs;

/// One array opened by one library.
pub(crate) trait Program {
    /// The elements that are wanted, in C order.
    fn read(&self, want: &Want) -> Result<Elements>;

    /// The elements of several wants that wait for nothing, in the way the library does many things at
    /// once.
    fn read_at_once(&self, wants: &[Want]) -> Result<Vec<Elements>>;

    /// Replaces the elements of `part`.
    fn write(&self, part: &Part, values: Values) -> Result<()>;

    /// Adds the elements of `part`, which begins where the array ends.
    fn append(&mut self, part: &Part, values: Values) -> Result<()>;
}

/// What was read, in whatever form the library hands it over.
#[derive(Debug)]
pub(crate) enum Elements {
    Typed(Values),
    Bytes(Vec<u8>),
}

impl Elements {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Typed(values) => values.bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// Reads by as many threads as there are processors, for libraries whose calls wait.
pub(crate) fn at_once(
    wants: &[Want],
    read: impl Fn(&Want) -> Result<Elements> + Sync,
) -> Result<Vec<Elements>> {
    let next = AtomicUsize::new(0);
    let worker = || -> std::result::Result<Vec<_>, String> {
        let numbers = std::iter::repeat_with(|| next.fetch_add(1, Relaxed));
        let mine = numbers.map_while(|i| Some((i, wants.get(i)?)));
        mine.map(|(i, want)| Ok((i, read(want).map_err(|error| error.to_string())?)))
            .collect()
    };
    let threads = std::thread::available_parallelism()?.get();
    let mut all = Vec::with_capacity(wants.len());
    std::thread::scope(|scope| -> Result<()> {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            all.extend(worker.join().map_err(|_| "a thread ended early")??);
        }
        Ok(())
    })?;
    all.sort_unstable_by_key(|(i, _)| *i);
    Ok(all.into_iter().map(|(_, read)| read).collect())
}

/// Which program, by the name it has in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// `.await` inside a tokio runtime.
    Ours,
    /// `.wait()`, no runtime.
    OursWait,
    /// The `zarrs` crate, its synchronous API, typed elements: this copies them once more.
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

    /// The data set at a path or an address, or `None` for a program that is not linked into this
    /// executable.
    pub(crate) fn open(self, at: &str, dataset: &Dataset) -> Result<Option<Box<dyn Program>>> {
        let (path, element) = (Path::new(at), dataset.element);
        let is_nodes = matches!(dataset.kind, Kind::Nodes { .. });
        Ok(Some(match self {
            Self::Tensorstore | Self::ZarrPython | Self::ZarrFused | Self::Limit => {
                return Ok(None);
            }
            _ if is_nodes => Box::new(Nodes::new(self, path)?),
            Self::Ours => Box::new(Ours::on_tokio(at, element)?),
            Self::OursWait => Box::new(Ours::without_runtime(at, element)?),
            Self::Zarrs => Box::new(Zarrs::new(path, Some(element))?),
            Self::ZarrsBytes => Box::new(Zarrs::new(path, None)?),
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

    /// Whether it can read this of such a data set.
    pub(crate) fn can_read(self, dataset: &Dataset, want: &Want) -> bool {
        match (self, dataset.kind) {
            (Self::Limit, kind) => kind == Kind::Files,
            // The zarrs crate is built without its clients here, and zarr-python has none of its own.
            (Self::Ours | Self::OursWait | Self::Tensorstore, Kind::Far) => true,
            (_, Kind::Far) => false,
            // Names have no types.
            (Self::ZarrsBytes | Self::ZarrFused, Kind::Nodes { .. }) => false,
            // The zarrs crate has neither lists nor points.
            (Self::Zarrs | Self::ZarrsBytes, Kind::Files) => want.part().is_some(),
            _ => true,
        }
    }
}
