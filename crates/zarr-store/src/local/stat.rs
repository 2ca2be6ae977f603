//! `FileStat`: size and version of a file, as the system tells them.

use std::{fs::File, io};

use super::{
    errors::uninterrupted,
    system::{self, Metadata},
};
use crate::Version;

/// What `stat` says that we use.
#[derive(Debug, Clone)]
pub(super) struct FileStat {
    pub(super) size: u64,
    pub(super) version: Version,
}

impl FileStat {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        Self::new(&uninterrupted(|| system::metadata_of(file))?)
    }

    pub(super) fn new(metadata: &Metadata) -> io::Result<Self> {
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            return Err(io::Error::other("it is neither a file nor a directory"));
        }
        Ok(FileStat {
            size: metadata.len(),
            version: system::version(metadata).into(),
        })
    }
}
