//! The lock of a directory: the system's lock of the directory itself. Every process finds it wherever the store's root
//! is, and nothing is left behind.

use std::{io, sync::Once};

use rustix::{
    fs::{FlockOperation, flock},
    io::retry_on_intr,
};

use super::{DirRef, lock::is_unsupported, platform};
use crate::local::dir_lock::{LockMode, warn};

/// A directory that is locked among processes until this is dropped.
pub(in crate::local) struct DirLock<'d>(DirRef<'d>);

impl Drop for DirLock<'_> {
    fn drop(&mut self) {
        // Closing alone would not do: a process that was forked meanwhile has the descriptor too.
        let _ = retry_on_intr(|| flock(self.0, FlockOperation::Unlock));
    }
}

/// Locks an open directory among processes.
pub(in crate::local) fn lock_dir(dir: DirRef<'_>, mode: LockMode) -> io::Result<DirLock<'_>> {
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
