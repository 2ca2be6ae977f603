//! A store far away: every call takes its time, none may be waited for in place, and what is asked
//! and not yet answered is measured.

use std::fmt::{self, Display};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use zarr_store::testing::Latency;
use zarr_store::{
    BlockingStore, BoxFuture, ByteRange, Counting, Found, IoHints, Key, Listing, MemoryStore,
    Payload, Prefix, PutMode, Result, Store, Version,
};

/// Bytes that are in a request's hands, and the most there ever were.
#[derive(Debug, Default)]
pub(crate) struct Flying {
    now: AtomicU64,
    most: AtomicU64,
}

impl Flying {
    fn add(self: &Arc<Self>, bytes: u64) -> Landing {
        let now = self.now.fetch_add(bytes, Ordering::SeqCst) + bytes;
        self.most.fetch_max(now, Ordering::SeqCst);
        Landing(Arc::clone(self), bytes)
    }

    /// The most there were since this was asked last.
    pub(crate) fn most(&self) -> u64 {
        self.most.swap(0, Ordering::SeqCst)
    }
}

struct Landing(Arc<Flying>, u64);

impl Drop for Landing {
    fn drop(&mut self) {
        self.0.now.fetch_sub(self.1, Ordering::SeqCst);
    }
}

/// A store in memory behind the async face alone.
#[derive(Debug)]
pub(crate) struct Far {
    inner: Latency<Arc<dyn Store>>,
    flying: Arc<Flying>,
}

/// A new store whose calls take so long, counted.
pub(crate) fn far(time: Duration) -> (Arc<Counting<Far>>, MemoryStore, Arc<Flying>) {
    let (memory, flying) = (MemoryStore::new(), Arc::<Flying>::default());
    let far = Far {
        inner: Latency::new(memory.clone().into_store(), time),
        flying: Arc::clone(&flying),
    };
    (Arc::new(Counting::new(far)), memory, flying)
}

impl Display for Far {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("far")
    }
}

impl Store for Far {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        Box::pin(async move {
            let size = Store::head(self.inner.inner(), key)
                .await?
                .map(|found| found.size);
            let range_now = size.and_then(|size| range.resolve(size).ok());
            let _flying = range_now.map(|range| self.flying.add(range.end - range.start));
            Store::get(&self.inner, key, range, same).await
        })
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        Store::head(&self.inner, key)
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        Box::pin(async move {
            let _flying = self.flying.add(value.len() as u64);
            Store::put(&self.inner, key, value, mode).await
        })
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        Store::delete(&self.inner, key, same)
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        Store::delete_prefix(&self.inner, prefix)
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        Store::list_dir(&self.inner, prefix)
    }

    fn hints(&self) -> IoHints {
        let inner = Store::hints(&self.inner);
        let mut hints = IoHints::remote(inner.identity);
        hints.conditions = inner.conditions;
        hints
    }
}
