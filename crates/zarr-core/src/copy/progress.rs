//! How far a copy is: counted at the stores, and reported to a listener.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use zarr_metadata::documents;
use zarr_store::{Call, Hook, Hooked, Location, Op, Outcome};

use super::{CopyListener, CopyProgress, CopyStats, CopyStep};

/// Whether a key is that of a document.
pub(super) fn is_document(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or_default();
    documents::ALL.contains(&name)
}

/// The counters of one copy.
#[derive(Debug, Default)]
struct CopyCounts {
    received: AtomicU64,
    sent: AtomicU64,
    chunks: AtomicU64,
    done: AtomicU64,
}

#[derive(Debug)]
struct ReadCounter(Arc<CopyCounts>);

impl Hook for ReadCounter {
    const COPIES: bool = true;

    fn after(&self, _: &Call<'_>, outcome: &Outcome<'_>) {
        self.0.received.fetch_add(outcome.received, Relaxed);
    }
}

#[derive(Debug)]
struct WriteCounter(Arc<CopyCounts>);

/// What a store copies by itself passes unseen: see [`CopyReporter::add_copied`].
impl Hook for WriteCounter {
    const COPIES: bool = true;

    fn after(&self, call: &Call<'_>, outcome: &Outcome<'_>) {
        if call.op == Op::Put && outcome.error.is_none() {
            self.0.add_stored(call.key, call.sent);
        }
    }
}

impl CopyCounts {
    /// A value of so many bytes was stored.
    fn add_stored(&self, key: &str, bytes: u64) {
        self.sent.fetch_add(bytes, Relaxed);
        if !is_document(key) {
            self.chunks.fetch_add(1, Relaxed);
        }
    }
}

/// Counts what one copy has done, and reports it.
pub(super) struct CopyReporter {
    counts: Arc<CopyCounts>,
    listener: Option<CopyListener>,
    total: u64,
}

impl CopyReporter {
    pub(super) fn new(listener: Option<CopyListener>) -> Self {
        Self {
            counts: Arc::default(),
            listener,
            total: 0,
        }
    }

    /// Says how many chunks or keys there are to do.
    pub(super) fn set_total(&mut self, total: u64) {
        self.total = total;
    }

    /// The place as one whose reads are counted.
    pub(super) fn counting_reads(&self, location: &Location) -> Location {
        let hook = ReadCounter(Arc::clone(&self.counts));
        let store = Hooked::with(Arc::clone(location.store()), hook);
        Location::new(Arc::new(store), location.path().clone())
    }

    /// The place as one whose writes are counted.
    pub(super) fn counting_writes(&self, location: &Location) -> Location {
        let hook = WriteCounter(Arc::clone(&self.counts));
        let store = Hooked::with(Arc::clone(location.store()), hook);
        Location::new(Arc::new(store), location.path().clone())
    }

    /// A store has copied a value by itself, whose bytes nobody saw.
    pub(super) fn add_copied(&self, key: &str, bytes: u64) {
        self.counts.received.fetch_add(bytes, Relaxed);
        self.counts.add_stored(key, bytes);
    }

    /// Bytes of values that were stored.
    pub(super) fn sent(&self) -> u64 {
        self.counts.sent.load(Relaxed)
    }

    /// Chunks that were stored.
    pub(super) fn chunks(&self) -> u64 {
        self.counts.chunks.load(Relaxed)
    }

    /// So many more chunks or keys of a node are done.
    pub(super) fn add_done(&self, path: &str, more: u64) {
        if more > 0 {
            self.counts.done.fetch_add(more, Relaxed);
            self.report(path, CopyStep::Chunks);
        }
    }

    /// Says what was done altogether.
    pub(super) fn report_done(&self, stats: &CopyStats, dry_run: bool) {
        self.report("", CopyStep::Done { stats, dry_run });
    }

    pub(super) fn report(&self, path: &str, step: CopyStep<'_>) {
        let Some(listener) = &self.listener else {
            return;
        };
        listener(&CopyProgress {
            path,
            step,
            done: self.counts.done.load(Relaxed),
            total: self.total,
            bytes_in: self.counts.received.load(Relaxed),
            bytes_out: self.sent(),
        });
    }
}
