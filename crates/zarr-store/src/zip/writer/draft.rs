//! `Draft`: the archive that is being written, in a hidden file beside the old one. Entries are appended to it, and it
//! is removed unless it is put in place.
//!
//! Why not `LocalStore`'s temporary files: each of those is filled once, with one value.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, IoSlice},
    iter,
    mem::MaybeUninit,
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;

use super::{lock::beside, place::FileIdentity, records};
use crate::{
    AuxiliaryFile, Key, Object, Op, Payload, Result, StoreError, StoreErrorKind, Version,
    local::{read_range, system},
    value::next_stamp,
    zip::entry::{FileHeader, ZipEntry},
};

/// An archive, or the draft of one, that is open for reading.
#[derive(Debug)]
pub(super) struct ArchiveFile {
    file: File,
    name: Arc<str>,
}

impl ArchiveFile {
    pub(super) fn new(file: File, name: Arc<str>) -> Self {
        ArchiveFile { file, name }
    }

    fn error(&self, kind: impl Into<StoreErrorKind>) -> StoreError {
        let mut error = StoreError::new(Op::Get, &*self.name, "", kind.into());
        error.key = None;
        error
    }
}

impl Object for ArchiveFile {
    fn size(&self) -> Result<u64> {
        let metadata = self.file.metadata();
        Ok(metadata.map_err(|e| self.error(e))?.len())
    }

    fn version(&self) -> Result<Option<Version>> {
        Ok(None)
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let data = read_range(&self.file, &range).map_err(|e| self.error(e))?;
        let end = range.start + data.len() as u64;
        match end < range.end {
            true => Err(self.error(StoreErrorKind::out_of_range(range, end))),
            false => Ok(data),
        }
    }

    fn read_at<'d>(&self, offset: u64, dst: &'d mut [MaybeUninit<u8>]) -> Result<&'d mut [u8]> {
        system::read_once(&self.file, dst, offset).map_err(|e| self.error(e))
    }
}

/// The archive that is being written.
#[derive(Debug)]
pub(super) struct Draft {
    path: PathBuf,
    file: Arc<ArchiveFile>,
    /// Where the next entry goes. Each write reserves its room first, so several can run at once.
    end: AtomicU64,
}

impl Draft {
    /// An empty draft. Only the holder of the archive's lock may make one.
    pub(super) fn new(archive: &Path, name: Arc<str>) -> io::Result<Draft> {
        let path = beside(archive, AuxiliaryFile::Temporary);
        // A writer that was killed may have left one.
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)?;
        Ok(Draft {
            path,
            file: Arc::new(ArchiveFile::new(file, name)),
            end: AtomicU64::new(0),
        })
    }

    /// A copy of an archive up to `end`, where its directory begins. The copy shares blocks with the
    /// archive if the file system can.
    pub(super) fn copy(archive: &Path, old: &ArchiveFile, end: u64) -> io::Result<Draft> {
        let draft = Draft::new(archive, Arc::clone(&old.name))?;
        if system::copy_front(&old.file, &draft.file.file, end)? != end {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let permissions = old.file.metadata()?.permissions();
        draft.file.file.set_permissions(permissions)?;
        draft.end.store(end, Ordering::Relaxed);
        Ok(draft)
    }

    pub(super) fn file(&self) -> &Arc<ArchiveFile> {
        &self.file
    }

    pub(super) fn end(&self) -> u64 {
        self.end.load(Ordering::Relaxed)
    }

    /// Appends an entry. It becomes part of the archive when the directory lists it.
    pub(super) fn write(
        &self,
        key: &Key,
        header: FileHeader,
        packed: &Payload,
    ) -> io::Result<ZipEntry> {
        let local_header = records::local_header(key, &header);
        let bytes = local_header.len() as u64 + header.compressed_size;
        let at = self.end.fetch_add(bytes, Ordering::Relaxed);
        let data = at + local_header.len() as u64;
        let parts =
            iter::once(&local_header[..]).chain(packed.parts().iter().map(|part| &part[..]));
        let mut parts: Vec<_> = parts.map(IoSlice::new).collect();
        write_all_at(&self.file.file, &mut parts, at)?;
        let header = FileHeader {
            offset: at,
            ..header
        };
        Ok(ZipEntry::new(header, at + bytes, next_stamp(), Some(data)))
    }

    /// Appends the directory, syncs the file and renames it over the old archive. The caller makes the
    /// name durable. Returns the identity of the new archive.
    pub(super) fn place(&self, archive: &Path, directory: &[u8]) -> io::Result<FileIdentity> {
        let (file, end) = (&self.file.file, self.end());
        write_all_at(file, &mut [IoSlice::new(directory)], end)?;
        // An earlier attempt may have written more.
        file.set_len(end + directory.len() as u64)?;
        file.sync_all()?;
        let standing = FileIdentity::of(file)?;
        system::replace(&self.path, archive)?;
        Ok(standing)
    }

    /// Leaves a hole before the next entry, so that it lies beyond 4 GiB.
    #[cfg(test)]
    pub(super) fn skip(&self, bytes: u64) {
        self.end.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Writes all parts with as few calls as the system allows.
fn write_all_at(file: &File, mut parts: &mut [IoSlice<'_>], mut at: u64) -> io::Result<()> {
    while !parts.is_empty() {
        match system::write_at(file, parts, at) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                IoSlice::advance_slices(&mut parts, written);
                at += written as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Once the draft is in place, no file has this name, which only the holder of the lock may use.
        let _ = fs::remove_file(&self.path);
    }
}
