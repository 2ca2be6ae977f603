//! What is stored of an array: `stored_chunks`, `nshards_initialized`, `stored_bytes` and `verify`.

use std::sync::Arc;

use zarr::blocking::{self, Wait};
use zarr::{Array, DataType, ErrorClass, json, sel};
use zarr_store::{
    BlockingStore, Counting, Key, LocalStore, MemoryStore, PutMode, Store, runtime::wait,
};

/// 8 × 8 elements in chunks of 2 × 2, in shards of 4 × 4 if sharded: all of the upper half, and one cell below.
fn written(
    store: impl Into<zarr::Target>,
    sharded: bool,
    compressors: impl Into<zarr::Codecs>,
) -> Array {
    let create = zarr::create_array(store, [8, 8], DataType::UInt16).compressors(compressors);
    let create = match sharded {
        true => create.chunks([2, 2]).shards([4, 4]),
        false => create.chunks([2, 2]),
    };
    let array = create
        .attributes(json!({"title": "stored"}))
        .wait()
        .unwrap();
    array.write(sel![..4, ..], 1_u16).wait().unwrap();
    array.write(sel![7, 7], 2_u16).wait().unwrap();
    array
}

fn places(array: &Array) -> Vec<(String, u64)> {
    let stored = blocking::iter(array.stored_chunks());
    let mut stored: Vec<_> = stored
        .map(|stored| {
            stored
                .map(|(chunk, size)| (chunk.region().to_string(), size))
                .unwrap()
        })
        .collect();
    stored.sort();
    stored
}

#[test]
fn b1_7_stored_chunks_are_streamed_and_counted() {
    let counting = Arc::new(Counting::new(MemoryStore::new().into_store()));
    let store: Arc<dyn Store> = counting.clone();
    let array = written(store, true, ());
    let index = 4 * 16 + 4;
    let shards = [
        ("[0:4, 0:4]", 32 + index),
        ("[0:4, 4:8]", 32 + index),
        ("[4:8, 4:8]", 8 + index),
    ];
    assert_eq!(
        places(&array),
        shards.map(|(place, size)| (place.to_owned(), size))
    );
    counting.take();
    assert_eq!(array.nshards_initialized().wait().unwrap(), 3);
    let counts = counting.take();
    assert_eq!(
        (counts.reads, counts.heads, counts.opens),
        (0, 0, 0),
        "only listed"
    );
    assert_eq!(array.nchunks_initialized().wait().unwrap(), 4 + 4 + 1);
    let plain = written(zarr::Target::Memory, false, ());
    assert_eq!(plain.nshards_initialized().wait().unwrap(), 9);
    assert_eq!(plain.nchunks_initialized().wait().unwrap(), 9);
    assert_eq!(places(&plain).len(), 9);
}

#[test]
fn b1_8_bytes_of_data_and_documents_apart() {
    let memory = MemoryStore::new();
    let array = written(memory.clone().into_store(), false, ());
    let put = |key: &str, bytes: &[u8]| {
        let key = Key::new(key).unwrap();
        BlockingStore::put(&memory, &key, &bytes.to_vec().into(), PutMode::Overwrite).unwrap();
    };
    put("notes.txt", b"five!");
    put("c/9/9", b"outside");
    let document = Key::new("zarr.json").unwrap();
    let document = wait(Store::head(array.store(), &document))
        .unwrap()
        .unwrap()
        .size;
    let bytes = array.stored_bytes().wait().unwrap();
    assert_eq!(
        (bytes.chunks, bytes.documents, bytes.other),
        (9 * 8, document, 5 + 7)
    );
    assert_eq!(array.nbytes_stored().wait().unwrap(), bytes.total());
}

/// The places that cannot be read.
fn broken(array: &Array) -> Vec<String> {
    let verified = blocking::iter(array.verify().unwrap());
    let mut broken: Vec<_> = verified
        .map(|verified| verified.unwrap())
        .flat_map(|verified| verified.problems)
        .map(|problem| problem.region.to_string())
        .collect();
    broken.sort();
    broken
}

#[test]
fn b1_29_verify_finds_chunks_that_cannot_be_read() {
    for sharded in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let array = written(LocalStore::new(dir.path()).into_store(), sharded, "crc32c");
        assert!(broken(&array).is_empty());
        let chunk = array.chunk([0, 1]).unwrap();
        let mut bytes = chunk.bytes().wait().unwrap().unwrap().to_vec();
        bytes[0] ^= 1;
        if sharded {
            // In the second of its inner chunks, too: each is told of.
            bytes[12] ^= 1;
        }
        chunk.write_bytes(bytes.clone()).wait().unwrap_err();
        chunk.write_bytes_unchecked(bytes).wait().unwrap();
        let expected: &[&str] = match sharded {
            true => &["[0:2, 4:6]", "[0:2, 6:8]"],
            false => &["[0:2, 2:4]"],
        };
        assert_eq!(broken(&array), expected);
        let verified = blocking::iter(array.verify().unwrap()).map(|verified| verified.unwrap());
        let problems: Vec<_> = verified.flat_map(|verified| verified.problems).collect();
        assert!(
            problems
                .iter()
                .all(|problem| problem.error.class() == ErrorClass::Corrupt)
        );
    }
}

#[test]
fn b1_29_verify_notices_a_wrong_length_of_what_is_not_encoded() {
    let array = written(zarr::Target::Memory, false, ());
    let chunk = array.chunk([1, 2]).unwrap();
    chunk.write_bytes_unchecked(vec![0; 9]).wait().unwrap();
    assert_eq!(broken(&array), ["[2:4, 4:6]"]);
}
