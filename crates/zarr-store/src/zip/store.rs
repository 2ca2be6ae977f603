//! `ZipStore` as a `Store` and as a `BlockingStore`, both read-only.

use std::{
    ops::Range,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use futures_util::stream;

use super::{ZipStore, directory::size, object::ZipObject};
use crate::{
    BlockingStore, BoxFuture, BoxStream, ByteRange, Conditions, Entry, Found, IoHints, Key,
    KeyLock, Listing, Object, Op, Payload, Prefix, PutMode, RealPath, Result, Store, StoreError,
    StoreErrorKind, Version, key_map,
};

impl ZipStore {
    fn refuse<T>(&self, op: Op, key: &str) -> Result<T> {
        Err(StoreError::new(op, self, key, StoreErrorKind::ReadOnly))
    }

    fn refuse_later<'a, T: Send + 'a>(&self, op: Op, key: &str) -> BoxFuture<'a, Result<T>> {
        let refused = self.refuse(op, key);
        Box::pin(async move { refused })
    }
}

impl Store for ZipStore {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        Box::pin(async move {
            let Some(entry) = self.index.get(key) else {
                return Ok(None);
            };
            let found = self.described(key, entry, same)?;
            let range = range
                .resolve(found.size)
                .map_err(|kind| StoreError::new(Op::Get, self, key, kind))?;
            let data = self.fetch(key, entry, &[range]).await?.pop();
            Ok(Some(found.map(|()| data.unwrap_or_default())))
        })
    }

    fn get_ranges<'a>(
        &'a self,
        key: &'a Key,
        ranges: &'a [Range<u64>],
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Vec<Bytes>>>>> {
        Box::pin(async move {
            let Some(entry) = self.index.get(key) else {
                return Ok(None);
            };
            let found = self.described(key, entry, same)?;
            let wanted = ranges
                .iter()
                .map(|range| ByteRange::Bounded(range.clone()).resolve(found.size))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|kind| StoreError::new(Op::Get, self, key, kind))?;
            if wanted.is_empty() {
                return Ok(Some(found.map(|()| Vec::new())));
            }
            let data = self.fetch(key, entry, &wanted).await?;
            Ok(Some(found.map(|()| data)))
        })
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        let found = self
            .index
            .get(key)
            .map(|entry| self.described(key, entry, None));
        Box::pin(async move { found.transpose() })
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
        Box::pin(async move { Ok(key_map::list_dir(&self.index, prefix, size)) })
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        let entries = key_map::list(&self.index, prefix, size);
        Box::pin(stream::iter(entries.into_iter().map(Ok)))
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        self.refuse_later(Op::Lock, key.as_str())
    }

    fn hints(&self) -> IoHints {
        IoHints {
            writable: false,
            listable: true,
            conditions: Conditions::NONE,
            whole_values: self.compressed,
            identity: self.identity,
            ..self.inner.hints()
        }
    }

    /// Where the archive lies, followed by the place in it.
    fn real_path(&self, prefix: &Prefix) -> RealPath {
        match Prefix::new(&self.archive) {
            Ok(archive) => self.inner.real_path(&archive).join(prefix),
            Err(_) => RealPath::new(self.identity, prefix),
        }
    }

    fn as_blocking(&self) -> Option<&dyn BlockingStore> {
        self.inner.as_blocking().map(|_| self as &dyn BlockingStore)
    }
}

/// The archive is opened once, by the first read. Writes are refused as those of the [`Store`] are.
impl BlockingStore for ZipStore {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        let Some(entry) = self.index.get(key) else {
            return Ok(None);
        };
        Ok(Some(Arc::new(ZipObject {
            archive: self.object(key)?,
            entry: Arc::clone(entry),
            key: key.clone(),
            name: Arc::clone(&self.name),
            entry_bytes: self.limits.entry_bytes,
            decoded: OnceLock::new(),
        })))
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
        Ok(key_map::list_dir(&self.index, prefix, size))
    }

    fn list(&self, prefix: &Prefix) -> Result<Vec<Entry>> {
        Ok(key_map::list(&self.index, prefix, size))
    }

    fn real_path(&self, prefix: &Prefix) -> RealPath {
        Store::real_path(self, prefix)
    }

    fn hints(&self) -> IoHints {
        Store::hints(self)
    }
}
