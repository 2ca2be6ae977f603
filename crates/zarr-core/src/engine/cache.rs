//! What was read lately, each with the version of the object it was read from: indexes of shards, and, where
//! asked for, decoded chunks. It only remembers: whoever uses something makes sure that the object is still
//! that version.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use quick_cache::{Weighter, sync::Cache};
use smallvec::SmallVec;
use zarr_codecs::{ChunkSpec, NdView, NdViewMut, Region, ShardIndex};
use zarr_store::{Key, Version};

/// Sizes a table at first; so few that there is one table, of which one large entry may take all.
const FEW: usize = 16;

/// An index, and what it is the index of.
#[derive(Debug)]
pub(crate) struct CachedIndex {
    pub(crate) index: Arc<ShardIndex>,
    pub(crate) version: Version,
}

/// The indexes of one array's shards. What was used least goes first.
pub(crate) struct IndexCache {
    bytes: u64,
    /// Made for the first index: most arrays have no shards, and many are only looked at.
    kept: OnceLock<Cache<Key, Arc<CachedIndex>, IndexWeight>>,
}

/// Weighs an entry by what it holds in memory, nearly.
#[derive(Clone)]
struct IndexWeight;

impl Weighter<Key, Arc<CachedIndex>> for IndexWeight {
    fn weight(&self, key: &Key, kept: &Arc<CachedIndex>) -> u64 {
        (kept.index.byte_len() + key.as_str().len() + 256) as u64
    }
}

impl IndexCache {
    /// Keeps at most so many bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        let kept = OnceLock::new();
        Self { bytes, kept }
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Arc<CachedIndex>> {
        self.kept.get()?.get(key)
    }

    /// Keeps an index for the next one who asks. Without a version nobody could trust it.
    pub(crate) fn keep(&self, key: &Key, index: &Arc<ShardIndex>, version: Option<Version>) {
        let Some(version) = version.filter(|_| self.bytes > 0) else {
            return;
        };
        let index = Arc::clone(index);
        let kept = Arc::new(CachedIndex { index, version });
        self.table().insert(key.clone(), kept);
    }

    fn table(&self) -> &Cache<Key, Arc<CachedIndex>, IndexWeight> {
        let make = || Cache::with_weighter(FEW, self.bytes, IndexWeight);
        self.kept.get_or_init(make)
    }

    /// Drops what is known to be old.
    pub(crate) fn forget(&self, key: &Key) {
        if let Some(kept) = self.kept.get() {
            kept.remove(key);
        }
    }
}

impl fmt::Debug for IndexCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used = self.kept.get().map_or(0, Cache::weight);
        write!(f, "{used} of {} bytes", self.bytes)
    }
}

/// The inner chunks that a piece is in, from the outermost shard on, ending with its own number; empty
/// for a chunk that is an object.
pub(super) type InnerPath = SmallVec<[usize; 2]>;

/// The elements of a whole chunk, in C order.
#[derive(Debug)]
pub(super) struct DecodedChunk {
    elements: Vec<u8>,
    version: Version,
}

/// The chunks of all arrays of a context. What was used least goes first.
pub(crate) struct ChunkCache {
    bytes: u64,
    /// Made for the first chunk.
    kept: OnceLock<Cache<ChunkCacheKey, Arc<DecodedChunk>, ChunkWeight>>,
    arrays: AtomicU64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ChunkCacheKey {
    array: u64,
    key: Key,
    inner: InnerPath,
}

/// Weighs an entry by what it holds in memory, nearly.
#[derive(Clone)]
struct ChunkWeight;

impl Weighter<ChunkCacheKey, Arc<DecodedChunk>> for ChunkWeight {
    fn weight(&self, id: &ChunkCacheKey, decoded: &Arc<DecodedChunk>) -> u64 {
        (decoded.elements.capacity() + id.key.as_str().len() + 256) as u64
    }
}

impl ChunkCache {
    /// Keeps at most so many bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        Self {
            bytes,
            kept: OnceLock::new(),
            arrays: AtomicU64::new(0),
        }
    }

    /// How many bytes it may keep.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// What the cache holds of one opened array, read in one way: other documents or fields of records
/// decode to other elements.
#[derive(Clone, Debug)]
pub(crate) struct CachedChunks {
    cache: Arc<ChunkCache>,
    array: u64,
}

impl CachedChunks {
    /// The share of an array that has none in common with any other.
    pub(crate) fn new(cache: &Arc<ChunkCache>) -> Self {
        let cache = Arc::clone(cache);
        let array = cache.arrays.fetch_add(1, Ordering::Relaxed);
        Self { cache, array }
    }

    /// The share of an array that reads the same objects otherwise.
    pub(crate) fn another(&self) -> Self {
        Self::new(&self.cache)
    }

    pub(super) fn is_on(&self) -> bool {
        self.cache.bytes > 0
    }

    /// The chunk, if it is of this version; what is older goes.
    pub(super) fn get(
        &self,
        key: &Key,
        inner: &InnerPath,
        version: &Version,
    ) -> Option<Arc<DecodedChunk>> {
        let (kept, id) = (self.cache.kept.get()?, self.id(key, inner));
        let decoded = kept.get(&id)?;
        if decoded.version != *version {
            kept.remove(&id);
            return None;
        }
        Some(decoded)
    }

    /// The version of which a whole object is there.
    pub(super) fn version(&self, key: &Key) -> Option<Version> {
        let decoded = self
            .cache
            .kept
            .get()?
            .get(&self.id(key, &InnerPath::new()))?;
        Some(decoded.version.clone())
    }

    /// Keeps a chunk for the next one who asks.
    pub(super) fn keep(
        &self,
        key: &Key,
        inner: &InnerPath,
        version: Version,
        elements: Vec<u8>,
    ) -> Arc<DecodedChunk> {
        let decoded = Arc::new(DecodedChunk { elements, version });
        let make = || Cache::with_weighter(FEW, self.cache.bytes, ChunkWeight);
        let kept = self.cache.kept.get_or_init(make);
        kept.insert(self.id(key, inner), Arc::clone(&decoded));
        decoded
    }

    fn id(&self, key: &Key, inner: &InnerPath) -> ChunkCacheKey {
        ChunkCacheKey {
            array: self.array,
            key: key.clone(),
            inner: inner.clone(),
        }
    }
}

impl DecodedChunk {
    /// Copies the cells of a part; `false` where they are not there.
    #[must_use]
    pub(super) fn copy(&self, spec: &ChunkSpec, part: &Region, dst: &mut NdViewMut<'_>) -> bool {
        let whole = NdView::new(&self.elements, &spec.shape, spec.elem());
        let cells = whole.and_then(|whole| whole.region(part));
        cells.is_some_and(|cells| dst.copy_from(&cells))
    }
}

impl fmt::Debug for ChunkCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used = self.kept.get().map_or(0, Cache::weight);
        write!(f, "{used} of {} bytes", self.bytes)
    }
}

#[cfg(test)]
#[path = "cache/tests.rs"]
mod tests;
