//! How much of a store a read or a write touches.

use std::sync::Arc;

use zarr::blocking::Wait;
use zarr::{Array, DataType, sel};
use zarr_store::{BlockingStore, Counting, MemoryStore, Store};

/// An array of 16 × 16 with inner chunks of 4 × 4 in shards of 16 × 16, over a counting store.
fn sharded() -> (Array, Arc<Counting<Arc<dyn Store>>>) {
    let counting = Arc::new(Counting::new(MemoryStore::new().into_store()));
    let store: Arc<dyn Store> = counting.clone();
    let array = zarr::create_array(store, [16, 16], DataType::Int64)
        .chunks([4, 4])
        .shards([16, 16])
        .compressors(())
        .fill_value(-1)
        .wait()
        .unwrap();
    array.write(.., 5_i64).wait().unwrap();
    counting.take();
    (array, counting)
}

#[test]
fn a_cell_of_a_shard_costs_its_index_and_one_inner_chunk() {
    let (array, counting) = sharded();
    assert_eq!(array.read::<i64>(sel![0, 0]).wait().unwrap().sum(), 5);
    let counts = counting.take();
    let (index, inner) = (16 * 16 + 4, 4 * 4 * 8);
    assert!(counts.bytes_read <= index + inner, "{counts:?}");
}

#[test]
fn a_partial_shard_write_keeps_the_other_inner_chunks() {
    let (array, _) = sharded();
    array.write(sel![0..2, 0..2], 7_i64).wait().unwrap();
    let all = array.read::<i64>(..).wait().unwrap();
    assert_eq!(all.iter().filter(|&&v| v == 7).count(), 4);
    assert_eq!(all.iter().filter(|&&v| v == 5).count(), 252);
    array.write(sel![4..8, 4..8], -1_i64).wait().unwrap();
    assert_eq!(array.nchunks_initialized().wait().unwrap(), 15);
}

#[test]
fn the_inner_chunks_that_stay_are_read_together() {
    let (array, counting) = sharded();
    array.write(sel![5..7, 5..7], 7_i64).wait().unwrap();
    let counts = counting.take();
    // The index, the changed inner chunk, and what stays on either side of it at once.
    assert!(counts.reads <= 4, "{counts:?}");
    let all = array.read::<i64>(..).wait().unwrap();
    assert_eq!((all.sum(), all[[6, 6]]), (5 * 256 + 2 * 4, 7));
}
