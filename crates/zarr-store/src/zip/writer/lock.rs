//! `WriterLock`: allows one writer for each archive, among threads and processes, by a locked file beside the archive.
//! The system releases the lock when its holder ends; a file that is left behind locks nobody out.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use crate::{
    AuxiliaryFile,
    local::{lock_at, system},
};

/// The lock for writing one archive, held until dropped.
#[derive(Debug)]
pub(super) struct WriterLock {
    path: PathBuf,
    _file: File,
}

impl WriterLock {
    /// `None` if somebody else has it.
    pub(super) fn acquire(archive: &Path) -> io::Result<Option<WriterLock>> {
        let path = beside(archive, AuxiliaryFile::Lock);
        loop {
            let file = system::open_lock_to_write(&path)?;
            match lock_at(&file, &path) {
                Ok(Some(true)) => return Ok(Some(WriterLock { path, _file: file })),
                Ok(None) => return Ok(None),
                // The previous holder removed the file while it held the lock, so this lock is on a file
                // that nobody else will find.
                Ok(Some(false)) => {}
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // A file that is left behind does no harm.
        let _ = fs::remove_file(&self.path);
    }
}

/// A file beside the archive. No key can have its name, so no listing shows it.
pub(super) fn beside(archive: &Path, kind: AuxiliaryFile) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(archive.file_name().unwrap_or_default());
    name.push(kind.suffix());
    archive.with_file_name(name)
}
