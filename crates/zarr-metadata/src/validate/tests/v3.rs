//! Tests: what version 3 asks of an array.

use serde_json::json;

use super::*;

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
            "W /chunk_grid/configuration/chunk_shape/0: expected a chunk length of at least 1, found 0",
        ],
    );
    check(
        json!({"chunk_grid": grid(json!([1u64 << 32, 1u64 << 31]))}),
        &[
            "E /chunk_grid: expected chunks of less than 2^64 bytes, found larger ones, with elements of int16",
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
