//! What is written is what every reader opens: whatever a creator asks for ends as documents in which the
//! strict validator finds no error, or as an error with nothing written.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use zarr::blocking::Wait;
use zarr::tools::{Profile, Reader};
use zarr::{Attributes, DataType, Extension, MemoryStore, NewNode, ZarrFormat};
use zarr_store::{BlockingStore, Key, Store, StoreExt};

/// The text of a document; `None` where there is none.
fn document(store: &Arc<dyn Store>, name: &str) -> Option<Vec<u8>> {
    let key = Key::new(name).unwrap();
    let text = store.get_at_most(&key, 1 << 20).wait().unwrap();
    text.map(|text| text.to_vec())
}

/// Judges what a store holds, as strictly as can be. Whether there was anything.
fn is_written(store: &Arc<dyn Store>) -> bool {
    let strict = Reader::default().profile(Profile::Strict);
    let mut found = false;
    for name in ["zarr.json", ".zarray", ".zgroup", ".zattrs"] {
        if let Some(text) = document(store, name) {
            found = true;
            let report = strict.validate(name, &text);
            assert!(
                report.is_valid(),
                "{report}\n{}",
                String::from_utf8_lossy(&text)
            );
        }
    }
    found
}

const NAMES: [&str; 34] = [
    "adler32",
    "astype",
    "base64",
    "bitround",
    "blosc",
    "bytes",
    "bz2",
    "cast_value",
    "categorize",
    "crc32",
    "crc32c",
    "delta",
    "fixedscaleoffset",
    "fletcher32",
    "gzip",
    "jenkins_lookup3",
    "json2",
    "lz4",
    "lzma",
    "packbits",
    "pcodec",
    "quantize",
    "reshape",
    "scale_offset",
    "sharding_indexed",
    "shuffle",
    "transpose",
    "vlen-bytes",
    "vlen-utf8",
    "zlib",
    "zstd",
    "gizp",
    "a b",
    "",
];
const KEYS: [&str; 16] = [
    "level",
    "levle",
    "checksum",
    "cname",
    "clevel",
    "shuffle",
    "typesize",
    "blocksize",
    "endian",
    "order",
    "keepbits",
    "dtype",
    "astype",
    "elementsize",
    "acceleration",
    "location",
];

fn setting() -> impl Strategy<Value = Value> {
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1),
        json!(5),
        json!(99),
        json!(1.5),
        json!("little"),
        json!("shuffle"),
        json!("zstd"),
        json!("<f4"),
        json!("end"),
        json!([0]),
        json!([1, 0]),
        json!({}),
    ];
    prop::sample::select(values.to_vec())
}

fn codec() -> impl Strategy<Value = Extension> {
    let settings = prop::collection::vec((prop::sample::select(KEYS.to_vec()), setting()), 0..3);
    (
        prop::sample::select(NAMES.to_vec()),
        any::<bool>(),
        settings,
    )
        .prop_map(|(name, of_numcodecs, settings)| {
            let name = match of_numcodecs {
                true => format!("numcodecs.{name}"),
                false => name.to_owned(),
            };
            let codec = Extension::new(name);
            settings
                .into_iter()
                .fold(codec, |codec, (key, value)| codec.with(key, value))
        })
}

fn codecs() -> impl Strategy<Value = Vec<Extension>> {
    prop::collection::vec(codec(), 0..3)
}

fn data_type() -> impl Strategy<Value = DataType> {
    prop::sample::select(vec![
        DataType::Bool,
        DataType::UInt8,
        DataType::Int32,
        DataType::Float32,
        DataType::String,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_is_written_that_the_strict_refuse(
        data_type in data_type(),
        is_old: bool,
        filters in codecs(),
        compressors in codecs(),
        in_shards: bool,
    ) {
        let store = MemoryStore::new().into_store();
        let format = if is_old { ZarrFormat::V2 } else { ZarrFormat::V3 };
        let mut create = zarr::create_array(store.clone(), [8, 6], data_type)
            .chunks([4, 3])
            .zarr_format(format)
            .filters(filters)
            .compressors(compressors);
        if in_shards {
            create = create.shards([8, 6]);
        }
        let created = create.wait();
        prop_assert_eq!(is_written(&store), created.is_ok(), "{:?}", created.err());
    }
}

#[test]
fn a_codec_without_its_settings_is_one_that_others_open() {
    let codecs = |format, name: &str| {
        let store = MemoryStore::new().into_store();
        zarr::create_array(store.clone(), [8], DataType::Float32)
            .zarr_format(format)
            .compressors(vec![Extension::new(name)])
            .wait()
            .unwrap();
        let name = if format == ZarrFormat::V2 {
            ".zarray"
        } else {
            "zarr.json"
        };
        let text = document(&store, name).unwrap();
        serde_json::from_slice::<Value>(&text).unwrap()
    };
    // As zarr-python 3.4.2 writes `compressors={"name": "gzip", "configuration": {}}` and so on.
    let gzip = &codecs(ZarrFormat::V3, "gzip")["codecs"][1];
    assert_eq!(
        *gzip,
        json!({"name": "gzip", "configuration": {"level": 5}})
    );
    let zstd = &codecs(ZarrFormat::V3, "zstd")["codecs"][1];
    assert_eq!(
        *zstd,
        json!({"name": "zstd", "configuration": {"level": 0, "checksum": false}})
    );
    let blosc = &codecs(ZarrFormat::V3, "blosc")["codecs"][1]["configuration"];
    let expected = json!({"typesize": 4, "cname": "zstd", "clevel": 5, "shuffle": "shuffle",
        "blocksize": 0});
    assert_eq!(*blosc, expected);
    // And `compressors={"id": "blosc"}`.
    let blosc = &codecs(ZarrFormat::V2, "blosc")["compressor"];
    let expected =
        json!({"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0});
    assert_eq!(*blosc, expected);
    let gzip = &codecs(ZarrFormat::V2, "gzip")["compressor"];
    assert_eq!(*gzip, json!({"id": "gzip", "level": 1}));
}

/// All of which zarr-python 3.4.2 refuses too.
#[test]
fn settings_that_there_are_not_are_refused_by_the_nearest_name() {
    let refused = |format, codec: Extension, words: &str| {
        let store = MemoryStore::new().into_store();
        let create = zarr::create_array(store.clone(), [8], DataType::Float32).zarr_format(format);
        let error = create.compressors(vec![codec]).wait().unwrap_err();
        assert_eq!(error.class(), zarr::ErrorClass::Invalid, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(!is_written(&store));
    };
    let gzip = Extension::new("gzip").with("level", 3).with("levle", 4);
    refused(
        ZarrFormat::V3,
        gzip,
        "levle: expected another setting, perhaps \"level\"",
    );
    let blosc = Extension::new("blosc").with("shuffle", 1);
    refused(ZarrFormat::V3, blosc, "shuffle");
    let blosc = Extension::new("blosc").with("shuffle", "shufle");
    refused(ZarrFormat::V2, blosc, "shuffle");
    let zlib = Extension::new("zlib").with("levle", 4);
    refused(
        ZarrFormat::V2,
        zlib,
        "levle: expected another setting, perhaps \"level\"",
    );
}

/// What reading has limits on is not written: an array that nobody opens again is lost.
#[test]
fn what_readers_refuse_is_not_written() {
    let deep = |depth: usize| {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let limit = |error: zarr::Error, words: &str| {
        assert_eq!(error.class(), zarr::ErrorClass::Limit, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    };
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let store = MemoryStore::new().into_store();
        let array = |attributes: Value| {
            zarr::create_array(store.clone(), [1], DataType::Int8)
                .zarr_format(format)
                .attributes(attributes)
        };
        limit(
            array(json!({"k": deep(64)})).wait().unwrap_err(),
            "depth 65",
        );
        assert!(!is_written(&store));
        let group = zarr::create_group(store.clone()).zarr_format(format);
        let group = group.attributes(json!({"k": deep(64)}));
        limit(group.wait().unwrap_err(), "depth 65");
        assert!(!is_written(&store));

        let mut array = array(json!({"k": 1})).wait().unwrap();
        let before = document(&store, "zarr.json").or_else(|| document(&store, ".zattrs"));
        let error = array
            .update_attributes([("k", deep(64))])
            .wait()
            .unwrap_err();
        limit(error, "depth 65");
        let after = document(&store, "zarr.json").or_else(|| document(&store, ".zattrs"));
        assert_eq!(before, after);
    }
    // Axes and codecs.
    let store = MemoryStore::new().into_store();
    let wide = zarr::create_array(store.clone(), vec![1_u64; 65], DataType::Int8);
    limit(wide.wait().unwrap_err(), "rank 65");
    let long = zarr::create_array(store.clone(), [1], DataType::Int8);
    let long = long.compressors(vec![Extension::new("crc32c"); 40]);
    limit(long.wait().unwrap_err(), "chain length 41");
    let nodes = [(
        "a",
        NewNode::from(Map::from_iter([("k".to_owned(), deep(64))])),
    )];
    limit(
        zarr::create_hierarchy(store.clone(), nodes)
            .wait()
            .unwrap_err(),
        "depth 65",
    );
    assert!(!is_written(&store));
}

/// As `json.dumps` of Python 3.13 writes them, which zarr-python 3.4.2 calls.
const NUMBERS: &str = r#"{"missing_value":NaN,"valid_min":-Infinity,"label":"NaN","big":123456789012345678901234567890}"#;

/// Without white space, none of which is in the texts of the test.
fn compact(text: Vec<u8>) -> String {
    let text = String::from_utf8(text).unwrap();
    text.split_ascii_whitespace().collect()
}

/// The attributes as they stand in the store, below a prefix.
fn stored(store: &Arc<dyn Store>, prefix: &str) -> String {
    let text = document(store, &format!("{prefix}zarr.json"));
    let text = text.or_else(|| document(store, &format!("{prefix}.zattrs")));
    compact(text.unwrap())
}

#[test]
fn numbers_that_json_lacks_are_kept_in_attributes() {
    let numbers: Attributes = NUMBERS.parse().unwrap();
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let store = MemoryStore::new().into_store();
        let keeps = |prefix: &str| {
            let text = stored(&store, prefix);
            assert!(text.contains(NUMBERS), "{prefix}: {text}");
        };
        let root = zarr::create_group(store.clone()).zarr_format(format);
        let mut root = root.attributes(numbers.clone()).wait().unwrap();
        keeps("");
        let array = root.create_array("a", [2], DataType::Float32);
        let mut array = array.attributes(numbers.clone()).wait().unwrap();
        keeps("a/");
        array.update_attributes([("k", json!(1))]).wait().unwrap();
        array
            .update_attributes(None::<(String, Value)>)
            .remove(["k"])
            .wait()
            .unwrap();
        keeps("a/");
        array.resize([3]).wait().unwrap();
        keeps("a/");
        let mut other = root.create_group("b").wait().unwrap();
        other.update_attributes(numbers.clone()).wait().unwrap();
        keeps("b/");
        let nodes = [("c", NewNode::from(numbers.clone()))];
        root.create_hierarchy(nodes).wait().unwrap();
        keeps("c/");
        zarr::copy(&array, &root).name("d").wait().unwrap();
        keeps("d/");
        // In copies of the documents too, also after something else has changed.
        zarr::consolidate_metadata(&root).wait().unwrap();
        root.refresh().wait().unwrap();
        root.update_attributes([("x", 1.0)]).wait().unwrap();
        let name = if format == ZarrFormat::V2 {
            ".zmetadata"
        } else {
            "zarr.json"
        };
        let text = compact(document(&store, name).unwrap());
        assert!(text.matches(NUMBERS).count() >= 4, "{text}");
        let read = zarr::open_consolidated(store.clone()).wait().unwrap();
        let read = read.get("a").wait().unwrap();
        let zarr::Node::Array(read) = read else {
            panic!("an array was read as something else");
        };
        assert_eq!(*read.attrs(), numbers);
        // A text in place of the number is a text.
        array
            .update_attributes([("missing_value", json!("NaN"))])
            .wait()
            .unwrap();
        assert!(stored(&store, "a/").contains(r#""missing_value":"NaN""#));
    }
}

#[test]
fn numbers_that_json_lacks_are_refused_on_request() {
    let config = zarr::Config {
        strict_json: true,
        ..zarr::Config::default()
    };
    let context = zarr::Context::builder().config(config).build();
    let store = MemoryStore::new().into_store();
    let numbers: Attributes = NUMBERS.parse().unwrap();
    let group = zarr::create_group(store.clone())
        .attributes(numbers)
        .context(&context);
    let error = group.wait().unwrap_err();
    assert_eq!(error.class(), zarr::ErrorClass::Invalid);
    assert!(
        error.to_string().contains("/missing_value is NaN"),
        "{error}"
    );
    assert!(!is_written(&store));
}
