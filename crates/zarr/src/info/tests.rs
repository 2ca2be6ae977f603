//! `Info` against what zarr-python 3.4.2 printed (Python 3.13, numpy 2.5.5) for arrays with these documents.

use serde_json::{Value, json};
use zarr_metadata::NodeMetadata;

use super::*;

#[expect(
    clippy::needless_pass_by_value,
    reason = "tables read better without ampersands"
)]
fn v3(changes: Value) -> ArrayMetadata {
    let mut document = json!({
        "shape": [1000, 1000], "data_type": "float32",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [100, 100]}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0.0, "attributes": {}, "zarr_format": 3, "node_type": "array",
        "codecs": [
            {"name": "bytes", "configuration": {"endian": "little"}},
            {"name": "zstd", "configuration": {"level": 0, "checksum": false}},
        ],
    });
    document
        .as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    match NodeMetadata::from_zarr_json(document.to_string().as_bytes()).unwrap() {
        NodeMetadata::Array(array) => array,
        NodeMetadata::Group(_) => unreachable!("the document is an array's"),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "tables read better without ampersands"
)]
fn v2(changes: Value) -> ArrayMetadata {
    let mut document = json!({
        "shape": [7], "chunks": [7], "dtype": "<f8", "fill_value": 0.0, "order": "C",
        "filters": null, "dimension_separator": ".", "compressor": {"id": "zstd", "level": 0},
        "zarr_format": 2,
    });
    document
        .as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    ArrayMetadata::from_v2(document.to_string().as_bytes(), None).unwrap()
}

fn regular(shape: &[u64]) -> Value {
    json!({"name": "regular", "configuration": {"chunk_shape": shape}})
}

fn line(info: &ArrayInfo, label: &str) -> String {
    let found = info.lines().into_iter().find(|(known, _)| *known == label);
    found.map_or_else(|| panic!("no {label} in\n{info}"), |(_, value)| value)
}

#[test]
fn arrays() {
    let info = ArrayInfo::new(&v3(json!({})), "LocalStore", false).with_stored(1085, 20);
    let expected = "\
Type               : Array
Zarr format        : 3
Data type          : Float32(endianness='little')
Fill value         : 0.0
Shape              : (1000, 1000)
Chunk shape        : (100, 100)
Order              : C
Read-only          : False
Store type         : LocalStore
Filters            : ()
Serializer         : BytesCodec(endian='little')
Compressors        : (ZstdCodec(level=0, checksum=False),)
No. bytes          : 4000000 (3.8M)
No. bytes stored   : 1085 (1.1K)
Storage ratio      : 3686.6
Chunks Initialized : 20";
    assert_eq!(info.to_string(), expected);
}

#[test]
fn sharded_arrays() {
    let sharding = json!({"name": "sharding_indexed", "configuration": {
        "chunk_shape": [100, 100],
        "codecs": [
            {"name": "bytes", "configuration": {"endian": "little"}},
            {"name": "zstd", "configuration": {"level": 0, "checksum": false}},
        ],
        "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}],
        "index_location": "end",
    }});
    let metadata = v3(json!({
        "data_type": "int16", "fill_value": -7, "chunk_grid": regular(&[500, 500]), "codecs": [sharding],
    }));
    let info = ArrayInfo::new(&metadata, "LocalStore", false).with_stored(2207, 2);
    let expected = "\
Type               : Array
Zarr format        : 3
Data type          : Int16(endianness='little')
Fill value         : -7
Shape              : (1000, 1000)
Shard shape        : (500, 500)
Chunk shape        : (100, 100)
Order              : C
Read-only          : False
Store type         : LocalStore
Filters            : ()
Serializer         : BytesCodec(endian='little')
Compressors        : (ZstdCodec(level=0, checksum=False),)
No. bytes          : 2000000 (1.9M)
No. bytes stored   : 2207 (2.2K)
Storage ratio      : 906.2
Shards Initialized : 2";
    assert_eq!(info.to_string(), expected);
}

#[test]
fn scalars_and_codecs() {
    let codecs = json!([
        {"name": "transpose", "configuration": {"order": [1, 0]}},
        {"name": "bytes", "configuration": {"endian": "big"}},
        {"name": "gzip", "configuration": {"level": 3}},
        {"name": "crc32c"},
    ]);
    let metadata = v3(json!({
        "shape": [10, 20], "chunk_grid": regular(&[5, 5]), "data_type": "complex64",
        "fill_value": ["NaN", -2.0], "codecs": codecs,
    }));
    let expected = "\
Type               : Array
Zarr format        : 3
Data type          : Complex64(endianness='little')
Fill value         : (nan-2j)
Shape              : (10, 20)
Chunk shape        : (5, 5)
Order              : C
Read-only          : True
Store type         : LocalStore
Filters            : (TransposeCodec(order=(1, 0)),)
Serializer         : BytesCodec(endian='big')
Compressors        : (GzipCodec(level=3), Crc32cCodec())
No. bytes          : 1600 (1.6K)";
    assert_eq!(
        ArrayInfo::new(&metadata, "LocalStore", true).to_string(),
        expected
    );

    let metadata = v3(json!({
        "shape": [], "chunk_grid": regular(&[]), "data_type": "bool", "fill_value": false,
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
    }));
    let expected = "\
Type               : Array
Zarr format        : 3
Data type          : Bool()
Fill value         : False
Shape              : ()
Chunk shape        : ()
Order              : C
Read-only          : False
Store type         : MemoryStore
Filters            : ()
Serializer         : BytesCodec(endian=None)
Compressors        : ()
No. bytes          : 1
No. bytes stored   : 415
Storage ratio      : 0.0
Chunks Initialized : 0";
    let info = ArrayInfo::new(&metadata, "MemoryStore", false).with_stored(415, 0);
    assert_eq!(info.to_string(), expected);
}

#[test]
fn v2_arrays() {
    let info = ArrayInfo::new(&v2(json!({})), "LocalStore", false).with_stored(257, 1);
    let expected = "\
Type               : Array
Zarr format        : 2
Data type          : Float64(endianness='little')
Fill value         : 0.0
Shape              : (7,)
Chunk shape        : (7,)
Order              : C
Read-only          : False
Store type         : LocalStore
Filters            : ()
Compressors        : (Zstd(level=0),)
No. bytes          : 56
No. bytes stored   : 257
Storage ratio      : 0.2
Chunks Initialized : 1";
    assert_eq!(info.to_string(), expected);

    let metadata = v2(json!({
        "shape": [7, 8], "chunks": [7, 8], "dtype": ">i4", "fill_value": null, "order": "F",
        "filters": [{"id": "delta", "dtype": ">i4", "astype": ">i4"}],
        "compressor": {"id": "gzip", "level": 3},
    }));
    let info = ArrayInfo::new(&metadata, "LocalStore", false);
    assert_eq!(line(&info, "Data type"), "Int32(endianness='big')");
    assert_eq!(line(&info, "Fill value"), "None");
    assert_eq!(line(&info, "Order"), "F");
    assert_eq!(line(&info, "Filters"), "(Delta(dtype='>i4'),)");
    assert_eq!(line(&info, "Compressors"), "(GZip(level=3),)");

    let blosc = json!({"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0});
    let info = ArrayInfo::new(&v2(json!({"compressor": blosc})), "LocalStore", false);
    let expected = "(Blosc(cname='lz4', clevel=5, shuffle=SHUFFLE, blocksize=0),)";
    assert_eq!(line(&info, "Compressors"), expected);

    let raw = v2(json!({"dtype": "|V5", "fill_value": "AAAAAAA=", "compressor": null}));
    let info = ArrayInfo::new(&raw, "LocalStore", false);
    assert_eq!(line(&info, "Data type"), "RawBytes(length=5)");
    assert_eq!(line(&info, "Fill value"), r"b'\x00\x00\x00\x00\x00'");
    assert_eq!(line(&info, "Compressors"), "()");
}

#[test]
fn fill_values() {
    let check = |data_type: &str, fill: Value, expected: &str| {
        let metadata = v3(json!({"data_type": data_type, "fill_value": fill}));
        assert_eq!(
            line(&ArrayInfo::new(&metadata, "", false), "Fill value"),
            expected,
            "{data_type}"
        );
    };
    check("bool", json!(true), "True");
    check("int64", json!(1_i64 << 62), "4611686018427387904");
    check("uint64", json!(u64::MAX), "18446744073709551615");
    check("float16", json!("0x2e66"), "0.0999755859375");
    check("float16", json!(65504.0), "65504.0");
    check("float16", json!("0x8001"), "-5.960464477539063e-08");
    check("float16", json!("-Infinity"), "-inf");
    check("float32", json!(0.1), "0.10000000149011612");
    check("float32", json!(1e20), "1.0000000200408773e+20");
    check("float32", json!(1e15), "999999986991104.0");
    check("float32", json!(16_777_216.0), "16777216.0");
    check("float64", json!(1e16), "1e+16");
    check("float64", json!(1e-5), "1e-05");
    check("float64", json!(0.0001), "0.0001");
    check("float64", json!(1e100), "1e+100");
    check("float64", json!("NaN"), "nan");
    check("float64", json!("Infinity"), "inf");
    check("float64", json!(-0.0), "-0.0");
    check("complex64", json!([0.1, 2.0]), "(0.10000000149011612+2j)");
    check(
        "complex64",
        json!([1e20, -0.0]),
        "(1.0000000200408773e+20-0j)",
    );
    check("complex128", json!([1.0, 0.0]), "(1+0j)");
    check("complex128", json!([0.0, "Infinity"]), "infj");
    check("complex128", json!([-0.0, 1.0]), "(-0+1j)");
    check("complex128", json!([1.0, "NaN"]), "(1+nanj)");
    // As zarr-python prints its `raw_bytes`, which is the same type.
    check("r16", json!([97, 39]), r"b'\x61\x27'");
}

/// Not zarr-python's text: it does not open such arrays.
#[test]
fn what_nobody_knows_is_named_as_written() {
    let metadata = v3(json!({
        "data_type": {"name": "acme.instant", "configuration": {"unit": "s", "scale_factor": 1}},
        "fill_value": "N\u{9b}aT",
        "chunk_grid": {"name": "acme.grid", "configuration": {"kind": "inline"}},
        "codecs": ["bytes", {"name": "my.\u{1b}[31mcodec", "configuration": {"a": [1, {"b": null}]}}],
    }));
    let info = ArrayInfo::new(&metadata, "LocalStore", false);
    assert_eq!(
        line(&info, "Data type"),
        "acme.instant(unit='s', scale_factor=1)"
    );
    assert_eq!(line(&info, "Fill value"), r"'N\x9baT'");
    assert_eq!(line(&info, "Chunk shape"), "<variable>");
    assert_eq!(
        line(&info, "Compressors"),
        r"(my.\x1b[31mcodec(a=(1, {'b': None})),)"
    );
    assert!(info.lines().iter().all(|(label, _)| *label != "No. bytes"));

    let metadata = v3(json!({"codecs": [{"name": "quantum"}, {"name": "zstd"}]}));
    let info = ArrayInfo::new(&metadata, "LocalStore", false);
    assert_eq!(
        line(&info, "Codecs"),
        "(quantum(), ZstdCodec(level=0, checksum=False))"
    );
}

/// What zarr-python prints of arrays of every data type and with every codec, in `info` and in `tree`, but for
/// settings that no document has: `tests/fixtures/make_info.py` has asked it.
#[test]
fn every_data_type_and_codec() {
    let entries: Vec<Value> =
        serde_json::from_str(include_str!("../../tests/fixtures/info.json")).unwrap();
    let mut wrong = Vec::new();
    for entry in &entries {
        let document = entry["document"].to_string();
        let metadata = match entry["document"]["zarr_format"].as_u64() {
            Some(2) => ArrayMetadata::from_v2(document.as_bytes(), None).unwrap(),
            _ => v3(entry["document"].clone()),
        };
        let expected = entry["info"].as_str().unwrap();
        let expected = expected.replace("_tunable_attrs=set(), ", "");
        let expected = expected.replace(", subchunk_write_order='morton'", "");
        let info = ArrayInfo::new(&metadata, "MemoryStore", true).to_string();
        let tree = format!("{} {}", tuple(metadata.shape()), numpy_name(&metadata));
        let tree = (tree.as_str(), entry["tree"].as_str().unwrap());
        for (found, expected) in info.lines().zip(expected.lines()).chain([tree]) {
            if found != expected {
                wrong.push(format!("{document}\n  {found}\n  {expected}"));
            }
        }
        assert_eq!(
            info.lines().count(),
            expected.lines().count(),
            "{document}\n{info}"
        );
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        entries.len(),
        wrong.join("\n")
    );
}

#[test]
fn groups() {
    let root = GroupInfo::new(&NodePath::root(), ZarrFormat::V3, "LocalStore", false);
    let expected = [
        "Name        : ",
        "Type        : Group",
        "Zarr format : 3",
        "Read-only   : False",
        "Store type  : LocalStore",
    ];
    assert_eq!(root.to_string(), expected.join("\n"));

    let path = NodePath::parse("ocean").unwrap();
    let group = GroupInfo::new(&path, ZarrFormat::V2, "LocalStore", true).with_members(2, 1);
    let expected = "\
Name        : ocean
Type        : Group
Zarr format : 2
Read-only   : True
Store type  : LocalStore
No. members : 3
No. arrays  : 2
No. groups  : 1";
    assert_eq!(group.to_string(), expected);
}

#[test]
fn sizes() {
    let check = |bytes: u128, expected: &str| assert_eq!(byte_count(bytes), expected);
    check(0, "0");
    check(1023, "1023");
    check(1024, "1024 (1.0K)");
    check(1280, "1280 (1.2K)");
    check(1_048_575, "1048575 (1024.0K)");
    check(1 << 20, "1048576 (1.0M)");
    check(70_368_744_177_664, "70368744177664 (64.0T)");
    check(1 << 70, "1180591620717411303424 (1048576.0P)");
}
