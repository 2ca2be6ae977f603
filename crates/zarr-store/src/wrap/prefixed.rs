//! `Prefixed`: a directory of a store as a store of its own. It translates keys, both ways, and
//! nothing else. Errors name the key of the store inside: that is where the value is.

use std::fmt;

use super::wrapper::Wrapper;
use crate::{Prefix, Store};

/// A directory of a store as a store of its own.
///
/// ```
/// use zarr_store::{BlockingStore, Key, MemoryStore, Prefix, Prefixed, PutMode, StoreExt, runtime};
/// let whole = MemoryStore::new().into_store();
/// let part = Prefixed::new(whole.clone(), Prefix::new("a")?);
/// runtime::wait(zarr_store::Store::put(&part, &Key::new("b")?, vec![1].into(), PutMode::Create))?;
/// assert!(runtime::wait(whole.exists(&Key::new("a/b")?))?);
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Prefixed<S> {
    inner: S,
    prefix: Prefix,
}

impl<S: Store> Prefixed<S> {
    /// The part of `inner` below `prefix`.
    pub fn new(inner: S, prefix: Prefix) -> Self {
        Prefixed { inner, prefix }
    }
}

impl<S: Store> Wrapper for Prefixed<S> {
    fn inner(&self) -> (&dyn Store, Option<&dyn Store>) {
        (&self.inner, None)
    }

    fn root(&self) -> Option<&Prefix> {
        Some(&self.prefix)
    }
}

impl<S: Store> fmt::Display for Prefixed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.inner, self.prefix.bare())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use std::sync::Arc;

    use super::*;
    use crate::{BlockingStore, Key, MemoryStore, PutMode, runtime::wait, testing};

    #[test]
    fn conforms() {
        testing::conformance(|| {
            let whole = MemoryStore::new();
            // Neighbours that a listing or a delete must not reach.
            for text in ["a", "ab/x", "b"] {
                whole
                    .put(&Key::new(text).unwrap(), &vec![1].into(), PutMode::Create)
                    .unwrap();
            }
            Prefixed::new(whole.into_store(), Prefix::new("a").unwrap())
        });
    }

    #[test]
    fn its_locks_are_those_of_the_store_inside() {
        let whole = MemoryStore::new().into_store();
        let part = Prefixed::new(Arc::clone(&whole), Prefix::new("a").unwrap());
        let key = Key::new("b").unwrap();
        let _lock = wait(Store::lock(&part, &key)).unwrap();
        assert!(
            whole
                .lock(&Key::new("a/b").unwrap())
                .now_or_never()
                .is_none()
        );
        assert!(whole.lock(&key).now_or_never().is_some());
    }
}
