//! Chunks above the limit: what is not stored, or stored as it is, is read in part; where all of a chunk
//! would have to be in memory, that is an error of the limit, before it is.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt;
use ndarray::{Array1, array};
use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{Array, Context, DataType, Error, ErrorClass, Selection, sel};
use zarr_store::runtime::wait;
use zarr_store::{BlockingStore, Key, MemoryStore};

use crate::support::stores::{KINDS, Kind, store};

/// Cells in a row of a chunk; it has two rows, of two bytes a cell: 8 GiB.
const ROW: u64 = 1 << 31;

fn document(codecs: &Value, shape: [u64; 2], chunks: [u64; 2]) -> Vec<u8> {
    let document = json!({
        "zarr_format": 3, "node_type": "array", "shape": shape, "data_type": "uint16",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunks}},
        "chunk_key_encoding": {"name": "default"}, "fill_value": 9, "codecs": codecs,
    });
    document.to_string().into_bytes()
}

fn big() -> Value {
    json!([{"name": "bytes", "configuration": {"endian": "big"}}])
}

fn packed(codec: &str) -> Value {
    let settings = match codec {
        "blosc" => {
            json!({"cname": "lz4", "clevel": 5, "shuffle": "shuffle", "typesize": 2, "blocksize": 0})
        }
        _ => json!({"level": 1}),
    };
    json!([{"name": "bytes", "configuration": {"endian": "big"}}, {"name": codec, "configuration": settings}])
}

/// Two rows of two chunks, in a directory if this is one.
fn open(kind: Kind, codecs: &Value) -> (Array, Option<tempfile::TempDir>) {
    let (store, dir) = store(kind);
    let key = Key::new("zarr.json").unwrap();
    let text = document(codecs, [4, 2 * ROW], [2, ROW]);
    wait(store.put(&key, text.into(), zarr_store::PutMode::Overwrite)).unwrap();
    (zarr::open_array(store).wait().unwrap(), dir)
}

/// A chunk of zeros that takes no room, with some cells.
fn grow(dir: &Path, len: u64, cells: &[(u64, u16)]) {
    let path = dir.join("c/0/1");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = File::create(path).unwrap();
    file.set_len(len).unwrap();
    for &(cell, value) in cells {
        file.write_all_at(&value.to_be_bytes(), 2 * cell).unwrap();
    }
}

#[track_caller]
fn refused<T>(result: Result<T, Error>) {
    let error = result.map(drop).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Limit, "{error}");
    let text = error.to_string();
    assert!(
        text.contains("8589934592") && text.contains("2147483648"),
        "{text}"
    );
}

#[test]
fn what_is_absent_is_the_fill_value() {
    for kind in KINDS {
        for codecs in [big(), packed("zstd"), packed("gzip"), packed("blosc")] {
            let (array, _dir) = open(kind, &codecs);
            let few = array.read::<u16>(sel![1..3, (ROW - 1)..(ROW + 1)]);
            assert_eq!(few.wait().unwrap(), array![[9, 9], [9, 9]].into_dyn());
            // Nothing has to be stored for it, so nothing is made.
            array.write(sel![1, 5..7], 9_u16).wait().unwrap();
        }
    }
}

#[test]
fn what_is_stored_as_it_is_is_read_in_part() {
    for kind in [Kind::Local, Kind::HighLatency] {
        let (array, dir) = open(kind, &big());
        let dir = dir.unwrap();
        let cells = [
            (0, 1),
            (ROW - 1, 2),
            (ROW, 3),
            (ROW + 70_000, 4),
            (2 * ROW - 1, 5),
        ];
        grow(dir.path(), 4 * ROW, &cells);
        let few = array.read::<u16>(sel![0..3, (ROW - 1)..(ROW + 2)]);
        let expected = array![[9, 1, 0], [9, 3, 0], [9, 9, 9]];
        assert_eq!(few.wait().unwrap(), expected.into_dyn(), "{kind:?}");
        let one = array.read::<u16>(sel![1, 2 * ROW - 1]);
        assert_eq!(one.wait().unwrap().into_raw_vec_and_offset().0, [5]);
        let apart = array.read::<u16>(sel![1, ROW..(ROW + 70_001);70_000]);
        assert_eq!(apart.wait().unwrap(), array![3, 4].into_dyn());
        let parts = [sel![0, ROW..(ROW + 1)], sel![1, ROW..(ROW + 1)]];
        let parts = array.read_many::<u16>(parts.to_vec()).wait().unwrap();
        assert_eq!((parts[0][[0]], parts[1][[0]]), (1, 3));
        let points =
            Selection::points([[1, 1, 3], [ROW + 70_000, 2 * ROW - 1, 0].map(|n| n as i64)]);
        let points = array.vindex(points).read::<u16>().wait().unwrap();
        assert_eq!(points, array![4, 5, 9].into_dyn());
    }
}

#[test]
fn another_length_is_an_error_at_once() {
    for kind in [Kind::Local, Kind::HighLatency] {
        for len in [4 * ROW - 2, 4 * ROW + 2] {
            let (array, dir) = open(kind, &big());
            let dir = dir.unwrap();
            grow(dir.path(), len, &[]);
            let error = array
                .read::<u16>(sel![0, ROW..(ROW + 2)])
                .wait()
                .unwrap_err();
            assert_eq!(error.class(), ErrorClass::Corrupt, "{error}");
            assert!(error.to_string().contains(&len.to_string()), "{error}");
        }
    }
}

#[test]
fn what_would_have_to_be_in_memory_is_refused() {
    for kind in [Kind::Local, Kind::HighLatency] {
        for codecs in [packed("zstd"), packed("gzip")] {
            let (array, dir) = open(kind, &codecs);
            let dir = dir.unwrap();
            grow(dir.path(), 1 << 40, &[]);
            refused(array.read::<u16>(sel![0, ROW..(ROW + 2)]).wait());
        }
        let (array, dir) = open(kind, &big());
        let dir = dir.unwrap();
        grow(dir.path(), 4 * ROW, &[(0, 1)]);
        for row in [0, 2] {
            refused(array.write(sel![row, ROW..(ROW + 2)], 3_u16).wait());
        }
        assert!(!dir.path().join("c/1").exists());
        assert_eq!(
            fs::metadata(dir.path().join("c/0/1")).unwrap().len(),
            4 * ROW
        );
        let resolved = sel![0..2, ..].resolve(array.chunked().grid()).unwrap();
        let blocks = Arc::clone(array.chunked()).stream_as::<u16>(resolved, None);
        let mut blocks = Box::pin(blocks.unwrap());
        refused(wait(blocks.next()).unwrap());
    }
    let new = zarr::create_array(
        MemoryStore::new().into_store(),
        [4, 2 * ROW],
        DataType::UInt16,
    );
    refused(new.chunks([2, ROW]).wait());
}

/// The same with a limit that is lower than usual, in memory and through the cache of decoded chunks.
#[test]
fn the_limit_is_the_contexts() {
    let memory = MemoryStore::new();
    let put = |key: &str, bytes: Vec<u8>| {
        let mode = zarr_store::PutMode::Overwrite;
        BlockingStore::put(&memory, &Key::new(key).unwrap(), &bytes.into(), mode).unwrap()
    };
    put("zarr.json", document(&big(), [2, 50], [2, 50]));
    put("c/0/0", (0..100_u16).flat_map(u16::to_be_bytes).collect());
    for (limit, cache) in [(199, 0), (199, 1 << 20), (200, 1 << 20)] {
        let context = Context::builder()
            .chunk_bytes(limit)
            .chunk_cache(cache)
            .build();
        let array = zarr::open_array(memory.clone().into_store()).context(&context);
        let array = array.wait().unwrap();
        let row = array.read::<u16>(sel![1, ..]).wait().unwrap();
        assert_eq!(row, Array1::from_iter(50..100).into_dyn());
        let written = array.write(sel![0, 0], 0_u16).wait();
        assert_eq!(written.is_ok(), limit == 200);
    }
}

/// Nothing is unpickled; the error says so, and not that numbers were expected.
#[test]
fn pickled_objects_are_refused_by_name() {
    let memory = MemoryStore::new();
    let document = json!({
        "zarr_format": 2, "shape": [2], "chunks": [2], "dtype": "|O", "fill_value": null, "order": "C",
        "filters": [{"id": "pickle", "protocol": 5}], "compressor": null
    });
    let key = Key::new(".zarray").unwrap();
    let (text, mode) = (
        document.to_string().into_bytes(),
        zarr_store::PutMode::Overwrite,
    );
    BlockingStore::put(&memory, &key, &text.into(), mode).unwrap();
    let array = zarr::open_array(memory.into_store()).wait().unwrap();
    let error = array.read_dyn(..).wait().map(drop).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unsupported, "{error}");
    assert!(
        error.to_string().contains("codec `pickle`: refused"),
        "{error}"
    );
}

/// Inner chunks of shards are chunks: absent ones are filled, and only from stores that answer later are such
/// as are stored as they are wanted whole.
#[test]
fn inner_chunks_above_the_limit() {
    for kind in KINDS {
        for is_packed in [false, true] {
            let (store, _dir) = store(kind);
            let create = zarr::create_array(Arc::clone(&store), [2, 50], DataType::UInt16);
            let create = create.chunks([1, 50]).shards([2, 50]).fill_value(9);
            let create = match is_packed {
                true => create.compressors(zarr::Extension::new("gzip").with("level", 1)),
                false => create.compressors(()),
            };
            let array = create.wait().unwrap();
            array
                .write(sel![0, ..], Array1::from_iter(0..50_u16).into_dyn())
                .wait()
                .unwrap();
            let context = Context::builder().chunk_bytes(99).build();
            let array = zarr::open_array(store).context(&context).wait().unwrap();
            let absent = array.read::<u16>(sel![1, 3..5]).wait().unwrap();
            assert_eq!(absent, array![9, 9].into_dyn());
            let stored = array.read::<u16>(sel![0, 3..5]).wait();
            match (kind, is_packed) {
                (Kind::Memory | Kind::Local, false) => {
                    assert_eq!(stored.unwrap(), array![3, 4].into_dyn());
                }
                _ => assert_eq!(stored.unwrap_err().class(), ErrorClass::Limit),
            }
        }
    }
}
