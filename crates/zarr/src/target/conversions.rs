//! Everything that stands for a store or a place in one, as a `Target`.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use zarr_store::{BlockingStore, Hook, Hooked, Location, MemoryStore, Store};

use super::Target;
use crate::{Array, Group};

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

impl From<&String> for Target {
    fn from(address: &String) -> Self {
        Self::Address(address.clone())
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

impl From<&Arc<dyn Store>> for Target {
    fn from(store: &Arc<dyn Store>) -> Self {
        Arc::clone(store).into()
    }
}

impl From<Box<dyn Store>> for Target {
    fn from(store: Box<dyn Store>) -> Self {
        Self::At(Location::root(Arc::from(store)))
    }
}

/// A store of any type, shared with who gives it.
impl<S: Store> From<Arc<S>> for Target {
    fn from(store: Arc<S>) -> Self {
        Self::At(Location::root(store))
    }
}

impl<S: Store> From<&Arc<S>> for Target {
    fn from(store: &Arc<S>) -> Self {
        Arc::clone(store).into()
    }
}

impl From<MemoryStore> for Target {
    fn from(store: MemoryStore) -> Self {
        store.into_store().into()
    }
}

/// The same store: what is written to it is seen through both.
impl From<&MemoryStore> for Target {
    fn from(store: &MemoryStore) -> Self {
        store.clone().into()
    }
}

#[cfg(feature = "local")]
impl From<zarr_store::LocalStore> for Target {
    fn from(store: zarr_store::LocalStore) -> Self {
        store.into_store().into()
    }
}

#[cfg(feature = "local")]
impl From<&zarr_store::LocalStore> for Target {
    fn from(store: &zarr_store::LocalStore) -> Self {
        store.clone().into()
    }
}

/// A store around another one, such as `Traced`.
impl<S: Store, H: Hook> From<Hooked<S, H>> for Target {
    fn from(store: Hooked<S, H>) -> Self {
        Arc::new(store).into()
    }
}

#[cfg(feature = "cache")]
impl<S: Store> From<zarr_store::Cached<S>> for Target {
    fn from(store: zarr_store::Cached<S>) -> Self {
        Arc::new(store).into()
    }
}

impl From<Location> for Target {
    fn from(location: Location) -> Self {
        Self::At(location)
    }
}

impl From<&Location> for Target {
    fn from(location: &Location) -> Self {
        Self::At(location.clone())
    }
}

impl From<&Target> for Target {
    fn from(target: &Target) -> Self {
        target.clone()
    }
}

/// `None` is a new store in memory.
impl From<Option<Self>> for Target {
    fn from(target: Option<Self>) -> Self {
        target.unwrap_or(Self::Memory)
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

/// The values of a new store in memory, by their keys.
impl<K: Into<String>, V: Into<Bytes>, S> From<HashMap<K, V, S>> for Target {
    fn from(values: HashMap<K, V, S>) -> Self {
        of_values(values)
    }
}

/// The values of a new store in memory, by their keys.
impl<K: Into<String>, V: Into<Bytes>> From<BTreeMap<K, V>> for Target {
    fn from(values: BTreeMap<K, V>) -> Self {
        of_values(values)
    }
}

fn of_values<K: Into<String>, V: Into<Bytes>>(values: impl IntoIterator<Item = (K, V)>) -> Target {
    let values = values.into_iter();
    Target::Values(
        values
            .map(|(key, value)| (key.into(), value.into()))
            .collect(),
    )
}
