//! Everything below a directory, without following a link, whatever is renamed meanwhile: a child is opened from its
//! parent's descriptor, never by a path.

use std::{
    ffi::{CString, OsStr},
    io,
    os::{
        fd::{BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::Path,
};

use rustix::fs::{AtFlags, Dir, FileType, OFlags, statat};

use super::{errors::if_absent, root::open_at};

/// What is met on the way.
pub(super) enum Visit<'a> {
    /// No directory; perhaps a link.
    File(BorrowedFd<'a>, &'a Path),
    /// A directory, when all below it was met.
    Dir(BorrowedFd<'a>, &'a Path),
}

/// Calls `visit` for everything below `top`, children before their directory.
pub(super) fn walk(
    top: OwnedFd,
    mut visit: impl FnMut(Visit<'_>) -> io::Result<()>,
) -> io::Result<()> {
    // No recursion: a tree may be deeper than a stack. Descriptors run out first, with an error.
    let mut stack: Vec<(Dir, CString)> = vec![(Dir::new(top)?, CString::default())];
    while let Some((dir, name)) = stack.last_mut() {
        let Some(entry) = dir.read() else {
            let done = std::mem::take(name);
            stack.pop();
            if let Some((parent, _)) = stack.last() {
                visit(Visit::Dir(parent.fd()?, path(&done)))?;
            }
            continue;
        };
        let entry = entry?;
        let name = entry.file_name();
        if [c".", c".."].contains(&name) {
            continue;
        }
        if kind(dir.fd()?, &entry)? != Some(FileType::Directory) {
            visit(Visit::File(dir.fd()?, path(name)))?;
            continue;
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW;
        match open_at(dir.fd()?, path(name), flags) {
            Ok(child) => {
                let name = name.to_owned();
                stack.push((Dir::new(child)?, name));
            }
            Err(e) => if_absent(e)?,
        }
    }
    Ok(())
}

/// What an entry is; `None` if it is gone.
pub(super) fn kind(
    dir: BorrowedFd<'_>,
    entry: &rustix::fs::DirEntry,
) -> io::Result<Option<FileType>> {
    // The listing itself tells, on most file systems: no call for each.
    if entry.file_type() != FileType::Unknown {
        return Ok(Some(entry.file_type()));
    }
    match statat(dir, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(FileType::from_raw_mode(stat.st_mode))),
        Err(e) => if_absent(e.into()).map(|()| None),
    }
}

/// A name as the system gave it.
pub(super) fn path(name: &std::ffi::CStr) -> &Path {
    Path::new(OsStr::from_bytes(name.to_bytes()))
}
