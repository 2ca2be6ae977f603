//! What the caches keep, and how long.

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
fn no_more_indexes_are_kept_than_allowed() {
    let cache = IndexCache::new(10_000, None);
    for i in 0..1000 {
        cache.keep(&key(i), &index(), Some(Version::from(i)));
        assert!(cache.kept.get().unwrap().weight() <= 10_000);
    }
    let kept = (0..1000)
        .filter(|&i| cache.latest(&key(i)).is_some())
        .count();
    assert!((10..=19).contains(&kept), "{kept}");
}

#[test]
fn an_index_with_a_version_is_kept_until_it_is_old() {
    let cache = IndexCache::new(1 << 20, None);
    cache.keep(&key(0), &index(), None);
    assert!(cache.latest(&key(0)).is_none());
    cache.keep(&key(0), &index(), Some(7.into()));
    assert_eq!(cache.latest(&key(0)).unwrap().version, 7.into());
    cache.keep(&key(0), &index(), Some(8.into()));
    assert_eq!(cache.latest(&key(0)).unwrap().version, 8.into());
    cache.forget(&key(0));
    assert!(cache.latest(&key(0)).is_none());
}

#[test]
fn without_room_no_index_is_kept() {
    for bytes in [0, 100] {
        let cache = IndexCache::new(bytes, None);
        cache.keep(&key(0), &index(), Some(7.into()));
        assert!(cache.latest(&key(0)).is_none());
    }
}

#[test]
fn no_more_chunks_are_kept_than_allowed() {
    let cache = Arc::new(ChunkCache::new(10_000, None));
    let share = CachedChunks::new(&cache);
    for i in 0..1000 {
        share.keep(&key(i), &[], 1.into(), vec![0; 500]);
        assert!(cache.kept.kept.get().unwrap().weight() <= 10_000);
    }
    let there = |&i: &u64| share.get(&key(i), &[], &1.into()).is_some();
    let kept = (0..1000).filter(there).count();
    assert!((8..=13).contains(&kept), "{kept}");
    share.keep(&key(0), &[], 1.into(), vec![0; 20_000]);
    assert!(!there(&0));
    assert!(cache.kept.kept.get().unwrap().weight() <= 10_000);
}

#[test]
fn a_chunk_of_another_version_goes() {
    let cache = Arc::new(ChunkCache::new(10_000, None));
    let share = CachedChunks::new(&cache);
    share.keep(&key(0), &[], 1.into(), vec![0; 500]);
    assert_eq!(share.version(&key(0)), Some(1.into()));
    assert!(share.get(&key(0), &[], &2.into()).is_none());
    assert_eq!(cache.kept.kept.get().unwrap().weight(), 0);
}

#[test]
fn arrays_and_inner_chunks_are_told_apart() {
    let cache = Arc::new(ChunkCache::new(10_000, None));
    let share = CachedChunks::new(&cache);
    let inner = [3];
    share.keep(&key(0), &inner, 1.into(), vec![0; 500]);
    assert!(share.clone().get(&key(0), &inner, &1.into()).is_some());
    assert!(share.get(&key(0), &[], &1.into()).is_none());
    assert!(share.get(&key(1), &inner, &1.into()).is_none());
    assert!(share.another().get(&key(0), &inner, &1.into()).is_none());
}
