//! `FileIdentity`: which file is at the path of an archive, so that a writer replaces only the archive that it read.

use std::{fs::File, io, path::Path};

use crate::local::system;

/// What is at a path, or was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileIdentity {
    /// Any file, or none.
    Anything,
    /// No file.
    Nothing,
    /// This file, unchanged: which file it is, its size and when it was modified. Other programs change archives in place.
    File([u64; 4]),
}

impl FileIdentity {
    /// The identity of an open file.
    pub(super) fn of(file: &File) -> io::Result<FileIdentity> {
        let metadata = system::metadata_of(file)?;
        Ok(FileIdentity::File(system::version(&metadata)))
    }

    /// Whether this is what is at `path`.
    pub(super) fn is_at(&self, path: &Path) -> io::Result<bool> {
        if *self == FileIdentity::Anything {
            return Ok(true);
        }
        match system::metadata_at(path) {
            Ok(metadata) => Ok(*self == FileIdentity::File(system::version(&metadata))),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(*self == FileIdentity::Nothing),
            Err(e) => Err(e),
        }
    }
}
