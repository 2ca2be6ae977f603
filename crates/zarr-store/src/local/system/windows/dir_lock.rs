//! The lock of a directory: one of a file in it, since Windows locks no directories. Whoever leaves last removes it, so
//! it is checked under the lock whether the name still means the file that was locked.

use std::{fs::File, io, path::Path, sync::Once};

use fs4::FileExt;

use super::{
    DirRef,
    lock::{is_named, is_unsupported, open_lock, try_lock},
    unlink,
};
use crate::{
    AuxiliaryFile,
    local::dir_lock::{LockMode, warn},
};

/// The file: no value can have such a name, and no listing shows it.
const NAME: &str = AuxiliaryFile::Lock.suffix();

/// A directory that is locked among processes until this is dropped.
pub(in crate::local) struct DirLock<'d> {
    dir: DirRef<'d>,
    /// `None` where nothing can be locked.
    file: Option<File>,
}

/// Locks a directory among processes.
pub(in crate::local) fn lock_dir(dir: DirRef<'_>, mode: LockMode) -> io::Result<DirLock<'_>> {
    loop {
        let file = open(dir)?;
        let locked = match mode {
            LockMode::Shared => FileExt::lock_shared(&file),
            LockMode::Exclusive => FileExt::lock(&file),
        };
        match locked {
            Ok(()) if is_named(&file, dir, Path::new(NAME))? => {
                return Ok(DirLock {
                    dir,
                    file: Some(file),
                });
            }
            // Its last holder removed it.
            Ok(()) => {}
            Err(e) if is_unsupported(&e) => {
                static TOLD: Once = Once::new();
                TOLD.call_once(|| warn("this file system cannot lock files"));
                return Ok(DirLock { dir, file: None });
            }
            Err(e) => return Err(e),
        }
    }
}

fn open(dir: DirRef<'_>) -> io::Result<File> {
    loop {
        match open_lock(dir, Path::new(NAME), true) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made,
        }
        match open_lock(dir, Path::new(NAME), false) {
            Err(e) if e.kind() == io::ErrorKind::NotFound && dir.is_dir() => {}
            opened => return opened,
        }
    }
}

impl Drop for DirLock<'_> {
    fn drop(&mut self) {
        let Some(file) = &self.file else { return };
        // If any of this fails, the file is left behind, which is in nobody's way.
        let _ = FileExt::unlock(file);
        let path = Path::new(NAME);
        if matches!(try_lock(file), Ok(true)) && is_named(file, self.dir, path).unwrap_or(false) {
            let _ = unlink(self.dir, path);
        }
    }
}
