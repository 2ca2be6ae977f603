//! What a copy has moved so far: counted where it passes, at the stores, and told to whoever listens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use zarr_metadata::documents;
use zarr_store::{Call, Hook, Hooked, Location, Op, Outcome};

use super::{CopyListener, CopyProgress, CopyStep};

/// Whether it is a document, which is no chunk.
pub(super) fn is_document(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or_default();
    documents::ALL.contains(&name)
}

/// The counters of one copy.
#[derive(Debug, Default)]
struct Counts {
    received: AtomicU64,
    sent: AtomicU64,
    chunks: AtomicU64,
    done: AtomicU64,
}

#[derive(Debug)]
struct Incoming(Arc<Counts>);

impl Hook for Incoming {
    fn after(&self, _: &Call<'_>, outcome: &Outcome<'_>) {
        self.0.received.fetch_add(outcome.received, Relaxed);
    }
}

#[derive(Debug)]
struct Outgoing(Arc<Counts>);

impl Hook for Outgoing {
    fn after(&self, call: &Call<'_>, outcome: &Outcome<'_>) {
        if call.op == Op::Put && outcome.error.is_none() {
            self.0.sent.fetch_add(call.sent, Relaxed);
            if !is_document(call.key) {
                self.0.chunks.fetch_add(1, Relaxed);
            }
        }
    }
}

/// Counts one copy and tells of it.
pub(super) struct Meter {
    counts: Arc<Counts>,
    listener: Option<CopyListener>,
    total: u64,
}

impl Meter {
    pub(super) fn new(listener: Option<CopyListener>) -> Self {
        Self {
            counts: Arc::default(),
            listener,
            total: 0,
        }
    }

    /// How many chunks or keys there are to do.
    pub(super) fn announce(&mut self, total: u64) {
        self.total = total;
    }

    /// The place as one whose reads are counted.
    pub(super) fn incoming(&self, location: &Location) -> Location {
        let hook = Incoming(Arc::clone(&self.counts));
        let store = Hooked::with(Arc::clone(location.store()), hook);
        Location::new(Arc::new(store), location.path().clone())
    }

    /// The place as one whose writes are counted.
    pub(super) fn outgoing(&self, location: &Location) -> Location {
        let hook = Outgoing(Arc::clone(&self.counts));
        let store = Hooked::with(Arc::clone(location.store()), hook);
        Location::new(Arc::new(store), location.path().clone())
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
    pub(super) fn done(&self, path: &str, more: u64) {
        if more > 0 {
            self.counts.done.fetch_add(more, Relaxed);
            self.tell(path, CopyStep::Chunks);
        }
    }

    pub(super) fn tell(&self, path: &str, step: CopyStep<'_>) {
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
