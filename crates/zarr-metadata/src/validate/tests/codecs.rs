//! Tests: chains of codecs and shards.

use serde_json::json;

use super::*;

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
            "E /codecs/2/configuration/level: missing; add the compression level, a whole number",
            "E /codecs/3/configuration/cname: expected one of lz4, lz4hc, blosclz, zstd, snappy, \
             zlib, found \"lz5\"",
            "E /codecs/3/configuration/typesize: missing; add the size of an element in bytes, which \
             shuffling needs",
        ],
    );
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
            "W /codecs/0: codecs after sharding_indexed make every read fetch whole shards; put \
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
