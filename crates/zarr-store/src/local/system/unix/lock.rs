//! Files that are locked, by `flock`.

use std::{fs::File, io, path::Path};

use rustix::{
    fs::{AtFlags, FlockOperation, Mode, OFlags, flock, fstat, openat, statat},
    io::Errno,
};

use super::DirRef;

/// Opens a lock file, or makes it: `AlreadyExists` if it is there.
pub(in crate::local) fn open_lock(dir: DirRef<'_>, path: &Path, new: bool) -> io::Result<File> {
    let more = match new {
        true => OFlags::CREATE | OFlags::EXCL,
        false => OFlags::empty(),
    };
    // It is no link, and not waited for.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC | more;
    let open = |access| openat(dir, path, flags | access, Mode::from_raw_mode(0o666));
    // Nothing is ever written there, but NFS locks only what could be: see flock(2).
    let opened = match open(OFlags::RDWR) {
        // Another user's: everywhere but on NFS it will do.
        Err(Errno::ACCESS | Errno::ROFS) => open(OFlags::RDONLY),
        opened => opened,
    };
    Ok(opened?.into())
}

/// Locks a file, unless somebody else has it.
pub(in crate::local) fn try_lock(file: &File) -> io::Result<bool> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

/// Whether the name means this file.
pub(in crate::local) fn is_named(file: &File, dir: DirRef<'_>, path: &Path) -> io::Result<bool> {
    let ours = fstat(file)?;
    match statat(dir, path, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(named) => Ok((named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino)),
        Err(Errno::NOENT) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

/// Whether a file system says that it has no such locks.
pub(in crate::local) fn is_unsupported(e: &io::Error) -> bool {
    let said = [
        Errno::NOLCK,
        Errno::OPNOTSUPP,
        Errno::NOSYS,
        Errno::BADF,
        Errno::INVAL,
    ];
    Errno::from_io_error(e).is_some_and(|errno| said.contains(&errno))
}

/// Whether a lock file was not opened because it is a link.
pub(in crate::local) fn is_a_link(e: &io::Error) -> bool {
    Errno::from_io_error(e) == Some(Errno::LOOP)
}
