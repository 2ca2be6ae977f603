//! One open file: positioned reads and, where asked for, its size and version. It knows how to
//! read, not where values lie.

use std::{
    fs::{File, Metadata, OpenOptions},
    io,
    mem::MaybeUninit,
    ops::Range,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
    sync::OnceLock,
};

use bytes::Bytes;
use rustix::{
    buffer::spare_capacity,
    fs::OFlags,
    io::{Errno, pread},
};

use super::LocalStore;
use crate::{ByteRange, Key, Object, Op, Result, StoreError, StoreErrorKind, Version};

/// Opens for reading. Asks nothing about the file.
pub(super) fn open(path: &Path) -> io::Result<File> {
    // Not to wait: a named pipe in the tree would otherwise hang the reader for ever. On files it
    // does nothing, but for one that somebody holds a lease on: there, open once more and wait.
    let no_wait = OFlags::NONBLOCK | OFlags::NOCTTY;
    match OpenOptions::new()
        .read(true)
        .custom_flags(no_wait.bits().cast_signed())
        .open(path)
    {
        Err(e) if e.kind() == io::ErrorKind::WouldBlock => File::open(path),
        opened => opened,
    }
}

/// What `stat` says that we use.
#[derive(Debug, Clone)]
pub(super) struct Described {
    pub(super) size: u64,
    pub(super) version: Version,
}

impl Described {
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
        Ok(Described { size, version })
    }
}

/// One open file.
pub(super) struct LocalObject {
    file: File,
    /// Asked for once, and only if somebody wants size or version.
    described: OnceLock<Described>,
    /// For error texts.
    store: LocalStore,
    key: Key,
}

impl LocalObject {
    pub(super) fn new(file: File, store: LocalStore, key: Key) -> Self {
        LocalObject {
            file,
            described: OnceLock::new(),
            store,
            key,
        }
    }

    fn described(&self) -> Result<&Described> {
        if let Some(described) = self.described.get() {
            return Ok(described);
        }
        let described = self
            .file
            .metadata()
            .and_then(|m| Described::new(&m))
            .map_err(|e| self.error(e))?;
        Ok(self.described.get_or_init(|| described))
    }

    fn error(&self, e: impl Into<io::Error>) -> StoreError {
        self.store.error(Op::Get, &self.key, e.into())
    }

    fn outside(&self, range: Range<u64>, size: u64) -> StoreError {
        let kind = StoreErrorKind::OutOfRange {
            asked: ByteRange::Bounded(range),
            size,
        };
        self.store.refusal(Op::Get, &self.key, kind)
    }
}

impl Object for LocalObject {
    fn size(&self) -> Result<u64> {
        Ok(self.described()?.size)
    }

    fn version(&self) -> Result<Option<Version>> {
        Ok(Some(self.described()?.version.clone()))
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let len = range
            .end
            .checked_sub(range.start)
            .and_then(|len| usize::try_from(len).ok());
        let Some(len) = len else {
            return Err(self.outside(range, self.size()?));
        };
        // A damaged index may ask for more than there is: no memory is taken for that. Small reads
        // skip the question, which would cost a call.
        if len > 1 << 20 && range.end > self.size()? {
            return Err(self.outside(range, self.size()?));
        }
        let mut buffer = Vec::with_capacity(len);
        while buffer.len() < len {
            let offset = range.start + buffer.len() as u64;
            match pread(&self.file, spare_capacity(&mut buffer), offset) {
                Ok(0) => return Err(self.outside(range, offset)),
                Ok(_) | Err(Errno::INTR) => {}
                Err(e) => return Err(self.error(e)),
            }
        }
        // The allocator may have given more room than asked for, and that was filled too.
        buffer.truncate(len);
        Ok(buffer.into())
    }

    fn read_at<'d>(&self, offset: u64, dst: &'d mut [MaybeUninit<u8>]) -> Result<&'d mut [u8]> {
        match pread(&self.file, dst, offset) {
            Ok((filled, _)) => Ok(filled),
            // One attempt, as agreed: the reader goes on with `read`.
            Err(Errno::INTR) => Ok(&mut []),
            Err(e) => Err(self.error(e)),
        }
    }
}
