//! What is done to the entries of a directory, and to the directory itself.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, FileType, OpenOptions, ReadDir},
    io,
    os::windows::fs::{FileTypeExt, OpenOptionsExt},
    path::{Component, Path},
    time::SystemTime,
};

use tempfile::TempPath;

use super::{
    DirRef, OpenDir, Permissions, code, exact,
    file::BACKUP_SEMANTICS,
    patience::{patiently, shortly},
};
use crate::local::system::{Kind, names};

/// The entries of a directory.
pub(in crate::local) struct Entries {
    dir: OpenDir,
    entries: ReadDir,
}

impl Entries {
    pub(in crate::local) fn of(dir: OpenDir) -> io::Result<Self> {
        let entries = shortly(|| fs::read_dir(&dir))?;
        Ok(Entries { dir, entries })
    }

    /// The directory that they are in.
    #[expect(clippy::unnecessary_wraps, reason = "other systems may not know")]
    pub(in crate::local) fn dir(&self) -> io::Result<DirRef<'_>> {
        Ok(&self.dir)
    }

    pub(in crate::local) fn next(&mut self) -> Option<io::Result<Entry>> {
        let entry = self.entries.next()?;
        Some(entry.map(|entry| Entry {
            name: entry.file_name(),
            entry,
        }))
    }
}

/// One of them.
pub(in crate::local) struct Entry {
    name: OsString,
    entry: fs::DirEntry,
}

impl Entry {
    pub(in crate::local) fn name(&self) -> &OsStr {
        &self.name
    }

    /// What an entry is, as the listing says.
    pub(in crate::local) fn kind(&self, _: DirRef<'_>) -> io::Result<Option<Kind>> {
        Ok(Some(kind(self.entry.file_type()?)))
    }

    /// How many bytes a file has, as the listing says.
    pub(in crate::local) fn size(&self, _: DirRef<'_>) -> io::Result<Option<u64>> {
        Ok(Some(self.entry.metadata()?.len()))
    }
}

/// Junctions are links too.
fn kind(file_type: FileType) -> Kind {
    match file_type {
        link if link.is_symlink() => Kind::Link,
        dir if dir.is_dir() => Kind::Dir,
        file if file.is_file() => Kind::File,
        _ => Kind::Other,
    }
}

/// What has this name.
pub(in crate::local) fn kind_at(dir: DirRef<'_>, path: &Path) -> io::Result<Kind> {
    let found = shortly(|| fs::symlink_metadata(dir.join(path)))?;
    Ok(kind(found.file_type()))
}

/// A new file gets those of its directory, so there is nothing to keep; `None` if there is no file.
pub(in crate::local) fn permissions_at(dir: DirRef<'_>, path: &Path) -> Option<Permissions> {
    fs::metadata(dir.join(path)).ok().map(|_| Permissions)
}

pub(in crate::local) fn modified_at(dir: DirRef<'_>, path: &Path) -> io::Result<SystemTime> {
    fs::symlink_metadata(dir.join(path))?.modified()
}

/// Makes a directory; `AlreadyExists` where one is there.
pub(in crate::local) fn make_dir(dir: DirRef<'_>, path: &Path) -> io::Result<()> {
    let path = dir.join(path);
    match patiently(|| fs::create_dir(&path)) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            check_spelling(&path)?;
            match fs::metadata(&path) {
                Ok(found) if !found.is_dir() => Err(io::ErrorKind::NotADirectory.into()),
                _ => Err(e),
            }
        }
        made => made,
    }
}

/// Whether the directory of a store, and those that it lies in, can have such names.
pub(in crate::local) fn check_root(dir: &Path) -> io::Result<()> {
    for part in dir.components() {
        if let Component::Normal(name) = part {
            names::check(&name.to_string_lossy())?;
        }
    }
    Ok(())
}

/// Makes the directory of a store, and those that it lies in.
pub(in crate::local) fn make_root(dir: &Path) -> io::Result<()> {
    check_root(dir)?;
    fs::create_dir_all(dir)
}

/// Refuses a name if one is there that differs from it in case only.
fn check_spelling(path: &Path) -> io::Result<()> {
    match exact::spelled(path) {
        Some(there) if Some(&*there) != path.file_name() => {
            let (there, name) = (
                there.to_string_lossy(),
                path.file_name().unwrap_or_default(),
            );
            let why = format!(
                "`{}` is there as `{}`, and Windows does not tell such names apart; choose one that differs in more than case",
                name.to_string_lossy().escape_debug(),
                there.escape_debug()
            );
            Err(io::Error::new(io::ErrorKind::InvalidFilename, why))
        }
        _ => Ok(()),
    }
}

/// Puts a file in another's place.
pub(in crate::local) fn rename(dir: DirRef<'_>, from: &Path, to: &Path) -> io::Result<()> {
    let (from, to) = (dir.join(from), dir.join(to));
    check_spelling(&to)?;
    replace(&from, &to)
}

/// The same for full paths. On NTFS readers may have the old file open, elsewhere they are waited for.
pub(super) fn replace(from: &Path, to: &Path) -> io::Result<()> {
    patiently(|| match fs::rename(from, to) {
        Err(_) if to.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        renamed => renamed,
    })
}

/// Puts a file where nothing is, or fails with `AlreadyExists`. Whether the name that it had is gone.
pub(in crate::local) fn rename_to_new(dir: DirRef<'_>, from: &Path, to: &Path) -> io::Result<bool> {
    let (from, to) = (dir.join(from), dir.join(to));
    patiently(|| {
        let temporary = TempPath::try_from_path(&from)?;
        temporary.persist_noclobber(&to).map_err(|failed| {
            let mut temporary = failed.path;
            // It is tried again, and removed by whoever made it.
            temporary.disable_cleanup(true);
            match to.exists() {
                true => io::ErrorKind::AlreadyExists.into(),
                false => failed.error,
            }
        })
    })?;
    Ok(true)
}

/// Removes a file, or a link.
pub(in crate::local) fn unlink(dir: DirRef<'_>, path: &Path) -> io::Result<()> {
    let path = dir.join(path);
    patiently(|| match fs::remove_file(&path) {
        Err(e) if e.raw_os_error() == Some(code::ACCESS_DENIED) => {
            match fs::symlink_metadata(&path)?.file_type() {
                link if link.is_symlink_dir() => fs::remove_dir(&path),
                other if other.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
                _ => Err(e),
            }
        }
        removed => removed,
    })
}

/// Removes an empty directory.
pub(in crate::local) fn remove_dir(dir: DirRef<'_>, path: &Path) -> io::Result<()> {
    let path = dir.join(path);
    exact::forget();
    patiently(|| fs::remove_dir(&path))
}

/// Waits until the names in a directory are on disk, as far as its file system lets anybody ask.
pub(in crate::local) fn sync_dir(dir: OpenDir) -> io::Result<()> {
    let opened = OpenOptions::new()
        .write(true)
        .custom_flags(BACKUP_SEMANTICS)
        .open(dir);
    match opened.and_then(|dir| dir.sync_all()) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(e),
        // NTFS keeps the order of names in its journal all the same.
        _ => Ok(()),
    }
}
