//! What is done to the entries of a directory, and to the directory itself.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io,
    os::unix::ffi::OsStrExt,
    path::Path,
    time::{Duration, SystemTime},
};

use rustix::{
    fs::{AtFlags, Dir, FileType, Mode, linkat, mkdirat, renameat, statat, unlinkat},
    io::{Errno, retry_on_intr},
};

use super::{DirRef, OpenDir, Permissions, file::permissions, platform};
use crate::local::{errors::if_absent, system::Kind};

/// The entries of an open directory.
pub(in crate::local) struct Entries(Dir);

impl Entries {
    pub(in crate::local) fn of(dir: OpenDir) -> io::Result<Self> {
        Ok(Entries(Dir::new(dir)?))
    }

    /// The directory that they are in.
    pub(in crate::local) fn dir(&self) -> io::Result<DirRef<'_>> {
        Ok(self.0.fd()?)
    }

    pub(in crate::local) fn next(&mut self) -> Option<io::Result<Entry>> {
        loop {
            let entry = match self.0.read()? {
                Ok(entry) => Entry(entry),
                Err(e) => return Some(Err(e.into())),
            };
            if ![".", ".."].map(OsStr::new).contains(&entry.name()) {
                return Some(Ok(entry));
            }
        }
    }
}

/// One of them.
pub(in crate::local) struct Entry(rustix::fs::DirEntry);

impl Entry {
    /// A name as the system gave it.
    pub(in crate::local) fn name(&self) -> &OsStr {
        OsStr::from_bytes(self.0.file_name().to_bytes())
    }

    /// What an entry is; `None` if it is gone.
    pub(in crate::local) fn kind(&self, dir: DirRef<'_>) -> io::Result<Option<Kind>> {
        // The listing itself tells, on most file systems: no call for each.
        if self.0.file_type() != FileType::Unknown {
            return Ok(Some(kind(self.0.file_type())));
        }
        match statat(dir, self.0.file_name(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(kind(FileType::from_raw_mode(stat.st_mode)))),
            Err(e) => if_absent(e.into()).map(|()| None),
        }
    }

    /// How many bytes a file has; `None` where the system tells no size.
    pub(in crate::local) fn size(&self, dir: DirRef<'_>) -> io::Result<Option<u64>> {
        let stat = statat(dir, self.0.file_name(), AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(u64::try_from(stat.st_size).ok())
    }
}

fn kind(file_type: FileType) -> Kind {
    match file_type {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Dir,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    }
}

/// What has this name.
pub(in crate::local) fn kind_at(dir: DirRef<'_>, path: &Path) -> io::Result<Kind> {
    let stat = statat(dir, path, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(kind(FileType::from_raw_mode(stat.st_mode)))
}

/// What of the mode of the file is kept when it is replaced; `None` if there is no file.
pub(in crate::local) fn permissions_at(dir: DirRef<'_>, path: &Path) -> Option<Permissions> {
    let stat = statat(dir, path, AtFlags::empty()).ok()?;
    Some(permissions(stat.st_mode))
}

pub(in crate::local) fn modified_at(dir: DirRef<'_>, path: &Path) -> io::Result<SystemTime> {
    let stat = statat(dir, path, AtFlags::SYMLINK_NOFOLLOW)?;
    let seconds = u64::try_from(stat.st_mtime).unwrap_or_default();
    let nanoseconds = u32::try_from(stat.st_mtime_nsec).unwrap_or_default();
    Ok(SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds))
}

/// Makes a directory; `AlreadyExists` where something is there.
pub(in crate::local) fn make_dir(dir: DirRef<'_>, path: &Path) -> io::Result<()> {
    Ok(mkdirat(dir, path, Mode::from_raw_mode(0o777))?)
}

/// Directories can have all names here.
#[expect(clippy::unnecessary_wraps, reason = "other systems refuse some")]
pub(in crate::local) fn check_root(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes the directory of a store, and those that it lies in.
pub(in crate::local) fn make_root(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

/// Puts a file in another's place.
pub(in crate::local) fn rename(dir: DirRef<'_>, from: &Path, to: &Path) -> io::Result<()> {
    Ok(renameat(dir, from, dir, to)?)
}

/// Puts a file where nothing is, or fails with `AlreadyExists`; with `Unsupported` where that cannot be done as one step.
/// Whether the name that it had is gone.
pub(in crate::local) fn rename_to_new(dir: DirRef<'_>, from: &Path, to: &Path) -> io::Result<bool> {
    match platform::rename_to_new(dir, from, to) {
        Ok(()) => Ok(true),
        // Not in this system or file system. A second name does the same; the first one stays.
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            match linkat(dir, from, dir, to, AtFlags::empty()) {
                Ok(()) => Ok(false),
                // How Linux says that a file system has no hard links.
                Err(Errno::PERM) => Err(io::ErrorKind::Unsupported.into()),
                Err(e) => Err(e.into()),
            }
        }
        Err(e) => Err(e),
    }
}

/// Removes a file, or a link.
pub(in crate::local) fn unlink(dir: DirRef<'_>, path: &Path) -> io::Result<()> {
    Ok(retry_on_intr(|| unlinkat(dir, path, AtFlags::empty()))?)
}

/// Removes an empty directory.
pub(in crate::local) fn remove_dir(dir: DirRef<'_>, path: &Path) -> io::Result<()> {
    Ok(unlinkat(dir, path, AtFlags::REMOVEDIR)?)
}

/// Waits until the names in a directory are on disk.
pub(in crate::local) fn sync_dir(dir: OpenDir) -> io::Result<()> {
    File::from(dir).sync_all()
}
