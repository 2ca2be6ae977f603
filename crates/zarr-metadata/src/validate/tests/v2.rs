//! Tests: what version 2 asks of an array.

use serde_json::json;

use super::*;

#[test]
fn v2_documents() {
    check_as("a/.zarray", zarray(json!({})), &[]);
    check_as(
        "a/.zarray",
        zarray(json!({"filters": [], "compressor": {"id": "zippy"}, "chunks": [1u64 << 63]})),
        &[
            "W /filters: expected null for no filters, found an empty array",
            "E /chunks: expected chunks of less than 2^64 bytes, found larger ones, with elements of int16",
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
        "E /filters: expected a first filter that encodes objects as bytes, such as \"vlen-utf8\", \
         found none"
    );
}
