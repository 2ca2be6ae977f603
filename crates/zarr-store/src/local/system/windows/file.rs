//! What is read of a file and written to it.

use std::{
    fs::{File, OpenOptions},
    io,
    mem::MaybeUninit,
    os::windows::fs::{FileExt, OpenOptionsExt},
    path::Path,
};

use winapi_util::file::{Information, information};

use super::{
    DirRef,
    patience::{patiently, shortly},
};

/// The flag without which no directory is opened: `FILE_FLAG_BACKUP_SEMANTICS`.
pub(super) const BACKUP_SEMANTICS: u32 = 0x0200_0000;
/// Opens a link itself: `FILE_FLAG_OPEN_REPARSE_POINT`.
pub(super) const NO_FOLLOW: u32 = 0x0020_0000;
/// The right to read: `GENERIC_READ`.
pub(super) const READ: u32 = 0x8000_0000;
/// The right to read and to write: with `GENERIC_WRITE`.
pub(super) const READ_WRITE: u32 = READ | 0x4000_0000;
/// `FILE_ATTRIBUTE_DIRECTORY`.
const DIRECTORY: u64 = 0x10;

/// What is kept of a file that is replaced: nothing.
#[derive(Debug, Clone, Copy)]
pub(in crate::local) struct Permissions;

/// Files have times in steps of 100 nanoseconds.
pub(in crate::local) const TIME_STEP: u64 = 100;

/// Whether [`read_once`] reads at all: the system fills only memory that is initialised.
pub(in crate::local) const READS_IN_PLACE: bool = false;

/// What the system says of a file or directory.
pub(crate) struct Metadata(Information);

impl Metadata {
    pub(in crate::local) fn is_dir(&self) -> bool {
        self.0.file_attributes() & DIRECTORY != 0
    }

    pub(in crate::local) fn is_file(&self) -> bool {
        !self.is_dir()
    }

    pub(in crate::local) fn len(&self) -> u64 {
        self.0.file_size()
    }
}

/// Opens a file or directory. Whoever replaces or removes it meanwhile may do so.
pub(super) fn open_as(path: &Path, access: u32) -> io::Result<File> {
    OpenOptions::new()
        .access_mode(access)
        .custom_flags(BACKUP_SEMANTICS)
        .open(path)
}

pub(crate) fn metadata_of(file: &File) -> io::Result<Metadata> {
    information(file).map(Metadata)
}

/// What a full path leads to.
pub(crate) fn metadata_at(path: &Path) -> io::Result<Metadata> {
    metadata_of(&shortly(|| open_as(path, 0))?)
}

/// Which file or directory it is.
pub(in crate::local) fn id(metadata: &Metadata) -> (u64, u64) {
    (metadata.0.volume_serial_number(), metadata.0.file_index())
}

/// Which file it is, and which content: its size, and when it was modified.
pub(crate) fn version(metadata: &Metadata) -> [u64; 4] {
    let (device, file) = id(metadata);
    let modified = metadata.0.last_write_time().unwrap_or_default();
    [device, file, metadata.len(), modified]
}

/// A new file for writing, or `AlreadyExists`.
pub(in crate::local) fn create_new(
    dir: DirRef<'_>,
    path: &Path,
    _: Option<Permissions>,
) -> io::Result<File> {
    let path = dir.join(path);
    patiently(|| OpenOptions::new().write(true).create_new(true).open(&path))
}

pub(in crate::local) fn keep_permissions(_: &File, _: &Metadata, _: Option<Permissions>) {}

/// Closes. That tells no error here: what cannot be written is refused when it is written.
#[expect(clippy::unnecessary_wraps, reason = "other systems tell errors here")]
pub(in crate::local) fn close(file: File) -> io::Result<()> {
    drop(file);
    Ok(())
}

/// Appends bytes of a file to a buffer, as far as there is room, in one attempt; how many.
pub(in crate::local) fn append_from(
    file: &File,
    buffer: &mut Vec<u8>,
    offset: u64,
) -> io::Result<usize> {
    let start = buffer.len();
    buffer.resize(buffer.capacity(), 0);
    let read = read_at(file, buffer.get_mut(start..).unwrap_or_default(), offset);
    buffer.truncate(start + read.as_ref().map_or(0, |read| *read));
    read
}

/// Reads bytes of a file in one attempt; how many.
pub(in crate::local) fn read_at(file: &File, memory: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek_read(memory, offset)
}

/// What [`Object::read_at`](crate::Object::read_at) does with a file: it leaves all to `read`.
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
pub(crate) fn read_once<'d>(
    _: &File,
    _: &'d mut [MaybeUninit<u8>],
    _: u64,
) -> io::Result<&'d mut [u8]> {
    Ok(&mut [])
}

/// What is in memory cannot be told here.
pub(in crate::local) fn is_in_memory(_: &File) -> bool {
    false
}

/// As above.
pub(in crate::local) fn read_cached(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
    Err(io::ErrorKind::WouldBlock.into())
}

/// For the writer of archives, whose files have full paths.
#[cfg(any(feature = "zip", feature = "zip-rust"))]
mod archive {
    use std::{
        fs::{File, OpenOptions},
        io::{self, IoSlice},
        os::windows::fs::{FileExt, OpenOptionsExt},
        path::Path,
    };

    use super::{NO_FOLLOW, patiently, read_at};
    use crate::local::system::windows::{directory, sync_dir};

    /// Puts a file in another's place.
    pub(crate) fn replace(from: &Path, to: &Path) -> io::Result<()> {
        directory::replace(from, to)
    }

    /// Waits until the names in a directory are on disk.
    pub(crate) fn sync_names(directory: &Path) -> io::Result<()> {
        sync_dir(directory.to_owned())
    }

    /// Writes parts one behind the other, in one attempt; how many bytes.
    pub(crate) fn write_at(file: &File, parts: &[IoSlice<'_>], at: u64) -> io::Result<usize> {
        match parts.iter().find(|part| !part.is_empty()) {
            Some(part) => file.seek_write(part, at),
            None => Ok(0),
        }
    }

    /// Copies the first bytes of a file, which others read meanwhile. How many.
    pub(crate) fn copy_front(from: &File, to: &File, bytes: u64) -> io::Result<u64> {
        let mut buffer = vec![0; 1 << 20];
        let mut done = 0;
        while done < bytes {
            let most = usize::try_from(bytes - done).unwrap_or(usize::MAX);
            let room = most.min(buffer.len());
            let part = buffer.get_mut(..room).unwrap_or_default();
            let read = read_at(from, part, done)?;
            if read == 0 {
                break;
            }
            let mut rest = part.get(..read).unwrap_or_default();
            while !rest.is_empty() {
                let written = to.seek_write(rest, done)?;
                if written == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
                rest = rest.get(written..).unwrap_or_default();
                done += written as u64;
            }
        }
        Ok(done)
    }

    /// A lock file, which is made if it is missing and is no link.
    pub(crate) fn open_lock_to_write(path: &Path) -> io::Result<File> {
        patiently(|| {
            OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .custom_flags(NO_FOLLOW)
                .open(path)
        })
    }
}

#[cfg(any(feature = "zip", feature = "zip-rust"))]
pub(crate) use archive::{copy_front, open_lock_to_write, replace, sync_names, write_at};
