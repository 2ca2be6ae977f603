//! `create_array`: documents, refusals, and that a refusal destroys nothing.

use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{
    ArgumentProblem, ChunkKeyEncoding, CreateArray, DataType, ErrorClass, ErrorKind, Extension,
    Fill, MemoryStore, Order, Separator, Target, ZarrFormat,
};
use zarr_store::{BlockingStore, Store, StoreExt};

fn document(store: &std::sync::Arc<dyn Store>, key: &str) -> Value {
    let key = zarr_store::Key::new(key).unwrap();
    let bytes = store.get_all(&key).wait().unwrap();
    serde_json::from_slice(&bytes.unwrap_or_else(|| panic!("no {key:?}"))).unwrap()
}

#[test]
fn the_document_is_what_zarr_python_writes() {
    // zarr-python 3.4.2, `create_array(store, shape=(10, 20), dtype="int16", chunks=(5, 5),
    // dimension_names=("y", "x"), attributes={"a": 1})`, without its empty `storage_transformers`.
    let wanted = json!({
        "shape": [10, 20],
        "data_type": "int16",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [5, 5]}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0,
        "codecs": [
            {"name": "bytes", "configuration": {"endian": "little"}},
            {"name": "zstd", "configuration": {"level": 0, "checksum": false}},
        ],
        "attributes": {"a": 1},
        "dimension_names": ["y", "x"],
        "zarr_format": 3,
        "node_type": "array",
    });
    let store = MemoryStore::new().into_store();
    zarr::create_array(store.clone(), [10, 20], DataType::Int16)
        .chunks([5, 5])
        .dimension_names(["y", "x"])
        .attributes(json!({"a": 1}))
        .wait()
        .unwrap();
    let written = document(&store, "zarr.json");
    assert_eq!(written, wanted);
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&written), keys(&wanted), "the order of keys");
}

#[test]
fn the_document_of_format_2_is_what_zarr_python_writes() {
    // zarr-python 3.4.2, the same with zarr_format=2, order="F", chunk separator "/".
    let wanted = json!({
        "shape": [10, 20],
        "chunks": [5, 5],
        "dtype": "<i2",
        "fill_value": 0,
        "order": "F",
        "filters": null,
        "dimension_separator": "/",
        "compressor": {"id": "zstd", "level": 0},
        "zarr_format": 2,
    });
    let store = MemoryStore::new().into_store();
    zarr::create_array(store.clone(), [10, 20], DataType::Int16)
        .zarr_format(ZarrFormat::V2)
        .chunks([5, 5])
        .order(Order::F)
        .chunk_key_encoding(ChunkKeyEncoding::V2(Separator::Slash))
        .attributes(json!({"a": 1}))
        .wait()
        .unwrap();
    assert_eq!(document(&store, ".zarray"), wanted);
    assert_eq!(document(&store, ".zattrs"), json!({"a": 1}));
}

#[test]
fn groups_above_are_made() {
    let store = MemoryStore::new().into_store();
    zarr::create_array(store.clone(), [1], DataType::Bool)
        .name("a/b/c")
        .wait()
        .unwrap();
    for group in ["zarr.json", "a/zarr.json", "a/b/zarr.json"] {
        assert_eq!(document(&store, group)["node_type"], "group");
    }
    assert_eq!(document(&store, "a/b/c/zarr.json")["node_type"], "array");
}

fn argument(create: CreateArray) -> (&'static str, ArgumentProblem) {
    let error = create.wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Invalid, "{error}");
    match error.kind() {
        ErrorKind::Argument { name, kind, .. } => (name, *kind),
        other => panic!("{other}"),
    }
}

fn create() -> CreateArray {
    zarr::create_array(Target::Memory, [4, 6], DataType::Int16)
}

#[test]
fn wrong_arguments_are_named() {
    use ArgumentProblem::{Conflict, Format, Shape, Value};
    let check = |create: CreateArray, name: &str, kind: ArgumentProblem| {
        assert_eq!(argument(create), (name, kind));
    };
    check(create().chunks([2]), "chunks", Shape);
    check(create().chunks([2, 0]), "chunks", Value);
    check(create().chunks([2, 2]).shards([3, 2]), "shards", Conflict);
    check(create().dimension_names(["x"]), "dimension_names", Shape);
    check(create().fill_value(1_000_000), "fill_value", Value);
    check(create().fill_value(Fill::Null), "fill_value", Format);
    check(create().attributes(json!([1])), "attributes", Value);
    let codecs = [Extension::new("bytes").with("endian", "little")];
    let both = create().codecs(codecs).compressors(());
    check(both, "codecs", Conflict);
    let v2 = || create().zarr_format(ZarrFormat::V2);
    check(v2().shards([4, 6]), "shards", Format);
    let named = v2().dimension_names(["x", "y"]);
    check(named, "dimension_names", Format);
    let only_v3 = Extension::new("cast_value").with("data_type", "int8");
    check(v2().compressors(only_v3), "compressors", Format);
    let default = ChunkKeyEncoding::Default(Separator::Slash);
    let encoded = v2().chunk_key_encoding(default);
    check(encoded, "chunk_key_encoding", Format);
}

/// The document is valid, and the codec itself refuses it: no stored data is damaged.
#[test]
fn a_codec_that_does_not_suit_the_array_is_a_wrong_argument() {
    // The highest level of zstd is 22 (`ZSTD_maxCLevel`).
    let level = Extension::new("zstd").with("level", 99);
    let wanted = ("codecs", ArgumentProblem::Value);
    assert_eq!(argument(create().compressors(level.clone())), wanted);
    let v2 = create()
        .zarr_format(ZarrFormat::V2)
        .compressors(level.clone());
    assert_eq!(argument(v2), wanted);
    let group = zarr::create_group(Target::Memory).wait().unwrap();
    let nodes = group.create_hierarchy([("a", create().compressors(level).options().clone())]);
    let error = nodes.wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Invalid, "{error}");
}

#[test]
fn an_unknown_codec_is_refused_before_anything_is_written() {
    let store = MemoryStore::new().into_store();
    let array = zarr::create_array(store.clone(), [4], DataType::Int16);
    let error = array
        .compressors(Extension::new("nope"))
        .wait()
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unsupported);
    assert!(error.to_string().contains("codec `nope`"), "{error}");
    assert!(store.is_empty(&zarr_store::Prefix::root()).wait().unwrap());
}

#[test]
fn a_codec_that_only_decodes_is_refused_before_anything_is_written() {
    let store = MemoryStore::new().into_store();
    let array = zarr::create_array(store.clone(), [4], DataType::Int16);
    let snappy = Extension::new("blosc").with("cname", "snappy");
    let error = array.compressors(snappy).wait().unwrap_err();
    assert!(
        error.to_string().contains("\"snappy\" is only read"),
        "{error}"
    );
    assert!(store.is_empty(&zarr_store::Prefix::root()).wait().unwrap());
}

#[test]
fn what_is_there_is_kept_unless_overwritten() {
    let store = MemoryStore::new().into_store();
    let make = |format| zarr::create_array(store.clone(), [4], DataType::UInt8).zarr_format(format);
    let first = make(ZarrFormat::V3).wait().unwrap();
    first.write(.., 3_u8).wait().unwrap();
    for format in [ZarrFormat::V3, ZarrFormat::V2] {
        let error = make(format).wait().unwrap_err();
        assert_eq!(error.class(), ErrorClass::Exists, "{error}");
    }
    // Not even an overwriting call destroys anything when an argument of it is wrong.
    make(ZarrFormat::V3)
        .overwrite(true)
        .chunks([0])
        .wait()
        .unwrap_err();
    make(ZarrFormat::V3)
        .overwrite(true)
        .compressors(Extension::new("nope"))
        .wait()
        .unwrap_err();
    assert_eq!(first.read::<u8>(..).wait().unwrap().sum(), 12);

    let second = make(ZarrFormat::V2).overwrite(true).wait().unwrap();
    assert_eq!(second.read::<u8>(..).wait().unwrap().sum(), 0);
    assert_eq!(
        zarr::open_array(store.clone())
            .wait()
            .unwrap()
            .zarr_format(),
        ZarrFormat::V2
    );
}

#[test]
fn nothing_is_created_inside_an_array_or_under_a_reserved_name() {
    let store = MemoryStore::new().into_store();
    zarr::create_array(store.clone(), [4], DataType::UInt8)
        .name("a")
        .wait()
        .unwrap();
    let below = zarr::create_array(store.clone(), [4], DataType::UInt8).name("a/b/c");
    let error = below.wait().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::ParentIsArray { .. }),
        "{error}"
    );
    for name in ["__x", "...", "x/zarr.json", ".zarray", "../x"] {
        let create = zarr::create_array(store.clone(), [4], DataType::UInt8).name(name);
        assert_eq!(
            create.wait().unwrap_err().class(),
            ErrorClass::Invalid,
            "{name}"
        );
    }
}

#[test]
fn float_fill_values_keep_their_bits() {
    for fill in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.1] {
        let array = zarr::create_array(Target::Memory, [2], DataType::Float64).fill_value(fill);
        let read = array.wait().unwrap().read::<f64>(..).wait().unwrap();
        assert_eq!(read[[1]].to_bits(), fill.to_bits());
    }
}
