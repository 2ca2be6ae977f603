//! Caches of what was made of stored objects: indexes of shards and, if asked for, decoded chunks. Each entry
//! has the version of its object. A cache only remembers; its users make sure that the object still has that
//! version.

use std::fmt;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use quick_cache::{Weighter, sync::Cache};
use smallvec::SmallVec;
use zarr_codecs::{ChunkSpec, NdView, NdViewMut, Region, ShardIndex};
use zarr_store::{Key, Version};

use crate::metrics::CacheMeter;

/// The initial size of a table: so few entries that there is one table, which one large entry may fill.
const FEW: usize = 16;

/// Something that was made of an object, and the version of that object.
#[derive(Debug)]
pub(crate) struct Versioned<T> {
    pub(super) data: T,
    pub(super) version: Version,
    /// Nearly how many bytes the entry takes.
    weight: u64,
}

/// The entries of a cache. The least recently used one goes first.
pub(crate) struct VersionedCache<K, T> {
    bytes: u64,
    /// Made for the first entry: most arrays have no shards, and many are only looked at.
    kept: OnceLock<Cache<K, Arc<Versioned<T>>, Weight>>,
    /// Only if somebody wants to know.
    meter: Option<Arc<CacheMeter>>,
}

#[derive(Clone)]
struct Weight;

impl<K, T> Weighter<K, Arc<Versioned<T>>> for Weight {
    fn weight(&self, _: &K, kept: &Arc<Versioned<T>>) -> u64 {
        kept.weight
    }
}

impl<K: Eq + Hash + Clone, T> VersionedCache<K, T> {
    /// A cache of at most so many bytes, whose hits and misses this meter counts.
    pub(crate) fn new(bytes: u64, meter: Option<Arc<CacheMeter>>) -> Self {
        let kept = OnceLock::new();
        Self { bytes, kept, meter }
    }

    /// The entry, of whatever version. It is a [`hit`](Self::hit) once the object is known to have that version.
    pub(super) fn latest(&self, key: &K) -> Option<Arc<Versioned<T>>> {
        self.kept.get()?.get(key)
    }

    /// The entry, if it is of this version. One of another version is dropped.
    pub(super) fn get(&self, key: &K, version: &Version) -> Option<Arc<Versioned<T>>> {
        let found = self.latest(key)?;
        if found.version != *version {
            self.forget(key);
            return None;
        }
        self.hit();
        Some(found)
    }

    /// Counts an entry that was of use.
    pub(super) fn hit(&self) {
        if let Some(meter) = &self.meter {
            meter.hit();
        }
    }

    /// Counts something that was not there.
    fn miss(&self) {
        if let Some(meter) = &self.meter {
            meter.miss();
        }
    }

    fn insert(&self, key: K, data: T, version: Version, weight: usize) -> Arc<Versioned<T>> {
        let weight = weight.saturating_add(256) as u64;
        let kept = Arc::new(Versioned {
            data,
            version,
            weight,
        });
        let make = || Cache::with_weighter(FEW, self.bytes, Weight);
        self.kept.get_or_init(make).insert(key, Arc::clone(&kept));
        kept
    }

    /// Drops an entry that is known to be old.
    pub(super) fn forget(&self, key: &K) {
        if let Some(kept) = self.kept.get() {
            kept.remove(key);
        }
    }
}

impl<K: Eq + Hash, T> fmt::Debug for VersionedCache<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used = self.kept.get().map_or(0, Cache::weight);
        write!(f, "{used} of {} bytes", self.bytes)
    }
}

/// The indexes of one array's shards.
pub(crate) type IndexCache = VersionedCache<Key, Arc<ShardIndex>>;

impl IndexCache {
    /// Keeps an index, which had to be read, for the next read. An index without a version is not kept, since it
    /// could not be trusted.
    pub(super) fn keep(&self, key: &Key, index: &Arc<ShardIndex>, version: Option<Version>) {
        self.miss();
        if let Some(version) = version.filter(|_| self.bytes > 0) {
            let weight = index.byte_len() + key.as_str().len();
            self.insert(key.clone(), Arc::clone(index), version, weight);
        }
    }
}

/// The elements of a whole chunk, in C order.
impl Versioned<Vec<u8>> {
    /// Copies the cells of a part; `false` if the chunk does not have them.
    #[must_use]
    pub(super) fn copy(&self, spec: &ChunkSpec, part: &Region, dst: &mut NdViewMut<'_>) -> bool {
        let whole = NdView::new(&self.data, &spec.shape, spec.elem());
        let cells = whole.and_then(|whole| whole.region(part));
        cells.is_some_and(|cells| dst.copy_from(&cells))
    }
}

/// The decoded chunks of all arrays of a context.
#[derive(Debug)]
pub(crate) struct ChunkCache {
    kept: VersionedCache<ChunkCacheKey, Vec<u8>>,
    arrays: AtomicU64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ChunkCacheKey {
    array: u64,
    key: Key,
    /// The numbers of the inner chunks that lead to a piece, from the outermost shard on; none for a chunk that is
    /// an object.
    inner: SmallVec<[usize; 2]>,
}

impl ChunkCache {
    /// A cache of at most so many bytes, whose hits and misses this meter counts.
    pub(crate) fn new(bytes: u64, meter: Option<Arc<CacheMeter>>) -> Self {
        Self {
            kept: VersionedCache::new(bytes, meter),
            arrays: AtomicU64::new(0),
        }
    }

    /// How many bytes it may keep.
    pub(crate) fn bytes(&self) -> u64 {
        self.kept.bytes
    }
}

/// The chunks in the cache of one opened array that is read in one way. Other documents, or other fields of
/// records, decode to other elements.
#[derive(Clone, Debug)]
pub(crate) struct CachedChunks {
    cache: Arc<ChunkCache>,
    array: u64,
}

impl CachedChunks {
    /// The chunks of an array that shares none with any other.
    pub(crate) fn new(cache: &Arc<ChunkCache>) -> Self {
        let cache = Arc::clone(cache);
        let array = cache.arrays.fetch_add(1, Ordering::Relaxed);
        Self { cache, array }
    }

    /// The chunks of an array that reads the same objects in another way.
    pub(crate) fn another(&self) -> Self {
        Self::new(&self.cache)
    }

    pub(super) fn is_on(&self) -> bool {
        self.cache.kept.bytes > 0
    }

    /// The chunk, if it is of this version. A chunk of another version is dropped.
    pub(super) fn get(
        &self,
        key: &Key,
        inner: &[usize],
        version: &Version,
    ) -> Option<Arc<Versioned<Vec<u8>>>> {
        self.cache.kept.get(&self.id(key, inner), version)
    }

    /// The version of a whole object that is in the cache.
    pub(super) fn version(&self, key: &Key) -> Option<Version> {
        let decoded = self.cache.kept.latest(&self.id(key, &[]))?;
        Some(decoded.version.clone())
    }

    /// Keeps a chunk for the next read: one that was decoded since it was not there.
    pub(super) fn keep(
        &self,
        key: &Key,
        inner: &[usize],
        version: Version,
        elements: Vec<u8>,
    ) -> Arc<Versioned<Vec<u8>>> {
        self.cache.kept.miss();
        let weight = elements.capacity() + key.as_str().len();
        let id = self.id(key, inner);
        self.cache.kept.insert(id, elements, version, weight)
    }

    fn id(&self, key: &Key, inner: &[usize]) -> ChunkCacheKey {
        ChunkCacheKey {
            array: self.array,
            key: key.clone(),
            inner: inner.into(),
        }
    }
}

#[cfg(test)]
#[path = "cache/tests.rs"]
mod tests;
