//! `Blocking`: a blocking store as an asynchronous one. It decides which calls may overtake which; `runtime` decides
//! where they run.

use std::{
    fmt::{self, Debug, Display},
    ops::{Deref, Range},
    sync::Arc,
};

use bytes::Bytes;

use crate::{
    BlockingStore, BoxFuture, BoxStream, ByteRange, Copied, Found, IoHints, Key, KeyLock, Listing,
    Op, Origin, Payload, Prefix, PutMode, RealPath, Result, Store, StoreError, StoreErrorKind,
    Version, descriptors, lock, runtime, store::extension,
};

/// Makes a [`Store`] of a [`BlockingStore`]. Cheap to clone; clones share one store.
///
/// An adapter, not a blanket implementation: a call handed to another thread needs a share of the
/// store that outlives a dropped future.
///
/// It derefs to the store inside, so that a backend's own methods stay in reach.
pub struct Blocking<B>(Arc<B>);

impl<B: BlockingStore> Blocking<B> {
    /// The adapter around `store`.
    pub fn new(store: B) -> Self {
        Blocking(Arc::new(store))
    }

    /// The adapter around a store that others have too.
    #[cfg(all(
        any(feature = "zip", feature = "zip-rust"),
        feature = "local",
        any(unix, windows)
    ))]
    pub(crate) fn shared(store: Arc<B>) -> Self {
        Blocking(store)
    }

    /// Makes one call where it should run.
    async fn call<T: Send + 'static>(
        &self,
        op: Op,
        name: &str,
        call: impl FnOnce(&B) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if self.0.hints().instant {
            return call(&self.0);
        }
        // Here a driver waits; the permit moves into the call, so it is held while files are open.
        let permit = descriptors::for_call().await;
        if runtime::is_inline() {
            return descriptors::call(permit, || call(&self.0));
        }
        let store = Arc::clone(&self.0);
        let call = move || descriptors::call(permit, || call(&store));
        runtime::offload(call).await.unwrap_or_else(|| {
            let stopped =
                std::io::Error::other("the async runtime shut down before the call was made");
            Err(StoreError::new(op, self, name, StoreErrorKind::Io(stopped)))
        })
    }

    /// As `call`, for writes: after every write of the key that is still on its way (see
    /// [`LockName::for_write`]).
    async fn write<T: Send + 'static>(
        &self,
        op: Op,
        key: &Key,
        call: impl FnOnce(&B) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if self.0.hints().instant {
            return call(&self.0);
        }
        let before = KeyLock::acquire(self.0.lock_name(key).for_write()).await;
        self.call(op, key.as_str(), move |store| {
            // Moved in here, so it is held until the write is over, even if nobody waits for it.
            let _before = before;
            call(store)
        })
        .await
    }
}

impl<B: BlockingStore> Store for Blocking<B> {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        let (name, same) = (key.clone(), same.cloned());
        Box::pin(self.call(Op::Get, key.as_str(), move |store| {
            store.get(&name, range, same.as_ref())
        }))
    }

    fn get_ranges<'a>(
        &'a self,
        key: &'a Key,
        ranges: &'a [Range<u64>],
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Vec<Bytes>>>>> {
        let (name, ranges, same) = (key.clone(), ranges.to_vec(), same.cloned());
        Box::pin(self.call(Op::Get, key.as_str(), move |store| {
            store.get_ranges(&name, &ranges, same.as_ref())
        }))
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        let name = key.clone();
        Box::pin(self.call(Op::Head, key.as_str(), move |store| store.head(&name)))
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        let name = key.clone();
        Box::pin(self.write(Op::Put, key, move |store| store.put(&name, &value, mode)))
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        let (name, same) = (key.clone(), same.cloned());
        Box::pin(self.write(Op::Delete, key, move |store| {
            store.delete(&name, same.as_ref())
        }))
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        let name = prefix.clone();
        Box::pin(self.call(Op::DeletePrefix, prefix.as_str(), move |store| {
            store.delete_prefix(&name)
        }))
    }

    fn origin(&self, key: &Key) -> Option<Origin> {
        self.0.origin(key)
    }

    fn copy_from<'a>(
        &'a self,
        origin: &'a Origin,
        to: &'a Key,
        most: u64,
    ) -> BoxFuture<'a, Result<Copied>> {
        let (origin, name) = (origin.clone(), to.clone());
        Box::pin(self.write(Op::Copy, to, move |store| {
            store.copy_from(&origin, &name, most)
        }))
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        let name = prefix.clone();
        Box::pin(self.call(Op::List, prefix.as_str(), move |store| {
            store.list_dir(&name)
        }))
    }

    fn list_keys(&self, prefix: &Prefix) -> BoxStream<'_, Result<Key>> {
        let list_dir = move |prefix: Prefix| async move {
            let name = prefix.clone();
            let list = move |store: &B| store.list_dir_keys(&name);
            self.call(Op::List, prefix.as_str(), list).await
        };
        Box::pin(extension::walk(prefix.clone(), list_dir))
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        let name = self.0.lock_name(key);
        Box::pin(async move {
            let process_lock = name.process_lock();
            let lock = KeyLock::acquire(name).await;
            let Some(process_lock) = process_lock else {
                return Ok(lock);
            };
            let mut pauses = lock::retry_pauses();
            loop {
                let process_lock = Arc::clone(&process_lock);
                let attempt = self.call(Op::Lock, key.as_str(), move |_| process_lock.try_lock());
                if let Some(guard) = attempt.await? {
                    return Ok(lock.with_process_guard(guard));
                }
                runtime::sleep(pauses.next().unwrap_or_default()).await;
            }
        })
    }

    fn sync(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.call(Op::Sync, "", BlockingStore::sync))
    }

    fn hints(&self) -> IoHints {
        self.0.hints()
    }

    fn real_path(&self, prefix: &Prefix) -> RealPath {
        self.0.real_path(prefix)
    }

    fn kind(&self) -> &'static str {
        self.0.kind()
    }

    fn as_blocking(&self) -> Option<&dyn BlockingStore> {
        (!self.0.hints().high_latency).then_some(&*self.0 as &dyn BlockingStore)
    }
}

impl<B> Clone for Blocking<B> {
    fn clone(&self) -> Self {
        Blocking(Arc::clone(&self.0))
    }
}

impl<B> Deref for Blocking<B> {
    type Target = B;
    fn deref(&self) -> &B {
        &self.0
    }
}

impl<B: BlockingStore> From<B> for Blocking<B> {
    fn from(store: B) -> Self {
        Blocking::new(store)
    }
}

impl<B: Display> Display for Blocking<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl<B: Debug> Debug for Blocking<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Debug::fmt(&self.0, f)
    }
}

// With a runtime only: without one every call runs inline, and none can be given up half way.
#[cfg(test)]
#[cfg(feature = "tokio")]
mod tests;
