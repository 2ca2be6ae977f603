//! What stores are told and answer besides bytes: versions, put modes, listings. Plain data.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use crate::{Key, Prefix, StoreErrorKind};

/// Identifies what was written to a key. Two equal versions of one key mean the same bytes, and a version means nothing
/// else. Stores make versions, callers hand them back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version(Repr);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Repr {
    Words([u64; 4]),
    Tag(Arc<str>),
}

/// A store that counts its writes.
impl From<u64> for Version {
    fn from(count: u64) -> Self {
        [count, 0, 0, 0].into()
    }
}

/// A store that knows a few numbers about a value, such as a file's inode, size and times.
impl From<[u64; 4]> for Version {
    fn from(words: [u64; 4]) -> Self {
        Version(Repr::Words(words))
    }
}

/// A store that labels values, as with HTTP's ETag.
impl From<&str> for Version {
    fn from(tag: &str) -> Self {
        Version(Repr::Tag(tag.into()))
    }
}

impl Version {
    /// The label, where the store gave one.
    pub fn tag(&self) -> Option<&str> {
        match &self.0 {
            Repr::Tag(tag) => Some(tag),
            Repr::Words(_) => None,
        }
    }
}

/// Marks a version. Unique in the process, so that no version of one store is ever one of another.
pub(crate) fn next_stamp() -> u64 {
    static STAMPS: AtomicU64 = AtomicU64::new(1);
    STAMPS.fetch_add(1, Ordering::Relaxed)
}

/// What a store found under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// What was asked for.
    pub data: T,
    /// The size of the whole value, whatever part was asked for.
    pub size: u64,
    /// The version of the value, in stores that can tell.
    pub version: Option<Version>,
}

impl<T> Found<T> {
    /// The same answer with other data.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Found<U> {
        Found {
            data: f(self.data),
            size: self.size,
            version: self.version,
        }
    }
}

/// What must hold for a put to take place. Check and write are one atomic step, in every store that
/// offers the mode in its [`Conditions`](crate::Conditions); others answer `Unsupported`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PutMode {
    /// Nothing: the new value replaces whatever is there.
    #[default]
    Overwrite,
    /// No value may be there, else `AlreadyExists`.
    Create,
    /// The value there must be this version, else `Conflict`; also if it is gone.
    Update(Version),
    /// The same, and the new bytes come behind those that are there. Only in stores that
    /// [append](crate::IoHints::appends).
    Append(Version),
}

impl PutMode {
    /// Why stores refuse to append.
    pub(crate) const CANNOT_APPEND: StoreErrorKind = StoreErrorKind::Unsupported(
        "appending to a value, which this store cannot; write the whole value",
    );

    /// Whether a store that does not append may put a value where there is one of this version, or none.
    pub(crate) fn check(&self, there: Option<&Version>) -> Result<(), StoreErrorKind> {
        match self {
            PutMode::Create if there.is_some() => Err(StoreErrorKind::AlreadyExists),
            PutMode::Update(same) if there != Some(same) => Err(StoreErrorKind::Conflict),
            PutMode::Append(_) => Err(Self::CANNOT_APPEND),
            _ => Ok(()),
        }
    }
}

/// One value in a listing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its full key.
    pub key: Key,
    /// Its size in bytes.
    pub size: u64,
}

/// What lies directly in a directory; each list in ascending order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T = Entry> {
    /// The values; a `Listing<Key>` has their keys alone.
    pub keys: Vec<T>,
    /// The directories, as full prefixes. A file system may show one that holds no value.
    pub prefixes: Vec<Prefix>,
    /// Names that cannot be keys, as text to be shown: those with backslashes, those that are too long, and those that
    /// are not UTF-8. The store's own files are not among them.
    pub unnamed: Vec<String>,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Listing {
            keys: Vec::new(),
            prefixes: Vec::new(),
            unnamed: Vec::new(),
        }
    }
}

impl From<Listing> for Listing<Key> {
    fn from(listing: Listing) -> Self {
        Listing {
            keys: listing.keys.into_iter().map(|entry| entry.key).collect(),
            prefixes: listing.prefixes,
            unnamed: listing.unnamed,
        }
    }
}
