//! A failed read is an error, never the fill value; a failed write leaves the old value.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use ndarray::{Array2, s as sliced};
use serde_json::json;
use zarr::blocking::Wait;
use zarr::{Array, DataType, ErrorClass, Extension, sel};
use zarr_store::testing::{Fault, Faulty};
use zarr_store::{BlockingStore, LocalStore, MemoryStore, Op, PutMode, Store, StoreErrorKind};

use crate::support::far::far;
use crate::support::stores::{KINDS, store};

fn written(target: impl Into<zarr::Target>, compressor: &str) -> Array {
    let array = zarr::create_array(target, [8, 8], DataType::Int32)
        .chunks([4, 4])
        .compressors(Extension::new(compressor))
        .fill_value(-1)
        .wait()
        .unwrap();
    array
        .write(
            ..,
            Array2::from_shape_fn((8, 8), |(y, x)| (y * 8 + x) as i32),
        )
        .wait()
        .unwrap();
    array
}

fn in_directory(compressor: &str) -> (Array, tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let array = written(dir.path(), compressor);
    let chunk = dir.path().join("c/1/0");
    assert!(chunk.is_file());
    (array, dir, chunk)
}

#[test]
fn a_damaged_chunk_is_an_error_that_says_where() {
    for compressor in ["zstd", "gzip", "crc32c"] {
        let (array, _dir, chunk) = in_directory(compressor);
        let whole = fs::read(&chunk).unwrap();
        for damaged in [&whole[..whole.len() - 1], &whole[..0], &[0; 100]] {
            fs::write(&chunk, damaged).unwrap();
            let error = array.read::<i32>(..).wait().unwrap_err();
            assert_eq!(error.class(), ErrorClass::Corrupt, "{compressor}: {error}");
            let text = error.to_string();
            let place = "chunk [1, 0] of `/` (key `c/1/0`, cells [4:8, 0:4]): ";
            assert!(text.contains(place), "{text}");
            assert!(text.contains(&format!("`{compressor}`")), "{text}");
            // The other chunks are as they were, and readable.
            assert_eq!(array.read::<i32>(sel![..4, ..]).wait().unwrap()[[0, 1]], 1);
        }
    }
}

#[test]
fn a_chunk_of_another_length_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let array = zarr::create_array(dir.path(), [8, 8], DataType::Int32)
        .chunks([4, 4])
        .compressors(())
        .wait()
        .unwrap();
    array.write(.., 7).wait().unwrap();
    let chunk = dir.path().join("c/1/0");
    for len in [0, 63, 65, 1000] {
        fs::write(&chunk, vec![1; len]).unwrap();
        for window in [sel![.., ..], sel![4..5, 0..2], sel![5, 1], sel![4.., ..;3]] {
            let error = array.read::<i32>(window).wait().unwrap_err();
            assert_eq!(error.class(), ErrorClass::Corrupt, "{len}: {error}");
        }
    }
}

#[test]
fn a_store_that_fails_is_an_error_and_not_the_fill_value() {
    let memory = MemoryStore::new().into_store();
    written(memory.clone(), "zstd");
    let faulty = Faulty::new(memory);
    faulty.add(Fault::fail(Op::Get, || StoreErrorKind::Timeout).on("c/1/1"));
    let array = zarr::open_array(std::sync::Arc::new(faulty) as std::sync::Arc<dyn Store>);
    let array = array.wait().unwrap();
    let error = array.read::<i32>(..).wait().unwrap_err();
    assert!(error.to_string().contains("chunk [1, 1]"), "{error}");
    assert_eq!(array.read::<i32>(sel![0, 0]).wait().unwrap().sum(), 0);
}

#[test]
fn a_file_that_changes_between_two_reads_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let create = zarr::create_array(dir.path(), [8, 8], DataType::Int32).fill_value(-1);
    let written = create.chunks([2, 2]).shards([4, 8]).wait().unwrap();
    let data = Array2::from_shape_fn((8, 8), |(y, x)| (y * 8 + x) as i32);
    written
        .write(sel![..6, ..], data.slice(sliced![..6, ..]))
        .wait()
        .unwrap();
    let wanted = written.read::<i32>(..).wait().unwrap();
    for (conflicts, after) in [(1, 0), (1, 1), (1, 4), (2, 3)] {
        let faulty = Faulty::new(LocalStore::new(dir.path()).into_store());
        let fault = Fault::fail(Op::Get, || StoreErrorKind::Conflict).on("c/1/0");
        let array = std::sync::Arc::new(faulty.clone()) as std::sync::Arc<dyn Store>;
        let array = zarr::open_array(array).wait().unwrap();
        let points = || zarr::Selection::points([vec![4, 7, 1, 5], vec![0, 7, 1, 5]]);
        let again = |array: &Array| {
            faulty.add(fault.clone().after(after).times(conflicts));
            let all = array.read::<i32>(..).wait();
            faulty.clear();
            faulty.add(fault.clone().after(after.min(1)).times(conflicts));
            let points = array.read::<i32>(points()).wait();
            faulty.clear();
            (all, points)
        };
        let (all, points) = again(&array);
        if conflicts == 1 {
            assert_eq!(all.unwrap(), wanted);
            let points: Vec<i32> = points.unwrap().into_iter().collect();
            assert_eq!(points, [32, -1, 9, 45]);
        } else {
            assert_eq!(all.unwrap_err().class(), ErrorClass::Conflict);
        }
    }
}

#[test]
fn more_bytes_than_a_chunk_can_have_are_not_fetched() {
    let (far, memory, _) = far(Duration::ZERO);
    let store: std::sync::Arc<dyn Store> = far.clone();
    let huge = || zarr_store::Payload::from(vec![0_u8; 4 << 20]);
    for compressor in ["zstd", "crc32c"] {
        let array = written(store.clone(), compressor);
        let key = zarr_store::Key::new("c/0/1").unwrap();
        BlockingStore::put(&memory, &key, &huge(), PutMode::Overwrite).unwrap();
        far.take();
        let error = array.read::<i32>(..).wait().unwrap_err();
        assert_eq!(error.class(), ErrorClass::Corrupt, "{error}");
        let error = array.write(sel![0, 5], 1).wait().unwrap_err();
        assert_eq!(error.class(), ErrorClass::Corrupt, "{error}");
        assert!(far.take().bytes_read < 4096);
        BlockingStore::delete_prefix(&memory, &zarr_store::Prefix::root()).unwrap();
    }
}

#[test]
fn an_inner_chunk_that_claims_too_much_is_not_fetched() {
    let (far, memory, _) = far(Duration::ZERO);
    let store: std::sync::Arc<dyn Store> = far.clone();
    let put = |key: &str, value: Vec<u8>| {
        let key = zarr_store::Key::new(key).unwrap();
        BlockingStore::put(&memory, &key, &value.into(), PutMode::Overwrite).unwrap();
    };
    let bytes = || json!([{"name": "bytes", "configuration": {"endian": "little"}}]);
    let document = json!({
        "zarr_format": 3, "node_type": "array", "shape": [8], "data_type": "int32", "fill_value": 0,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [8]}},
        "chunk_key_encoding": {"name": "default"},
        "codecs": [{"name": "sharding_indexed", "configuration": {
            "chunk_shape": [2], "codecs": bytes(), "index_codecs": bytes(),
        }}],
    });
    put("zarr.json", document.to_string().into_bytes());
    let lies = 4_u64 << 20;
    let mut shard = vec![0_u8; lies as usize];
    for entry in [[0, 8], [0, lies], [u64::MAX; 2], [8, 8]] {
        shard.extend(entry.iter().flat_map(|n| n.to_le_bytes()));
    }
    put("c/0", shard);
    let array = zarr::open_array(store).wait().unwrap();
    far.take();
    assert_eq!(array.read::<i32>(0..2).wait().unwrap().sum(), 0);
    // All of it is more than a shard can use, so it is read in pieces.
    for selection in [sel![2..4], sel![..]] {
        let error = array.read::<i32>(selection).wait().unwrap_err();
        assert_eq!(error.class(), ErrorClass::Corrupt, "{error}");
    }
    assert!(far.take().bytes_read < 4096);
}

#[test]
fn an_absent_chunk_is_the_fill_value() {
    for kind in KINDS {
        let (store, _dir) = store(kind);
        let array = written(store.clone(), "zstd");
        store
            .delete(&array.chunked().chunk_key(&[1, 1]).unwrap(), None)
            .wait()
            .unwrap();
        let all = array.read::<i32>(..).wait().unwrap();
        assert_eq!(
            (all[[7, 7]], all[[7, 3]], all[[0, 0]]),
            (-1, 59, 0),
            "{kind:?}"
        );
    }
}

#[test]
fn chunks_of_fill_values_are_not_stored_and_old_ones_go() {
    for kind in KINDS {
        let (store, _dir) = store(kind);
        let array = written(store, "zstd");
        let count = |array: &Array| array.nchunks_initialized().wait().unwrap();
        assert_eq!(count(&array), 4);
        array.write(sel![4.., ..4], -1).wait().unwrap();
        assert_eq!(count(&array), 3, "a whole chunk, {kind:?}");
        array.write(sel![.., 4..6], -1).wait().unwrap();
        array.write(sel![.., 6..], -1).wait().unwrap();
        assert_eq!(count(&array), 1, "in two steps, {kind:?}");
        let keep = zarr::create_array(zarr::Target::Memory, [4], DataType::UInt8);
        let keep = keep.chunks([2]).write_empty_chunks(true).wait().unwrap();
        keep.write(.., 0_u8).wait().unwrap();
        assert_eq!(count(&keep), 2, "{kind:?}");
    }
}

#[test]
fn a_shard_index_that_lies_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let array = zarr::create_array(dir.path(), [8, 8], DataType::UInt16)
        .chunks([2, 2])
        .shards([8, 8])
        .wait()
        .unwrap();
    array
        .write(
            ..,
            Array2::from_shape_fn((8, 8), |(y, x)| (y * 8 + x) as u16),
        )
        .wait()
        .unwrap();
    let path = dir.path().join("c/0/0");
    let good = fs::read(&path).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x40;
        fs::write(&path, &bad).unwrap();
        // Inner chunks have no checksum of their own here: what decodes may differ, but the index is
        // protected, and nothing panics.
        let read = array.read::<u16>(..).wait();
        let in_index = at >= good.len() - (16 * 16 + 4);
        assert!(read.is_err() || !in_index, "byte {at}");
    }
    fs::write(&path, &good[..100]).unwrap();
    let error = array.read::<u16>(sel![0, 0]).wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Corrupt, "{error}");
}

#[test]
fn elements_that_their_type_does_not_have_are_bad_data() {
    let store = MemoryStore::new();
    let array = zarr::create_array(store.clone(), [4], DataType::Bool);
    let array = array.compressors(()).wait().unwrap();
    array.write(.., true).wait().unwrap();
    let key = zarr_store::Key::new("c/0").unwrap();
    let bytes = zarr_store::Payload::from(vec![1_u8, 0, 2, 1]);
    BlockingStore::put(&store, &key, &bytes, PutMode::Overwrite).unwrap();
    let error = array.read::<bool>(..).wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Corrupt, "{error}");
    assert_eq!(
        error.to_string(),
        "element 2 of the selection is not a bool: it is 2, and a bool is 0 or 1"
    );
}
