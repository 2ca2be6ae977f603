//! Fields of records: read alone, written with the others left as they are, whatever the chunks are.

use ndarray::{Array1, Array2, ArrayD, IxDyn};
use serde_json::json;
use zarr::blocking::Wait;
use zarr::{Array, DataType, DynData, Field, FillValue, Selection, Values, ZarrFormat, sel};
use zarr_store::{BlockingStore, Key, MemoryStore, Payload, PutMode};

use crate::support::stores::{KINDS, Kind, store};

/// Fifteen bytes, so that nothing is aligned.
fn record() -> DataType {
    let at = DataType::record([
        Field::new("x", DataType::Int16),
        Field::new("y", DataType::Float32),
    ]);
    DataType::record([
        Field::new("id", DataType::UInt8),
        Field::new("height", DataType::Float64),
        Field::new("at", at),
    ])
}

/// The record of a number.
fn bytes(i: i64) -> Vec<u8> {
    let mut bytes = vec![i as u8];
    bytes.extend((i as f64 / 2.0).to_ne_bytes());
    bytes.extend((i as i16 * 3).to_ne_bytes());
    bytes.extend((i as f32 * 5.0).to_ne_bytes());
    bytes
}

/// 6 × 10 records, each of its own number, except that the last row was never written.
fn arrays(kind: Kind) -> Vec<(Array, Option<tempfile::TempDir>)> {
    let make = |format, sharded: bool, compressors: Option<zarr::Extension>| {
        let (store, dir) = store(kind);
        let create = zarr::create_array(store, [6, 10], record()).zarr_format(format);
        let create = create.chunks([2, 3]);
        let create = if sharded {
            create.shards([4, 6])
        } else {
            create
        };
        let mut fill = vec![7];
        fill.extend(0.5_f64.to_ne_bytes());
        fill.extend((-1_i16).to_ne_bytes());
        fill.extend(2.5_f32.to_ne_bytes());
        let create = create.fill_value(
            FillValue::from_bytes(&record(), &fill)
                .unwrap()
                .to_json(&record()),
        );
        let array = match compressors {
            Some(codec) => create.compressors(codec),
            None => create.compressors(()),
        };
        let array = array.wait().unwrap();
        let data: Vec<u8> = (0..50).flat_map(bytes).collect();
        let data = DynData {
            dtype: record(),
            shape: vec![5, 10],
            data: Values::Fixed(data.into()),
        };
        array.write(..5, data).wait().unwrap();
        (array, dir)
    };
    let zstd = || Some(zarr::Extension::new("zstd").with("level", 1));
    vec![
        make(ZarrFormat::V3, false, None),
        make(ZarrFormat::V3, false, zstd()),
        make(ZarrFormat::V3, true, zstd()),
        make(ZarrFormat::V2, false, zstd()),
    ]
}

fn ids() -> Array2<u8> {
    Array2::from_shape_fn((6, 10), |(i, j)| if i < 5 { (i * 10 + j) as u8 } else { 7 })
}

#[test]
fn a_field_is_read_alone() {
    for kind in KINDS {
        for (array, _dir) in arrays(kind) {
            let heights = ids().mapv(|id| f64::from(id) / 2.0);
            let mut heights = heights.into_dyn();
            heights
                .slice_each_axis_mut(|axis| {
                    ndarray::Slice::from(if axis.axis.index() == 0 { 5.. } else { 0.. })
                })
                .fill(0.5);
            for selection in [
                sel![..],
                sel![1..;2, ..;-3],
                Selection::orthogonal(([5, 0, 0], [9, 2])),
                Selection::points([vec![0, 5, 3], vec![1, 9, 3]]),
            ] {
                let wanted = zarr::array(MemoryStore::new(), heights.clone())
                    .wait()
                    .unwrap();
                let wanted = wanted.read::<f64>(&selection).wait().unwrap();
                let read = || array.read::<f64>(&selection).field("height");
                assert_eq!(read().wait().unwrap(), wanted);
                let many = array
                    .read_many::<f64>([&selection, &selection])
                    .field("height");
                assert_eq!(many.wait().unwrap(), [wanted.clone(), wanted]);
            }
            let ids_read = array.read::<u8>(..).field("id").wait().unwrap();
            assert_eq!(ids_read, ids().into_dyn());
            let y = array
                .read::<f32>(sel![..5, ..])
                .field("at")
                .field("y")
                .wait()
                .unwrap();
            assert_eq!(y[[4, 9]], 49.0 * 5.0);
            let blocks = array.stream::<i16>(..).field("at").field("x").wait();
            let sum: i64 = blocks
                .map(|block| block.unwrap().1.mapv(i64::from).sum())
                .sum();
            assert_eq!(sum, 3 * (0..50).sum::<i64>() - 10);
        }
    }
}

#[test]
fn several_fields_are_records_of_these() {
    let (array, _dir) = arrays(Kind::Memory).remove(1);
    let read = array
        .read_dyn(sel![4, 7..9])
        .fields(["at", "id"])
        .wait()
        .unwrap();
    assert_eq!(read.shape, [2]);
    let DataType::Struct(fields) = &read.dtype else {
        panic!("{}", read.dtype)
    };
    assert_eq!(
        fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(),
        ["at", "id"]
    );
    let wanted: Vec<u8> = [47, 48]
        .iter()
        .flat_map(|&i| [&bytes(i)[9..], &bytes(i)[..1]].concat())
        .collect();
    assert_eq!(read.data.as_fixed().unwrap(), wanted);
}

#[test]
fn a_field_is_written_and_the_others_stay() {
    for kind in KINDS {
        for (array, _dir) in arrays(kind) {
            let before = array.read_dyn(..).fields(["id", "at"]).wait().unwrap();
            let mut heights = array.read::<f64>(..).field("height").wait().unwrap();
            // One element, a whole array, a list, and where nothing was.
            array
                .write(sel![1..4, 2], -1.0)
                .field("height")
                .wait()
                .unwrap();
            heights.slice_mut(ndarray::s![1..4, 2]).fill(-1.0);
            let new = ArrayD::from_shape_fn(IxDyn(&[2, 10]), |at| (at[0] * 10 + at[1]) as f64);
            array
                .write(sel![4.., ..], new.clone())
                .field("height")
                .wait()
                .unwrap();
            heights.slice_mut(ndarray::s![4.., ..]).assign(&new);
            let list = Selection::orthogonal((0..2, [9, 3]));
            let new = ndarray::array![[1.5, 2.5], [3.5, 4.5]];
            array
                .write(list, new.clone())
                .field("height")
                .wait()
                .unwrap();
            for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                heights[[i, [9, 3][j]]] = new[[i, j]];
            }
            let points = Selection::points([vec![5, 0], vec![5, 5]]);
            array.write(points, 8.0).field("height").wait().unwrap();
            (heights[[5, 5]], heights[[0, 5]]) = (8.0, 8.0);

            assert_eq!(
                array.read::<f64>(..).field("height").wait().unwrap(),
                heights
            );
            let after = array.read_dyn(..).fields(["id", "at"]).wait().unwrap();
            assert_eq!(after, before);
            // Back to the fill value as a whole: nothing is stored any more.
            array
                .write(sel![5, ..], 0.5)
                .field("height")
                .wait()
                .unwrap();
            let y = array.write(.., 2.5_f32).field("at").field("y");
            y.wait().unwrap();
            let read = array.read::<f32>(..).field("at").field("y").wait().unwrap();
            assert_eq!(read.sum(), 2.5 * 60.0);
        }
    }
}

#[test]
fn several_fields_are_written_together() {
    let (array, _dir) = arrays(Kind::Local).remove(2);
    let picked = array
        .read_dyn(sel![0, ..])
        .fields(["at", "id"])
        .wait()
        .unwrap();
    array
        .write(sel![3, ..], picked.clone())
        .fields(["at", "id"])
        .wait()
        .unwrap();
    let read = array
        .read_dyn(sel![3, ..])
        .fields(["at", "id"])
        .wait()
        .unwrap();
    assert_eq!(read, picked);
    let heights = array
        .read::<f64>(sel![3, ..])
        .field("height")
        .wait()
        .unwrap();
    assert_eq!(
        heights,
        Array1::from_shape_fn(10, |j| (30 + j) as f64 / 2.0).into_dyn()
    );
}

#[test]
fn byte_orders_may_differ_from_field_to_field() {
    let memory = MemoryStore::new();
    let put = |name: &str, value: Vec<u8>| {
        let key = Key::new(name).unwrap();
        BlockingStore::put(&memory, &key, &Payload::from(value), PutMode::Overwrite).unwrap();
    };
    let document = json!({
        "zarr_format": 2, "shape": [3], "chunks": [3], "order": "C", "filters": null,
        "compressor": null, "fill_value": null,
        "dtype": [["a", ">i4"], ["b", "<i2"], ["c", "|u1"], ["d", ">f8"]],
    });
    put(".zarray", document.to_string().into_bytes());
    let element = |i: i32| {
        let mut bytes = i.to_be_bytes().to_vec();
        bytes.extend((i as i16 + 1).to_le_bytes());
        bytes.push(i as u8 + 2);
        bytes.extend((f64::from(i) + 0.5).to_be_bytes());
        bytes
    };
    put("0", (300..303).flat_map(|i| element(i % 250)).collect());
    let array = zarr::open_array(memory.clone()).wait().unwrap();
    assert_eq!(
        array.read::<i32>(..).field("a").wait().unwrap().sum(),
        50 + 51 + 52
    );
    assert_eq!(
        array.read::<i16>(..).field("b").wait().unwrap().sum(),
        51 + 52 + 53
    );
    array.write(1, 1000_i32).field("a").wait().unwrap();
    array.write(2.., 0.25).field("d").wait().unwrap();
    let mut wanted = [element(50), element(51), element(52)];
    wanted[1][..4].copy_from_slice(&1000_i32.to_be_bytes());
    wanted[2][7..].copy_from_slice(&0.25_f64.to_be_bytes());
    let stored = memory.open(&Key::new("0").unwrap()).unwrap().unwrap();
    assert_eq!(stored.read(0..45).unwrap(), wanted.concat());
}

#[test]
fn wrong_fields_are_errors_that_help() {
    let (array, _dir) = arrays(Kind::Memory).remove(0);
    let error = |read: zarr::Read<f64>| read.wait().unwrap_err().to_string();
    let text = error(array.read(..).field("heigth"));
    assert!(text.contains("did you mean `height`?"), "{text}");
    let text = error(array.read(..).field("at").field("z"));
    assert!(
        text.contains("there are `x`, `y`") || text.contains("did you mean"),
        "{text}"
    );
    let text = error(array.read(..).field("id"));
    assert!(text.contains("uint8"), "{text}");
    let text = error(array.read(..).field("id").field("x"));
    assert!(text.contains("have no fields"), "{text}");
    let write = array.write(.., 1.5).field("id").wait().unwrap_err();
    assert!(
        write.to_string().contains("1.5 is not a value of uint8"),
        "{write}"
    );
    let write = array.write(.., 1.0).fields::<&str>([]).wait().unwrap_err();
    assert!(write.to_string().contains("no field is named"), "{write}");
}
