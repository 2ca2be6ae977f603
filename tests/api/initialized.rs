//! `Array::read_initialized`: C28, G17.

use ndarray::{Array2, array};
use zarr::blocking::Wait;
use zarr::{DataType, Extension, MemoryStore, Target, ZarrFormat, json, sel};

/// C28, G17: format 2, where `null` is no value.
#[test]
fn c28_cells_that_were_never_written() {
    let create = zarr::create_array(MemoryStore::new(), [5, 4], DataType::Float32).chunks([2, 2]);
    let create = create.zarr_format(ZarrFormat::V2).fill_value(json!(null));
    let array = create.wait().unwrap();
    array.write(sel![2, 1], 1.5_f32).wait().unwrap();
    array
        .write(sel![4.., ..2], array![[0.0_f32, 2.0]])
        .wait()
        .unwrap();
    let expected = array![
        [false, false, false, false],
        [false, false, false, false],
        [true, true, false, false],
        [true, true, false, false],
        [true, true, false, false]
    ];
    assert_eq!(
        array.read_initialized(..).wait().unwrap(),
        expected.clone().into_dyn()
    );
    let part = expected
        .slice(ndarray::s![1..;2, ..;-1])
        .to_owned()
        .into_dyn();
    assert_eq!(
        array.read_initialized(sel![1..;2, ..;-1]).wait().unwrap(),
        part
    );
}

/// G17: inner chunks of shards, transposed ones, and elements of variable length.
#[test]
fn g17_inner_chunks_that_are_not_stored() {
    let create = |dtype| zarr::create_array(Target::Memory, [4, 6], dtype).chunks([2, 3]);
    let mut expected = Array2::from_elem((4, 6), false);
    expected.slice_mut(ndarray::s![..2, 3..]).fill(true);
    let expected = expected.into_dyn();
    let array = create(DataType::String).shards([4, 6]).wait().unwrap();
    array.write(sel![1, 5], "a").wait().unwrap();
    assert_eq!(array.read_initialized(..).wait().unwrap(), expected);
    let transpose = Extension::new("transpose").with("order", vec![1, 0]);
    let array = create(DataType::Int16)
        .shards([4, 6])
        .filters(transpose.clone())
        .wait()
        .unwrap();
    array.write(sel![1, 5], 1_i16).wait().unwrap();
    assert_eq!(array.read_initialized(..).wait().unwrap(), expected);
    // The codec before the shard.
    let shard = Extension::new("sharding_indexed")
        .with("chunk_shape", vec![3, 2])
        .with(
            "codecs",
            json!([{"name": "bytes", "configuration": {"endian": "little"}}]),
        )
        .with(
            "index_codecs",
            json!([{"name": "bytes", "configuration": {"endian": "little"}}, "crc32c"]),
        );
    let array = zarr::create_array(Target::Memory, [4, 6], DataType::Int16).chunks([4, 6]);
    let array = array.codecs([transpose, shard]).wait().unwrap();
    array.write(sel![1, 5], 1_i16).wait().unwrap();
    assert_eq!(array.read_initialized(..).wait().unwrap(), expected);
    let empty = create(DataType::Int8).wait().unwrap();
    assert!(!empty.read_initialized(sel![3, 5]).wait().unwrap()[[]]);
}

#[test]
fn g17_a_mask_of_what_was_never_written_through_lists_and_views() {
    let a = zarr::create_array(Target::Memory, [4, 6], DataType::Int8).chunks([2, 3]);
    let a = a.wait().unwrap();
    a.write((0, 0), 1).wait().unwrap();
    a.write((3, 5), 1).wait().unwrap();
    let lists = a
        .oindex(([0, 3], [1, 4]))
        .read_initialized()
        .wait()
        .unwrap();
    assert_eq!(lists, array![[true, false], [false, true]].into_dyn());
    let columns = a
        .view((.., 2..5))
        .unwrap()
        .t()
        .read_initialized((.., 1..3))
        .wait()
        .unwrap();
    assert_eq!(
        columns,
        array![[true, false], [false, true], [false, true]].into_dyn()
    );
}
