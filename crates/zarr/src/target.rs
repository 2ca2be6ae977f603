//! `Target`, the place where an operation works, and the types that convert into it. It opens stores, not nodes.

pub(crate) mod access;
mod conversions;
pub(crate) mod finish;
pub(crate) mod secret;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use bytes::Bytes;
use zarr_core::hierarchy;
use zarr_metadata::NodePath;
use zarr_store::{
    BlockingStore, Key, Location, MemoryStore, PutMode, open_path, open_store, store_and_path,
    without_secrets,
};

use crate::Result;
use crate::target::secret::Secret;

/// A store, or a location in one.
///
/// Strings, paths, stores, [`Location`]s, arrays and groups convert into it: `zarr::open("a.zarr")`,
/// `zarr::open(&path)`, `zarr::open(MemoryStore::new())`, `zarr::open(&group)`. A store of your own comes in an `Arc`.
/// A map of keys and bytes is copied into a new store in memory.
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
    /// The values of a new store in memory, by their keys.
    Values(BTreeMap<String, Bytes>),
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
            Self::Values(values) => (filled(values)?.into_store(), path),
        };
        hierarchy::place_in(&Location::root(store), path.as_str()).await
    }
}

/// A new store in memory with these values.
fn filled(values: &BTreeMap<String, Bytes>) -> Result<MemoryStore> {
    let store = MemoryStore::new();
    for (key, value) in values {
        BlockingStore::put(
            &store,
            &Key::new(key)?,
            &value.clone().into(),
            PutMode::Overwrite,
        )?;
    }
    Ok(store)
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
            Self::Values(values) => f.debug_tuple("Values").field(&values.len()).finish(),
        }
    }
}
