//! `Target`, the place where an operation works, and the types that convert into it. It opens stores, not nodes.

pub(crate) mod access;
mod conversions;
pub(crate) mod finish;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use bytes::Bytes;
use zarr_core::hierarchy;
use zarr_store::{
    BlockingStore, Key, Location, MemoryStore, PutMode, open_path, open_store, without_secrets,
};

use crate::Result;
use crate::target::finish::Finish;

/// A store, or a location in one.
///
/// Strings, paths, stores, [`Location`]s, arrays and groups convert into it: `zarr::open("a.zarr")`,
/// `zarr::open(&path)`, `zarr::open(MemoryStore::new())`, `zarr::open(&group)`. A store of your own comes in an `Arc`.
/// A map of keys and bytes is copied into a new store in memory.
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
    /// An address: a path or a URL. See [`open_store`].
    Address(String),
    /// A location in a store.
    At(Location),
    /// The values of a new store in memory, by their keys.
    Values(BTreeMap<String, Bytes>),
}

impl Target {
    /// The location `path` below this target. An archive that is opened for it is finished as `finish` says.
    pub(crate) async fn location(&self, path: &str, finish: Finish) -> Result<Location> {
        let options = finish.options();
        let path = zarr_metadata::NodePath::parse(path)?;
        let root = match self {
            Self::Memory => Location::root(MemoryStore::new().into_store()),
            Self::Path(path) => Location::root(open_path(path, options).await?),
            Self::Address(address) => Location::root(open_store(address, options).await?),
            Self::At(location) => return Ok(location.join(path.as_str())?),
            Self::Values(values) => Location::root(filled(values)?.into_store()),
        };
        hierarchy::place_in(&root, path.as_str()).await
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
