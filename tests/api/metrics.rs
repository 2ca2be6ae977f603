//! What a context counts. Expected numbers follow from the array's own layout.

use std::time::Duration;

use zarr::blocking::Wait;
use zarr::codecs::Zstd;
use zarr::{Array, Context, DataType, Metrics, sel};
use zarr_store::{BlockingStore, Location, MemoryStore};

use crate::support::far::far;

/// Four shards of four inner chunks of a thousand cells each, or sixteen chunks without shards.
fn array(root: &Location, context: &Context, sharded: bool) -> Array {
    let create = zarr::create_array(root.clone(), [16_000], DataType::UInt32);
    let create = create
        .chunks([1000])
        .compressors(Zstd::new(1))
        .context(context);
    let create = match sharded {
        true => create.shards([4000]),
        false => create,
    };
    create.wait().unwrap()
}

fn cells() -> ndarray::Array1<u32> {
    ndarray::Array1::from_iter(0..16_000)
}

fn counted(context: &Context) -> Metrics {
    context.metrics().unwrap()
}

#[test]
fn i15_nothing_is_counted_unasked() {
    let root = Location::root(MemoryStore::new().into_store());
    let context = Context::default();
    let array = array(&root, &context, false);
    array.write(.., cells()).wait().unwrap();
    assert_eq!(context.metrics(), None);
    assert_eq!(array.store().hints().counted_by, None);
}

#[test]
fn i15_requests_bytes_and_codecs() {
    let memory = MemoryStore::new();
    let root = Location::root(memory.clone().into_store());
    let context = Context::builder().metrics(true).build();
    let array = array(&root, &context, false);
    let created = counted(&context);
    assert!(created.requests > 0 && created.bytes_written > 0);
    array.write(.., cells()).wait().unwrap();
    let written = counted(&context);
    assert_eq!(written.chunks_encoded - created.chunks_encoded, 16);
    assert_eq!(written.requests - created.requests, 16);
    let prefix = zarr_store::Prefix::new("c").unwrap();
    let stored = BlockingStore::list(&memory, &prefix).unwrap();
    let stored: u64 = stored.iter().map(|entry| entry.size).sum();
    assert_eq!(written.bytes_written - created.bytes_written, stored);
    assert!(written.encode_time() > Duration::ZERO);
    // Through a node that was reached from another one, each call counts once.
    let again = zarr::open_array(&array).context(&context).wait().unwrap();
    let opened = counted(&context);
    again.read::<u32>(..).wait().unwrap();
    let read = counted(&context);
    assert_eq!(read.chunks_decoded - opened.chunks_decoded, 16);
    assert_eq!(read.bytes_read - opened.bytes_read, stored);
    assert!(read.decode_time() > opened.decode_time());
    assert_eq!(read.failed_requests, 0);
    let json = serde_json::to_value(read).unwrap();
    assert_eq!(json["chunks_decoded"], read.chunks_decoded);
    assert!(
        json.as_object()
            .unwrap()
            .values()
            .all(serde_json::Value::is_u64)
    );
}

#[test]
fn i15_hits_of_caches() {
    for is_far in [false, true] {
        let (store, memory, _) = far(Duration::ZERO);
        let store = match is_far {
            true => store as std::sync::Arc<dyn zarr::Store>,
            false => memory.into_store(),
        };
        let root = Location::root(store);
        let context = Context::builder()
            .metrics(true)
            .chunk_cache(1 << 20)
            .build();
        let array = array(&root, &context, true);
        array.write(.., cells()).wait().unwrap();
        let before = counted(&context);
        let hits_and_misses = |after: Metrics| {
            [
                after.chunk_cache_hits - before.chunk_cache_hits,
                after.chunk_cache_misses - before.chunk_cache_misses,
                after.index_cache_hits - before.index_cache_hits,
                after.index_cache_misses - before.index_cache_misses,
            ]
        };
        // One inner chunk of each of two shards.
        for _ in 0..3 {
            array.read::<u32>(sel![10..20]).wait().unwrap();
            array.read::<u32>(sel![4010..4020]).wait().unwrap();
        }
        let after = counted(&context);
        assert_eq!(hits_and_misses(after), [4, 2, 4, 2], "far: {is_far}");
        assert_eq!(after.chunks_decoded - before.chunks_decoded, 2);
    }
}
