//! Tests that each rule is told, in its place and its words, and that no bytes make a validator
//! panic.

#![allow(
    clippy::needless_pass_by_value,
    reason = "tables read better without ampersands"
)]

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{Limits, Severity};

/// A good v3 array with some members replaced.
fn array(changes: Value) -> Value {
    let mut document = json!({
        "zarr_format": 3, "node_type": "array", "shape": [100, 60], "data_type": "int16",
        "fill_value": 0, "chunk_key_encoding": {"name": "default"},
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [10, 20]}},
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, "crc32c"]
    });
    let members = document.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    document
}

fn lines(report: &Report) -> Vec<String> {
    let findings = report.findings().iter();
    findings
        .map(|finding| {
            let letter = match finding.severity {
                Severity::Error => 'E',
                Severity::Warning => 'W',
            };
            format!("{letter} {}", finding.problem)
        })
        .collect()
}

#[track_caller]
fn check_as(name: &str, document: Value, expected: &[&str]) {
    let report = validate(name, document.to_string().as_bytes());
    assert_eq!(lines(&report), expected);
}

#[track_caller]
fn check(changes: Value, expected: &[&str]) {
    check_as("zarr.json", array(changes), expected);
}

#[track_caller]
fn check_codecs(codecs: Value, expected: &[&str]) {
    check(json!({"codecs": codecs}), expected);
}

fn bytes() -> Value {
    json!({"name": "bytes", "configuration": {"endian": "big"}})
}

#[test]
fn good_documents() {
    check(json!({}), &[]);
    check(json!({"shape": [u64::MAX, u64::MAX]}), &[]);
    check(
        json!({"shape": [], "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": []}}}),
        &[],
    );
    check_codecs(
        json!([
            {"name": "transpose", "configuration": {"order": [1, 0]}}, bytes(),
            {"name": "gzip", "configuration": {"level": 9}},
            {"name": "zstd", "configuration": {"level": -7, "checksum": true}},
            {"name": "blosc", "configuration": {
                "cname": "lz4", "clevel": 5, "shuffle": "shuffle", "typesize": 2, "blocksize": 0}},
        ]),
        &[],
    );
}

#[test]
fn ranks_agree() {
    check(
        json!({
            "shape": [1],
            "dimension_names": ["x", "y"],
            "codecs": [{"name": "transpose", "configuration": {"order": [0, 0]}}, bytes()]
        }),
        &[
            "E /chunk_grid/configuration/chunk_shape: expected one length per axis of shape, 1 in \
             all, found 2",
            "E /dimension_names: expected one name per axis of shape, 1 in all, found 2",
            "E /codecs/0/configuration/order: expected an array with each axis once, found [0,0]",
        ],
    );
    check_codecs(
        json!([{"name": "transpose", "configuration": {"order": [0, 1, 2]}}, bytes()]),
        &[
            "E /codecs/0/configuration/order: expected an array with each of 2 axes once, found \
           [0,1,2]",
        ],
    );
}

#[test]
fn chunks_have_a_size() {
    let grid = |shape: Value| json!({"name": "regular", "configuration": {"chunk_shape": shape}});
    check(
        json!({"chunk_grid": grid(json!([0, 1]))}),
        &[
            "E /chunk_grid/configuration/chunk_shape/0: expected a chunk length of at least 1, found 0",
        ],
    );
    check(
        json!({"chunk_grid": grid(json!([1u64 << 32, 1u64 << 31]))}),
        &[
            "E /chunk_grid: expected chunks of less than 2^64 bytes, found chunks of more, with \
           elements of int16",
        ],
    );
}

#[test]
fn codecs_stand_in_order() {
    check_codecs(
        json!([]),
        &["W /codecs: expected an array -> bytes codec such as \"bytes\", found none"],
    );
    check_codecs(
        json!(["crc32c", bytes(), {"name": "transpose", "configuration": {"order": [1, 0]}}, bytes()]),
        &[
            "E /codecs/0: expected an array -> bytes codec such as \"bytes\" before it, found the \
             bytes -> bytes codec \"crc32c\"",
            "E /codecs/2: expected array -> array codecs before the array -> bytes codec, found \
             the array -> array codec \"transpose\"",
            "E /codecs/3: expected one array -> bytes codec, with bytes -> bytes codecs after it, \
             found the array -> bytes codec \"bytes\"",
        ],
    );
}

#[test]
fn an_unknown_codec_may_be_of_any_kind() {
    let warning = "W /codecs/0/name: codec \"my.codec\" is not supported by this library";
    check_codecs(json!(["my.codec"]), &[warning]);
    check_codecs(json!(["my.codec", "crc32c"]), &[warning]);
    check_codecs(json!(["my.codec", "bytes"]), &[warning]);
}

#[test]
fn serializers_fit_the_elements() {
    check_codecs(
        json!(["bytes"]),
        &[
            "E /codecs/0/configuration/endian: missing; add \"little\" or \"big\", since an \
           element has more than one byte",
        ],
    );
    check(json!({"data_type": "uint8", "codecs": ["bytes"]}), &[]);
    check_codecs(
        json!([{"name": "bytes", "configuration": {"endian": "middle", "x": 1}}]),
        &[
            "E /codecs/0/configuration/endian: expected \"little\" or \"big\", found \"middle\"",
            "E /codecs/0/configuration/x: unknown key; remove it, or make it an object with \
             \"must_understand\": false",
        ],
    );
    check_codecs(
        json!(["vlen-utf8"]),
        &["E /codecs/0: expected an array of string for vlen-utf8, found elements of int16"],
    );
    check(
        json!({"data_type": "bool", "fill_value": false, "codecs": ["pcodec"]}),
        &["E /codecs/0: expected an array of numbers for pcodec, found elements of bool"],
    );
    // Behind a cast it is the other type that counts.
    check_codecs(
        json!([{"name": "cast_value", "configuration": {"data_type": "int8"}}, "bytes"]),
        &[],
    );
}

#[test]
fn text_has_no_single_size() {
    let report = validate(
        "zarr.json",
        array(json!({"data_type": "string", "fill_value": "", "codecs": [bytes()]}))
            .to_string()
            .as_bytes(),
    );
    let errors: Vec<String> = report.errors().map(|e| e.problem.to_string()).collect();
    assert_eq!(
        errors,
        [
            "/codecs/0: expected an array of elements of one size for bytes, found elements of \
          string"
        ]
    );
}

#[test]
fn levels_are_in_range() {
    check_codecs(
        json!([bytes(), {"name": "gzip", "configuration": {"level": 10}}, "gzip", {"name": "blosc",
            "configuration": {"cname": "lz5", "clevel": 1, "shuffle": "shuffle"}}]),
        &[
            "E /codecs/1/configuration/level: expected a whole number from 0 to 9, found 10",
            "E /codecs/2/configuration/level: missing; add the level of compression, a whole number",
            "E /codecs/3/configuration/cname: expected one of lz4, lz4hc, blosclz, zstd, snappy, \
             zlib, found \"lz5\"",
            "E /codecs/3/configuration/typesize: missing; add the bytes of an element, which \
             shuffling needs",
        ],
    );
}

fn shard(inner: Value, codecs: Value, index: Value) -> Value {
    json!({"name": "sharding_indexed", "configuration": {
        "chunk_shape": inner, "codecs": codecs, "index_codecs": index}})
}

#[test]
fn shards() {
    let good = json!([bytes(), "crc32c"]);
    check_codecs(
        json!([shard(json!([5, 20]), good.clone(), good.clone())]),
        &[],
    );
    // A transpose in front turns the shard.
    let turn = json!({"name": "transpose", "configuration": {"order": [1, 0]}});
    check_codecs(
        json!([turn, shard(json!([20, 5]), good.clone(), good.clone())]),
        &[],
    );
    check_codecs(
        json!([
            shard(json!([3, 20]), json!(["bytes"]), json!([bytes(), "lz4"])),
            "crc32c"
        ]),
        &[
            "E /codecs/0/configuration/chunk_shape/0: expected a length that divides 10, the \
             shard's on this axis, found 3",
            "E /codecs/0/configuration/codecs/0/configuration/endian: missing; add \"little\" or \
             \"big\", since an element has more than one byte",
            "E /codecs/0/configuration/index_codecs/1: expected codecs whose output has a fixed \
             length, found \"lz4\"",
            "W /codecs/0: codecs behind sharding_indexed make every read fetch whole shards; put \
             them into its own chain",
        ],
    );
    check_codecs(
        json!(["sharding_indexed"]),
        &[
            "E /codecs/0/configuration/chunk_shape: missing; add the shape of an inner chunk",
            "E /codecs/0/configuration/codecs: missing; add an array of codecs for inner chunks",
            "E /codecs/0/configuration/index_codecs: missing; add an array of codecs for the index",
        ],
    );
    let mut nested = json!([bytes()]);
    for _ in 0..9 {
        nested = json!([shard(json!([1, 1]), nested, good.clone())]);
    }
    let report = validate(
        "zarr.json",
        array(json!({"codecs": nested})).to_string().as_bytes(),
    );
    let last = lines(&report).pop().unwrap();
    assert!(
        last.ends_with("number of shards inside each other 5 is above the limit of 4"),
        "{last}"
    );
}

#[test]
fn shards_in_chunks_that_differ() {
    let good = json!([bytes()]);
    let grid = json!({"name": "rectilinear",
        "configuration": {"kind": "inline", "chunk_shapes": [[[10, 9], 15], 20]}});
    check(
        json!({"chunk_grid": grid, "codecs": [shard(json!([10, 20]), good.clone(), good)]}),
        &[
            "E /codecs/0/configuration/chunk_shape/0: expected a length that divides 15, the \
           shard's on this axis, found 10",
        ],
    );
}

#[test]
fn what_is_unknown_is_a_warning() {
    check(
        json!({
            "data_type": "quaternion", "chunk_grid": {"name": "voronoi"},
            "chunk_key_encoding": "zigzag", "storage_transformers": ["cache"]
        }),
        &[
            "W /chunk_key_encoding/name: chunk key encoding \"zigzag\" is not supported by this \
             library",
            "W /storage_transformers/0: storage transformer \"cache\" is not supported by this \
             library",
            "W /data_type: data type \"quaternion\" is not supported by this library",
            "W /chunk_grid: chunk grid \"voronoi\" is not supported by this library",
        ],
    );
}

#[test]
fn what_is_allowed_but_unwise_is_a_warning() {
    check(
        json!({
            "dimension_names": ["x", "x"],
            "chunk_key_encoding": {"name": "v2", "separator": "/"},
            "codecs": [{"name": "transpose", "configuration": {"order": "F"}}, bytes()]
        }),
        &[
            "W /chunk_key_encoding/separator: expected the separator in a configuration, found it \
             beside the name, which only an early draft allowed",
            "W /codecs/0/configuration/order: expected an array with each axis once, found the old \
             form \"F\"",
            "W /dimension_names/1: expected a name for this axis alone, found \"x\" again",
        ],
    );
}

#[test]
fn raw_text() {
    let check = |name: &str, text: &str, expected: &[&str]| {
        assert_eq!(lines(&validate(name, text.as_bytes())), expected, "{text}");
    };
    check(
        ".zattrs",
        r#"{"a": 1, "b": [{"c": 1, "\u0063": 2}], "a": NaN}"#,
        &[
            "E /b/0/c: expected each key once in an object, found this one again; remove one of \
             them",
            "E /a: expected each key once in an object, found this one again; remove one of them",
            "W /a: expected JSON, found a bare NaN; write \"NaN\"",
        ],
    );
    check(
        ".zattrs",
        "[]",
        &["E document: expected an object, found an array of 0"],
    );
    check(
        "zarr.json",
        "{\"a\": }",
        &["E document: not JSON at line 1 column 7: expected value at line 1 column 7"],
    );
    check(
        "zarr.json",
        "\u{feff}{}",
        &["E document: not JSON at line 1 column 1: expected value at line 1 column 1"],
    );
    let deep = "[".repeat(10_000);
    check(
        "",
        &deep,
        &["E document: depth 65 is above the limit of 64"],
    );
}

#[test]
fn bare_numbers_are_warnings_where_they_are_tolerated() {
    let text = br#"{"zarr_format": 3, "node_type": "group", "attributes": {"a": [-Infinity]}}"#;
    let finding = "/attributes/a/0: expected JSON, found a bare -Infinity; write \"-Infinity\"";
    let report = Reader::default().validate("zarr.json", text);
    assert_eq!(lines(&report), [format!("W {finding}")]);
    let report = strict().validate("zarr.json", text);
    assert_eq!(lines(&report), [format!("E {finding}")]);
}

fn strict() -> Reader {
    Reader::default().profile(crate::Profile::Strict)
}

/// The table of what breaks the format and is read all the same: what is said of it, once as a
/// warning, to the strict as an error, with what readers say as well.
#[test]
fn tolerated() {
    let check = |name: &str, document: Value, expected: &str| {
        let text = document.to_string();
        let report = Reader::default().validate(name, text.as_bytes());
        assert_eq!(lines(&report), [format!("W {expected}")]);
        let report = strict().validate(name, text.as_bytes());
        assert_eq!(lines(&report), [format!("E {expected}")]);
        let read = |reader: Reader| {
            let text = Some(text.as_bytes());
            reader.read(&match name {
                "zarr.json" => crate::NodeDocuments {
                    zarr_json: text,
                    ..Default::default()
                },
                ".zarray" => crate::NodeDocuments {
                    zarray: text,
                    ..Default::default()
                },
                _ => crate::NodeDocuments {
                    zgroup: text,
                    ..Default::default()
                },
            })
        };
        let (_, warnings) = read(Reader::default()).unwrap().unwrap();
        assert_eq!(lines(&warnings), [format!("W {expected}")]);
        assert_eq!(read(strict()).unwrap_err().to_string(), expected);
    };
    let v3 = |changes: Value, expected: &str| check("zarr.json", array(changes), expected);
    let mut no_codecs = array(json!({}));
    no_codecs.as_object_mut().unwrap().shift_remove("codecs");
    check(
        "zarr.json",
        no_codecs,
        "/codecs: missing; add an array of codecs, such as [{\"name\": \"bytes\"}]",
    );
    let none = "/codecs: expected an array -> bytes codec such as \"bytes\", found none";
    v3(json!({"codecs": []}), none);
    v3(
        json!({"codecs": [{"name": "gzip", "configuration": {"level": 1}}]}),
        none,
    );
    v3(
        json!({"codecs": [{"name": "endian", "configuration": {"endian": "big"}}]}),
        "/codecs/0/name: expected \"bytes\", found its old name \"endian\"",
    );
    v3(
        json!({"data_type": "variable_length_bytes", "fill_value": "", "codecs": ["vlen-bytes"]}),
        "/data_type: expected \"bytes\", found \"variable_length_bytes\"",
    );
    v3(
        json!({"data_type": {"name": "raw_bytes", "configuration": {"length_bytes": 2}},
            "fill_value": [0, 0]}),
        "/data_type/name: expected \"r8\", \"r16\", …, found \"raw_bytes\"",
    );
    v3(
        json!({"data_type": {"name": "struct", "configuration": {"fields": [["a", "int16"]]}},
            "fill_value": {"a": 0}}),
        "/data_type/configuration/fields/0: expected an object with a name and a data_type, found \
         a list",
    );
    v3(
        json!({"data_type": {"name": "numpy.datetime64",
            "configuration": {"unit": "\u{3bc}s", "scale_factor": 1}}}),
        "/data_type/configuration/unit: expected \"us\", found \"\u{3bc}s\"",
    );
    v3(
        json!({"fill_value": 5.0}),
        "/fill_value: expected 5, found 5.0",
    );
    v3(
        json!({"dimension_names": null}),
        "/dimension_names: expected an array of names, or no such member, found null",
    );
    v3(
        json!({"chunk_key_encoding": {"name": "v2", "separator": "/"}}),
        "/chunk_key_encoding/separator: expected the separator in a configuration, found it beside \
         the name, which only an early draft allowed",
    );
    let group = |block: Value| json!({"zarr_format": 3, "node_type": "group", "consolidated_metadata": block});
    check(
        "zarr.json",
        group(Value::Null),
        "/consolidated_metadata: expected an object, or no such member, found null",
    );
    check(
        "zarr.json",
        group(json!({"kind": "inline", "metadata": {}})),
        "/consolidated_metadata/must_understand: missing; add \"must_understand\": false",
    );
    let v2 = |changes: Value, expected: &str| check(".zarray", zarray(changes), expected);
    for (written, canonical) in [
        ("f8", "<f8"),
        ("=f8", "<f8"),
        ("|f8", "<f8"),
        ("<i1", "|i1"),
        ("<S3", "|S3"),
        ("float64", "<f8"),
        ("<M8[1s]", "<M8[s]"),
        ("?", "|b1"),
    ] {
        let expected = format!("/dtype: expected {canonical:?}, found {written:?}");
        v2(json!({"dtype": written, "fill_value": null}), &expected);
    }
    v2(
        json!({"fill_value": 5.0}),
        "/fill_value: expected 5, found 5.0",
    );
    v2(
        json!({"filters": []}),
        "/filters: expected null for no filters, found an empty array",
    );
    v2(
        json!({"shape": [0], "chunks": [0]}),
        "/chunks/0: expected a chunk length of at least 1, found 0",
    );
    let mut document = zarray(json!({}));
    document.as_object_mut().unwrap().shift_remove("compressor");
    check(
        ".zarray",
        document,
        "/compressor: missing; add null for none",
    );
    check(
        ".zgroup",
        json!({}),
        "/zarr_format: missing; add \"zarr_format\": 2",
    );
}

/// What the registry wants read of the old name of records is no error to the strict either.
#[test]
fn old_records_are_read() {
    let document = array(json!({
        "data_type": {"name": "structured", "configuration": {"fields": [["a", "int16"]]}},
        "fill_value": "AAA=", "codecs": ["bytes"]
    }));
    let report = strict().validate("zarr.json", document.to_string().as_bytes());
    let expected = [
        "W /data_type/name: expected \"struct\", found its old name \"structured\", which is to be \
         read and no longer written",
        "W /fill_value: expected an object with a value for each field, found its bytes in base64, \
         as only old arrays have them",
        "W /codecs/0/configuration/endian: expected \"little\" or \"big\", found none, which is \
         read as little-endian",
    ];
    assert_eq!(lines(&report), expected);
}

/// The table of settings, each row with all that can be wrong with it.
#[test]
fn settings() {
    let bad = |codec: &str, configuration: Value, expected: &[&str]| {
        let array_first = crate::kinds::kind(codec).unwrap();
        let codec = json!({"name": codec, "configuration": configuration});
        let (place, codecs) = match array_first {
            crate::kinds::Kind::ArrayToArray => (0, json!([codec, bytes()])),
            crate::kinds::Kind::ArrayToBytes => (0, json!([codec])),
            crate::kinds::Kind::BytesToBytes => (1, json!([bytes(), codec])),
        };
        let text = array(json!({"codecs": codecs})).to_string();
        let found = lines(&validate("zarr.json", text.as_bytes()));
        let at = format!("/codecs/{place}/configuration/");
        let found: Vec<String> = found
            .iter()
            .filter(|line| line.contains(&at))
            .map(|line| line.replace(&at, ""))
            .collect();
        assert_eq!(found, expected, "{codec}");
    };
    bad(
        "zstd",
        json!({"level": "x", "checksum": 1}),
        &[
            "E level: expected a whole number from -2147483648 to 2147483647, found \"x\"",
            "E checksum: expected true or false, found 1",
        ],
    );
    bad(
        "blosc",
        json!({"cname": "lz4", "clevel": 1, "shuffle": "noshuffle", "blocksize": -1}),
        &["E blocksize: expected a whole number from 0 to 2147483647, found -1"],
    );
    bad(
        "crc32c",
        json!({"level": 1}),
        &["W level: expected no such setting, found 1"],
    );
    bad(
        "bitround",
        json!({}),
        &["E keepbits: missing; add how many bits of the mantissa are kept"],
    );
    bad(
        "cast_value",
        json!({"data_type": "r7", "rounding": "up", "out_of_range": "wrap"}),
        &[
            "E data_type: expected r and a multiple of 8 bits from 8 to 8388608, found \"r7\"",
            "E rounding: expected one of nearest-even, towards-zero, towards-positive, \
         towards-negative, nearest-away, found \"up\"",
        ],
    );
    bad(
        "scale_offset",
        json!({"scale": 2, "ofset": 1}),
        &["W ofset: expected no such setting, found 1"],
    );
    bad(
        "reshape",
        json!({"shape": 4}),
        &["E shape: expected an array, found 4"],
    );
    bad(
        "packbits",
        json!({"padding_encoding": "first", "first_bit": -1}),
        &[
            "E padding_encoding: expected one of first_byte, last_byte, none, found \"first\"",
            "E first_bit: expected a whole number from 0 to 127, found -1",
        ],
    );
    bad(
        "pcodec",
        json!({"level": 13}),
        &["E level: expected a whole number from 0 to 12, found 13"],
    );
    bad(
        "zfp",
        json!({"mode": "fast", "rate": "x"}),
        &[
            "E mode: expected one of reversible, expert, fixed_accuracy, fixed_rate, fixed_precision, \
         found \"fast\"",
            "E rate: expected a number, found \"x\"",
        ],
    );
    bad(
        "vlen-utf8",
        json!({"x": 1}),
        &["W x: expected no such setting, found 1"],
    );
    bad(
        "numcodecs.bz2",
        json!({"level": 0}),
        &["E level: expected a whole number from 1 to 9, found 0"],
    );
    bad(
        "numcodecs.zlib",
        json!({"level": 10}),
        &["E level: expected a whole number from -1 to 9, found 10"],
    );
    bad(
        "numcodecs.lz4",
        json!({"acceleration": 1.5}),
        &["E acceleration: expected a whole number from -2147483648 to 2147483647, found 1.5"],
    );
    bad(
        "numcodecs.lzma",
        json!({"format": 0, "preset": null, "filters": 1}),
        &[
            "E format: expected a whole number from 1 to 3, found 0",
            "E filters: expected an array, found 1",
        ],
    );
    bad(
        "numcodecs.blosc",
        json!({"shuffle": 3, "id": "blosc"}),
        &["E shuffle: expected a whole number from -1 to 2, found 3"],
    );
    bad(
        "numcodecs.delta",
        json!({"astype": 4}),
        &[
            "E dtype: missing; add the dtype of the elements, such as \"<f4\"",
            "E astype: expected a type such as \"<f8\", or a list of fields, found 4",
        ],
    );
    bad(
        "numcodecs.fixedscaleoffset",
        json!({"scale": 1, "dtype": "f4"}),
        &[
            "E offset: missing; add the number that is taken from each element",
            "W dtype: expected \"<f4\", found \"f4\"",
        ],
    );
    bad(
        "numcodecs.astype",
        json!({"decode_dtype": "<f4"}),
        &["E encode_dtype: missing; add the dtype that is stored"],
    );
    bad(
        "numcodecs.quantize",
        json!({"digits": 1.5, "dtype": "<f4"}),
        &["E digits: expected a whole number from -2147483648 to 2147483647, found 1.5"],
    );
    bad(
        "numcodecs.shuffle",
        json!({"elementsize": 0}),
        &["E elementsize: expected a whole number from 1 to 2147483647, found 0"],
    );
    bad(
        "numcodecs.adler32",
        json!({"location": "middle"}),
        &["E location: expected one of start, end, found \"middle\""],
    );
    bad(
        "numcodecs.jenkins_lookup3",
        json!({"initval": -1}),
        &["E initval: expected a whole number from 0 to 4294967295, found -1"],
    );
    bad(
        "numcodecs.zfpy",
        json!({"mode": 6}),
        &["E mode: expected a whole number from 0 to 5, found 6"],
    );
}

/// As `get_config` of numcodecs 0.17.1 gives them.
#[test]
fn settings_as_numcodecs_writes_them() {
    let configs = json!([
        {"id": "adler32"}, {"id": "adler32", "location": "end"}, {"id": "crc32"},
        {"id": "crc32c"}, {"id": "fletcher32"}, {"id": "base64"}, {"id": "packbits"},
        {"id": "astype", "encode_dtype": "<f4", "decode_dtype": "<f8"},
        {"id": "bitround", "keepbits": 3},
        {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0},
        {"id": "blosc", "cname": "zstd", "clevel": 3, "shuffle": -1, "blocksize": 0},
        {"id": "bz2", "level": 1}, {"id": "gzip", "level": 1}, {"id": "zlib", "level": 1},
        {"id": "categorize", "labels": ["a"], "dtype": "|O", "astype": "|u1"},
        {"id": "delta", "dtype": "<i4", "astype": "<i4"},
        {"id": "fixedscaleoffset", "scale": 10, "offset": 1, "dtype": "<f8", "astype": "<f8"},
        {"id": "jenkins_lookup3", "initval": 0, "prefix": null},
        {"id": "json2", "encoding": "utf-8", "skipkeys": false, "ensure_ascii": true,
            "check_circular": true, "allow_nan": true, "indent": null,
            "separators": [",", ":"], "sort_keys": true, "strict": true},
        {"id": "lz4", "acceleration": 1}, {"id": "pickle", "protocol": 5},
        {"id": "lzma", "format": 1, "check": -1, "preset": null, "filters": null},
        {"id": "lzma", "format": 3, "check": -1, "preset": null,
            "filters": [{"id": 3, "dist": 4}]},
        {"id": "quantize", "digits": 2, "dtype": "<f8", "astype": "<f8"},
        {"id": "shuffle", "elementsize": 4}, {"id": "vlen-array", "dtype": "<i4"},
        {"id": "vlen-bytes"}, {"id": "vlen-utf8"},
        {"id": "zstd", "level": 0, "checksum": false},
    ]);
    check_as(".zarray", zarray(json!({"filters": configs})), &[]);
    check_as(
        ".zarray",
        zarray(json!({"filters": [{"id": "delta"}], "compressor": {"id": "zlib", "level": 11}})),
        &[
            "E /filters/0/dtype: missing; add the dtype of the elements, such as \"<f4\"",
            "E /compressor/level: expected a whole number from -1 to 9, found 11",
        ],
    );
}

/// The table of names that the format does not allow, of extensions and of nodes.
#[test]
fn names() {
    for (name, allowed) in [
        ("zstd2", true),
        ("my.codec", true),
        ("a-b_c.9", true),
        ("https://x.org/y", true),
        ("Zstd", false),
        ("foo/bar", false),
        ("foo:bar", false),
        ("9x", false),
        ("x", false),
    ] {
        let text = array(json!({"codecs": [name]})).to_string();
        let found = lines(&validate("zarr.json", text.as_bytes()));
        assert_eq!(found.len(), if allowed { 1 } else { 2 }, "{found:?}");
        let report = strict().validate("zarr.json", text.as_bytes());
        assert_eq!(report.is_valid(), allowed, "{name}");
    }
    let group = json!({"zarr_format": 3, "node_type": "group"});
    for (name, allowed) in [
        ("a", true),
        ("\u{e5} b", true),
        ("_a", true),
        (".a", true),
        ("zarr.json.bak", true),
        ("...", false),
        ("__a", false),
        ("zarr.json", false),
    ] {
        let document = json!({"zarr_format": 3, "node_type": "group", "consolidated_metadata":
            {"kind": "inline", "must_understand": false, "metadata": {name: group}}});
        let text = document.to_string();
        let report = validate("zarr.json", text.as_bytes());
        assert_eq!(report.is_empty(), allowed, "{report}");
        assert_eq!(
            strict().validate("zarr.json", text.as_bytes()).is_valid(),
            allowed
        );
        let found = crate::NodeDocuments {
            zarr_json: Some(br#"{"zarr_format": 3, "node_type": "group"}"#),
            ..Default::default()
        };
        let report = Reader::default().validate_node(name, &found);
        assert_eq!(report.is_empty(), allowed, "{report}");
    }
}

/// The table of contradictions between the documents of one node.
#[test]
fn documents_of_one_node() {
    let v3 = array(json!({})).to_string();
    let old = |changes: Value| {
        let mut document = zarray(json!({
            "shape": [100, 60], "chunks": [10, 20], "dtype": "<i2"
        }));
        document
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        document.to_string()
    };
    let check = |v3: Option<&str>,
                 zarray: Option<&str>,
                 zgroup: bool,
                 zattrs: Option<&str>,
                 expected: &[&str]| {
        let found = crate::NodeDocuments {
            zarr_json: v3.map(str::as_bytes),
            zarray: zarray.map(str::as_bytes),
            zgroup: zgroup.then_some(br#"{"zarr_format": 2}"#),
            zattrs: zattrs.map(str::as_bytes),
        };
        let report = Reader::default().validate_node("/a", &found);
        let lines: Vec<String> = report.findings().iter().map(ToString::to_string).collect();
        assert_eq!(lines, expected);
    };
    let beside = "warning: a/.zarray: expected no document of the node beside zarr.json, found \
                  one, which readers of format 3 pass over";
    check(Some(&v3), None, false, None, &[]);
    check(Some(&v3), Some(&old(json!({}))), false, None, &[beside]);
    check(
        Some(&v3),
        Some(&old(
            json!({"shape": [100, 50], "chunks": [10, 10], "dtype": "<i4"}),
        )),
        false,
        None,
        &[
            beside,
            "warning: a/.zarray/shape: expected [100, 60], as zarr.json says, found [100, 50]",
            "warning: a/.zarray/dtype: expected int16, as zarr.json says, found int32",
            "warning: a/.zarray/chunks: expected the chunks that zarr.json has, found others",
        ],
    );
    check(
        Some(&v3),
        None,
        true,
        None,
        &[
            "warning: a/.zgroup: expected no document of the node beside zarr.json, found one, which \
         readers of format 3 pass over",
            "warning: a/.zgroup: expected an array, as zarr.json says, found a group",
        ],
    );
    check(
        Some(&v3),
        Some(&old(json!({}))),
        false,
        Some(r#"{"a": 1}"#),
        &[
            beside,
            "warning: a/.zarray: expected the attributes that zarr.json has, found others",
        ],
    );
    check(
        None,
        Some(&old(json!({}))),
        true,
        None,
        &[
            "warning: a/.zgroup: expected no document of the node beside .zarray, found one, which \
         readers pass over",
        ],
    );
    check(
        None,
        None,
        false,
        Some("{}"),
        &[
            "warning: a/.zattrs: expected .zarray or .zgroup beside it, found neither; attributes are \
         no node by themselves",
        ],
    );
    let names = |names: &str| format!(r#"{{"_ARRAY_DIMENSIONS": {names}}}"#);
    check(
        None,
        Some(&old(json!({}))),
        false,
        Some(&names(r#"["y", "x"]"#)),
        &[],
    );
    for (wrong, found) in [
        (r#"["y"]"#, "1"),
        ("[1, 2]", "what is no name"),
        ("\"y\"", "\"y\""),
    ] {
        let expected = format!(
            "warning: a/.zattrs/_ARRAY_DIMENSIONS: expected one name per axis of the array, 2 in \
             all, found {found}"
        );
        check(
            None,
            Some(&old(json!({}))),
            false,
            Some(&names(wrong)),
            &[&expected],
        );
    }
    // The same in consolidated metadata.
    let document: Value = serde_json::from_str(&old(json!({}))).unwrap();
    check_as(
        ".zmetadata",
        json!({"zarr_consolidated_format": 1, "metadata": {
            ".zgroup": {"zarr_format": 2}, "a/.zarray": document,
            "a/.zattrs": {"_ARRAY_DIMENSIONS": ["y"]}
        }}),
        &[
            "W /metadata/a~1.zattrs/_ARRAY_DIMENSIONS: expected one name per axis of the array, 2 \
             in all, found 1",
        ],
    );
}

/// A good v2 array with some members replaced.
fn zarray(changes: Value) -> Value {
    let mut document = json!({
        "zarr_format": 2, "shape": [4], "chunks": [2], "dtype": "<i2", "fill_value": 0,
        "order": "C", "filters": null, "compressor": {"id": "zlib", "level": 1}
    });
    let members = document.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    document
}

#[test]
fn a_million_problems_make_a_short_report() {
    let limits = Limits {
        problems: 3,
        ..Limits::default()
    };
    let text = format!("{{{}\"a\": 1}}", "\"a\": 1,".repeat(1_000_000));
    let report = Reader::default()
        .limits(limits)
        .validate(".zattrs", text.as_bytes());
    assert_eq!(report.findings().len(), 3);
}

#[test]
fn the_most_problems_are_counted() {
    let limits = Limits {
        problems: 2,
        ..Limits::default()
    };
    let text = array(json!({"shape": [1.5, 2.5, 3.5, 4.5]})).to_string();
    let report = Reader::default()
        .limits(limits)
        .validate("zarr.json", text.as_bytes());
    assert_eq!((report.findings().len(), report.omitted()), (2, 2));
    assert!(report.to_string().ends_with("\nand 2 more"));
}

#[test]
fn v2_documents() {
    check_as("a/.zarray", zarray(json!({})), &[]);
    check_as(
        "a/.zarray",
        zarray(json!({"filters": [], "compressor": {"id": "zippy"}, "chunks": [1u64 << 63]})),
        &[
            "W /filters: expected null for no filters, found an empty array",
            "E /chunks: expected chunks of less than 2^64 bytes, found chunks of more, with \
             elements of int16",
            "W /compressor/id: codec \"zippy\" is not supported by this library",
        ],
    );
    check_as(
        "a/.zgroup",
        json!({}),
        &["W /zarr_format: missing; add \"zarr_format\": 2"],
    );
    // By its members, where the name does not say it.
    check_as("input", json!({"zarr_format": 2}), &[]);
    let report = validate(
        ".zarray",
        zarray(json!({"dtype": "|O", "fill_value": ""}))
            .to_string()
            .as_bytes(),
    );
    assert_eq!(
        lines(&report).last().unwrap(),
        "E /filters: expected a first filter that makes bytes of objects, such as \"vlen-utf8\", \
         found none"
    );
}

#[test]
fn consolidated_documents() {
    let group = json!({"zarr_format": 3, "node_type": "group"});
    let block = |documents: Value| {
        json!({"zarr_format": 3, "node_type": "group",
        "consolidated_metadata":
            {"kind": "inline", "must_understand": false, "metadata": documents}})
    };
    check_as(
        "zarr.json",
        block(json!({"a": group, "a/b": array(json!({}))})),
        &[],
    );
    check_as(
        "zarr.json",
        block(json!({
            "/a": group, "b/c": group, "d": array(json!({"shape": [1]})), "d/e": group,
            "f": block(json!({"x": group}))
        })),
        &[
            "E /consolidated_metadata/metadata/~1a: expected a path of names with one slash \
             between them, found \"/a\"",
            "E /consolidated_metadata/metadata/d/chunk_grid/configuration/chunk_shape: expected \
             one length per axis of shape, 1 in all, found 2",
            "W /consolidated_metadata/metadata/f/consolidated_metadata: expected no documents \
             inside a consolidated group, whose members stand beside it, found some; readers pass \
             over them",
            "W /consolidated_metadata/metadata/~1a: expected a document of the group \"\" as well, \
             found none",
            "W /consolidated_metadata/metadata/b~1c: expected a document of the group \"b\" as \
             well, found none",
            "E /consolidated_metadata/metadata/d~1e: expected a group to be in, found the array \
             \"d\"",
        ],
    );
    check_as(
        ".zmetadata",
        json!({"zarr_consolidated_format": 1, "metadata": {
            ".zgroup": {"zarr_format": 2}, "a/.zgroup": {"zarr_format": 3}, "a/.zattrs": 1,
            "a/b": {}
        }}),
        &[
            "E /metadata/a~1.zattrs: expected an object, found 1",
            "E /metadata/a~1.zgroup/zarr_format: expected 2, found 3",
            "W /metadata/a~1b: expected a key that ends in .zarray, .zgroup or .zattrs, found one \
             that no reader looks for",
        ],
    );
}

/// Any JSON, keys and strings often those of the format.
fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "name",
        "configuration",
        "codecs",
        "chunk_shape",
        "chunk_shapes",
        "kind",
        "inline",
        "sharding_indexed",
        "transpose",
        "bytes",
        "endian",
        "index_codecs",
        "order",
        "rectilinear",
        "regular",
        "int16",
        "string",
        "|O",
        "metadata",
        "node_type",
        "group",
        "array",
        "id",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (0u64..4).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        words.clone().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((words.clone(), inner), 0..4).prop_map(|members| {
                let members = members.into_iter();
                Value::Object(
                    members
                        .map(|(key, value)| (key.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

/// Judges a text as every document; a text that is read has no errors of the reader's kind.
fn judge(text: &[u8]) {
    for name in [
        "zarr.json",
        ".zarray",
        ".zgroup",
        ".zattrs",
        ".zmetadata",
        "x",
    ] {
        let report = Reader::default().validate(name, text);
        let _ = report.to_string();
        let _ = strict().validate(name, text);
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        judge(&bytes);
    }

    #[test]
    fn no_text_like_json_panics(text in "[\\[\\]{}\",:0-9eNaIfinty.\\\\u-]{0,40}") {
        judge(text.as_bytes());
    }

    #[test]
    fn no_json_panics(json in any_json()) {
        judge(json.to_string().as_bytes());
    }

    #[test]
    fn no_json_in_place_of_a_member_panics(
        strange in any_json(),
        member: prop::sample::Index,
    ) {
        let mut document = array(json!({"dimension_names": null, "storage_transformers": []}));
        let members = document.as_object_mut().unwrap();
        let at = member.index(members.len());
        *members.values_mut().nth(at).unwrap() = strange.clone();
        judge(document.to_string().as_bytes());
        judge(array(json!({"codecs": [strange]})).to_string().as_bytes());
    }

    #[test]
    fn what_is_valid_is_read(codecs in any_json()) {
        let text = array(json!({"codecs": codecs})).to_string();
        let report = validate("zarr.json", text.as_bytes());
        let read = crate::NodeMetadata::from_zarr_json(text.as_bytes());
        prop_assert!(read.is_ok() || !report.is_empty());
    }
}
