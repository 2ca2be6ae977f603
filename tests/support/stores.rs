//! The kinds of store the engine treats differently.

use std::sync::Arc;

use tempfile::TempDir;
use zarr_store::{BlockingStore, LocalStore, MemoryStore, Store};

/// Which store, and so which driver of the engine.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Shares bytes, answers at once.
    Memory,
    /// Files, read by the worker that decodes them.
    Local,
    /// Files behind the async face alone, as a network mount: the driver of remote stores.
    HighLatency,
}

pub(crate) const KINDS: [Kind; 3] = [Kind::Memory, Kind::Local, Kind::HighLatency];

/// A new, empty store; the directory lives as long as the guard.
pub(crate) fn store(kind: Kind) -> (Arc<dyn Store>, Option<TempDir>) {
    let local = || {
        let dir = tempfile::tempdir().unwrap();
        (LocalStore::new(dir.path()), dir)
    };
    match kind {
        Kind::Memory => (MemoryStore::new().into_store(), None),
        Kind::Local => {
            let (store, dir) = local();
            (store.into_store(), Some(dir))
        }
        Kind::HighLatency => {
            let (store, dir) = local();
            (store.high_latency().into_store(), Some(dir))
        }
    }
}
