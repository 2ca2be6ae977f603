//! Files that are locked, by `LockFileEx`.

use std::{
    fs::{File, OpenOptions},
    io,
    os::windows::fs::OpenOptionsExt,
    path::Path,
};

use fs4::{FileExt, TryLockError};

use super::{
    DirRef, code,
    file::{NO_FOLLOW, READ_WRITE, id, metadata_at, metadata_of},
    patience::shortly,
};

/// Opens a lock file, or makes it: `AlreadyExists` if it is there.
pub(in crate::local) fn open_lock(dir: DirRef<'_>, path: &Path, new: bool) -> io::Result<File> {
    let path = dir.join(path);
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create_new(new)
        .access_mode(READ_WRITE)
        .custom_flags(NO_FOLLOW);
    shortly(|| options.open(&path))
}

/// Locks a file, unless somebody else has it.
pub(in crate::local) fn try_lock(file: &File) -> io::Result<bool> {
    match FileExt::try_lock(file) {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(e)) => Err(e),
    }
}

/// Whether the name means this file.
pub(in crate::local) fn is_named(file: &File, dir: DirRef<'_>, path: &Path) -> io::Result<bool> {
    match metadata_at(&dir.join(path)) {
        Ok(named) => Ok(id(&named) == id(&metadata_of(file)?)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        // It is being removed.
        Err(e) if e.kind() == io::ErrorKind::PermissionDenied => Ok(false),
        Err(e) => Err(e),
    }
}

/// Whether a file system says that it has no such locks.
pub(in crate::local) fn is_unsupported(e: &io::Error) -> bool {
    let said = [code::NOT_SUPPORTED, code::INVALID_FUNCTION];
    e.raw_os_error().is_some_and(|code| said.contains(&code))
}

/// Whether a lock file was not opened because it is a link.
pub(in crate::local) fn is_a_link(e: &io::Error) -> bool {
    e.raw_os_error() == Some(code::CANNOT_ACCESS_LINK)
}
