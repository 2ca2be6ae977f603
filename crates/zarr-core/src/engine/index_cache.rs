//! The indexes of shards that were read lately, each with the version of the object it was read from.
//! It only remembers: whoever uses an index makes sure that the object is still that version.

use std::fmt;
use std::sync::{Arc, OnceLock};

use quick_cache::{Weighter, sync::Cache};
use zarr_codecs::ShardIndex;
use zarr_store::{Key, Version};

/// An index, and what it is the index of.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) index: Arc<ShardIndex>,
    pub(crate) version: Version,
}

/// The indexes of one array's shards. What was used least goes first.
pub(crate) struct IndexCache {
    bytes: u64,
    /// Made for the first index: most arrays have no shards, and many are only looked at.
    kept: OnceLock<Cache<Key, Arc<Kept>, Bytewise>>,
}

/// Weighs an entry by what it holds in memory, nearly.
#[derive(Clone)]
struct Bytewise;

impl Weighter<Key, Arc<Kept>> for Bytewise {
    fn weight(&self, key: &Key, kept: &Arc<Kept>) -> u64 {
        (kept.index.byte_len() + key.as_str().len() + 256) as u64
    }
}

/// Sizes the table at first; so few that there is one table, of which one large index may take all.
const FEW: usize = 16;

impl IndexCache {
    /// Keeps at most so many bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        let kept = OnceLock::new();
        Self { bytes, kept }
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Kept>> {
        self.kept.get()?.get(key)
    }

    /// Keeps an index for the next one who asks. Without a version nobody could trust it.
    pub(crate) fn keep(&self, key: &Key, index: &Arc<ShardIndex>, version: Option<Version>) {
        let Some(version) = version.filter(|_| self.bytes > 0) else {
            return;
        };
        let make = || Cache::with_weighter(FEW, self.bytes, Bytewise);
        let index = Arc::clone(index);
        let kept = Arc::new(Kept { index, version });
        self.kept.get_or_init(make).insert(key.clone(), kept);
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

#[cfg(test)]
mod tests {
    use serde_json::json;
    use zarr_codecs::{Scratch, testing};
    use zarr_metadata::DataType;

    use super::*;

    /// An index of 16 entries.
    fn index() -> Arc<ShardIndex> {
        let bytes = [json!({"name": "bytes", "configuration": {"endian": "little"}})];
        let codecs = json!([{"name": "sharding_indexed", "configuration": {
            "chunk_shape": [1], "codecs": bytes, "index_codecs": bytes,
        }}]);
        let chain = testing::chain(&codecs, &testing::spec(&[16], DataType::UInt8)).unwrap();
        let shard = chain.shard().unwrap();
        let absent = [u8::MAX; 16 * 16];
        let index = shard.decode_index(&absent, 256, &mut Scratch::default());
        Arc::new(index.unwrap())
    }

    fn key(i: u64) -> Key {
        Key::new(format!("c/{i}")).unwrap()
    }

    #[test]
    fn keeps_no_more_than_allowed() {
        let cache = IndexCache::new(10_000);
        for i in 0..1000 {
            cache.keep(&key(i), &index(), Some(Version::from(i)));
            assert!(cache.kept.get().unwrap().weight() <= 10_000);
        }
        let kept = (0..1000).filter(|&i| cache.get(&key(i)).is_some()).count();
        assert!((10..=19).contains(&kept), "{kept}");
    }

    #[test]
    fn keeps_what_has_a_version_until_it_is_old() {
        let cache = IndexCache::new(1 << 20);
        cache.keep(&key(0), &index(), None);
        assert!(cache.get(&key(0)).is_none());
        cache.keep(&key(0), &index(), Some(7.into()));
        assert_eq!(cache.get(&key(0)).unwrap().version, 7.into());
        cache.keep(&key(0), &index(), Some(8.into()));
        assert_eq!(cache.get(&key(0)).unwrap().version, 8.into());
        cache.forget(&key(0));
        assert!(cache.get(&key(0)).is_none());
    }

    #[test]
    fn without_room_nothing_is_kept() {
        for bytes in [0, 100] {
            let cache = IndexCache::new(bytes);
            cache.keep(&key(0), &index(), Some(7.into()));
            assert!(cache.get(&key(0)).is_none());
        }
    }
}
