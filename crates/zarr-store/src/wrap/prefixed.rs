//! `Prefixed`: a directory of a store as a store of its own. It translates keys, both ways, and
//! nothing else. Errors name the key of the store inside: that is where the value is.

use std::{fmt, future::ready, ops::Range, sync::Arc};

use bytes::Bytes;
use futures_util::TryStreamExt;

use crate::{
    BlockingStore, BoxFuture, BoxStream, ByteRange, Entry, Found, IoHints, Key, KeyLock, Listing,
    LockName, Object, Op, Payload, Prefix, PutMode, Result, Site, Store, Version, wrap::blocking,
};

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

    fn key(&self, key: &Key) -> Result<Key> {
        self.prefix.key(key)
    }

    /// A future over the store inside, of a key that lives as long as it does.
    fn with<'a, T, F>(&'a self, key: &Key, ask: F) -> BoxFuture<'a, Result<T>>
    where
        T: Send,
        F: for<'k> FnOnce(&'k S, &'k Key) -> BoxFuture<'k, Result<T>> + Send + 'a,
    {
        let key = self.key(key);
        Box::pin(async move { ask(&self.inner, &key?).await })
    }

    fn outward(&self, listing: Listing) -> Listing {
        let entry = |Entry { key, size }: Entry| {
            Some(Entry {
                key: key.strip(&self.prefix)?,
                size,
            })
        };
        Listing {
            keys: listing.keys.into_iter().filter_map(entry).collect(),
            prefixes: listing
                .prefixes
                .iter()
                .filter_map(|p| p.strip(&self.prefix))
                .collect(),
            unnamed: listing.unnamed,
        }
    }
}

impl<S: Store> Store for Prefixed<S> {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        let key = self.key(key);
        Box::pin(async move { self.inner.get(&key?, range, same).await })
    }

    fn get_ranges<'a>(
        &'a self,
        key: &'a Key,
        ranges: &'a [Range<u64>],
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Vec<Bytes>>>>> {
        let key = self.key(key);
        Box::pin(async move { self.inner.get_ranges(&key?, ranges, same).await })
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        self.with(key, |inner, key| inner.head(key))
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        self.with(key, |inner, key| inner.put(key, value, mode))
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        let key = self.key(key);
        Box::pin(async move { self.inner.delete(&key?, same).await })
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        let prefix = self.prefix.join(prefix);
        Box::pin(async move { self.inner.delete_prefix(&prefix?).await })
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        let prefix = self.prefix.join(prefix);
        Box::pin(async move { Ok(self.outward(self.inner.list_dir(&prefix?).await?)) })
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        let prefix = match self.prefix.join(prefix) {
            Ok(prefix) => prefix,
            Err(e) => return Box::pin(futures_util::stream::iter([Err(e)])),
        };
        let outer = self.prefix.clone();
        let inward = move |Entry { key, size }: Entry| {
            Some(Entry {
                key: key.strip(&outer)?,
                size,
            })
        };
        Box::pin(
            self.inner
                .list(&prefix)
                .try_filter_map(move |entry| ready(Ok(inward(entry)))),
        )
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        self.with(key, |inner, key| inner.lock(key))
    }

    fn sync(&self) -> BoxFuture<'_, Result<()>> {
        self.inner.sync()
    }

    fn site(&self, prefix: &Prefix) -> Site {
        match self.prefix.join(prefix) {
            Ok(whole) => self.inner.site(&whole),
            // Too long to be there.
            Err(_) => self.inner.site(&self.prefix).join(prefix),
        }
    }

    fn hints(&self) -> IoHints {
        self.inner.hints()
    }

    fn as_blocking(&self) -> Option<&dyn BlockingStore> {
        self.inner.as_blocking().map(|_| self as &dyn BlockingStore)
    }
}

impl<S: Store> BlockingStore for Prefixed<S> {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        blocking(&self.inner, Op::Get)?.open(&self.key(key)?)
    }

    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>> {
        blocking(&self.inner, Op::Put)?.put(&self.key(key)?, value, mode)
    }

    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        blocking(&self.inner, Op::Delete)?.delete(&self.key(key)?, same)
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        blocking(&self.inner, Op::DeletePrefix)?.delete_prefix(&self.prefix.join(prefix)?)
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        let listing = blocking(&self.inner, Op::List)?.list_dir(&self.prefix.join(prefix)?)?;
        Ok(self.outward(listing))
    }

    fn site(&self, prefix: &Prefix) -> Site {
        Store::site(self, prefix)
    }

    fn hints(&self) -> IoHints {
        Store::hints(self)
    }

    fn get(
        &self,
        key: &Key,
        range: ByteRange,
        same: Option<&Version>,
    ) -> Result<Option<Found<Bytes>>> {
        blocking(&self.inner, Op::Get)?.get(&self.key(key)?, range, same)
    }

    fn get_ranges(
        &self,
        key: &Key,
        ranges: &[Range<u64>],
        same: Option<&Version>,
    ) -> Result<Option<Found<Vec<Bytes>>>> {
        blocking(&self.inner, Op::Get)?.get_ranges(&self.key(key)?, ranges, same)
    }

    fn head(&self, key: &Key) -> Result<Option<Found<()>>> {
        blocking(&self.inner, Op::Head)?.head(&self.key(key)?)
    }

    fn lock_name(&self, key: &Key) -> LockName {
        match (self.inner.as_blocking(), self.key(key)) {
            (Some(inner), Ok(key)) => inner.lock_name(&key),
            // A key that is too long inside cannot be written, so its lock guards nothing.
            _ => LockName::new(self.inner.hints().identity, key),
        }
    }

    fn sync(&self) -> Result<()> {
        blocking(&self.inner, Op::Sync)?.sync()
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

    use super::*;
    use crate::{MemoryStore, runtime::wait, testing};

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
