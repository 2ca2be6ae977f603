//! `Target`, the place where an operation works, and the types that convert into it. It opens stores, not nodes.

pub(crate) mod access;
pub(crate) mod finish;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zarr_core::hierarchy;
use zarr_metadata::NodePath;
use zarr_store::{
    BlockingStore, Hook, Hooked, Location, MemoryStore, Store, open_path, open_store,
    store_and_path, without_secrets,
};

use crate::target::access::Secret;
use crate::{Array, Group, Result};

/// A store, or a location in one.
///
/// Strings, paths, stores, [`Location`]s, arrays and groups convert into it: `zarr::open("a.zarr")`,
/// `zarr::open(&path)`, `zarr::open(MemoryStore::new())`, `zarr::open(&group)`.
///
/// Stores around a store are targets, too: `Cached` (feature `cache`) keeps values in memory, `Traced` (feature `tracing`)
/// reports every call, and [`Hooked`](crate::tools::Hooked) does what you write.
///
/// ```
/// # use zarr::blocking::Wait;
/// # fn main() -> zarr::Result<()> {
/// # #[cfg(all(feature = "cache", feature = "tracing"))] {
/// use std::time::Duration;
/// use zarr::{Cached, Location, Traced};
///
/// let far = Location::parse("memory://far").wait()?.store().clone();
/// let traced = Traced::new(far);
/// let store = Cached::new(traced.clone(), 64 << 20, Some(Duration::from_secs(60)));
/// let a = zarr::ones(store, [4]).wait()?;
/// a.write(.., 2.0).wait()?;
/// a.read::<f64>(..).wait()?;
/// let counts = traced.counts();
/// a.read::<f64>(..).wait()?;
/// assert_eq!(traced.counts().bytes_read, counts.bytes_read);
/// # }
/// # Ok(())
/// # }
/// ```
///
/// If everything in a zip archive is inside one folder, and that folder is a node (as when a directory is packed with
/// its name), paths are relative to that folder.
///
/// A zip archive in a file (feature `zip`), given by its path or address, can be read, changed or created. An operation
/// that returns no handle, such as [`save`](crate::save()) or [`copy()`](crate::copy()), replaces the whole file before it
/// returns. Otherwise the file is replaced when the last handle on the archive is dropped; if that fails, only an event
/// or a line on standard error reports it. [`Array::close`](crate::Array::close) and
/// [`Group::close`](crate::Group::close) replace the file earlier and return the error.
#[derive(Clone)]
#[non_exhaustive]
pub enum Target {
    /// A new store in memory.
    Memory,
    /// A directory, or a zip archive.
    Path(PathBuf),
    /// An address: a path or a URL (see [`open_store`]), or `STORE::PATH`, such as `demo.zarr::ocean/sst`, which is a node
    /// in such a store.
    Address(String),
    /// A location in a store.
    At(Location),
}

impl Target {
    /// The location `path` below this target, in a store that is opened with these options.
    async fn location(&self, path: &str, options: &[(String, Secret)]) -> Result<Location> {
        let options: Vec<(&str, &str)> = options
            .iter()
            .map(|(name, value)| (name.as_str(), value.0.as_str()))
            .collect();
        let path = NodePath::parse(path)?;
        let (store, path) = match self {
            Self::Memory => (MemoryStore::new().into_store(), path),
            Self::Path(file) => (open_path(file, &options).await?, path),
            Self::Address(address) => {
                let (store, above) = store_and_path(address);
                let path = NodePath::parse(above)?.join(path.as_str())?;
                (open_store(store, &options).await?, path)
            }
            Self::At(location) => return Ok(location.join(path.as_str())?),
        };
        hierarchy::place_in(&Location::root(store), path.as_str()).await
    }
}

/// Shows no secrets of addresses.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("Memory"),
            Self::Path(path) => f.debug_tuple("Path").field(path).finish(),
            Self::Address(address) => {
                let shown = without_secrets(address);
                f.debug_tuple("Address").field(&shown).finish()
            }
            Self::At(location) => f.debug_tuple("At").field(location).finish(),
        }
    }
}

impl From<&str> for Target {
    fn from(address: &str) -> Self {
        Self::Address(address.to_owned())
    }
}

impl From<String> for Target {
    fn from(address: String) -> Self {
        Self::Address(address)
    }
}

impl From<&Path> for Target {
    fn from(path: &Path) -> Self {
        Self::Path(path.to_owned())
    }
}

impl From<PathBuf> for Target {
    fn from(path: PathBuf) -> Self {
        Self::Path(path)
    }
}

impl From<&PathBuf> for Target {
    fn from(path: &PathBuf) -> Self {
        Self::Path(path.clone())
    }
}

impl From<Arc<dyn Store>> for Target {
    fn from(store: Arc<dyn Store>) -> Self {
        Self::At(Location::root(store))
    }
}

impl From<MemoryStore> for Target {
    fn from(store: MemoryStore) -> Self {
        store.into_store().into()
    }
}

#[cfg(feature = "local")]
impl From<zarr_store::LocalStore> for Target {
    fn from(store: zarr_store::LocalStore) -> Self {
        store.into_store().into()
    }
}

/// A store around another one, such as `Traced`.
impl<S: Store, H: Hook> From<Hooked<S, H>> for Target {
    fn from(store: Hooked<S, H>) -> Self {
        let store: Arc<dyn Store> = Arc::new(store);
        store.into()
    }
}

#[cfg(feature = "cache")]
impl<S: Store> From<zarr_store::Cached<S>> for Target {
    fn from(store: zarr_store::Cached<S>) -> Self {
        let store: Arc<dyn Store> = Arc::new(store);
        store.into()
    }
}

impl From<Location> for Target {
    fn from(location: Location) -> Self {
        Self::At(location)
    }
}

impl From<&Group> for Target {
    fn from(group: &Group) -> Self {
        Self::At(group.location().clone())
    }
}

impl From<&Array> for Target {
    fn from(array: &Array) -> Self {
        Self::At(array.location().clone())
    }
}
