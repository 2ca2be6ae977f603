//! `empty_like`, `zeros_like`, `ones_like`, `full_like`, `open_like`: structure is kept, in both formats.

use ndarray::Array2;
use zarr::blocking::Wait;
use zarr::{
    Array, ChunkKeyEncoding, CreateArray, DataType, ErrorClass, Extension, Mode, Order, Separator,
    Target, ZarrFormat, json,
};

fn v3() -> Vec<CreateArray> {
    let new = |dtype| zarr::create_array(Target::Memory, [20, 30], dtype);
    let transpose = Extension::new("transpose").with("order", vec![1, 0]);
    let index = Extension::new("sharding_indexed")
        .with("chunk_shape", vec![5, 5])
        .with(
            "codecs",
            json!([{"name": "bytes", "configuration": {"endian": "big"}}]),
        )
        .with(
            "index_codecs",
            json!([{"name": "bytes", "configuration": {"endian": "big"}}]),
        )
        .with("index_location", "start");
    vec![
        new(DataType::Float32).fill_value(f32::NAN),
        new(DataType::Int16)
            .chunks([5, 6])
            .shards([10, 12])
            .filters(transpose.clone())
            .compressors(())
            .dimension_names([Some("y"), None])
            .chunk_key_encoding(ChunkKeyEncoding::V2(Separator::Dot)),
        new(DataType::UInt8)
            .chunks([10, 10])
            .codecs([index.clone()]),
        new(DataType::UInt8)
            .chunks([10, 10])
            .codecs([transpose, index, Extension::new("crc32c")]),
        new(DataType::String).fill_value("none"),
        new(DataType::Raw(3)),
    ]
}

fn v2() -> Vec<CreateArray> {
    let new = |dtype| {
        let create = zarr::create_array(Target::Memory, [20, 30], dtype);
        create.zarr_format(ZarrFormat::V2)
    };
    vec![
        new(DataType::Float64).fill_value(json!(null)),
        new(DataType::Int32)
            .order(Order::F)
            .serializer(Extension::new("bytes").with("endian", "big"))
            .filters(Extension::new("delta").with("dtype", ">i4"))
            .compressors(Extension::new("gzip").with("level", 2))
            .chunk_key_encoding(ChunkKeyEncoding::V2(Separator::Slash))
            .fill_value(-3),
        new(DataType::Bool).compressors(()),
        new(DataType::String).fill_value("none"),
        new(DataType::FixedUtf32(4)),
    ]
}

#[test]
fn everything_structural_is_kept() {
    for (at, create) in v3().into_iter().chain(v2()).enumerate() {
        let like = create.attributes(json!({"a": 1})).wait().unwrap();
        let new = zarr::empty_like(Target::Memory, &like).wait().unwrap();
        let mut expected = like.metadata().clone();
        expected.attributes_mut().clear();
        assert_eq!(new.metadata(), &expected, "case {at}");
    }
}

#[test]
fn the_value_is_another_and_the_rest_the_same() {
    let like = zarr::create_array(Target::Memory, [4, 6], DataType::Int32)
        .chunks([2, 2])
        .shards([4, 4])
        .fill_value(7)
        .wait()
        .unwrap();
    let sum = |create: CreateArray| {
        let array = create.wait().unwrap();
        assert_eq!(
            (array.chunks(), array.shards()),
            (Some(vec![2, 2]), Some(vec![4, 4]))
        );
        array.read::<i32>(..).wait().unwrap().sum()
    };
    assert_eq!(sum(zarr::empty_like(Target::Memory, &like)), 7 * 24);
    assert_eq!(sum(zarr::zeros_like(Target::Memory, &like)), 0);
    assert_eq!(sum(zarr::ones_like(Target::Memory, &like)), 24);
    assert_eq!(sum(zarr::full_like(Target::Memory, &like, -1)), -24);
    let other = zarr::zeros_like(Target::Memory, &like).chunks([1, 2]);
    assert_eq!(other.wait().unwrap().chunks(), Some(vec![1, 2]));
}

#[test]
fn arrays_in_memory_give_shape_and_type() {
    let memory = Array2::<u16>::zeros((3, 4));
    let array = zarr::ones_like(Target::Memory, &memory).wait().unwrap();
    assert_eq!(
        (array.shape(), array.dtype()),
        (&[3, 4][..], &DataType::UInt16)
    );
    let view = zarr::zeros_like(Target::Memory, &memory.view()).wait();
    assert_eq!(view.unwrap().shape(), [3, 4]);
}

#[test]
fn in_a_group_it_is_of_the_groups_format() {
    let like = zarr::ones(Target::Memory, [4]).chunks([2]).wait().unwrap();
    let root = zarr::create_group(Target::Memory).wait().unwrap();
    let made = [
        root.empty_like("e", &like).wait().unwrap(),
        root.zeros_like("z", &like).wait().unwrap(),
        root.ones_like("o", &like).wait().unwrap(),
        root.full_like("f", &like, 2).wait().unwrap(),
    ];
    let first = |array: &Array| array.read::<f64>(0).wait().unwrap()[[]];
    assert_eq!(
        made.iter().map(first).collect::<Vec<_>>(),
        [1.0, 0.0, 1.0, 2.0]
    );

    let root = zarr::create_group(Target::Memory).zarr_format(ZarrFormat::V2);
    let root = root.wait().unwrap();
    let array = root.empty_like("e", &like).wait().unwrap();
    assert_eq!(
        (array.zarr_format(), array.chunks()),
        (ZarrFormat::V2, Some(vec![2]))
    );
    let slash = ChunkKeyEncoding::V2(Separator::Slash);
    let array = root.empty_like("s", &like).chunk_key_encoding(slash);
    let encoding = array.wait().unwrap().metadata().chunk_key_encoding();
    assert_eq!(encoding, slash);
}

#[test]
fn a_chain_stands_in_place_of_the_others_parts() {
    let like = zarr::zeros(Target::Memory, [4]).wait().unwrap();
    let chain = || {
        let bytes = Extension::new("bytes").with("endian", "little");
        [bytes, Extension::new("crc32c")]
    };
    let new = zarr::empty_like(Target::Memory, &like).codecs(chain());
    let codecs = new.wait().unwrap().metadata().codecs().to_vec();
    assert_eq!(codecs, chain());
    // What is chosen beside it is one chain too many, as ever.
    let both = zarr::empty_like(Target::Memory, &like).codecs(chain());
    let error = both.compressors(Extension::new("crc32c")).wait();
    assert_eq!(error.unwrap_err().class(), zarr::ErrorClass::Invalid);
}

#[test]
fn open_like_opens_what_is_there() {
    let root = zarr::create_group(Target::Memory).wait().unwrap();
    let like = root.full("like", [4], 3).chunks([2]).wait().unwrap();
    let open = || zarr::open_like(&root, &like).path("new");
    let new = open().wait().unwrap();
    assert_eq!(new.metadata(), like.metadata());
    new.write(0, 9.0).wait().unwrap();
    assert_eq!(
        open().wait().unwrap().read::<f64>(..).wait().unwrap().sum(),
        18.0
    );
    let again = open().mode(Mode::CreateNew).wait().unwrap_err();
    assert_eq!(again.class(), ErrorClass::Exists);
}
