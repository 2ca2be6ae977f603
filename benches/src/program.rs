//! The programs under test: which there are, and what one that is linked into this executable can
//! do. Knows no library; each has a file of its own.

use std::borrow::Cow;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::Result;
use crate::dataset::{Dataset, Filter, Format, Kind};
use crate::element::{Element, Values};
use crate::nodes::Nodes;
use crate::ours::Ours;
use crate::want::{Part, Want};
use crate::workload::{Verb, Workload};
use crate::zarrs::Zarrs;

/// One array or group opened by one library.
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

    /// Copies all elements into a new array with the chunks and the compressor of this one.
    fn copy(&self, _to: &Path, _new: &Dataset) -> Result<()> {
        Err("it has no such call".into())
    }

    /// Writes the documents of a group's arrays into that of the group.
    fn consolidate(&self) -> Result<()> {
        Err("it has no such call".into())
    }
}

/// What was read, in whatever form the library hands it over.
#[derive(Debug)]
pub(crate) enum Elements {
    Typed(Values),
    Bytes(Vec<u8>),
}

impl Elements {
    pub(crate) fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Typed(values) => values.bytes(),
            Self::Bytes(bytes) => bytes.into(),
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
    /// Our package for Python, in place of zarr-python.
    ZarrRs,
    /// zarr-python with our pipeline.
    ZarrEngine,
    /// zarr-python with the pipeline of the `zarrs` crate.
    ZarrsPython,
    /// The `zarrs` crate in Python, in place of zarr-python.
    Zarrista,
    /// No library: what the machine needs to fetch the bytes and to decode them.
    Limit,
}

impl Name {
    pub(crate) const ALL: [Self; 12] = [
        Self::Ours,
        Self::OursWait,
        Self::Zarrs,
        Self::ZarrsBytes,
        Self::Tensorstore,
        Self::ZarrPython,
        Self::ZarrFused,
        Self::ZarrRs,
        Self::ZarrEngine,
        Self::ZarrsPython,
        Self::Zarrista,
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
            Self::ZarrRs => "zarr_rs",
            Self::ZarrEngine => "zarr-engine",
            Self::ZarrsPython => "zarrs-python",
            Self::Zarrista => "zarrista",
            Self::Limit => "limit",
        }
    }

    /// The data set at a path or an address, or `None` for a program that is not linked into this
    /// executable.
    pub(crate) fn open(self, at: &str, dataset: &Dataset) -> Result<Option<Box<dyn Program>>> {
        let path = Path::new(at);
        let is_nodes = matches!(dataset.kind, Kind::Nodes { .. });
        Ok(Some(match self {
            _ if self.is_script() || self == Self::Limit => return Ok(None),
            _ if is_nodes => Box::new(Nodes::new(self, path)?),
            Self::Ours => Box::new(Ours::on_tokio(at, dataset)?),
            Self::OursWait => Box::new(Ours::without_runtime(at, dataset)?),
            Self::Zarrs => Box::new(Zarrs::new(path, dataset.kind, Some(dataset.element))?),
            _ => Box::new(Zarrs::new(path, dataset.kind, None)?),
        }))
    }

    /// Whether it is driven from Python.
    pub(crate) fn is_script(self) -> bool {
        matches!(self, Self::Tensorstore | Self::ZarrPython | Self::ZarrFused) || self.is_package()
    }

    /// Whether it is a package for Python over an engine in Rust, of which none is among the usual peers.
    pub(crate) fn is_package(self) -> bool {
        matches!(
            self,
            Self::ZarrRs | Self::ZarrEngine | Self::ZarrsPython | Self::Zarrista
        )
    }

    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::Ours | Self::OursWait)
    }

    pub(crate) fn is_peer(self) -> bool {
        !matches!(self, Self::ZarrRs | Self::ZarrEngine | Self::Limit) && !self.is_ours()
    }

    /// Whether it can do this with such a data set.
    pub(crate) fn can(self, workload: Workload, dataset: &Dataset) -> bool {
        let is_zarrs = matches!(self, Self::Zarrs | Self::ZarrsBytes);
        let can_call = match workload.verb() {
            _ if self == Self::Limit => workload.has_limit(),
            verb if self.is_package() => matches!(verb, Verb::Read | Verb::Write),
            Verb::Copy => !is_zarrs || workload == Workload::Reencode,
            Verb::Consolidate => !is_zarrs && self != Self::Tensorstore,
            // The pipeline makes no difference.
            Verb::List => self != Self::ZarrFused,
            _ => true,
        };
        // The zarrs crate has neither lists nor points, and in Python no steps.
        let is_boxes = |wants: &[Want]| wants.iter().all(|want| want.part().is_some());
        let is_nodes = matches!(dataset.kind, Kind::Nodes { .. });
        let can_read = match self {
            Self::Zarrista => workload != Workload::Strided && is_boxes(&workload.wants(dataset)),
            _ => !is_zarrs || is_nodes || is_boxes(&workload.wants(dataset)),
        };
        can_call && can_read && self.can_open(dataset)
    }

    fn can_open(self, dataset: &Dataset) -> bool {
        let kind = match (self, dataset.kind) {
            (Self::Limit, kind) => kind == Kind::Files,
            // The zarrs crate is built without its clients here, and zarr-python has none of its own.
            (Self::Ours | Self::OursWait | Self::Tensorstore, Kind::Far | Kind::Bucket) => true,
            (_, Kind::Far | Kind::Bucket) => false,
            (_, kind) if self.is_package() => kind == Kind::Files,
            // Names have no types.
            (Self::ZarrsBytes, Kind::Nodes { .. }) => false,
            _ => true,
        };
        let format = match (self, dataset.format) {
            (Self::Limit | Self::ZarrsPython | Self::Zarrista, format) => format == Format::V3,
            (Self::Tensorstore, format) => {
                !matches!(format, Format::V3Rectilinear | Format::V2(Some(_)))
            }
            (Self::Zarrs | Self::ZarrsBytes, format) => {
                !matches!(format, Format::V2Records | Format::V2(Some(Filter::Delta)))
            }
            _ => true,
        };
        // Texts are no elements of tensorstore's, and have no size of which a limit or bytes could be.
        let has_texts = !matches!(
            self,
            Self::Limit | Self::Tensorstore | Self::ZarrsBytes | Self::ZarrsPython | Self::Zarrista
        );
        kind && format && (dataset.element != Element::Text || has_texts)
    }
}
