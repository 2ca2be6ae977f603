//! What lies in a directory, and removing it. Names that are no keys (this store's own files, names
//! that are not UTF-8) are not shown: nobody could ask for them.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::temp::is_temp;
use crate::{Entry, Listing, Prefix};

/// The values and directories in the directory at `path`, which is `prefix`.
pub(super) fn list_dir(path: &Path, prefix: &Prefix) -> io::Result<Listing> {
    let mut listing = Listing::default();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(Ok(key)) = name.to_str().map(|name| prefix.key(name)) else {
            continue;
        };
        let metadata = match metadata(&entry) {
            Ok(metadata) => metadata,
            // Deleted since, or a link to nothing: not there.
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => return Err(e),
        };
        if metadata.is_dir {
            // A checked key is a checked directory, unless it grows too long by its slash.
            listing.prefixes.extend(Prefix::new(&key));
        } else if let Some(size) = metadata.size {
            listing.keys.push(Entry { key, size });
        }
    }
    listing.keys.sort_unstable();
    listing.prefixes.sort_unstable();
    Ok(listing)
}

struct Kind {
    is_dir: bool,
    /// Of a file; pipes and devices are neither.
    size: Option<u64>,
}

fn metadata(entry: &fs::DirEntry) -> io::Result<Kind> {
    // Directories are told by the listing itself: no call for each.
    if entry.file_type()?.is_dir() {
        return Ok(Kind {
            is_dir: true,
            size: None,
        });
    }
    let metadata = match entry.file_type()?.is_symlink() {
        true => fs::metadata(entry.path())?,
        false => entry.metadata()?,
    };
    Ok(Kind {
        is_dir: metadata.is_dir(),
        size: metadata.is_file().then_some(metadata.len()),
    })
}

/// How often removing begins again because somebody wrote into the directory meanwhile.
const TRIES: u32 = 64;

/// Removes the directory at `path` and all in it. A file there is not below, so it stays.
pub(super) fn remove_tree(path: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(e) => return if_absent(e),
    };
    if found.is_symlink() {
        // The link goes, what it leads to stays: that may be somebody else's.
        return match fs::metadata(path) {
            Ok(target) if target.is_dir() => fs::remove_file(path).or_else(if_absent),
            _ => Ok(()),
        };
    }
    if !found.is_dir() {
        return Ok(());
    }
    for _ in 1..TRIES {
        match fs::remove_dir_all(path) {
            Err(e) if e.kind() == io::ErrorKind::DirectoryNotEmpty => {}
            done => return done.or_else(if_absent),
        }
    }
    fs::remove_dir_all(path).or_else(if_absent)
}

/// Removes everything in the directory at `path`, which itself stays.
pub(super) fn remove_children(path: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(e) => return if_absent(e),
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_tree(&entry.path())?;
        } else {
            fs::remove_file(entry.path()).or_else(if_absent)?;
        }
    }
    Ok(())
}

fn if_absent(e: io::Error) -> io::Result<()> {
    if super::is_absent(&e) { Ok(()) } else { Err(e) }
}

/// Removes temporary files older than `older_than` anywhere below `root`, and counts them.
pub(super) fn clean_temp(root: &Path, older_than: Duration) -> Result<u64, (PathBuf, io::Error)> {
    let mut removed = 0;
    let mut to_do = vec![root.to_owned()];
    while let Some(dir) = to_do.pop() {
        removed += clean_dir(&dir, older_than, &mut to_do).map_err(|e| (dir, e))?;
    }
    Ok(removed)
}

fn clean_dir(dir: &Path, older_than: Duration, to_do: &mut Vec<PathBuf>) -> io::Result<u64> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) => return if_absent(e).map(|()| 0),
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            to_do.push(entry.path());
        } else if kind.is_file() && entry.file_name().to_str().is_some_and(is_temp) {
            let age = match entry.metadata() {
                Ok(metadata) => SystemTime::now()
                    .duration_since(metadata.modified()?)
                    .unwrap_or_default(),
                Err(e) => {
                    if_absent(e)?;
                    continue;
                }
            };
            if age >= older_than {
                fs::remove_file(entry.path()).or_else(if_absent)?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}
