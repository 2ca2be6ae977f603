//! What is read of a file and written to it.

use std::{
    fs::{self, File},
    io,
    mem::MaybeUninit,
    os::unix::fs::MetadataExt,
    path::Path,
};

use rustix::{
    buffer::spare_capacity,
    fs::{Mode, OFlags, RawMode, fchmod, openat},
    io::{Errno, pread},
};

use super::DirRef;

/// What the system says of a file or directory.
pub(in crate::local) type Metadata = fs::Metadata;
/// Who may read, write and run a file.
pub(in crate::local) type Permissions = Mode;

/// In nanoseconds, how far apart two times are at least that a file can have.
pub(in crate::local) const TIME_STEP: u64 = 1;

/// Whether [`read_once`] reads at all.
pub(in crate::local) const READS_IN_PLACE: bool = true;

pub(crate) fn metadata_of(file: &File) -> io::Result<Metadata> {
    file.metadata()
}

/// What a full path leads to.
pub(crate) fn metadata_at(path: &Path) -> io::Result<Metadata> {
    fs::metadata(path)
}

/// Which file or directory it is.
pub(in crate::local) fn id(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// Which file it is, and which content: its size, and when it was modified.
pub(crate) fn version(metadata: &Metadata) -> [u64; 4] {
    let nanoseconds = metadata
        .mtime()
        .wrapping_mul(1_000_000_000)
        .wrapping_add(metadata.mtime_nsec());
    [
        metadata.dev(),
        metadata.ino(),
        metadata.size(),
        nanoseconds.cast_unsigned(),
    ]
}

/// Who may read, write and run a file of this mode.
pub(super) fn permissions(mode: impl Into<u32>) -> Permissions {
    // Systems have modes of 16 or of 32 bits, and these are in the lowest nine.
    Mode::from_raw_mode(mode.into() as RawMode) & (Mode::RWXU | Mode::RWXG | Mode::RWXO)
}

/// A new file for writing, or `AlreadyExists`.
pub(in crate::local) fn create_new(
    dir: DirRef<'_>,
    path: &Path,
    permissions: Option<Permissions>,
) -> io::Result<File> {
    // Never somebody else's file, never one for a child process.
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let new = permissions.unwrap_or(Mode::from_raw_mode(0o666));
    Ok(openat(dir, path, flags, new)?.into())
}

/// Gives back what the process's mask took away of the permissions that a new file should have. Where it may not be given
/// back, it is gone.
pub(in crate::local) fn keep_permissions(file: &File, new: &Metadata, wanted: Option<Permissions>) {
    if let Some(wanted) = wanted
        && permissions(new.mode()) != wanted
    {
        let _ = fchmod(file, wanted);
    }
}

/// Closes and tells the error, which dropping a `File` would hide: network file systems and quotas
/// report here what could not be written.
pub(in crate::local) fn close(file: File) -> io::Result<()> {
    match nix::unistd::close(file) {
        // Linux has closed it all the same; closing again could hit somebody else's file.
        Ok(()) | Err(nix::errno::Errno::EINTR) => Ok(()),
        Err(e) => Err(e.into()),
    }
}

/// Appends bytes of a file to a buffer, as far as there is room, in one attempt; how many.
pub(in crate::local) fn append_from(
    file: &File,
    buffer: &mut Vec<u8>,
    offset: u64,
) -> io::Result<usize> {
    Ok(pread(file, spare_capacity(buffer), offset)?)
}

/// Reads bytes of a file in one attempt; how many.
pub(in crate::local) fn read_at(file: &File, memory: &mut [u8], offset: u64) -> io::Result<usize> {
    Ok(pread(file, memory, offset)?)
}

/// What [`Object::read_at`](crate::Object::read_at) does with a file.
pub(crate) fn read_once<'d>(
    file: &File,
    dst: &'d mut [MaybeUninit<u8>],
    offset: u64,
) -> io::Result<&'d mut [u8]> {
    match pread(file, dst, offset) {
        Ok((filled, _)) => Ok(filled),
        // One attempt, as agreed: the reader goes on with `read`.
        Err(Errno::INTR) => Ok(&mut []),
        Err(e) => Err(e.into()),
    }
}

/// For the writer of archives, whose files have full paths.
#[cfg(any(feature = "zip", feature = "zip-rust"))]
mod archive {
    use std::{
        fs::{self, File, OpenOptions},
        io::{self, IoSlice, Read, Seek, SeekFrom},
        os::unix::fs::OpenOptionsExt,
        path::Path,
    };

    use rustix::{fs::OFlags, io::pwritev};

    /// Puts a file in another's place.
    pub(crate) fn replace(from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    /// Waits until the names in a directory are on disk.
    pub(crate) fn sync_names(directory: &Path) -> io::Result<()> {
        File::open(directory)?.sync_all()
    }

    /// Writes parts one behind the other, in one attempt; how many bytes.
    pub(crate) fn write_at(file: &File, parts: &[IoSlice<'_>], at: u64) -> io::Result<usize> {
        Ok(pwritev(file, parts, at)?)
    }

    /// Copies the first bytes of a file; it shares blocks if the file system can. How many.
    pub(crate) fn copy_front(mut from: &File, mut to: &File, bytes: u64) -> io::Result<u64> {
        from.seek(SeekFrom::Start(0))?;
        io::copy(&mut from.take(bytes), &mut to)
    }

    /// A lock file, which is made if it is missing and is no link.
    pub(crate) fn open_lock_to_write(path: &Path) -> io::Result<File> {
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(path)
    }
}

#[cfg(any(feature = "zip", feature = "zip-rust"))]
pub(crate) use archive::{copy_front, open_lock_to_write, replace, sync_names, write_at};
