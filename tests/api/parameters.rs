//! What a function stores for each of its parameters, named `function_parameter`: the documents that
//! zarr-python stores (`zarr_python.json`, which names the version; made by `zarr_python.py`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ndarray::Array2;
use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{
    Array, ArrayOptions, ChunkKeyEncoding, CreateArray, DataType, Extension, Fill, MemoryStore,
    Mode, NewNode, Order, Result, Separator, ZarrFormat,
};
use zarr_store::{BlockingStore, ByteRange, Prefix};

static CASES: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("zarr_python.json")).unwrap());

/// What is in a store: documents, and the keys of all else.
pub(super) fn stored(store: &MemoryStore) -> (BTreeMap<String, Value>, Vec<String>) {
    let (mut documents, mut chunks) = (BTreeMap::new(), vec![]);
    for entry in BlockingStore::list(store, &Prefix::root()).unwrap() {
        let key = entry.key.as_str().to_owned();
        if matches!(
            entry.key.name(),
            "zarr.json" | ".zarray" | ".zgroup" | ".zattrs"
        ) {
            let found = BlockingStore::get(store, &entry.key, ByteRange::All, None).unwrap();
            documents.insert(key, serde_json::from_slice(&found.unwrap().data).unwrap());
        } else {
            chunks.push(key);
        }
    }
    chunks.sort();
    (documents, chunks)
}

/// Whether what was made is what zarr-python made, or both refused.
fn check(name: &str, store: &MemoryStore, made: Result<()>) {
    let case = &CASES["cases"][name];
    assert!(case.is_object(), "zarr_python.py has no case {name}");
    if let Some(error) = case["error"].as_str() {
        assert!(made.is_err(), "zarr-python says {error}");
        assert!(stored(store).0.is_empty() || name.ends_with("_overwrite"));
        return;
    }
    made.unwrap();
    let mut expected: BTreeMap<String, Value> =
        serde_json::from_value(case["documents"].clone()).unwrap();
    for document in expected.values_mut() {
        if let Some(document) = document.as_object_mut() {
            // Always empty.
            document.remove("storage_transformers");
            let codecs = document.get_mut("codecs").and_then(Value::as_array_mut);
            for codec in codecs
                .into_iter()
                .flatten()
                .filter_map(Value::as_object_mut)
            {
                // Which says as much as none.
                codec.retain(|key, value| !(key == "configuration" && *value == json!({})));
            }
        }
    }
    // Here there is no document for attributes that are none.
    expected.retain(|key, value| !(key.ends_with(".zattrs") && *value == json!({})));
    let (documents, chunks) = stored(store);
    assert_eq!(documents, expected, "{name}");
    let expected: Vec<String> = serde_json::from_value(case["chunks"].clone()).unwrap();
    assert_eq!(chunks, expected, "{name}");
}

macro_rules! as_zarr_python_does {
    ($($name:ident: |$store:ident| $make:expr;)*) => {$(
        #[test]
        fn $name() {
            let $store = MemoryStore::new();
            let made = $make.wait().map(drop);
            check(stringify!($name), &$store, made);
        }
    )*};
}

fn array(store: &MemoryStore) -> CreateArray {
    zarr::create_array(store.clone(), [6, 4], DataType::Int16)
}

fn create(store: &MemoryStore) -> CreateArray {
    zarr::create(store.clone(), [6, 4]).dtype(DataType::Int16)
}

fn data() -> Array2<i16> {
    Array2::from_shape_fn((6, 4), |(i, j)| (4 * i + j) as i16)
}

fn gzip(level: i64) -> Extension {
    Extension::new("gzip").with("level", level)
}

fn source() -> Array {
    let create = array(&MemoryStore::new()).chunks([2, 2]).fill_value(7);
    create.compressors(gzip(3)).wait().unwrap()
}

fn big() -> Extension {
    Extension::new("bytes").with("endian", "big")
}

fn delta() -> Extension {
    Extension::new("delta")
        .with("dtype", "<i2")
        .with("astype", "<i2")
}

const V2: ZarrFormat = ZarrFormat::V2;

as_zarr_python_does! {
    create_array_shape: |s| zarr::create_array(s.clone(), [3, 0], DataType::Int16);
    create_array_shape_of_no_axes: |s| zarr::create_array(s.clone(), (), DataType::Int16);
    create_array_shape_of_one_length: |s| zarr::create_array(s.clone(), 5, DataType::Int16);
    create_array_dtype: |s| array(&s).dtype(DataType::Float32);
    create_array_dtype_of_texts: |s| array(&s).dtype(DataType::String);
    create_array_dtype_in_format_2: |s| array(&s).dtype(DataType::Float32).zarr_format(V2).serializer(big());
    create_array_data: |s| zarr::array(s.clone(), data());
    create_array_write_data: |s| zarr::array(s.clone(), data()).write_data(false);
    create_array_name: |s| array(&s).name("a/b");
    create_array_chunks: |s| array(&s).chunks([3, 2]);
    create_array_chunks_of_one_length: |s| array(&s).chunks(3);
    create_array_chunks_auto: |s| zarr::create_array(s.clone(), [3000, 2000], DataType::Int16);
    create_array_chunks_of_too_many_axes: |s| array(&s).chunks([3, 2, 1]);
    create_array_chunks_of_length_0: |s| array(&s).chunks([0, 2]);
    create_array_shards: |s| array(&s).chunks([3, 2]).shards([6, 4]);
    create_array_shards_that_are_no_multiple: |s| array(&s).chunks([3, 2]).shards([4, 4]);
    create_array_shards_in_format_2: |s| array(&s).chunks([3, 2]).shards([6, 4]).zarr_format(V2);
    create_array_filters: |s| array(&s).filters(Extension::new("transpose").with("order", vec![1, 0]));
    create_array_filters_in_format_2: |s| array(&s).filters(delta()).zarr_format(V2);
    create_array_compressors: |s| {
        let zstd = Extension::new("zstd").with("level", 2).with("checksum", false);
        array(&s).compressors([gzip(1), zstd])
    };
    create_array_compressors_one: |s| {
        let blosc = Extension::new("blosc").with("cname", "lz4").with("clevel", 3);
        let blosc = blosc.with("shuffle", "bitshuffle").with("typesize", 2).with("blocksize", 0);
        array(&s).compressors(blosc)
    };
    create_array_compressors_none: |s| array(&s).compressors(());
    create_array_compressors_in_format_2: |s| {
        array(&s).compressors(Extension::new("zlib").with("level", 1)).zarr_format(V2)
    };
    create_array_compressors_none_in_format_2: |s| array(&s).compressors(()).zarr_format(V2);
    create_array_serializer: |s| array(&s).serializer(big());
    create_array_fill_value: |s| array(&s).fill_value(-3);
    create_array_fill_value_not_a_number: |s| array(&s).dtype(DataType::Float64).fill_value(f64::NAN);
    create_array_fill_value_not_of_the_type: |s| array(&s).fill_value("x");
    create_array_fill_value_none_in_format_2: |s| array(&s).fill_value(Fill::Null).zarr_format(V2);
    create_array_order_in_format_2: |s| array(&s).order(Order::F).zarr_format(V2);
    create_array_zarr_format: |s| array(&s).zarr_format(V2);
    create_array_attributes: |s| array(&s).attributes(json!({"a": [1, {"b": null}], "ü": "żółw"}));
    create_array_attributes_in_format_2: |s| array(&s).attributes(json!({"a": 1})).zarr_format(V2);
    create_array_chunk_key_encoding: |s| array(&s).chunk_key_encoding(ChunkKeyEncoding::V2(Separator::Slash));
    create_array_chunk_key_encoding_default: |s| {
        array(&s).chunk_key_encoding(ChunkKeyEncoding::Default(Separator::Dot))
    };
    create_array_chunk_key_encoding_in_format_2: |s| {
        array(&s).chunk_key_encoding(ChunkKeyEncoding::V2(Separator::Slash)).zarr_format(V2)
    };
    create_array_dimension_names: |s| array(&s).dimension_names([Some("y"), None]);
    create_array_dimension_names_of_too_many_axes: |s| array(&s).dimension_names(["z", "y", "x"]);
    create_array_dimension_names_in_format_2: |s| array(&s).dimension_names(["y", "x"]).zarr_format(V2);

    create_shape: |s| zarr::create(s.clone(), 7).dtype(DataType::Int16);
    create_chunks: |s| create(&s).chunks([3, 4]);
    create_chunk_shape: |s| create(&s).chunks([3, 4]);
    create_dtype: |s| zarr::create(s.clone(), [6]);
    create_fill_value: |s| create(&s).fill_value(3);
    create_order: |s| create(&s).order(Order::F).zarr_format(V2);
    create_path: |s| create(&s).name("p/q");
    create_filters: |s| create(&s).filters(delta()).zarr_format(V2);
    create_dimension_separator: |s| {
        create(&s).chunk_key_encoding(ChunkKeyEncoding::V2(Separator::Slash)).zarr_format(V2)
    };
    create_zarr_format: |s| create(&s).zarr_format(V2);
    create_attributes: |s| create(&s).attributes(json!({"n": 1}));
    create_chunk_key_encoding: |s| create(&s).chunk_key_encoding(ChunkKeyEncoding::V2(Separator::Dot));
    create_codecs: |s| create(&s).codecs([big(), gzip(1)]);
    create_codecs_in_format_2: |s| create(&s).codecs([big()]).zarr_format(V2);
    create_dimension_names: |s| create(&s).dimension_names(["y", "x"]);
    create_compressor: |s| create(&s).compressors(Extension::new("zlib").with("level", 1)).zarr_format(V2);

    empty_shape: |s| zarr::empty(s.clone(), [6, 4]);
    zeros_shape: |s| zarr::zeros(s.clone(), [6, 4]);
    ones_shape: |s| zarr::ones(s.clone(), [6, 4]);
    full_fill_value: |s| zarr::full(s.clone(), [6, 4], 0.5);
    full_dtype: |s| zarr::full(s.clone(), [6, 4], 3).dtype(DataType::UInt8);
    full_like_fill_value: |s| zarr::full_like(s.clone(), &source(), 9);
    zeros_like_a: |s| zarr::zeros_like(s.clone(), &source());
    ones_like_a: |s| zarr::ones_like(s.clone(), &source());
    empty_like_a: |s| zarr::empty_like(s.clone(), &source());
    empty_like_dtype: |s| zarr::empty_like(s.clone(), &source()).dtype(DataType::Int32);
    array_data: |s| zarr::array(s.clone(), data());
    array_chunks: |s| zarr::array(s.clone(), data()).chunks([3, 4]);

    create_group_store: |s| zarr::create_group(s.clone());
    create_group_path: |s| zarr::create_group(s.clone()).path("a/b");
    create_group_zarr_format: |s| zarr::create_group(s.clone()).zarr_format(V2);
    create_group_attributes: |s| zarr::create_group(s.clone()).attributes(json!({"n": [1]}));
    create_group_overwrite: |s| {
        zarr::create_group(s.clone()).wait().unwrap();
        zarr::create_group(s.clone())
    };
    group_path: |s| zarr::group(s.clone()).path("a");
    group_zarr_format: |s| zarr::group(s.clone()).zarr_format(V2);
    group_attributes: |s| zarr::group(s.clone()).attributes(json!({"n": 1}));
    group_overwrite: |s| {
        zarr::create_group(s.clone()).wait().unwrap();
        zarr::group(s.clone()).overwrite(true).attributes(json!({"n": 1}))
    };
    group_store: |s| {
        zarr::create_group(s.clone()).wait().unwrap();
        zarr::group(s.clone()).attributes(json!({"n": 1}))
    };

    open_group_mode_a: |s| zarr::open_group(s.clone()).mode(Mode::Append).attributes(json!({"n": 1}));
    open_group_path: |s| zarr::open_group(s.clone()).mode(Mode::CreateNew).path("a");
    open_group_zarr_format: |s| zarr::open_group(s.clone()).mode(Mode::Write).zarr_format(V2);
    open_array_shape: |s| {
        let options = ArrayOptions::new([4], DataType::Int16);
        zarr::open_array(s.clone()).mode(Mode::Append).or_create(options)
    };
    open_array_without_shape: |s| zarr::open_array(s.clone()).mode(Mode::Append);
    open_like_path: |s| zarr::open_like(s.clone(), &source()).path("p");

    save_array_arr: |s| zarr::save_array(s.clone(), data());
    save_array_path: |s| zarr::save_array(s.clone(), data()).name("p");
    save_array_zarr_format: |s| zarr::save_array(s.clone(), data()).zarr_format(V2);
    save_args: |s| zarr::save(s.clone()).array(data()).array(data());
    save_kwargs: |s| zarr::save(s.clone()).named("x", data());
    save_nothing: |s| zarr::save(s.clone());
    save_group_args: |s| zarr::save_group(s.clone()).array(data());
    save_group_path: |s| zarr::save_group(s.clone()).named("x", data()).path("p");
    save_group_zarr_format: |s| zarr::save_group(s.clone()).named("x", data()).zarr_format(V2);
    create_hierarchy_nodes: |s| {
        let attributes = json!({"n": 1}).as_object().unwrap().clone();
        zarr::create_hierarchy(s.clone(), [("a/b", NewNode::from(attributes))])
    };
}

#[test]
fn every_case_is_tested() {
    let tests = include_str!("parameters.rs");
    for name in CASES["cases"].as_object().unwrap().keys() {
        assert!(tests.contains(&format!("\n    {name}: |s|")), "{name}");
    }
}
