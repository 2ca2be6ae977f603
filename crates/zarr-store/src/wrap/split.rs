//! `Split`: two stores as one, where a function says which of them has a key.

use std::fmt;

use super::wrapper::Wrapper;
use crate::{Conditions, IoHints, Key, Store};

/// Some keys in one store, all others in another: metadata near, chunks on a large disk.
///
/// ```
/// use zarr_store::{BlockingStore, Key, MemoryStore, PutMode, Split, Store, StoreExt, runtime::wait};
/// let (near, far) = (MemoryStore::new().into_store(), MemoryStore::new().into_store());
/// let both = Split::new(near.clone(), far.clone(), |key| key.name() == "zarr.json");
/// wait(Store::put(&both, &Key::new("a/zarr.json")?, vec![1].into(), PutMode::Create))?;
/// wait(Store::put(&both, &Key::new("a/c/0")?, vec![2].into(), PutMode::Create))?;
/// assert!(wait(near.exists(&Key::new("a/zarr.json")?))?);
/// assert!(wait(far.exists(&Key::new("a/c/0")?))?);
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Split<A, B> {
    near: A,
    far: B,
    is_near: fn(&Key) -> bool,
}

impl<A: Store, B: Store> Split<A, B> {
    /// Keys of which `is_near` is true in `near`, all others in `far`.
    pub fn new(near: A, far: B, is_near: fn(&Key) -> bool) -> Self {
        Split { near, far, is_near }
    }
}

/// What tells of the values is in the near one: that is where the directory is, it is deleted first and made durable
/// last.
impl<A: Store, B: Store> Wrapper for Split<A, B> {
    fn inner(&self) -> (&dyn Store, Option<&dyn Store>) {
        (&self.near, Some(&self.far))
    }

    fn inner_of(&self, key: &Key) -> &dyn Store {
        match (self.is_near)(key) {
            true => &self.near,
            false => &self.far,
        }
    }

    /// What both can do, asked as the far one likes it: that is where the many and large values are.
    fn wrapped_hints(&self) -> IoHints {
        let (near, far) = (self.near.hints(), self.far.hints());
        IoHints {
            writable: near.writable && far.writable,
            listable: near.listable && far.listable,
            lists_all: near.lists_all && far.lists_all,
            conditions: Conditions {
                create: near.conditions.create && far.conditions.create,
                update: near.conditions.update && far.conditions.update,
                delete: near.conditions.delete && far.conditions.delete,
            },
            instant: near.instant && far.instant,
            high_latency: near.high_latency || far.high_latency,
            held_back: near.held_back || far.held_back,
            absence_is_certain: near.absence_is_certain && far.absence_is_certain,
            ..far
        }
    }
}

impl<A: fmt::Display, B: fmt::Display> fmt::Display for Split<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with chunks in {}", self.near, self.far)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BlockingStore, MemoryStore, testing};

    #[test]
    fn conforms() {
        testing::conformance(|| {
            let store = || MemoryStore::new().into_store();
            // A name of even length is near, so that the suite's keys are in both.
            Split::new(store(), store(), |key| key.name().len() % 2 == 0)
        });
    }
}
