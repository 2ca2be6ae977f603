//! `Store`: what the engine reads from and writes to. The traits of this folder refer to each other, since each store
//! of one kind is also a store of the other.

mod adapter;
mod blocking;
mod extension;
mod hints;
mod origin;
mod real_path;

use std::{
    fmt::{Debug, Display},
    future::Future,
    ops::Range,
    pin::Pin,
    sync::Arc,
};

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};

pub use self::{
    adapter::Blocking,
    blocking::{BlockingStore, Object},
    extension::StoreExt,
    hints::{Conditions, Identity, IoHints},
    origin::{Copied, Origin},
    real_path::RealPath,
};
pub(crate) use self::{
    blocking::{read, read_ranges},
    extension::get_ranges,
};
use crate::{
    ByteRange, Entry, Found, Key, KeyLock, Listing, LockName, Payload, Prefix, PutMode, Result,
    Version,
};

/// A boxed future that may borrow for `'a` and may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// A boxed stream that may borrow for `'a` and may move between threads.
pub type BoxStream<'a, T> = Pin<Box<dyn Stream<Item = T> + Send + 'a>>;

/// An asynchronous map from keys to values.
///
/// Every implementation promises, and `testing::conformance` (feature `testing`) checks, that `Ok(None)` means proved
/// absent, that a put is all or nothing, and that a [`Prefix`] is a directory. A store whose calls block implements
/// [`BlockingStore`] instead, and [`into_store`](BlockingStore::into_store) makes it a `Store`.
///
/// Where `same` is given, only that version will do: `Conflict` if the value is another one. Dropping a future gives up
/// waiting; a write may then still happen, but never after a newer asynchronous write of this process.
pub trait Store: Debug + Display + Send + Sync + 'static {
    /// A value or part of it.
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>>;

    /// Several parts of one value, all of one version: one buffer per range, in the given order,
    /// each clipped to the value. Ranges may come in any order and may overlap.
    fn get_ranges<'a>(
        &'a self,
        key: &'a Key,
        ranges: &'a [Range<u64>],
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Vec<Bytes>>>>> {
        Box::pin(extension::get_ranges(self, key, ranges, same))
    }

    /// Size and version of a value.
    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>>;

    /// Writes a whole value if `mode` allows it, and says which version it became.
    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>>;

    /// Deletes a value. Without `same`, a value that is not there is fine. With it the value must
    /// be that version, else `Conflict`, also if it is gone: so an update that leaves nothing worth
    /// storing can delete the key without losing a value that was written meanwhile.
    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>>;

    /// Deletes everything below a prefix. Not atomic: what is written meanwhile may stay or go.
    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>>;

    /// Where a value lies, for [`copy_from`](Self::copy_from). Asks nothing, so there need not be a value. `None` where
    /// no store copies from there by itself.
    fn origin(&self, key: &Key) -> Option<Origin> {
        let _ = key;
        None
    }

    /// Copies a value over `to` without its bytes passing through this process: by the service, or by the file system.
    /// A value of more than `most` bytes is [`TooLarge`](crate::StoreErrorKind::TooLarge) if the store learns its size
    /// before it copies; services do not. [`StoreExt::copy`] reads and writes where a store cannot do this.
    fn copy_from<'a>(
        &'a self,
        origin: &'a Origin,
        to: &'a Key,
        most: u64,
    ) -> BoxFuture<'a, Result<Copied>> {
        let _ = (origin, to, most);
        Box::pin(async { Ok(Copied::Elsewhere) })
    }

    /// What lies directly below a prefix.
    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>>;

    /// Everything below a prefix, page by page, in no promised order.
    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        let list_dir = move |prefix| async move { self.list_dir(&prefix).await };
        Box::pin(extension::walk(prefix.clone(), list_dir))
    }

    /// The keys of everything below a prefix, page by page, in no promised order: for those who need no sizes, which
    /// cost a file system a call for each value.
    fn list_keys(&self, prefix: &Prefix) -> BoxStream<'_, Result<Key>> {
        Box::pin(self.list(prefix).map_ok(|entry| entry.key))
    }

    /// Waits for the lock of a key: see [`lock`](crate::lock) for who needs it.
    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        let name = LockName::new(self.hints().identity, key);
        Box::pin(async move { Ok(KeyLock::acquire(name).await) })
    }

    /// Returns when all that was written before is durable.
    fn sync(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    /// How to ask this store well, and what it can do.
    fn hints(&self) -> IoHints;

    /// Where a directory of this store really lies. A store around another passes the question on; a store that lies in
    /// nothing else can leave this as it is.
    fn real_path(&self, prefix: &Prefix) -> RealPath {
        match self.as_blocking() {
            Some(store) => store.real_path(prefix),
            None => RealPath::new(self.hints().identity, prefix),
        }
    }

    /// The name of this kind of store, such as `LocalStore`.
    fn kind(&self) -> &'static str {
        kind_of::<Self>()
    }

    /// The same store with blocking calls, where those are better on a thread that may wait.
    fn as_blocking(&self) -> Option<&dyn BlockingStore> {
        None
    }
}

/// A shared store is a store.
impl<S: Store + ?Sized> Store for Arc<S> {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        (**self).get(key, range, same)
    }

    fn get_ranges<'a>(
        &'a self,
        key: &'a Key,
        ranges: &'a [Range<u64>],
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Vec<Bytes>>>>> {
        (**self).get_ranges(key, ranges, same)
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        (**self).head(key)
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        (**self).put(key, value, mode)
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        (**self).delete(key, same)
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        (**self).delete_prefix(prefix)
    }

    fn origin(&self, key: &Key) -> Option<Origin> {
        (**self).origin(key)
    }

    fn copy_from<'a>(
        &'a self,
        origin: &'a Origin,
        to: &'a Key,
        most: u64,
    ) -> BoxFuture<'a, Result<Copied>> {
        (**self).copy_from(origin, to, most)
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        (**self).list_dir(prefix)
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        (**self).list(prefix)
    }

    fn list_keys(&self, prefix: &Prefix) -> BoxStream<'_, Result<Key>> {
        (**self).list_keys(prefix)
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        (**self).lock(key)
    }

    fn sync(&self) -> BoxFuture<'_, Result<()>> {
        (**self).sync()
    }

    fn hints(&self) -> IoHints {
        (**self).hints()
    }

    fn real_path(&self, prefix: &Prefix) -> RealPath {
        (**self).real_path(prefix)
    }

    fn kind(&self) -> &'static str {
        (**self).kind()
    }

    fn as_blocking(&self) -> Option<&dyn BlockingStore> {
        (**self).as_blocking()
    }
}

/// The name of a type without its path and parameters.
pub(crate) fn kind_of<T: ?Sized>() -> &'static str {
    let path = std::any::type_name::<T>();
    let plain = path.split('<').next().unwrap_or(path);
    plain.rsplit("::").next().unwrap_or(plain)
}
