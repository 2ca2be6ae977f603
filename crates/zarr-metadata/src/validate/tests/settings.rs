//! Tests: the settings of each codec.

use serde_json::json;

use super::*;
use crate::codecs::CodecKind;

/// The table of settings, each row with all that can be wrong with it.
#[test]
fn settings() {
    let bad = |codec: &str, configuration: Value, expected: &[&str]| {
        let array_first = CodecKind::of(codec).unwrap();
        let codec = json!({"name": codec, "configuration": configuration});
        let (place, codecs) = match array_first {
            CodecKind::ArrayToArray => (0, json!([codec, bytes()])),
            CodecKind::ArrayToBytes => (0, json!([codec])),
            CodecKind::BytesToBytes => (1, json!([bytes(), codec])),
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
        &["W level: expected no settings, found 1"],
    );
    bad(
        "bitround",
        json!({}),
        &["E keepbits: missing; add the number of mantissa bits to keep"],
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
        &["W ofset: expected another setting, perhaps \"offset\", found 1"],
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
        &["W x: expected no settings, found 1"],
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
            "E offset: missing; add the number that is subtracted from each element",
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

/// The strict profile takes them as errors: zarr-python 3.4.2 opens no array with `levle`.
#[test]
fn settings_that_there_are_not() {
    let judge = |codec: Value| {
        let document = array(json!({"codecs": [bytes(), codec]}));
        let strict = crate::Reader::default().profile(crate::Profile::Strict);
        lines(&strict.validate("zarr.json", document.to_string().as_bytes()))
    };
    assert_eq!(
        judge(json!({"name": "gzip", "configuration": {"level": 1, "levle": 4}})),
        ["E /codecs/1/configuration/levle: expected another setting, perhaps \"level\", found 4"]
    );
    assert_eq!(
        judge(json!({"name": "zstd", "configuration": {"level": 1, "threads": 4}})),
        [
            "E /codecs/1/configuration/threads: expected no setting other than `level`, `checksum`, found 4"
        ]
    );
    // As zarr-python 3.4.2 writes it.
    let float = json!({"name": "numcodecs.quantize",
        "configuration": {"digits": 2, "dtype": "float32"}});
    let document = array(json!({"data_type": "float32", "fill_value": 0,
        "codecs": [float, bytes()]}));
    let strict = crate::Reader::default().profile(crate::Profile::Strict);
    assert!(
        strict
            .validate("zarr.json", document.to_string().as_bytes())
            .is_valid()
    );
}

/// Bare names of codecs that v3 has under `numcodecs.` alone: other libraries give them settings of their own,
/// as users may who register a codec.
#[test]
fn settings_of_other_libraries_are_not_judged() {
    for name in ["lz4", "shuffle", "zlib"] {
        let codec = json!({"name": name, "configuration": {"effort": "high"}});
        let document = array(json!({"codecs": [bytes(), codec]}));
        let strict = crate::Reader::default().profile(crate::Profile::Strict);
        let found = strict.validate("zarr.json", document.to_string().as_bytes());
        assert_eq!(lines(&found), [""; 0]);
    }
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
