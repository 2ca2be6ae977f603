//! Chunks above the limit: what is not stored, or stored as it is, is read in part; where all of a chunk
//! would have to be in memory, that is an error of the limit, before it is.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt;
use ndarray::{Array1, Axis, array, s};
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
    open_document(kind, "zarr.json", document(codecs, [4, 2 * ROW], [2, ROW]))
}

fn open_document(kind: Kind, name: &str, text: Vec<u8>) -> (Array, Option<tempfile::TempDir>) {
    let (store, dir) = store(kind);
    let key = Key::new(name).unwrap();
    wait(store.put(&key, text.into(), zarr_store::PutMode::Overwrite)).unwrap();
    (zarr::open_array(store).wait().unwrap(), dir)
}

/// A chunk of zeros that takes no room, with some cells.
fn grow(dir: &Path, len: u64, cells: &[(u64, u16)]) {
    let cells = cells
        .iter()
        .map(|&(cell, value)| (2 * cell, value.to_be_bytes().to_vec()));
    grow_file(&dir.join("c/0/1"), len, &cells.collect::<Vec<_>>());
}

/// A file of zeros that takes no room, with some bytes.
fn grow_file(path: &Path, len: u64, parts: &[(u64, Vec<u8>)]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = File::create(path).unwrap();
    file.set_len(len).unwrap();
    for (place, bytes) in parts {
        file.write_all_at(bytes, *place).unwrap();
    }
}

#[track_caller]
fn refused<T>(result: Result<T, Error>) {
    refused_at(4 * ROW, result);
}

/// Refused for so many bytes.
#[track_caller]
fn refused_at<T>(bytes: u64, result: Result<T, Error>) {
    let error = result.map(drop).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Limit, "{error}");
    let text = error.to_string();
    assert!(
        text.contains(&bytes.to_string()) && text.contains("2147483648"),
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

/// By the specification of `transpose`, axis `i` of what is stored is axis `order[i]` of the chunk; `order: "F"`
/// of format 2 is all axes reversed.
#[test]
fn other_orders_of_axes_are_read_in_part() {
    let transposed = json!([{"name": "transpose", "configuration": {"order": [1, 0]}}, big()[0]]);
    let fortran = json!({
        "zarr_format": 2, "shape": [4, 2 * ROW], "chunks": [2, ROW], "dtype": ">u2", "order": "F",
        "fill_value": 9, "filters": null, "compressor": null, "dimension_separator": "/",
    });
    for kind in [Kind::Local, Kind::HighLatency] {
        let v3 = (
            "zarr.json",
            document(&transposed, [4, 2 * ROW], [2, ROW]),
            "c/0/1",
        );
        let v2 = (".zarray", fortran.to_string().into_bytes(), "0/1");
        for (name, text, chunk) in [v3, v2] {
            let (array, dir) = open_document(kind, name, text);
            let at = |row: u64, column: u64, value: u16| {
                (2 * (2 * column + row), value.to_be_bytes().to_vec())
            };
            let dir = dir.unwrap();
            let cells = [at(0, 0, 1), at(1, 0, 2), at(1, 1, 3), at(0, ROW - 1, 4)];
            grow_file(&dir.path().join(chunk), 4 * ROW, &cells);
            let few = array.read::<u16>(sel![0..3, (ROW - 1)..(ROW + 2)]);
            let expected = array![[9, 1, 0], [9, 2, 3], [9, 9, 9]];
            assert_eq!(few.wait().unwrap(), expected.into_dyn(), "{kind:?} {name}");
            let apart = array.read::<u16>(sel![0, ROW..(2 * ROW);(ROW as i64 - 1)]);
            assert_eq!(apart.wait().unwrap(), array![1, 4].into_dyn());
            let parts = [sel![0, ROW..(ROW + 2)], sel![1, ROW..(ROW + 2)]];
            let parts = array.read_many::<u16>(parts.to_vec()).wait().unwrap();
            assert_eq!(parts, [array![1, 0].into_dyn(), array![2, 3].into_dyn()]);
            let points =
                Selection::points([[0, 1, 3], [2 * ROW - 1, ROW + 1, 0].map(|n| n as i64)]);
            let points = array.vindex(points).read::<u16>().wait().unwrap();
            assert_eq!(points, array![4, 3, 9].into_dyn());
        }
        // Columns of four GiB each.
        let text = document(&transposed, [2 * ROW, 4], [ROW, 2]);
        let (array, dir) = open_document(kind, "zarr.json", text);
        let dir = dir.unwrap();
        let cells = [
            (2, vec![0, 5]),
            (2 * ROW, vec![0, 6]),
            (4 * ROW - 2, vec![0, 7]),
        ];
        grow_file(&dir.path().join("c/0/0"), 4 * ROW, &cells);
        let few = array.read::<u16>(sel![0..2, 0..3]).wait().unwrap();
        assert_eq!(few, array![[0, 6, 9], [5, 0, 9]].into_dyn(), "{kind:?}");
        let last = array.read::<u16>(sel![ROW - 1, ..]).wait().unwrap();
        assert_eq!(last, array![0, 7, 9, 9].into_dyn(), "{kind:?}");
    }
}

/// A field of format 2 is stored in the byte order that its type string says.
#[test]
fn fields_are_read_in_part() {
    let document = json!({
        "zarr_format": 2, "shape": [4, 2 * ROW], "chunks": [2, ROW], "order": "C",
        "dtype": [["a", "|u1"], ["b", ">u2"], ["c", "<u2"]],
        "fill_value": null, "filters": null, "compressor": null, "dimension_separator": "/",
    });
    for kind in [Kind::Local, Kind::HighLatency] {
        let text = document.to_string().into_bytes();
        let (array, dir) = open_document(kind, ".zarray", text);
        let dir = dir.unwrap();
        let records = [
            (0, vec![1, 0, 2, 3, 0]),
            (5 * (ROW + 1), vec![4, 0, 5, 6, 0]),
        ];
        grow_file(&dir.path().join("0/1"), 10 * ROW, &records);
        let of = |field: &str, selection: Selection| {
            let read = array.read::<u16>(selection).field(field);
            read.wait().unwrap().into_raw_vec_and_offset().0
        };
        assert_eq!(
            of("b", sel![0..2, ROW..(ROW + 2)]),
            [2, 0, 0, 5],
            "{kind:?}"
        );
        assert_eq!(
            of("c", sel![0..2, ROW..(ROW + 2)]),
            [3, 0, 0, 6],
            "{kind:?}"
        );
        assert_eq!(of("c", sel![1, ROW + 1]), [6], "{kind:?}");
        assert_eq!(
            of(
                "b",
                Selection::orthogonal((0..2, vec![ROW as i64, ROW as i64 + 1]))
            ),
            [2, 0, 0, 5]
        );
        for names in [&["c", "a"][..], &["c", "b", "a"]] {
            let some = array.read_dyn(sel![1, ROW..(ROW + 2)]).fields(names);
            let some = some.wait().unwrap();
            let number = |n: u16| n.to_ne_bytes().to_vec();
            let of_name = |name: &&str| match *name {
                "a" => vec![4],
                "b" => number(5),
                _ => number(6),
            };
            let record: Vec<u8> = names.iter().flat_map(of_name).collect();
            let expected = [vec![0; record.len()], record].concat();
            assert_eq!(
                some.data.as_fixed(),
                Some(&expected[..]),
                "{kind:?} {names:?}"
            );
        }
        // The records are what would have to be in memory, however small the field is.
        refused_at(10 * ROW, array.write(sel![0, ROW], 1_u8).field("a").wait());
    }
}

/// Every order and field gives the same below and above the limit, however it is asked for.
#[test]
fn the_limit_changes_no_value() {
    let record = DataType::record([
        zarr::Field::new("a", DataType::UInt8),
        zarr::Field::new("b", DataType::UInt16),
    ]);
    let all = Array1::from_iter(0..5 * 7 * 6_u16);
    let all = all.into_shape_with_order((5, 7, 6)).unwrap();
    let bytes = |&n: &u16| [vec![n as u8], n.to_ne_bytes().to_vec()].concat();
    for kind in KINDS {
        for (order, is_sharded) in [(0, false), (1, false), (2, false), (0, true), (1, true)] {
            let (store, _dir) = store(kind);
            let create = zarr::create_array(Arc::clone(&store), [5, 7, 6], record.clone());
            let create = match is_sharded {
                true => create.chunks([2, 5, 3]).shards([4, 5, 6]),
                false => create.chunks([4, 5, 6]),
            };
            let orders = [json!([0, 1, 2]), json!([2, 1, 0]), json!([1, 2, 0])];
            let transpose = zarr::Extension::new("transpose").with("order", orders[order].clone());
            let create = create.filters(transpose).compressors(());
            let array = create.wait().unwrap();
            let data = all.iter().flat_map(bytes).collect::<Vec<u8>>();
            let data = zarr::DynData {
                dtype: record.clone(),
                shape: vec![5, 7, 6],
                data: zarr::Values::Fixed(data.into()),
            };
            array.write(.., data).wait().unwrap();
            // From a store that answers later, less than the limit is fetched of a chunk.
            let limit = match (kind, is_sharded) {
                (Kind::HighLatency, false) => 359,
                (Kind::HighLatency, true) => 89,
                (_, false) => 170,
                (_, true) => 80,
            };
            let context = Context::builder().chunk_bytes(limit).build();
            let array = zarr::open_array(store).context(&context).wait().unwrap();
            let check = |selection: Selection, expected: ndarray::ArrayD<u16>| {
                let found = array.read::<u16>(selection.clone()).field("b").wait();
                assert_eq!(found.unwrap(), expected, "{kind:?} {order} {selection}");
                let found = array.read_dyn(selection).wait().unwrap();
                let expected: Vec<u8> = expected.iter().flat_map(bytes).collect();
                assert_eq!(
                    found.data.as_fixed(),
                    Some(&expected[..]),
                    "{kind:?} {order}"
                );
            };
            if !matches!(kind, Kind::HighLatency) {
                check(sel![..], all.clone().into_dyn());
            }
            check(
                sel![1..5, 2, ..],
                all.slice(s![1..5, 2, ..]).to_owned().into_dyn(),
            );
            let steps = all.slice(s![..;2, 1..;3, ..;-1]).to_owned().into_dyn();
            check(sel![..;2, 1..;3, ..;-1], steps);
            let lists = all.select(Axis(1), &[6, 0, 2]).select(Axis(2), &[5, 1]);
            check(
                Selection::orthogonal((.., vec![6_i64, 0, 2], vec![5_i64, 1])),
                lists.into_dyn(),
            );
        }
    }
}

/// The index of a shard is the offset and the length of each inner chunk, as `uint64`.
#[test]
fn large_inner_chunks_are_read_in_part() {
    let sharded = json!([{"name": "sharding_indexed", "configuration": {
        "chunk_shape": [1, ROW], "codecs": big(),
        "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
    }}]);
    for kind in [Kind::Local, Kind::HighLatency] {
        let (array, dir) = open(kind, &sharded);
        let dir = dir.unwrap();
        // The second inner chunk stands first.
        let index = [2 * ROW, 2 * ROW, 0, 2 * ROW]
            .map(u64::to_le_bytes)
            .concat();
        let cells = [
            (2, vec![0, 1]),
            (2 * ROW, vec![0, 2]),
            (4 * ROW - 2, vec![0, 3]),
            (4 * ROW, index),
        ];
        grow_file(&dir.path().join("c/0/1"), 4 * ROW + 32, &cells);
        let few = array.read::<u16>(sel![0..3, (ROW - 1)..(ROW + 2)]);
        let expected = array![[9, 2, 0], [9, 0, 1], [9, 9, 9]];
        assert_eq!(few.wait().unwrap(), expected.into_dyn(), "{kind:?}");
        // Once more, with the index that is remembered.
        let last = array.read::<u16>(sel![0, 2 * ROW - 1]).wait().unwrap();
        assert_eq!(last.into_raw_vec_and_offset().0, [3]);
        let points = Selection::points([[0, 1, 3], [2 * ROW - 1, ROW + 1, 0].map(|n| n as i64)]);
        let points = array.vindex(points).read::<u16>().wait().unwrap();
        assert_eq!(points, array![3, 1, 9].into_dyn());
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

/// C17, D38: nothing is unpickled; the error says so, and not that numbers were expected.
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

/// Inner chunks of shards are chunks: absent ones are filled, and such as are stored as they are are read in part.
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
            match is_packed {
                false => assert_eq!(stored.unwrap(), array![3, 4].into_dyn()),
                true => assert_eq!(stored.unwrap_err().class(), ErrorClass::Limit),
            }
        }
    }
}
