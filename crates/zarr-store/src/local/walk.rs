//! Everything below a directory, without following a link, whatever is renamed meanwhile: a child is opened from its
//! parent, where the system can.

use std::{
    ffi::{OsStr, OsString},
    io,
};

use super::{
    errors::if_absent,
    system::{self, DirRef, Entries, Kind, OpenDir},
};

/// What is met on the way.
pub(super) enum Visit<'a> {
    /// No directory; perhaps a link.
    File(DirRef<'a>, &'a OsStr),
    /// A directory, when all below it was met.
    Dir(DirRef<'a>, &'a OsStr),
}

/// Calls `visit` for everything below `top`, children before their directory.
pub(super) fn walk(
    top: OpenDir,
    mut visit: impl FnMut(Visit<'_>) -> io::Result<()>,
) -> io::Result<()> {
    // No recursion: a tree may be deeper than a stack. Descriptors run out first, with an error.
    let mut stack: Vec<(Entries, OsString)> = vec![(Entries::of(top)?, OsString::new())];
    while let Some((entries, name)) = stack.last_mut() {
        let Some(entry) = entries.next() else {
            let done = std::mem::take(name);
            stack.pop();
            if let Some((parent, _)) = stack.last() {
                visit(Visit::Dir(parent.dir()?, &done))?;
            }
            continue;
        };
        let entry = entry?;
        let dir = entries.dir()?;
        if entry.kind(dir)? != Some(Kind::Dir) {
            visit(Visit::File(dir, entry.name()))?;
            continue;
        }
        match system::open_dir_at(dir, entry.name().as_ref()) {
            Ok(child) => stack.push((Entries::of(child)?, entry.name().to_owned())),
            Err(e) => if_absent(e)?,
        }
    }
    Ok(())
}
