//! Opening what lies below a root, or in a directory that is open.

use std::{
    fs::{self, File},
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::Path,
};

use rustix::{
    fs::{CWD, Mode, OFlags, openat},
    io::{Errno, retry_on_intr},
};

use super::platform;
use crate::local::root::{Root, Symlinks};

/// A directory that is open.
pub(in crate::local) type OpenDir = OwnedFd;
/// What a path is relative to.
pub(in crate::local) type DirRef<'d> = BorrowedFd<'d>;

/// What full paths are relative to.
pub(in crate::local) fn cwd() -> DirRef<'static> {
    CWD
}

pub(in crate::local) fn dir_ref(dir: &OpenDir) -> DirRef<'_> {
    dir.as_fd()
}

/// Whether a file can have such a name. A key is checked already.
#[expect(clippy::unnecessary_wraps, reason = "other systems refuse some")]
pub(in crate::local) fn check_name(_: &Root, _: &str) -> io::Result<()> {
    Ok(())
}

/// A path as people write it.
pub(in crate::local) fn shown(path: &Path) -> std::path::Display<'_> {
    path.display()
}

/// A path with slashes, to be compared.
pub(in crate::local) fn spelled(path: &Path) -> std::borrow::Cow<'_, str> {
    path.to_string_lossy()
}

/// Out of descriptors, memory or processes: others will give some back.
pub(in crate::local) fn is_shortage(e: &io::Error) -> bool {
    let busy = [Errno::MFILE, Errno::NFILE, Errno::AGAIN, Errno::NOMEM];
    Errno::from_io_error(e).is_some_and(|errno| busy.contains(&errno))
}

/// Opens a file for reading. Asks nothing about it.
pub(in crate::local) fn open_file(root: &Root, name: &str) -> io::Result<File> {
    // Not to wait: a named pipe in the tree would otherwise hang the reader for ever. On files it
    // does nothing, but for one that somebody holds a lease on: there, open once more and wait.
    let opened = match open(root, name, WITHOUT_WAITING) {
        Err(e) if e.kind() == io::ErrorKind::WouldBlock => open(root, name, OFlags::RDONLY),
        opened => opened,
    };
    opened.map(File::from)
}

/// The same if the system has all of the way in memory; `WouldBlock` where not.
pub(in crate::local) fn open_cached(root: &Root, name: &str) -> io::Result<File> {
    let file = match root.symlinks() {
        Symlinks::Follow => platform::open_cached(CWD, &root.path(name), WITHOUT_WAITING, false)?,
        Symlinks::Inside => {
            let root = platform::open_cached(CWD, root.dir(), flags_of_way(), false)?;
            platform::open_cached(root.as_fd(), Path::new(name), WITHOUT_WAITING, true)?
        }
    };
    Ok(file.into())
}

/// A named pipe waits for nobody then.
const WITHOUT_WAITING: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

/// Opens a directory for listing and syncing.
pub(in crate::local) fn open_dir(root: &Root, name: &str) -> io::Result<OpenDir> {
    open(root, name, OFlags::RDONLY | OFlags::DIRECTORY)
}

/// Opens a directory for listing, if it is no link.
pub(in crate::local) fn open_dir_at(dir: DirRef<'_>, path: &Path) -> io::Result<OpenDir> {
    open_at(
        dir,
        path,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW,
    )
}

/// What lies there, behind all links.
pub(in crate::local) fn metadata(root: &Root, name: &str) -> io::Result<fs::Metadata> {
    match root.symlinks() {
        Symlinks::Follow => fs::metadata(root.path(name)),
        Symlinks::Inside => File::from(open(root, name, platform::NO_ACCESS)?).metadata(),
    }
}

/// Writes out everything of the file system that the root lies in.
pub(in crate::local) fn barrier(root: &Root) -> io::Result<()> {
    platform::barrier(&open_dir(root, "")?)
}

/// Opens what is there; makes nothing.
fn open(root: &Root, name: &str, flags: OFlags) -> io::Result<OwnedFd> {
    match root.symlinks() {
        Symlinks::Follow => open_at(CWD, &root.path(name), flags),
        _ if name.is_empty() => open_at(CWD, root.dir(), flags),
        Symlinks::Inside => {
            let root = open_at(CWD, root.dir(), flags_of_way())?;
            platform::open_beneath(&root, name, flags | OFlags::CLOEXEC)
        }
    }
}

/// Opens relative to a directory, and again if a signal came between.
fn open_at(dir: BorrowedFd<'_>, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    let open = || openat(dir, path, flags | OFlags::CLOEXEC, Mode::empty());
    Ok(retry_on_intr(open)?)
}

/// For directories that are only passed through.
fn flags_of_way() -> OFlags {
    platform::NO_ACCESS | OFlags::DIRECTORY
}
