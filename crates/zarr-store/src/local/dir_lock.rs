//! Makes "compare the version and replace" one step, so that a conditional write never replaces a value that it did
//! not see. Whoever replaces or deletes a value unconditionally holds the lock of its directory in shared mode, whoever
//! does so on a condition holds it alone; each for a `stat` and a rename, waiting for nothing else meanwhile. Creating a
//! value where there is none needs no lock: the system refuses it where there is one, and while a condition is checked
//! nobody deletes.
//!
//! Among threads of this process, a few mutexes chosen by path do that. Among processes, a lock of the system does: on
//! Unix one of the directory itself, on Windows one of a file in it. A network file system locks directories on one
//! machine alone, if at all: there a conditional write of one machine can replace a whole value that another has written
//! since the comparison, within microseconds. [`Locking`](super::Locking) says so, and so does an event.
//!
//! Who may read-modify-write is another question, which `lock_file` answers.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::Version;

/// Enough that two busy threads seldom meet.
static STRIPES: [Mutex<()>; 64] = [const { Mutex::new(()) }; 64];

/// With whom the lock of a directory can be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LockMode {
    /// With others that write unconditionally.
    Shared,
    /// With nobody.
    Exclusive,
}

impl LockMode {
    /// The mode for a write on the condition that the value is the version `same`, if there is one.
    pub(super) fn of(same: Option<&Version>) -> Self {
        same.map_or(LockMode::Shared, |_| LockMode::Exclusive)
    }
}

/// Locks a path among the threads of this process. Equal paths, equal mutexes; never take two.
pub(super) fn lock_path(path: &Path) -> MutexGuard<'static, ()> {
    let mut hasher = DefaultHasher::new();
    path.as_os_str().hash(&mut hasher);
    let which = hasher.finish() as usize % STRIPES.len();
    // It guards no data that a panic could leave half changed.
    STRIPES[which]
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

#[cfg(feature = "tracing")]
pub(super) fn warn(what: &str) {
    tracing::warn!(
        target: "zarr_store",
        "{what}: where a process elsewhere writes whole values while another changes parts of them, a \
         whole value may be lost"
    );
}

#[cfg(not(feature = "tracing"))]
pub(super) fn warn(_: &str) {}
