//! One writer for each archive, in this process and among others: a locked file beside it. The
//! system gives the lock back when its holder dies; the file may then stay, and locks nobody out.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{FlockOperation, OFlags, flock},
    io::Errno,
};

use crate::AuxiliaryFile;

/// The right to write one archive, until dropped.
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
            let file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
                .open(&path)?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(Errno::WOULDBLOCK) => return Ok(None),
                Err(Errno::INTR) => continue,
                Err(e) => return Err(e.into()),
            }
            // The one before removes the file while it still holds it: then this lock is on a file
            // that nobody else will find.
            if is_at(&file, &path)? {
                return Ok(Some(WriterLock { path, _file: file }));
            }
        }
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // If it stays, it does no harm.
        let _ = fs::remove_file(&self.path);
    }
}

fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let ours = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

/// A file beside the archive, with a name that no key can have: no listing shows it.
pub(super) fn beside(archive: &Path, kind: AuxiliaryFile) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(archive.file_name().unwrap_or_default());
    name.push(kind.suffix());
    archive.with_file_name(name)
}
