//! `Cached`: what was read lately from a store that is far away. What it answers was the value at most `max_age` ago,
//! all of one version.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};

use crate::{
    BoxFuture, BoxStream, ByteRange, Copied, Entry, Found, IoHints, Key, KeyLock, Listing, Origin,
    Payload, Prefix, PutMode, RealPath, Result, Store, Version, runtime::Instant,
};

/// A store whose values, or the parts of them that were read, are kept in memory for a while.
///
/// - At most a given number of bytes is kept; what was used least goes first.
/// - What is younger than the age is given without asking. What is older is asked for by `head` and
///   kept on if its version is the same. Without an age values never grow old: for data that nobody
///   changes.
/// - A call that names a version gets that version, or the answer of the store inside.
/// - What is written through this handle is forgotten at once. Absence is never kept, so a value
///   that somebody else creates is seen at once.
///
/// ```
/// use std::time::Duration;
/// use zarr_store::{BlockingStore, Cached, Key, MemoryStore, PutMode, Store, StoreExt,
/// Counting, runtime::wait};
/// let far = Counting::new(MemoryStore::new().into_store());
/// let store = Cached::new(far.clone(), 64 << 20, Some(Duration::from_secs(60)));
/// let key = Key::new("a")?;
/// wait(Store::put(&store, &key, vec![7; 100].into(), PutMode::Overwrite))?;
/// for _ in 0..3 {
///     assert_eq!(wait(store.get_all(&key))?.map(|bytes| bytes.len()), Some(100));
/// }
/// assert_eq!(far.counts().reads, 1);
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
#[derive(Clone)]
pub struct Cached<S> {
    inner: S,
    kept: Arc<Cache<Key, Arc<CachedValue>, ByteWeighter>>,
    max_age: Option<Duration>,
    /// Counts writes. What was read while one was under way may be the old value: it is not kept.
    writes: Arc<AtomicU64>,
}

/// What is known of a value.
struct CachedValue {
    size: u64,
    version: Option<Version>,
    asked: Instant,
    /// Where each part begins, and its bytes.
    parts: Vec<(u64, Bytes)>,
}

impl CachedValue {
    fn found<T>(&self, data: T) -> Found<T> {
        Found {
            data,
            size: self.size,
            version: self.version.clone(),
        }
    }

    /// The bytes of a range, if they are here.
    fn get(&self, range: &ByteRange) -> Option<Bytes> {
        let range = range.resolve(self.size).ok()?;
        self.parts.iter().find_map(|(begin, bytes)| {
            let from = usize::try_from(range.start.checked_sub(*begin)?).ok()?;
            let to = usize::try_from(range.end.checked_sub(*begin)?).ok()?;
            (to <= bytes.len()).then(|| bytes.slice(from..to))
        })
    }
}

/// Weighs an entry by what it holds in memory, nearly.
#[derive(Clone)]
struct ByteWeighter;

impl Weighter<Key, Arc<CachedValue>> for ByteWeighter {
    fn weight(&self, key: &Key, kept: &Arc<CachedValue>) -> u64 {
        let bytes: usize = kept.parts.iter().map(|(_, part)| part.len() + 48).sum();
        (bytes + key.as_str().len() + 128) as u64
    }
}

impl<S: Store> Cached<S> {
    /// `inner`, keeping at most `max_bytes` of what was read, each value at most `max_age` without
    /// asking again.
    pub fn new(inner: S, max_bytes: u64, max_age: Option<Duration>) -> Self {
        // A guess of how many values that will be; it sets the size of a table only.
        let values = usize::try_from(max_bytes >> 16).unwrap_or(usize::MAX);
        Cached {
            inner,
            kept: Arc::new(Cache::with_weighter(
                values.clamp(16, 1 << 16),
                max_bytes,
                ByteWeighter,
            )),
            max_age,
            writes: Arc::default(),
        }
    }

    /// How many bytes are kept now.
    pub fn bytes(&self) -> u64 {
        self.kept.weight()
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.forget(|_| true);
    }

    fn forget(&self, which: impl Fn(&Key) -> bool) {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.kept.retain(|key, _| !which(key));
    }

    fn forget_key(&self, key: &Key) {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.kept.remove(key);
    }

    /// What is known of a value and still holds; an old entry is asked for first.
    async fn known(&self, key: &Key) -> Result<Option<Arc<CachedValue>>> {
        let Some(kept) = self.kept.get(key) else {
            return Ok(None);
        };
        if self.max_age.is_none_or(|age| kept.asked.elapsed() < age) {
            return Ok(Some(kept));
        }
        let writes = self.writes.load(Ordering::SeqCst);
        let now = self.inner.head(key).await?;
        let holds = now.is_some_and(|now| now.version.is_some() && now.version == kept.version);
        if !holds {
            self.kept.remove(key);
            return Ok(None);
        }
        let kept = CachedValue {
            size: kept.size,
            version: kept.version.clone(),
            asked: Instant::now(),
            parts: kept.parts.clone(),
        };
        Ok(Some(self.keep(key, kept, writes)))
    }

    /// Keeps an entry, unless something was written since `writes` was counted.
    fn keep(&self, key: &Key, kept: CachedValue, writes: u64) -> Arc<CachedValue> {
        let kept = Arc::new(kept);
        self.kept.insert(key.clone(), Arc::clone(&kept));
        if self.writes.load(Ordering::SeqCst) != writes {
            self.kept.remove(key);
        }
        kept
    }

    /// Keeps what was just read, beside the parts of the same version.
    fn note(&self, key: &Key, range: &ByteRange, found: &Found<Bytes>, writes: u64) {
        let Ok(place) = range.resolve(found.size) else {
            return;
        };
        let mut parts = match self.kept.peek(key) {
            // Without a version nobody knows whether two parts belong together.
            Some(old) if found.version.is_some() && old.version == found.version => {
                old.parts.clone()
            }
            _ => Vec::new(),
        };
        let end = place.start + found.data.len() as u64;
        parts.retain(|(begin, part)| *begin < place.start || begin + part.len() as u64 > end);
        parts.push((place.start, found.data.clone()));
        let kept = CachedValue {
            size: found.size,
            version: found.version.clone(),
            asked: Instant::now(),
            parts,
        };
        self.keep(key, kept, writes);
    }

    async fn read(
        &self,
        key: &Key,
        range: ByteRange,
        same: Option<&Version>,
    ) -> Result<Option<Found<Bytes>>> {
        if let Some(kept) = self.known(key).await?
            && same.is_none_or(|same| kept.version.as_ref() == Some(same))
            && let Some(bytes) = kept.get(&range)
        {
            return Ok(Some(kept.found(bytes)));
        }
        let writes = self.writes.load(Ordering::SeqCst);
        let answer = self.inner.get(key, range.clone(), same).await;
        match &answer {
            Ok(Some(found)) => self.note(key, &range, found, writes),
            // Not there, or another version: what is known is out of date.
            Ok(None) => drop(self.kept.remove(key)),
            Err(e) if e.is_conflict() => drop(self.kept.remove(key)),
            Err(_) => {}
        }
        answer
    }
}

// `get_ranges` stays the trait's own: its merged requests are kept one by one.
impl<S: Store> Store for Cached<S> {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        Box::pin(self.read(key, range, same))
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        Box::pin(async move {
            match self.known(key).await? {
                Some(kept) => Ok(Some(kept.found(()))),
                None => self.inner.head(key).await,
            }
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        Box::pin(async move {
            let _forget = ForgetOnDrop(self, key);
            self.inner.put(key, value, mode).await
        })
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let _forget = ForgetOnDrop(self, key);
            self.inner.delete(key, same).await
        })
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let answer = self.inner.delete_prefix(prefix).await;
            self.forget(|key| prefix.contains(key));
            answer
        })
    }

    fn origin(&self, key: &Key) -> Option<Origin> {
        self.inner.origin(key)
    }

    fn copy_from<'a>(
        &'a self,
        origin: &'a Origin,
        to: &'a Key,
        most: u64,
    ) -> BoxFuture<'a, Result<Copied>> {
        Box::pin(async move {
            let _forget = ForgetOnDrop(self, to);
            self.inner.copy_from(origin, to, most).await
        })
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        self.inner.list_dir(prefix)
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        self.inner.list(prefix)
    }

    fn list_keys(&self, prefix: &Prefix) -> BoxStream<'_, Result<Key>> {
        self.inner.list_keys(prefix)
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        self.inner.lock(key)
    }

    fn sync(&self) -> BoxFuture<'_, Result<()>> {
        self.inner.sync()
    }

    fn hints(&self) -> IoHints {
        self.inner.hints()
    }

    fn real_path(&self, prefix: &Prefix) -> RealPath {
        self.inner.real_path(prefix)
    }

    fn kind(&self) -> &'static str {
        self.inner.kind()
    }
}

/// Forgets a key after it was written, also if the write's future is dropped.
struct ForgetOnDrop<'a, S: Store>(&'a Cached<S>, &'a Key);

impl<S: Store> Drop for ForgetOnDrop<'_, S> {
    fn drop(&mut self) {
        self.0.forget_key(self.1);
    }
}

impl<S: fmt::Display> fmt::Display for Cached<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<S: fmt::Debug> fmt::Debug for Cached<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cached")
            .field("inner", &self.inner)
            .field("bytes", &self.kept.weight())
            .field("max_age", &self.max_age)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;

    use super::*;
    use crate::{
        BlockingStore, Commit, Counting, MemoryStore, StoreExt, runtime::wait, testing, tests::key,
    };

    const KEY: &str = "a/b";

    type Far = Counting<Arc<dyn Store>>;

    fn cached(max_bytes: u64, max_age: Option<Duration>) -> (MemoryStore, Far, Cached<Far>) {
        let inner = MemoryStore::new();
        BlockingStore::put(&inner, &key(KEY), &vec![1; 100].into(), PutMode::Overwrite).unwrap();
        let far = Counting::new(inner.clone().into_store());
        (inner, far.clone(), Cached::new(far, max_bytes, max_age))
    }

    #[test]
    fn conforms() {
        testing::conformance(|| Cached::new(MemoryStore::new().into_store(), 1 << 20, None));
    }

    #[test]
    fn parts_of_one_version_stand_beside_each_other() {
        let (_, far, store) = cached(1 << 20, None);
        for _ in 0..2 {
            for range in [
                ByteRange::Bounded(0..10),
                ByteRange::Last(5),
                ByteRange::Bounded(2..8),
            ] {
                wait(store.get(&key(KEY), range, None)).unwrap().unwrap();
            }
        }
        assert_eq!((far.counts().reads, far.counts().bytes_read), (2, 15));
        // A whole value takes the place of its parts.
        wait(store.get_all(&key(KEY))).unwrap();
        wait(store.get(&key(KEY), ByteRange::Bounded(40..60), None)).unwrap();
        assert_eq!(far.counts().reads, 3);
        assert_eq!(wait(store.head(&key(KEY))).unwrap().unwrap().size, 100);
        assert_eq!(far.counts().heads, 0);
    }

    #[test]
    fn what_is_old_is_asked_for() {
        let age = Duration::from_millis(30);
        let (inner, far, store) = cached(1 << 20, Some(age));
        wait(store.get_all(&key(KEY))).unwrap();
        sleep(age);
        wait(store.get_all(&key(KEY))).unwrap();
        assert_eq!((far.counts().reads, far.counts().heads), (1, 1));
        BlockingStore::put(&inner, &key(KEY), &vec![2].into(), PutMode::Overwrite).unwrap();
        sleep(age);
        assert_eq!(
            wait(store.get_all(&key(KEY))).unwrap().unwrap(),
            [2].as_slice()
        );
        BlockingStore::delete(&inner, &key(KEY), None).unwrap();
        sleep(age);
        assert_eq!(wait(store.get_all(&key(KEY))).unwrap(), None);
    }

    #[test]
    fn keeps_no_more_than_allowed() {
        let (inner, _, store) = cached(10_000, None);
        for i in 0..100 {
            let key = Key::new(format!("k{i}")).unwrap();
            BlockingStore::put(&inner, &key, &vec![0; 1000].into(), PutMode::Create).unwrap();
            wait(store.get_all(&key)).unwrap();
            assert!(store.bytes() <= 10_000);
        }
        store.clear();
        assert_eq!(store.bytes(), 0);
    }

    #[test]
    fn an_update_over_a_stale_value_ends() {
        let (inner, _, store) = cached(1 << 20, None);
        wait(store.get_all(&key(KEY))).unwrap();
        BlockingStore::put(&inner, &key(KEY), &vec![7].into(), PutMode::Overwrite).unwrap();
        let key = key(KEY);
        let mut update = wait(store.update(&key)).unwrap();
        let mut rounds = 0;
        loop {
            rounds += 1;
            let old = wait(update.get(ByteRange::All)).unwrap().unwrap().data;
            let new = vec![old[0] + 1].into();
            if let Commit::Done(_) = wait(update.commit(Some(new))).unwrap() {
                break;
            }
        }
        assert_eq!(rounds, 2);
        assert_eq!(wait(store.get_all(&key)).unwrap().unwrap(), [8].as_slice());
    }
}
