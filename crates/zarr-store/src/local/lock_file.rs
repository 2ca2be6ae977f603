//! `LockFile`: the half of a key's lock that other processes see. It is a file beside the value, which the system
//! locks for whoever has it open. The system releases the lock when its holder ends, however it ends, so a file that
//! was left behind is in nobody's way.
//!
//! The holder removes the file as it leaves. So whoever gets the lock checks whether the name still means the file
//! that was locked; if not, the lock is worth nothing and the next try makes a new file.

use std::{fmt, fs::File, io, path::Path};

use super::{
    durability::Durability,
    errors::{store_error, uninterrupted},
    root::{PathAt, Root, TRIES, split},
    system::{self, DirRef, is_named, is_unsupported, open_lock},
};
use crate::{
    AuxiliaryFile, Key, Op, Result, StoreError, StoreErrorKind,
    lock::{ProcessGuard, ProcessLock},
};

/// How updates of one value are kept apart when several processes make them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locking {
    /// By a lock of the operating system on a file `.<name>.zarr-lock` beside the value; and by one
    /// on the value's directory, for as long as a rename takes, so that an update never replaces a
    /// whole value that another process wrote meanwhile.
    ///
    /// Network file systems lock directories on one machine alone: there, keep whole values that one
    /// machine writes apart from updates of the same values by another.
    #[default]
    Os,
    /// Not at all: for network file systems without such locks, and where no other process writes.
    /// Updates of several processes then lose each other's bytes if they meet within microseconds.
    None,
}

const SUFFIX: &str = AuxiliaryFile::Lock.suffix();

/// `.<name>.zarr-lock` beside a key. Names that are too long for that share a lock with few others,
/// if any: every process must find the same one.
fn name_beside(key: &Key) -> String {
    let (parent, name) = split(key.as_str());
    let slash = if parent.is_empty() { "" } else { "/" };
    if name.len() + 1 + SUFFIX.len() <= 255 {
        return format!("{parent}{slash}.{name}{SUFFIX}");
    }
    let end = (0..=200).rev().find(|&end| name.is_char_boundary(end));
    let start = name.get(..end.unwrap_or(0)).unwrap_or_default();
    // FNV-1a: the same in every build for ever.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{parent}{slash}.{start}-{hash:016x}{SUFFIX}")
}

/// The lock file of one key.
#[derive(Debug)]
pub(super) struct LockFile {
    pub(super) root: Root,
    pub(super) durability: Durability,
    pub(super) key: Key,
}

impl LockFile {
    fn attempt(&self) -> io::Result<Option<Held>> {
        let name = name_beside(&self.key);
        let root = &self.root;
        let mut made_in = None;
        for _ in 0..TRIES {
            match Held::take(root, &name) {
                Ok(Attempt::Held(mut held)) => {
                    held.made_in = made_in;
                    return Ok(Some(held));
                }
                Ok(Attempt::Busy) => return Ok(None),
                Ok(Attempt::Gone) => {}
                Err(e) if e.kind() == io::ErrorKind::NotFound => {
                    made_in = Some(MadeParents(root.clone(), name.clone()));
                    root.make_parents(&name)?;
                    // The write that follows will find them there, and not think of their names.
                    self.durability.sync_names(root, &name, true)?;
                }
                Err(e) => return Err(e),
            }
        }
        // Others come and go all the time: that is being busy.
        Ok(None)
    }

    fn error(&self, e: io::Error) -> StoreError {
        const UNSUPPORTED: &str = "this file system cannot lock files, which keeps other processes \
             out while a value is read, changed and written; if no other process writes, turn that \
             off: `LocalStore::locking(Locking::None)`";
        if is_unsupported(&e) {
            let kind = StoreErrorKind::Unsupported(UNSUPPORTED);
            return StoreError::new(Op::Lock, &self.root, &self.key, kind);
        }
        let mut error = store_error(&self.root, Op::Lock, &self.key, e);
        if let StoreErrorKind::Permission(e) = &mut error.kind {
            let why = format!(
                "{e} for the file `{}`, which keeps other processes out while the value is read, changed and written \
                 (turn that off: `LocalStore::locking(Locking::None)`)",
                name_beside(&self.key).escape_debug()
            );
            *e = io::Error::new(e.kind(), why);
        }
        error
    }
}

impl ProcessLock for LockFile {
    fn try_lock(&self) -> Result<Option<ProcessGuard>> {
        let held = uninterrupted(|| self.attempt()).map_err(|e| self.error(e))?;
        Ok(held.map(|held| Box::new(held) as ProcessGuard))
    }
}

enum Attempt {
    Held(Held),
    /// Somebody else has it.
    Busy,
    /// Its last holder removed it: try again.
    Gone,
}

/// The directories of a name that were made for a lock, removed when dropped if nothing came into
/// them.
struct MadeParents(Root, String);

impl Drop for MadeParents {
    fn drop(&mut self) {
        self.0.remove_empty_parents(&self.1);
    }
}

/// A locked file, removed and unlocked when dropped.
struct Held {
    place: PathAt,
    /// `None` once it is closed.
    file: Option<File>,
    made_in: Option<MadeParents>,
}

impl Held {
    fn take(root: &Root, name: &str) -> io::Result<Attempt> {
        let place = root.path_at(name)?;
        let (dir, path) = (place.at(), place.path());
        let (file, made) = match open_lock(dir, path, true) {
            Ok(file) => (file, true),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                match open_lock(dir, path, false) {
                    Ok(file) => (file, false),
                    Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Attempt::Gone),
                    Err(e) => return Err(e),
                }
            }
            Err(e) => return Err(e),
        };
        match lock_named(&file, dir, path) {
            Ok(Some(true)) => Ok(Attempt::Held(Held {
                place,
                file: Some(file),
                made_in: None,
            })),
            Ok(Some(false)) => Ok(Attempt::Gone),
            Ok(None) => Ok(Attempt::Busy),
            Err(e) => {
                // After any other error somebody may hold it by now, so it is left behind.
                if made && is_unsupported(&e) {
                    system::unlink(dir, path)?;
                }
                Err(e)
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // If somebody else removed it, the name may be another process's lock by now.
        let (dir, path) = (self.place.at(), self.place.path());
        if let Some(file) = self.file.take()
            && is_named(&file, dir, path).unwrap_or(false)
        {
            // If even this fails, it is left behind, which is in nobody's way.
            let _ = system::unlink(dir, path);
        }
        // Now that they are empty again.
        drop(self.made_in.take());
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Held").field(&self.place).finish()
    }
}

/// Removes a lock file if nobody holds it; whether it did.
pub(super) fn remove_if_free(dir: DirRef<'_>, path: &Path) -> io::Result<bool> {
    let free = match open_lock(dir, path, false) {
        Ok(file) => match lock_named(&file, dir, path) {
            // Where nobody can lock it, nobody does.
            Err(e) if is_unsupported(&e) => true,
            locked => locked? == Some(true),
        },
        // A link: nobody locks that.
        Err(e) if system::is_a_link(&e) => true,
        Err(e) => return Err(e),
    };
    if free {
        system::unlink(dir, path)?;
    }
    Ok(free)
}

/// Locks a file, unless somebody else has it (`None`); whether the name still means it, else the lock is worth nothing.
fn lock_named(file: &File, dir: DirRef<'_>, path: &Path) -> io::Result<Option<bool>> {
    match system::try_lock(file)? {
        true => is_named(file, dir, path).map(Some),
        false => Ok(None),
    }
}

/// The same for a full path.
#[cfg(any(feature = "zip", feature = "zip-rust"))]
pub(crate) fn lock_at(file: &File, path: &Path) -> io::Result<Option<bool>> {
    lock_named(file, system::cwd(), path)
}

#[cfg(test)]
mod tests;
