//! Removing what lies in a directory: values, directories, and the files that killed writers have left behind.

use std::{
    ffi::OsStr,
    io,
    path::Path,
    time::{Duration, SystemTime},
};

use super::{
    dir_lock::LockMode,
    errors::{if_absent, is_absent, is_outside},
    lock_file::{Locking, remove_if_free},
    root::{Root, TRIES},
    system::{self, DirRef, Kind, OpenDir},
    walk::{Visit, walk},
};
use crate::AuxiliaryFile;

/// Removes the directory called `name` and all in it. A file there is not below, so it stays; so do
/// the directories of locks that somebody holds, who is about to write there.
pub(super) fn remove_tree(root: &Root, name: &str, locking: Locking) -> io::Result<()> {
    let place = match root.path_at(name) {
        Ok(place) => place,
        Err(e) => return if_absent(e),
    };
    for attempt in 1.. {
        let held = match system::open_dir_at(place.at(), place.path()) {
            Ok(dir) => remove_below(dir, locking),
            Err(e) => {
                return match system::kind_at(place.at(), place.path()) {
                    // The link goes, what it leads to stays: that may be somebody else's.
                    Ok(Kind::Link) if leads_to_a_directory(root, name) => {
                        system::unlink(place.at(), place.path()).or_else(if_absent)
                    }
                    Ok(Kind::Link) => Ok(()),
                    _ => if_absent(e),
                };
            }
        };
        let removed = held.and_then(|held| match held {
            true => Ok(()),
            false => system::remove_dir(place.at(), place.path()),
        });
        match removed {
            Err(e) if e.kind() == io::ErrorKind::DirectoryNotEmpty && attempt < TRIES => {}
            Err(e) if e.kind() == io::ErrorKind::ResourceBusy && attempt < TRIES => {}
            done => return done.or_else(if_absent),
        }
    }
    Ok(())
}

fn leads_to_a_directory(root: &Root, name: &str) -> bool {
    match root.metadata(name) {
        Ok(target) => target.is_dir(),
        // Outside, where nobody may look: no value of this store.
        Err(e) => is_outside(&e),
    }
}

/// Removes everything below the root, which itself stays.
pub(super) fn remove_children(root: &Root, locking: Locking) -> io::Result<()> {
    for attempt in 1.. {
        let removed = root.open_dir("").and_then(|dir| remove_below(dir, locking));
        match removed {
            Err(e) if e.kind() == io::ErrorKind::DirectoryNotEmpty && attempt < TRIES => {}
            done => return done.map(drop).or_else(if_absent),
        }
    }
    Ok(())
}

/// Removes what is below a directory; whether something stays because its lock is held.
fn remove_below(top: OpenDir, locking: Locking) -> io::Result<bool> {
    let mut held = false;
    walk(top, |met| {
        let removed = match met {
            Visit::File(dir, name) if kind_of(name) == Some(AuxiliaryFile::Lock) => {
                remove_if_free(dir, name.as_ref()).map(|free| {
                    held |= !free;
                })
            }
            Visit::File(dir, name) => remove_file(dir, name.as_ref(), locking),
            Visit::Dir(dir, name) => match system::remove_dir(dir, name.as_ref()) {
                Err(e) if e.kind() == io::ErrorKind::DirectoryNotEmpty && held => Ok(()),
                removed => removed,
            },
        };
        removed.or_else(if_absent)
    })?;
    Ok(held)
}

/// Removes a file under the lock of its directory.
fn remove_file(dir: DirRef<'_>, name: &Path, locking: Locking) -> io::Result<()> {
    let _lock = match locking {
        Locking::Os => Some(system::lock_dir(dir, LockMode::Shared)?),
        Locking::None => None,
    };
    system::unlink(dir, name)
}

fn kind_of(name: &OsStr) -> Option<AuxiliaryFile> {
    AuxiliaryFile::of(name.to_str()?)
}

/// Removes temporary files, and lock files that nobody holds, older than `older_than`, and counts
/// them.
pub(super) fn clean_temp(root: &Root, older_than: Duration) -> io::Result<u64> {
    let top = match root.open_dir("") {
        Ok(top) => top,
        Err(e) => return if_absent(e).map(|()| 0),
    };
    let mut removed = 0;
    walk(top, |met| {
        let Visit::File(dir, name) = met else {
            return Ok(());
        };
        let Some(kind) = kind_of(name) else {
            return Ok(());
        };
        let cleaned = || {
            if age(dir, name.as_ref())? < older_than {
                return Ok(false);
            }
            if kind == AuxiliaryFile::Lock {
                return remove_if_free(dir, name.as_ref());
            }
            system::unlink(dir, name.as_ref())?;
            Ok(true)
        };
        match cleaned() {
            Ok(done) => removed += u64::from(done),
            Err(e) if is_absent(&e) => {}
            Err(e) => return Err(e),
        }
        Ok(())
    })?;
    Ok(removed)
}

fn age(dir: DirRef<'_>, name: &Path) -> io::Result<Duration> {
    let modified = system::modified_at(dir, name)?;
    Ok(SystemTime::now()
        .duration_since(modified)
        .unwrap_or_default())
}
