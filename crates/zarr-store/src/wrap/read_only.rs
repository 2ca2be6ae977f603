//! `ReadOnly`: a store that nobody changes through this handle. It refuses before the store inside
//! is asked.

use std::{fmt, ops::Range, sync::Arc};

use bytes::Bytes;

use crate::{
    BlockingStore, BoxFuture, BoxStream, ByteRange, Conditions, Entry, Found, IoHints, Key,
    KeyLock, Listing, LockName, Object, Op, Payload, Prefix, PutMode, Result, Store, StoreError,
    StoreErrorKind, Version, wrap::blocking,
};

/// Reads pass, writes are refused with [`StoreErrorKind::ReadOnly`].
///
/// ```
/// use zarr_store::{BlockingStore, Key, MemoryStore, PutMode, ReadOnly, Store, runtime};
/// let store = ReadOnly::new(MemoryStore::new().into_store());
/// let key = Key::new("a")?;
/// assert!(runtime::wait(Store::put(&store, &key, vec![1].into(), PutMode::Overwrite)).is_err());
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReadOnly<S> {
    inner: S,
}

impl<S: Store> ReadOnly<S> {
    /// A handle on `inner` that cannot change it.
    pub fn new(inner: S) -> Self {
        ReadOnly { inner }
    }

    fn refuse<T>(&self, op: Op, key: &str) -> Result<T> {
        Err(StoreError::new(
            op,
            &self.inner,
            key,
            StoreErrorKind::ReadOnly,
        ))
    }

    fn refuse_later<'a, T: Send + 'a>(&self, op: Op, key: &str) -> BoxFuture<'a, Result<T>> {
        let refused = self.refuse(op, key);
        Box::pin(async move { refused })
    }
}

impl<S: Store> Store for ReadOnly<S> {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        self.inner.get(key, range, same)
    }

    fn get_ranges<'a>(
        &'a self,
        key: &'a Key,
        ranges: &'a [Range<u64>],
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Vec<Bytes>>>>> {
        self.inner.get_ranges(key, ranges, same)
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        self.inner.head(key)
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        _: Payload,
        _: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        self.refuse_later(Op::Put, key.as_str())
    }

    fn delete<'a>(&'a self, key: &'a Key, _: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        self.refuse_later(Op::Delete, key.as_str())
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        self.refuse_later(Op::DeletePrefix, prefix.as_str())
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        self.inner.list_dir(prefix)
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        self.inner.list(prefix)
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        // A lock is taken to write, and on some stores taking one writes.
        self.refuse_later(Op::Lock, key.as_str())
    }

    fn sync(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn hints(&self) -> IoHints {
        IoHints {
            writable: false,
            conditions: Conditions::NONE,
            ..self.inner.hints()
        }
    }

    fn as_blocking(&self) -> Option<&dyn BlockingStore> {
        self.inner.as_blocking().map(|_| self as &dyn BlockingStore)
    }
}

impl<S: Store> BlockingStore for ReadOnly<S> {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        blocking(&self.inner, Op::Get)?.open(key)
    }

    fn put(&self, key: &Key, _: &Payload, _: PutMode) -> Result<Option<Version>> {
        self.refuse(Op::Put, key.as_str())
    }

    fn delete(&self, key: &Key, _: Option<&Version>) -> Result<()> {
        self.refuse(Op::Delete, key.as_str())
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        self.refuse(Op::DeletePrefix, prefix.as_str())
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        blocking(&self.inner, Op::List)?.list_dir(prefix)
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
        blocking(&self.inner, Op::Get)?.get(key, range, same)
    }

    fn get_ranges(
        &self,
        key: &Key,
        ranges: &[Range<u64>],
        same: Option<&Version>,
    ) -> Result<Option<Found<Vec<Bytes>>>> {
        blocking(&self.inner, Op::Get)?.get_ranges(key, ranges, same)
    }

    fn head(&self, key: &Key) -> Result<Option<Found<()>>> {
        blocking(&self.inner, Op::Head)?.head(key)
    }

    fn list(&self, prefix: &Prefix) -> Result<Vec<Entry>> {
        blocking(&self.inner, Op::List)?.list(prefix)
    }

    fn lock_name(&self, key: &Key) -> LockName {
        match self.inner.as_blocking() {
            Some(inner) => inner.lock_name(key),
            None => LockName::new(self.inner.hints().identity, key),
        }
    }
}

impl<S: Store> fmt::Display for ReadOnly<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemoryStore, runtime::wait, testing};

    #[test]
    fn conforms() {
        testing::conformance(|| {
            let inner = MemoryStore::new();
            inner
                .put(
                    &Key::new("there").unwrap(),
                    &vec![1].into(),
                    PutMode::Create,
                )
                .unwrap();
            ReadOnly::new(inner.into_store())
        });
    }

    #[test]
    fn changes_nothing_in_either_face() {
        let inner = MemoryStore::new();
        let key = Key::new("a/b").unwrap();
        inner.put(&key, &vec![1].into(), PutMode::Create).unwrap();
        let store = ReadOnly::new(inner.clone().into_store());
        let face = store.as_blocking().unwrap();
        let put = face
            .put(&key, &vec![2].into(), PutMode::Overwrite)
            .unwrap_err();
        assert!(matches!(put.kind, StoreErrorKind::ReadOnly));
        assert!(face.delete(&key, None).is_err());
        assert!(face.delete_prefix(&Prefix::root()).is_err());
        assert!(wait(Store::put(&store, &key, vec![2].into(), PutMode::Overwrite)).is_err());
        assert!(wait(Store::delete(&store, &key, None)).is_err());
        assert!(wait(Store::delete_prefix(&store, &Prefix::root())).is_err());
        assert_eq!(
            &inner.get(&key, ByteRange::All, None).unwrap().unwrap().data[..],
            [1]
        );
    }
}
