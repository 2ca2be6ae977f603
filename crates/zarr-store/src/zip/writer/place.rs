//! `FileIdentity`: which file is at the path of an archive, so that a writer replaces only the archive that it read.

use std::{
    fs::{self, File, Metadata},
    io,
    os::unix::fs::MetadataExt,
    path::Path,
};

/// What is at a path, or was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileIdentity {
    /// Any file, or none.
    Anything,
    /// No file.
    Nothing,
    /// This file, unchanged.
    File {
        device: u64,
        inode: u64,
        size: u64,
        /// Seconds and nanoseconds. Other programs change archives in place.
        modified: (i64, i64),
    },
}

impl FileIdentity {
    /// The identity of an open file.
    pub(super) fn of(file: &File) -> io::Result<FileIdentity> {
        file.metadata()
            .map(|metadata| FileIdentity::seen(&metadata))
    }

    fn seen(metadata: &Metadata) -> FileIdentity {
        FileIdentity::File {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }

    /// Whether this is what is at `path`.
    pub(super) fn is_at(&self, path: &Path) -> io::Result<bool> {
        if *self == FileIdentity::Anything {
            return Ok(true);
        }
        match fs::metadata(path) {
            Ok(metadata) => Ok(*self == FileIdentity::seen(&metadata)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(*self == FileIdentity::Nothing),
            Err(e) => Err(e),
        }
    }
}
