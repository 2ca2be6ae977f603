//! What lies in a directory. Names that cannot be keys (names that are not UTF-8) are listed apart, since nobody could
//! ask for them; the store's own files are not shown.

use std::{ffi::OsStr, io};

use super::{
    errors::is_outside,
    root::{Root, parents},
    system::{self, DirRef, Entries, Kind, Metadata},
};
use crate::{Entry, Key, KeyProblem, Listing, Prefix, StoreErrorKind};

/// The values and directories below `prefix`. What a link leads to outside of the store is hidden,
/// where links may not lead there; so is a link to a directory that it lies in.
pub(super) fn list_dir(root: &Root, prefix: &Prefix) -> io::Result<Listing> {
    list(root, prefix, |key, file| {
        Ok(file.size()?.map(|size| Entry { key, size }))
    })
}

/// The same without sizes, which cost the system a search for each name.
pub(super) fn list_dir_keys(root: &Root, prefix: &Prefix) -> io::Result<Listing<Key>> {
    list(root, prefix, |key, _| Ok(Some(key)))
}

/// A listing with what `value` makes of each file.
fn list<T: Ord>(
    root: &Root,
    prefix: &Prefix,
    value: impl Fn(Key, FileEntry<'_>) -> io::Result<Option<T>>,
) -> io::Result<Listing<T>> {
    let mut listing = Listing::default();
    let mut entries = Entries::of(root.open_dir(prefix.bare())?)?;
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let key = match key(prefix, entry.name()) {
            Ok(key) => key,
            Err(unnamed) => {
                listing.unnamed.extend(unnamed);
                continue;
            }
        };
        let added = match entry_kind(root, entries.dir()?, &entry, &key) {
            // A checked key is a checked directory, unless it grows too long by its slash.
            Ok(Some(EntryKind::Dir)) => {
                listing.prefixes.extend(Prefix::new(&key));
                Ok(())
            }
            Ok(Some(EntryKind::File(file))) => {
                value(key, file).map(|value| listing.keys.extend(value))
            }
            other => other.map(drop),
        };
        match added {
            Ok(()) => {}
            // Deleted since, or a link to nothing: not there.
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) if is_outside(&e) => root.leave_out(),
            Err(e) => return Err(e),
        }
    }
    listing.keys.sort_unstable();
    listing.prefixes.sort_unstable();
    listing.unnamed.sort_unstable();
    Ok(listing)
}

/// The key of an entry, or, where it can have none, what to show of it: nothing of this store's own files.
fn key(prefix: &Prefix, name: &OsStr) -> Result<Key, Option<String>> {
    let key = name.to_str().map(|name| prefix.key(name));
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

enum EntryKind<'a> {
    Dir,
    File(FileEntry<'a>),
}

/// A file in the directory that is listed.
struct FileEntry<'a> {
    dir: DirRef<'a>,
    entry: &'a system::Entry,
    /// The size of what a link leads to, which had to be asked for.
    behind_link: Option<u64>,
}

impl FileEntry<'_> {
    /// How many bytes it has; `None` where the system tells no size.
    fn size(&self) -> io::Result<Option<u64>> {
        match self.behind_link {
            None => self.entry.size(self.dir),
            size => Ok(size),
        }
    }
}

/// What an entry is, behind links; pipes and devices are nothing.
fn entry_kind<'a>(
    root: &Root,
    dir: DirRef<'a>,
    entry: &'a system::Entry,
    key: &Key,
) -> io::Result<Option<EntryKind<'a>>> {
    let file = |behind_link| {
        Some(EntryKind::File(FileEntry {
            dir,
            entry,
            behind_link,
        }))
    };
    Ok(match entry.kind(dir)? {
        Some(Kind::Dir) => Some(EntryKind::Dir),
        Some(Kind::File) => file(None),
        Some(Kind::Link) => {
            let metadata = root.metadata(key.as_str())?;
            match metadata.is_dir() {
                true => (!lies_in(root, key, &metadata)?).then_some(EntryKind::Dir),
                false if metadata.is_file() => file(Some(metadata.len())),
                false => None,
            }
        }
        Some(Kind::Other) | None => None,
    })
}

/// Whether a key lies in this directory, by whatever way: what lists all below a link that leads there
/// would never end, and come by nothing new.
fn lies_in(root: &Root, key: &Key, directory: &Metadata) -> io::Result<bool> {
    let is_it = |above: Metadata| system::id(&above) == system::id(directory);
    for above in parents(key.as_str()) {
        if is_it(root.metadata(above)?) {
            return Ok(true);
        }
    }
    let mut above_root = root.dir().ancestors().skip(1);
    Ok(above_root.any(|above| system::metadata_at(above).is_ok_and(is_it)))
}
