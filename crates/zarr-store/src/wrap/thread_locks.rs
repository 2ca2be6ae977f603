//! `ThreadLocks`: a store whose locks keep out the writers of this process alone.

use std::fmt;

use super::wrapper::Wrapper;
use crate::Store;

/// A store whose locks keep out only the writers of this process: on local files there are then no lock files. No write
/// is lost all the same, since parts of values are replaced only if their version is the same.
///
/// ```
/// # #[cfg(unix)] {
/// use zarr_store::{BlockingStore, Key, LocalStore, Prefix, Store, ThreadLocks, runtime::wait};
/// # let dir = tempfile::tempdir()?;
/// let store = ThreadLocks::new(LocalStore::new(dir.path()).into_store());
/// let _lock = wait(store.lock(&Key::new("c/0")?))?;
/// assert_eq!(std::fs::read_dir(dir.path())?.count(), 0);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ThreadLocks<S> {
    inner: S,
}

impl<S: Store> ThreadLocks<S> {
    /// `inner` without locks that keep other processes out.
    pub fn new(inner: S) -> Self {
        ThreadLocks { inner }
    }
}

impl<S: Store> Wrapper for ThreadLocks<S> {
    fn locks_processes(&self) -> bool {
        false
    }

    fn inner(&self) -> (&dyn Store, Option<&dyn Store>) {
        (&self.inner, None)
    }

    fn wrapped_kind(&self) -> &'static str {
        self.inner.kind()
    }
}

impl<S: fmt::Display> fmt::Display for ThreadLocks<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BlockingStore, MemoryStore, testing};

    #[test]
    fn conforms() {
        testing::conformance(|| ThreadLocks::new(MemoryStore::new().into_store()));
    }
}
