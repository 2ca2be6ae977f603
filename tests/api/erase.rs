//! `erase`, and reading what is not stored.

use std::sync::Arc;

use ndarray::{Array2, Ix2};
use zarr::blocking::Wait;
use zarr::{Array, ArrayConfig, DataType, ErrorClass, Target, sel};
use zarr_store::{BlockingStore, Counting, MemoryStore, Store};

use crate::support::stores::{KINDS, store};

/// 8 × 8 cells of 1 to 64 that keeps chunks of fill values, which are -1.
fn written(store: impl Into<Target>, sharded: bool) -> Array {
    let create = zarr::create_array(store, [8, 8], DataType::Int32).fill_value(-1);
    let create = match sharded {
        true => create.chunks([2, 2]).shards([4, 4]),
        false => create.chunks([4, 4]),
    };
    let array = create.write_empty_chunks(true).wait().unwrap();
    let data = Array2::from_shape_fn((8, 8), |(y, x)| (y * 8 + x) as i32 + 1);
    array.write(.., data).wait().unwrap();
    array
}

/// Which chunks are stored, in order.
fn stored(array: &Array) -> Vec<Vec<u64>> {
    let chunks = zarr::blocking::iter(array.stored_chunks());
    let mut chunks: Vec<_> = chunks
        .map(|chunk| chunk.unwrap().0.index().to_vec())
        .collect();
    chunks.sort();
    chunks
}

#[test]
fn erased_cells_are_fill_values_and_empty_chunks_are_gone() {
    for kind in KINDS {
        for sharded in [false, true] {
            let (store, _dir) = store(kind);
            let array = written(store, sharded);
            array.erase(sel![3.., 1..5]).wait().unwrap();
            let all = array.read::<i32>(..).wait().unwrap();
            let all = all.into_dimensionality::<Ix2>().unwrap();
            for ((y, x), &cell) in all.indexed_iter() {
                let erased = y >= 3 && (1..5).contains(&x);
                let wanted = if erased { -1 } else { (y * 8 + x) as i32 + 1 };
                assert_eq!(cell, wanted, "{kind:?} {sharded} {y} {x}");
            }
            assert_eq!(stored(&array).len(), 4);
            array.erase(sel![4.., ..]).wait().unwrap();
            assert_eq!(stored(&array), [[0, 0], [0, 1]], "{kind:?} {sharded}");
            array.erase(sel![..;2, ..]).wait().unwrap();
            assert_eq!(array.read::<i32>(sel![1, 0]).wait().unwrap().sum(), 9);
            array.erase(..).wait().unwrap();
            assert!(stored(&array).is_empty());
        }
    }
}

#[test]
fn of_very_many_chunks_only_those_that_are_stored_are_touched() {
    let memory = MemoryStore::new();
    let counting = Arc::new(Counting::new(memory.into_store()));
    let store: Arc<dyn Store> = counting.clone();
    let create = zarr::create_array(store, [1_u64 << 40], DataType::UInt8);
    let array = create.chunks([1 << 10]).wait().unwrap();
    for at in [0_i64, 5 << 10, 9 << 30, (1 << 40) - 1] {
        array.write(sel![at], 7_u8).wait().unwrap();
    }
    counting.take();
    array.erase(sel![5..-1]).wait().unwrap();
    assert_eq!(stored(&array), [[0], [(1 << 30) - 1]]);
    assert_eq!(array.read::<u8>(sel![0]).wait().unwrap().sum(), 7);
    let calls = counting.take();
    assert!(calls.puts + calls.deletes < 9, "{calls:?}");
}

#[test]
fn missing_chunks_are_errors_where_that_is_asked_for() {
    for kind in KINDS {
        for sharded in [false, true] {
            let (store, _dir) = store(kind);
            let array = written(store, sharded);
            array.erase(sel![4.., ..4]).wait().unwrap();
            // An inner chunk that is absent from a shard is empty all the same.
            let mut config = ArrayConfig::default();
            array
                .with_config(config.clone())
                .write(sel![0..2, 0..2], -1)
                .wait()
                .unwrap();
            config.read_missing_chunks = false;
            let strict = array.with_config(config);
            for error in [
                strict.read::<i32>(..).wait().unwrap_err(),
                strict.read::<i32>(sel![5, 1]).wait().unwrap_err(),
                strict
                    .read::<i32>(zarr::Selection::points([vec![0, 7], vec![0, 2]]))
                    .wait()
                    .unwrap_err(),
            ] {
                assert_eq!(error.class(), ErrorClass::NotFound, "{error}");
                let text = error.to_string();
                assert!(
                    text.contains("(key `c/1/0`, cells [4:8, 0:4]): it is not stored"),
                    "{text}"
                );
            }
            assert_eq!(
                strict.read::<i32>(sel![0..2, ..]).wait().unwrap()[[0, 0]],
                -1
            );
            assert_eq!(array.read::<i32>(sel![5, 1]).wait().unwrap().sum(), -1);
            // What is not there can be written, in parts too.
            strict.write(sel![5, 1], 3).wait().unwrap();
            assert_eq!(strict.read::<i32>(..).wait().unwrap()[[5, 1]], 3);
        }
    }
}

#[test]
fn a_handle_that_looks_each_time_erases_what_others_appended() {
    let store = MemoryStore::new().into_store();
    let mut array = written(store.clone(), false);
    let looking = zarr::open_array(store).cache_metadata(false);
    let looking = looking.wait().unwrap();
    let more = array.shape()[0] * 2;
    let shape: Vec<u64> = [more].iter().chain(&array.shape()[1..]).copied().collect();
    array.resize(shape).wait().unwrap();
    array.write(.., 1_i32).wait().unwrap();
    assert_eq!(
        looking.nchunks_initialized().wait().unwrap(),
        array.nchunks_initialized().wait().unwrap()
    );
    looking.erase(..).wait().unwrap();
    assert!(stored(&array).is_empty(), "{:?}", stored(&array));
}
