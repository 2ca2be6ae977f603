//! `Location`: a directory of a store, where a node lies. How an address becomes a store is decided in the folder
//! below.

mod address;
#[cfg(any(feature = "zip", feature = "zip-rust"))]
mod archives;
#[cfg(all(feature = "fetch", target_family = "wasm", target_os = "unknown"))]
mod fetched;
mod finish;
mod layer;
mod missing;
mod named_memory;
#[cfg(all(feature = "local", any(unix, windows)))]
mod paths;
pub(crate) mod redact;
mod refusal;
mod simple;
mod store_path;
#[cfg(feature = "remote")]
mod urls;

use std::{fmt, sync::Arc};

#[cfg(all(feature = "fetch", target_family = "wasm", target_os = "unknown"))]
use self::fetched as urls;
#[cfg(not(any(feature = "zip", feature = "zip-rust")))]
use self::missing::archives;
#[cfg(not(all(feature = "local", any(unix, windows))))]
use self::missing::paths;
#[cfg(not(any(
    feature = "remote",
    all(feature = "fetch", target_family = "wasm", target_os = "unknown")
)))]
use self::missing::urls;
pub use self::{
    address::{open_path, open_store},
    redact::without_secrets,
    store_path::store_and_path,
};
use crate::{Key, Prefix, Result, Store};

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
    pub async fn parse(address: &str) -> Result<Self> {
        Location::open(address, &[]).await
    }

    /// The same with options for the store: see [`open_store`].
    ///
    /// # Errors
    /// As [`open_store`].
    pub async fn open(address: &str, options: &[(&str, &str)]) -> Result<Self> {
        Ok(Location::root(open_store(address, options).await?))
    }

    /// The directory `rest` below; the empty text is this place itself.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_and_refuses_to_leave() {
        let root = crate::runtime::wait(Location::parse("memory:")).unwrap();
        let a = root.join("a").unwrap();
        assert_eq!(a.join("").unwrap().to_string(), "memory/a");
        assert_eq!(a.parent().unwrap().path(), &Prefix::root());
        assert!(root.parent().is_none());
        assert!(a.join("../b").is_err());
        assert!(a.key("../b").is_err());
    }
}
