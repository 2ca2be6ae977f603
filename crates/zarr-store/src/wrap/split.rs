//! `Split`: two stores as one, each key in exactly one of them. It knows only who decides.

use std::{fmt, ops::Range, sync::Arc};

use bytes::Bytes;
use futures_util::StreamExt;

use crate::{
    BlockingStore, BoxFuture, BoxStream, ByteRange, Conditions, Entry, Found, IoHints, Key,
    KeyLock, Listing, LockName, Object, Op, Payload, Prefix, PutMode, Result, Site, Store, Version,
    wrap::{blocking, lock_name},
};

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

    fn of(&self, key: &Key) -> &dyn Store {
        match (self.is_near)(key) {
            true => &self.near,
            false => &self.far,
        }
    }

    fn blocking_of(&self, key: &Key, op: Op) -> Result<&dyn BlockingStore> {
        match (self.is_near)(key) {
            true => blocking(&self.near, op),
            false => blocking(&self.far, op),
        }
    }
}

/// Both listings as one; what is a directory in both is one directory.
fn joined(mut near: Listing, far: Listing) -> Listing {
    near.keys.extend(far.keys);
    near.keys.sort_unstable();
    near.prefixes.extend(far.prefixes);
    near.prefixes.sort_unstable();
    near.prefixes.dedup();
    near.unnamed.extend(far.unnamed);
    near
}

impl<A: Store, B: Store> Store for Split<A, B> {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        self.of(key).get(key, range, same)
    }

    fn get_ranges<'a>(
        &'a self,
        key: &'a Key,
        ranges: &'a [Range<u64>],
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Vec<Bytes>>>>> {
        self.of(key).get_ranges(key, ranges, same)
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        self.of(key).head(key)
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        self.of(key).put(key, value, mode)
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        self.of(key).delete(key, same)
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            // The near one holds what tells that there is anything: it goes first.
            self.near.delete_prefix(prefix).await?;
            self.far.delete_prefix(prefix).await
        })
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        Box::pin(async move {
            let near = self.near.list_dir(prefix).await?;
            Ok(joined(near, self.far.list_dir(prefix).await?))
        })
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        Box::pin(self.near.list(prefix).chain(self.far.list(prefix)))
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        self.of(key).lock(key)
    }

    fn sync(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            // Data before what speaks of it.
            self.far.sync().await?;
            self.near.sync().await
        })
    }

    /// Where what tells of the values is.
    fn site(&self, prefix: &Prefix) -> Site {
        self.near.site(prefix)
    }

    /// What both can do, asked as the far one likes it: that is where the many and large values are.
    fn hints(&self) -> IoHints {
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

    fn as_blocking(&self) -> Option<&dyn BlockingStore> {
        self.near.as_blocking()?;
        self.far.as_blocking()?;
        Some(self)
    }
}

impl<A: Store, B: Store> BlockingStore for Split<A, B> {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        self.blocking_of(key, Op::Open)?.open(key)
    }

    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>> {
        self.blocking_of(key, Op::Put)?.put(key, value, mode)
    }

    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        self.blocking_of(key, Op::Delete)?.delete(key, same)
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        blocking(&self.near, Op::DeletePrefix)?.delete_prefix(prefix)?;
        blocking(&self.far, Op::DeletePrefix)?.delete_prefix(prefix)
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        let near = blocking(&self.near, Op::List)?.list_dir(prefix)?;
        Ok(joined(
            near,
            blocking(&self.far, Op::List)?.list_dir(prefix)?,
        ))
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
        self.blocking_of(key, Op::Get)?.get(key, range, same)
    }

    fn get_ranges(
        &self,
        key: &Key,
        ranges: &[Range<u64>],
        same: Option<&Version>,
    ) -> Result<Option<Found<Vec<Bytes>>>> {
        self.blocking_of(key, Op::Get)?
            .get_ranges(key, ranges, same)
    }

    fn head(&self, key: &Key) -> Result<Option<Found<()>>> {
        self.blocking_of(key, Op::Head)?.head(key)
    }

    fn lock_name(&self, key: &Key) -> LockName {
        match (self.is_near)(key) {
            true => lock_name(&self.near, key),
            false => lock_name(&self.far, key),
        }
    }

    fn sync(&self) -> Result<()> {
        blocking(&self.far, Op::Sync)?.sync()?;
        blocking(&self.near, Op::Sync)?.sync()
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
    use crate::{MemoryStore, testing};

    #[test]
    fn conforms() {
        testing::conformance(|| {
            let store = || MemoryStore::new().into_store();
            // A name of even length is near, so that the suite's keys are in both.
            Split::new(store(), store(), |key| key.name().len() % 2 == 0)
        });
    }
}
