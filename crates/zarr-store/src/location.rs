//! `Location`: a place in a store, and how text becomes one. It knows addresses, not what lies
//! there.

use std::{fmt, sync::Arc};

use crate::{
    BlockingStore, Key, MemoryStore, Op, Prefix, Result, Store, StoreError, StoreErrorKind,
};

#[cfg(all(feature = "local", unix))]
use self::files::open_path;
#[cfg(not(all(feature = "local", unix)))]
use self::no_files::open_path;

/// A directory of a store: where a node lies.
///
/// ```
/// use zarr_store::{BlockingStore, Location, MemoryStore};
/// let root = Location::root(MemoryStore::new().into_store());
/// assert_eq!(root.join("a/b")?.key("zarr.json")?.as_str(), "a/b/zarr.json");
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Location {
    store: Arc<dyn Store>,
    path: Prefix,
}

impl Location {
    /// The directory `path` of `store`.
    pub fn new(store: Arc<dyn Store>, path: Prefix) -> Self {
        Location { store, path }
    }

    /// All of `store`.
    pub fn root(store: Arc<dyn Store>) -> Self {
        Location::new(store, Prefix::root())
    }

    /// The root of the store at `address`: see [`open_store`].
    ///
    /// # Errors
    /// As [`open_store`].
    pub fn parse(address: &str) -> Result<Self> {
        Ok(Location::root(open_store(address)?))
    }

    /// The directory `rest` below; no text is this place itself.
    ///
    /// # Errors
    /// `InvalidKey` if the path would break a rule for keys.
    pub fn join(&self, rest: &str) -> Result<Location> {
        Ok(Location::new(
            Arc::clone(&self.store),
            self.path.join(rest)?,
        ))
    }

    /// The key `rest` below.
    ///
    /// # Errors
    /// `InvalidKey` if the key would break a rule for keys.
    pub fn key(&self, rest: &str) -> Result<Key> {
        self.path.key(rest)
    }

    /// The directory this one lies in, unless it is the store's root.
    pub fn parent(&self) -> Option<Location> {
        Some(Location::new(Arc::clone(&self.store), self.path.parent()?))
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The directory in it.
    pub fn path(&self) -> &Prefix {
        &self.path
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.is_root() {
            true => fmt::Display::fmt(&self.store, f),
            false => write!(f, "{}/{}", self.store, self.path.bare()),
        }
    }
}

/// The store at an address: a path, a `file:` URL, or `memory:` for a new store in memory.
///
/// Nothing is read or created: a directory that is not there is an empty store until something is
/// written.
///
/// # Errors
/// `Unsupported` for any other kind of address.
pub fn open_store(address: &str) -> Result<Arc<dyn Store>> {
    let refuse = |why| StoreError::text(Op::OpenStore, address, StoreErrorKind::Unsupported(why));
    match scheme(address) {
        None if address.is_empty() => Err(refuse("an empty address; `.` is the current directory")),
        None => open_path(address, address.as_bytes()),
        Some(("memory", "" | "//")) => Ok(MemoryStore::new().into_store()),
        Some(("memory", _)) => Err(refuse("a store in memory has no path; write `memory:`")),
        Some(("file", rest)) => {
            let path = match rest.strip_prefix("//") {
                Some(host) => host.strip_prefix("localhost").unwrap_or(host),
                None => rest,
            };
            if !path.starts_with('/') {
                return Err(refuse(
                    "a `file:` URL needs an absolute path, as in `file:///data/a.zarr`",
                ));
            }
            let path = percent_decoded(path)
                .ok_or_else(|| refuse("`%` must be followed by two hex digits"))?;
            open_path(address, &path)
        }
        Some(_) => Err(refuse(
            "this kind of address; known are paths, `file:` URLs and `memory:`",
        )),
    }
}

/// What stands before and behind the colon, if that is a scheme: two characters or more, so that a
/// drive letter is none, and no slash before it.
fn scheme(address: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = address.split_once(':')?;
    let known_shape = scheme.len() >= 2
        && scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    // A file may be called `a:b`; only what can be nothing else is read as a scheme.
    (known_shape && (rest.starts_with("//") || matches!(scheme, "file" | "memory")))
        .then_some((scheme, rest))
}

fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(b) = bytes.next() {
        out.push(match b {
            b'%' => {
                let digit = |b: u8| char::from(b).to_digit(16);
                let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
                u8::try_from(high * 16 + low).ok()?
            }
            b => b,
        });
    }
    Some(out)
}

#[cfg(all(feature = "local", unix))]
mod files {
    //! Paths become local stores.

    use std::{ffi::OsStr, os::unix::ffi::OsStrExt, sync::Arc};

    use crate::{BlockingStore, LocalStore, Op, Result, Store, StoreError, StoreErrorKind};

    pub(super) fn open_path(address: &str, path: &[u8]) -> Result<Arc<dyn Store>> {
        if path.contains(&0) {
            let kind = StoreErrorKind::Unsupported("a path with a NUL character");
            return Err(StoreError::text(Op::OpenStore, address, kind));
        }
        Ok(LocalStore::new(OsStr::from_bytes(path)).into_store())
    }
}

#[cfg(not(all(feature = "local", unix)))]
mod no_files {
    //! Paths are refused.

    use std::sync::Arc;

    use crate::{Op, Result, Store, StoreError, StoreErrorKind};

    pub(super) fn open_path(address: &str, _: &[u8]) -> Result<Arc<dyn Store>> {
        let kind =
            StoreErrorKind::Unsupported("paths: this build has no local files (feature `local`)");
        Err(StoreError::text(Op::OpenStore, address, kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_memory_and_refuses_the_unknown() {
        assert_eq!(open_store("memory:").unwrap().to_string(), "memory");
        assert_eq!(open_store("memory://").unwrap().to_string(), "memory");
        for address in [
            "s3://bucket/x",
            "http://x",
            "memory:x",
            "file:x",
            "file://host/x",
            "file:///%2",
            "",
        ] {
            assert!(open_store(address).is_err(), "{address}");
        }
    }

    #[test]
    fn only_schemes_are_schemes() {
        assert_eq!(scheme("s3://b"), Some(("s3", "//b")));
        assert_eq!(scheme("file:/x"), Some(("file", "/x")));
        for address in ["a:b", "./memory:x", "dir/x://y", "C:/x", "10:30.zarr"] {
            assert_eq!(scheme(address), None, "{address}");
        }
    }

    #[test]
    fn joins_and_refuses_to_leave() {
        let root = Location::parse("memory:").unwrap();
        let a = root.join("a").unwrap();
        assert_eq!(a.join("").unwrap().to_string(), "memory/a");
        assert_eq!(a.parent().unwrap().path(), &Prefix::root());
        assert!(root.parent().is_none());
        assert!(a.join("../b").is_err());
        assert!(a.key("../b").is_err());
    }
}
