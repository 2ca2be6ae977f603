//! What lies in a directory. Names that cannot be keys (names that are not UTF-8) are listed apart, since nobody could
//! ask for them; the store's own files are not shown.

use std::{
    ffi::CStr,
    fs::Metadata,
    io,
    os::{fd::BorrowedFd, unix::fs::MetadataExt},
};

use rustix::{
    fs::{AtFlags, Dir, FileType, statat},
    io::Errno,
};

use super::{
    root::{Root, parents},
    walk::kind,
};
use crate::{Entry, Key, KeyProblem, Listing, Prefix, StoreErrorKind};

/// The values and directories below `prefix`. What a link leads to outside of the store is hidden,
/// where links may not lead there; so is a link to a directory that it lies in.
pub(super) fn list_dir(root: &Root, prefix: &Prefix) -> io::Result<Listing> {
    let mut listing = Listing::default();
    let mut dir = Dir::new(root.open_dir(prefix.bare())?)?;
    while let Some(entry) = dir.read() {
        let entry = entry?;
        let key = match key(prefix, entry.file_name()) {
            Ok(key) => key,
            Err(unnamed) => {
                listing.unnamed.extend(unnamed);
                continue;
            }
        };
        match entry_kind(root, dir.fd()?, &entry, &key) {
            // A checked key is a checked directory, unless it grows too long by its slash.
            Ok(Some(EntryKind::Dir)) => listing.prefixes.extend(Prefix::new(&key)),
            Ok(Some(EntryKind::File(size))) => listing.keys.push(Entry { key, size }),
            Ok(None) => {}
            // Deleted since, or a link to nothing: not there.
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) if Errno::from_io_error(&e) == Some(Errno::XDEV) => root.leave_out(),
            Err(e) => return Err(e),
        }
    }
    listing.keys.sort_unstable();
    listing.prefixes.sort_unstable();
    listing.unnamed.sort_unstable();
    Ok(listing)
}

/// The key of an entry, or, where it can have none, what to show of it: nothing of this store's own files.
fn key(prefix: &Prefix, name: &CStr) -> Result<Key, Option<String>> {
    if [c".", c".."].contains(&name) {
        return Err(None);
    }
    let key = name.to_str().ok().map(|name| prefix.key(name));
    match key {
        Some(Ok(key)) => Ok(key),
        Some(Err(error))
            if matches!(error.kind, StoreErrorKind::InvalidKey(KeyProblem::Reserved)) =>
        {
            Err(None)
        }
        _ => Err(Some(format!("{prefix}{}", name.to_string_lossy()))),
    }
}

enum EntryKind {
    Dir,
    /// And its size.
    File(u64),
}

/// What an entry is, behind links; pipes and devices are nothing.
fn entry_kind(
    root: &Root,
    dir: BorrowedFd<'_>,
    entry: &rustix::fs::DirEntry,
    key: &Key,
) -> io::Result<Option<EntryKind>> {
    Ok(match kind(dir, entry)? {
        Some(FileType::Directory) => Some(EntryKind::Dir),
        Some(FileType::RegularFile) => {
            let stat = statat(dir, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW)?;
            u64::try_from(stat.st_size).ok().map(EntryKind::File)
        }
        Some(FileType::Symlink) => {
            let metadata = root.metadata(key.as_str())?;
            match metadata.is_dir() {
                true => (!lies_in(root, key, &metadata)?).then_some(EntryKind::Dir),
                false => metadata
                    .is_file()
                    .then_some(EntryKind::File(metadata.len())),
            }
        }
        _ => None,
    })
}

/// Whether a key lies in this directory, by whatever way: what lists all below a link that leads there
/// would never end, and come by nothing new.
fn lies_in(root: &Root, key: &Key, directory: &Metadata) -> io::Result<bool> {
    let is_it = |above: Metadata| (above.dev(), above.ino()) == (directory.dev(), directory.ino());
    for above in parents(key.as_str()) {
        if is_it(root.metadata(above)?) {
            return Ok(true);
        }
    }
    let mut above_root = root.dir().ancestors().skip(1);
    Ok(above_root.any(|above| above.metadata().is_ok_and(is_it)))
}
