//! Makes "compare the version and replace" one step, so that a conditional write never replaces a value that it did
//! not see. Whoever replaces or deletes a value unconditionally holds the lock of its directory in shared mode, whoever
//! does so on a condition holds it alone; each for a `stat` and a rename, waiting for nothing else meanwhile. Creating a
//! value where there is none needs no lock: the system refuses it where there is one, and while a condition is checked
//! nobody deletes.
//!
//! Among threads of this process, a few mutexes chosen by path do that. Among processes, the system's lock of the
//! directory itself does: every process finds it wherever the store's root is, and nothing is left behind. A network
//! file system locks directories on one machine alone, if at all: there a conditional write of one machine can replace
//! a whole value that another has written since the comparison, within microseconds. [`Locking`](super::Locking) says
//! so, and so does an event.
//!
//! Who may read-modify-write is another question, which `lock_file` answers.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    io,
    os::fd::BorrowedFd,
    path::Path,
    sync::{Mutex, MutexGuard, Once, PoisonError},
};

use rustix::{
    fs::{FlockOperation, flock},
    io::retry_on_intr,
};

use super::{lock_file::is_unsupported, platform};
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

/// A directory that is locked among processes until this is dropped.
pub(super) struct DirLock<'d>(BorrowedFd<'d>);

impl Drop for DirLock<'_> {
    fn drop(&mut self) {
        // Closing alone would not do: a process that was forked meanwhile has the descriptor too.
        let _ = retry_on_intr(|| flock(self.0, FlockOperation::Unlock));
    }
}

/// Locks an open directory among processes.
pub(super) fn lock_dir(dir: BorrowedFd<'_>, mode: LockMode) -> io::Result<DirLock<'_>> {
    let operation = match mode {
        LockMode::Shared => FlockOperation::LockShared,
        LockMode::Exclusive => FlockOperation::LockExclusive,
    };
    match retry_on_intr(|| flock(dir, operation)).map_err(io::Error::from) {
        Ok(()) => {
            static LOOKED: Once = Once::new();
            LOOKED.call_once(|| {
                if platform::is_network(dir) {
                    warn("directories of this network file system are locked on one machine alone");
                }
            });
        }
        Err(e) if is_unsupported(&e) => {
            static TOLD: Once = Once::new();
            TOLD.call_once(|| warn("this file system cannot lock directories"));
        }
        Err(e) => return Err(e),
    }
    Ok(DirLock(dir))
}

#[cfg(feature = "tracing")]
fn warn(what: &str) {
    tracing::warn!(
        target: "zarr_store",
        "{what}: where a process elsewhere writes whole values while another changes parts of them, a \
         whole value may be lost"
    );
}

#[cfg(not(feature = "tracing"))]
fn warn(_: &str) {}

#[cfg(test)]
mod tests {
    use std::{fs::File, os::fd::AsFd};

    use super::*;

    #[test]
    fn a_lock_ends_though_a_forked_process_has_the_descriptor() {
        let temp = tempfile::tempdir().unwrap();
        let dir = File::open(temp.path()).unwrap();
        let lock = lock_dir(dir.as_fd(), LockMode::Exclusive).unwrap();
        let _of_the_child = dir.try_clone().unwrap();
        let other = File::open(temp.path()).unwrap();
        let take = || flock(&other, FlockOperation::NonBlockingLockExclusive);
        assert!(take().is_err());
        drop(lock);
        drop(dir);
        take().unwrap();
    }
}
