//! `FileStat`: size and version of a file, as the system tells them.

use std::{
    fs::{File, Metadata},
    io,
    os::unix::fs::MetadataExt,
};

use super::errors::uninterrupted;
use crate::Version;

/// What `stat` says that we use.
#[derive(Debug, Clone)]
pub(super) struct FileStat {
    pub(super) size: u64,
    pub(super) version: Version,
}

impl FileStat {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        Self::new(&uninterrupted(|| file.metadata())?)
    }

    pub(super) fn new(metadata: &Metadata) -> io::Result<Self> {
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            return Err(io::Error::other("it is neither a file nor a directory"));
        }
        let nanoseconds = metadata
            .mtime()
            .wrapping_mul(1_000_000_000)
            .wrapping_add(metadata.mtime_nsec());
        let size = metadata.size();
        let version = [
            metadata.dev(),
            metadata.ino(),
            size,
            nanoseconds.cast_unsigned(),
        ]
        .into();
        Ok(FileStat { size, version })
    }
}
