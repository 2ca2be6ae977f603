//! `Counting`: says how much work reached the store inside, so that a test can assert "this read
//! touched 4 KiB in two requests". It changes nothing.

use std::{
    fmt,
    mem::MaybeUninit,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;

use crate::{
    BlockingStore, BoxFuture, BoxStream, ByteRange, Entry, Found, IoHints, Key, KeyLock, Listing,
    LockName, Object, Op, Payload, Prefix, PutMode, Result, Store, Version, wrap::blocking,
};

/// What reached a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// Values opened, in the blocking face.
    pub opens: u64,
    /// Requests for bytes: each `get` in the async face, where ranges were merged before; each read
    /// of an open value in the blocking one.
    pub reads: u64,
    /// Bytes that came back.
    pub bytes_read: u64,
    /// Questions for size or version alone.
    pub heads: u64,
    /// Values written, or refused by their put mode.
    pub puts: u64,
    /// Bytes handed in to be written.
    pub bytes_written: u64,
    /// Deletes of a value or a directory.
    pub deletes: u64,
    /// Directories listed.
    pub lists: u64,
    /// Locks taken.
    pub locks: u64,
}

/// Counts what reaches the store inside. Cheap to clone; clones count together.
///
/// ```
/// use zarr_store::{BlockingStore, Key, MemoryStore, PutMode, Store, StoreExt, runtime,
/// testing::Counting}; let store = Counting::new(MemoryStore::new().into_store());
/// let key = Key::new("a")?;
/// runtime::wait(Store::put(&store, &key, vec![0; 100].into(), PutMode::Overwrite))?;
/// store.take();
/// runtime::wait(Store::get_ranges(&store, &key, &[0..10, 10..20, 50..60], None))?;
/// let counts = store.take();
/// assert_eq!((counts.reads, counts.bytes_read), (2, 30));
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Counting<S> {
    inner: S,
    tally: Tally,
}

impl<S: Store> Counting<S> {
    /// A handle on `inner` that counts from zero.
    pub fn new(inner: S) -> Self {
        Counting {
            inner,
            tally: Tally::default(),
        }
    }

    /// What was counted so far.
    pub fn counts(&self) -> Counts {
        self.tally.add(|_| ())
    }

    /// What was counted so far; counting begins again at zero.
    pub fn take(&self) -> Counts {
        self.tally.add(|counts| *counts = Counts::default())
    }
}

#[derive(Debug, Clone, Default)]
struct Tally(Arc<Mutex<Counts>>);

impl Tally {
    /// The counts before the change.
    fn add(&self, change: impl FnOnce(&mut Counts)) -> Counts {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *counts;
        change(&mut counts);
        before
    }

    fn read(&self, bytes: usize) {
        self.add(|c| {
            c.reads += 1;
            c.bytes_read += bytes as u64;
        });
    }

    fn put(&self, value: &Payload) {
        self.add(|c| {
            c.puts += 1;
            c.bytes_written += value.len() as u64;
        });
    }
}

// `get_ranges` and `list` stay the trait's own, so that the requests they are made of are counted.
impl<S: Store> Store for Counting<S> {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        Box::pin(async move {
            let answer = self.inner.get(key, range, same).await;
            let bytes = answer.as_ref().map_or(0, |found| {
                found.as_ref().map_or(0, |found| found.data.len())
            });
            self.tally.read(bytes);
            answer
        })
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        self.tally.add(|c| c.heads += 1);
        self.inner.head(key)
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        self.tally.put(&value);
        self.inner.put(key, value, mode)
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        self.tally.add(|c| c.deletes += 1);
        self.inner.delete(key, same)
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        self.tally.add(|c| c.deletes += 1);
        self.inner.delete_prefix(prefix)
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        self.tally.add(|c| c.lists += 1);
        self.inner.list_dir(prefix)
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        self.tally.add(|c| c.lists += 1);
        self.inner.list(prefix)
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        self.tally.add(|c| c.locks += 1);
        self.inner.lock(key)
    }

    fn sync(&self) -> BoxFuture<'_, Result<()>> {
        self.inner.sync()
    }

    fn hints(&self) -> IoHints {
        self.inner.hints()
    }

    fn as_blocking(&self) -> Option<&dyn BlockingStore> {
        self.inner.as_blocking().map(|_| self as &dyn BlockingStore)
    }
}

impl<S: Store> BlockingStore for Counting<S> {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        self.tally.add(|c| c.opens += 1);
        let object = blocking(&self.inner, Op::Open)?.open(key)?;
        Ok(object.map(|inner| {
            Arc::new(CountingObject {
                inner,
                tally: self.tally.clone(),
            }) as Arc<dyn Object>
        }))
    }

    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>> {
        self.tally.put(value);
        blocking(&self.inner, Op::Put)?.put(key, value, mode)
    }

    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        self.tally.add(|c| c.deletes += 1);
        blocking(&self.inner, Op::Delete)?.delete(key, same)
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        self.tally.add(|c| c.deletes += 1);
        blocking(&self.inner, Op::DeletePrefix)?.delete_prefix(prefix)
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        self.tally.add(|c| c.lists += 1);
        blocking(&self.inner, Op::List)?.list_dir(prefix)
    }

    fn hints(&self) -> IoHints {
        self.inner.hints()
    }

    fn head(&self, key: &Key) -> Result<Option<Found<()>>> {
        self.tally.add(|c| c.heads += 1);
        blocking(&self.inner, Op::Head)?.head(key)
    }

    fn lock_name(&self, key: &Key) -> LockName {
        match self.inner.as_blocking() {
            Some(inner) => inner.lock_name(key),
            None => LockName::new(self.inner.hints().identity, key),
        }
    }

    fn sync(&self) -> Result<()> {
        blocking(&self.inner, Op::Sync)?.sync()
    }
}

struct CountingObject {
    inner: Arc<dyn Object>,
    tally: Tally,
}

impl Object for CountingObject {
    fn size(&self) -> Result<u64> {
        self.tally.add(|c| c.heads += 1);
        self.inner.size()
    }

    fn version(&self) -> Result<Option<Version>> {
        self.tally.add(|c| c.heads += 1);
        self.inner.version()
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let answer = self.inner.read(range);
        self.tally.read(answer.as_ref().map_or(0, Bytes::len));
        answer
    }

    fn slice(&self, range: Range<u64>) -> Option<Bytes> {
        let shared = self.inner.slice(range)?;
        self.tally.read(shared.len());
        Some(shared)
    }

    fn read_at<'d>(&self, offset: u64, dst: &'d mut [MaybeUninit<u8>]) -> Result<&'d mut [u8]> {
        let filled = self.inner.read_at(offset, dst)?;
        // An object that only lends its bytes fills nothing: then `read` follows and is counted.
        if !filled.is_empty() {
            self.tally.read(filled.len());
        }
        Ok(filled)
    }
}

impl<S: Store> fmt::Display for Counting<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemoryStore, testing};

    #[test]
    fn conforms() {
        testing::conformance(|| Counting::new(MemoryStore::new().into_store()));
    }

    #[test]
    fn counts_the_blocking_face() {
        let store = Counting::new(MemoryStore::new().into_store());
        let key = Key::new("a").unwrap();
        BlockingStore::put(&store, &key, &vec![0; 100].into(), PutMode::Overwrite).unwrap();
        let object = store.open(&key).unwrap().unwrap();
        object.slice(0..10).unwrap();
        object.read(10..15).unwrap();
        let want = Counts {
            opens: 1,
            reads: 2,
            bytes_read: 15,
            puts: 1,
            bytes_written: 100,
            ..Counts::default()
        };
        assert_eq!(store.take(), want);
        assert_eq!(store.counts(), Counts::default());
    }
}
