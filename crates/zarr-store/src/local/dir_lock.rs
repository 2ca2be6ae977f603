//! Makes "compare the version and replace" one step, so that a conditional write never replaces a
//! value that it did not see. Whoever replaces or deletes a value without a condition holds the step
//! of its directory with others, whoever does so on a condition holds it alone; each for a `stat` and
//! a rename, waiting for nothing else meanwhile. Whoever creates a value where none is needs no step:
//! the system refuses it where there is one, and while a condition is looked at nobody deletes.
//!
//! Among threads of this process a few mutexes do that, chosen by path. Among processes the system's
//! lock of the directory itself does: every process finds it wherever the store's root is, and
//! nothing is left behind. A network file system locks directories on one machine alone, if at all:
//! there a conditional write of one machine can replace a whole value that another wrote since the
//! comparison, within microseconds. [`Locking`](super::Locking) says so, and so does an event.
//!
//! It is about steps, not about turns: who may read-modify-write is decided by `lock_file`.

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

/// With whom a step can be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharing {
    /// With others that have no condition.
    Unconditional,
    /// With nobody.
    Alone,
}

impl Sharing {
    /// How whoever wants the value to be the version `same` holds the step.
    pub(super) fn of(same: Option<&Version>) -> Self {
        same.map_or(Sharing::Unconditional, |_| Sharing::Alone)
    }
}

/// Holds the step of a path among the threads of this process. Equal paths, equal mutexes; never
/// take two.
pub(super) fn among_threads(path: &Path) -> MutexGuard<'static, ()> {
    let mut hasher = DefaultHasher::new();
    path.as_os_str().hash(&mut hasher);
    let which = hasher.finish() as usize % STRIPES.len();
    // It guards no data that a panic could leave half changed.
    STRIPES[which]
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

/// A directory whose step is held among processes until this is dropped.
pub(super) struct LockedDir<'d>(BorrowedFd<'d>);

impl Drop for LockedDir<'_> {
    fn drop(&mut self) {
        // Closing alone would not do: a process that was forked meanwhile has the descriptor too.
        let _ = retry_on_intr(|| flock(self.0, FlockOperation::Unlock));
    }
}

/// Holds the step of an open directory among processes.
pub(super) fn among_processes(dir: BorrowedFd<'_>, sharing: Sharing) -> io::Result<LockedDir<'_>> {
    let operation = match sharing {
        Sharing::Unconditional => FlockOperation::LockShared,
        Sharing::Alone => FlockOperation::LockExclusive,
    };
    match retry_on_intr(|| flock(dir, operation)).map_err(io::Error::from) {
        Ok(()) => {
            static LOOKED: Once = Once::new();
            LOOKED.call_once(|| {
                if platform::is_network(dir) {
                    tell("directories of this network file system are locked on one machine alone");
                }
            });
        }
        Err(e) if is_unsupported(&e) => {
            static TOLD: Once = Once::new();
            TOLD.call_once(|| tell("this file system cannot lock directories"));
        }
        Err(e) => return Err(e),
    }
    Ok(LockedDir(dir))
}

#[cfg(feature = "tracing")]
fn tell(what: &str) {
    tracing::warn!(
        target: "zarr_store",
        "{what}: where a process elsewhere writes whole values while another changes parts of them, a \
         whole value may be lost"
    );
}

#[cfg(not(feature = "tracing"))]
fn tell(_: &str) {}

#[cfg(test)]
mod tests {
    use std::{fs::File, os::fd::AsFd};

    use super::*;

    #[test]
    fn a_step_ends_though_a_forked_process_has_the_descriptor() {
        let temp = tempfile::tempdir().unwrap();
        let dir = File::open(temp.path()).unwrap();
        let step = among_processes(dir.as_fd(), Sharing::Alone).unwrap();
        let _of_the_child = dir.try_clone().unwrap();
        let other = File::open(temp.path()).unwrap();
        let take = || flock(&other, FlockOperation::NonBlockingLockExclusive);
        assert!(take().is_err());
        drop(step);
        drop(dir);
        take().unwrap();
    }
}
