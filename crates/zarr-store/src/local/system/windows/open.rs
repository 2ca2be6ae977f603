//! Opening what lies below a root.

use std::{
    borrow::Cow,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{
    code, exact,
    file::{Metadata, READ, metadata_at, open_as},
    patience::shortly,
};
use crate::local::{
    root::{Root, Symlinks},
    system::{Kind, names},
    walk::{Visit, walk},
};

/// A directory.
pub(in crate::local) type OpenDir = PathBuf;
/// What a path is relative to.
pub(in crate::local) type DirRef<'d> = &'d Path;

/// What full paths are relative to.
pub(in crate::local) fn cwd() -> DirRef<'static> {
    Path::new("")
}

pub(in crate::local) fn dir_ref(dir: &OpenDir) -> DirRef<'_> {
    dir
}

/// Whether a file can have such a name; `NotFound` if one is there whose name differs in case.
pub(in crate::local) fn check_name(root: &Root, name: &str) -> io::Result<()> {
    names::check(name)?;
    exact::check(root, name)
}

/// A path as people write it.
pub(in crate::local) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    match (text.strip_prefix(r"\\?\UNC\"), text.strip_prefix(r"\\?\")) {
        (Some(share), _) => format!(r"\\{share}"),
        (None, Some(plain)) => plain.to_owned(),
        (None, None) => text.into_owned(),
    }
}

/// A path with slashes, to be compared.
pub(in crate::local) fn spelled(path: &Path) -> Cow<'_, str> {
    path.to_string_lossy().replace('\\', "/").into()
}

/// Out of handles or memory, or in somebody's way: that passes.
pub(in crate::local) fn is_shortage(e: &io::Error) -> bool {
    let passing = [
        code::TOO_MANY_OPEN_FILES,
        code::NOT_ENOUGH_MEMORY,
        code::SHARING_VIOLATION,
        code::LOCK_VIOLATION,
        code::MAPPED,
    ];
    e.raw_os_error().is_some_and(|code| passing.contains(&code))
}

/// Opens a file for reading.
pub(in crate::local) fn open_file(root: &Root, name: &str) -> io::Result<File> {
    let path = place(root, name)?;
    shortly(|| open_as(&path, READ))
}

/// What is in memory cannot be told here.
pub(in crate::local) fn open_cached(_: &Root, _: &str) -> io::Result<File> {
    Err(io::ErrorKind::WouldBlock.into())
}

/// A directory, for listing and syncing.
pub(in crate::local) fn open_dir(root: &Root, name: &str) -> io::Result<OpenDir> {
    let path = place(root, name)?;
    match metadata_at(&path)?.is_dir() {
        true => Ok(path),
        false => Err(io::ErrorKind::NotADirectory.into()),
    }
}

/// A directory for listing, if it is no link.
pub(in crate::local) fn open_dir_at(dir: DirRef<'_>, path: &Path) -> io::Result<OpenDir> {
    match super::kind_at(dir, path)? {
        Kind::Dir => Ok(dir.join(path)),
        _ => Err(io::ErrorKind::NotADirectory.into()),
    }
}

/// What lies there, behind all links.
pub(in crate::local) fn metadata(root: &Root, name: &str) -> io::Result<Metadata> {
    metadata_at(&place(root, name)?)
}

/// Writes out all files below the root: Windows lets only administrators ask for a whole file system.
pub(in crate::local) fn barrier(root: &Root) -> io::Result<()> {
    walk(open_dir(root, "")?, |met| match met {
        Visit::File(dir, name) => match fs::OpenOptions::new().write(true).open(dir.join(name)) {
            Ok(file) => file.sync_all(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            // Nobody here has written to it.
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            Err(e) => Err(e),
        },
        Visit::Dir(dir, name) => super::sync_dir(dir.join(name)),
    })
}

/// The path of a name, which leads out of the root only if links may.
fn place(root: &Root, name: &str) -> io::Result<PathBuf> {
    let path = root.path(name);
    if root.symlinks() == Symlinks::Follow || name.is_empty() {
        return Ok(path);
    }
    // Where links on the way lead; nothing is opened by the name that was given.
    let real = fs::canonicalize(&path)?;
    match real.starts_with(fs::canonicalize(root.dir())?) {
        true => Ok(real),
        false => Err(io::ErrorKind::CrossesDevices.into()),
    }
}
