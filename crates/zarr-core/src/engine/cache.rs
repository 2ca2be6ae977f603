//! Decoded chunks that were read lately, of all arrays of a context, each with the version of the
//! object it was read from. It only remembers: whoever uses a chunk makes sure that the object is
//! still that version. Off where it may hold no bytes.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use quick_cache::{Weighter, sync::Cache};
use smallvec::SmallVec;
use zarr_codecs::{ChunkSpec, NdView, NdViewMut, Region};
use zarr_store::{Key, Version};

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

/// Sizes the table at first; so few that there is one table, of which one large chunk may take all.
const FEW: usize = 16;

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
mod tests {
    use super::*;

    fn key(i: u64) -> Key {
        Key::new(format!("c/{i}")).unwrap()
    }

    #[test]
    fn keeps_no_more_than_allowed() {
        let cache = Arc::new(ChunkCache::new(10_000));
        let share = CachedChunks::new(&cache);
        for i in 0..1000 {
            share.keep(&key(i), &InnerPath::new(), 1.into(), vec![0; 500]);
            assert!(cache.kept.get().unwrap().weight() <= 10_000);
        }
        let there = |&i: &u64| share.get(&key(i), &InnerPath::new(), &1.into()).is_some();
        let kept = (0..1000).filter(there).count();
        assert!((8..=13).contains(&kept), "{kept}");
        share.keep(&key(0), &InnerPath::new(), 1.into(), vec![0; 20_000]);
        assert!(!there(&0));
        assert!(cache.kept.get().unwrap().weight() <= 10_000);
    }

    #[test]
    fn what_is_of_another_version_goes() {
        let cache = Arc::new(ChunkCache::new(10_000));
        let share = CachedChunks::new(&cache);
        share.keep(&key(0), &InnerPath::new(), 1.into(), vec![0; 500]);
        assert_eq!(share.version(&key(0)), Some(1.into()));
        assert!(share.get(&key(0), &InnerPath::new(), &2.into()).is_none());
        assert_eq!(cache.kept.get().unwrap().weight(), 0);
    }

    #[test]
    fn arrays_and_inner_chunks_are_told_apart() {
        let cache = Arc::new(ChunkCache::new(10_000));
        let share = CachedChunks::new(&cache);
        let inner = InnerPath::from_slice(&[3]);
        share.keep(&key(0), &inner, 1.into(), vec![0; 500]);
        assert!(share.clone().get(&key(0), &inner, &1.into()).is_some());
        assert!(share.get(&key(0), &InnerPath::new(), &1.into()).is_none());
        assert!(share.get(&key(1), &inner, &1.into()).is_none());
        assert!(share.another().get(&key(0), &inner, &1.into()).is_none());
    }
}
