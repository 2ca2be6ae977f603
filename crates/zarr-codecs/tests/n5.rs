//! Blocks of N5 in format 3: what tensorstore wrote decodes to its elements, and what we encode is read
//! back. The rows are in `fixtures/n5.jsonl`, made by the script beside it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use serde::Deserialize;
use serde_json::{Value, json};
use zarr_codecs::testing::{bytes, chain_of, decode, encode, little_endian};
use zarr_codecs::{CodecChain, CodecError};
use zarr_metadata::{ArrayMetadata, NodeMetadata};

#[derive(Deserialize)]
struct Row {
    codecs: Value,
    data_type: String,
    shape: Vec<u64>,
    block: String,
    /// Little-endian.
    elements: String,
}

fn array(data_type: &str, shape: &[u64], codecs: &Value) -> ArrayMetadata {
    let document = json!({
        "zarr_format": 3, "node_type": "array", "shape": shape, "data_type": data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": shape}},
        "chunk_key_encoding": {"name": "v2", "configuration": {"separator": "/"}},
        "codecs": [{"name": "n5_default", "configuration": {"codecs": codecs}}], "fill_value": 9
    });
    match NodeMetadata::from_zarr_json(document.to_string().as_bytes()) {
        Ok(NodeMetadata::Array(array)) => array,
        other => panic!("{other:?}"),
    }
}

fn is_rust_refusal(error: &CodecError) -> bool {
    !cfg!(feature = "zstd") && error.to_string().contains("is not offered: ")
}

#[test]
fn blocks_of_tensorstore() {
    let rows = include_str!("fixtures/n5.jsonl").lines();
    let rows: Vec<Row> = rows
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 16, "the fixture is there");
    for row in rows {
        let array = array(&row.data_type, &row.shape, &row.codecs);
        let chain = match chain_of(&array) {
            // Its compressor is not in this build.
            Err(error) if error.to_string().contains("the feature") => continue,
            chain => chain.unwrap(),
        };
        let elements = little_endian(bytes(&row.elements), array.data_type().size().unwrap());
        let what = format!("{} {:?} {}", row.data_type, row.shape, row.codecs);
        assert_eq!(
            decode(&chain, &bytes(&row.block)).unwrap(),
            elements,
            "{what}"
        );
        let ours = match encode(&chain, &elements) {
            // Levels that the library in Rust only reads.
            Err(error) if is_rust_refusal(&error) => continue,
            ours => ours.unwrap(),
        };
        assert!(ours.len() <= chain.encoded_len().max(), "{what}");
        assert_eq!(decode(&chain, &ours).unwrap(), elements, "{what}");
        if row.codecs.as_array().unwrap().len() == 2 {
            assert_eq!(ours, bytes(&row.block), "{what}");
        }
    }
}

/// Three rows of two.
fn three_by_two() -> CodecChain {
    let codecs = json!([
        {"name": "transpose", "configuration": {"order": [1, 0]}}, {"name": "bytes"}
    ]);
    chain_of(&array("uint8", &[3, 2], &codecs)).unwrap()
}

fn block(axes: &[u32], cells: &[u8]) -> Vec<u8> {
    let count = axes.len() as u16;
    let lengths = axes.iter().flat_map(|n| n.to_be_bytes());
    let mut block = [[0, 0], count.to_be_bytes()].concat();
    block.extend(lengths.chain(cells.iter().copied()));
    block
}

/// As Java's N5 cuts blocks at the end of an array; the specification wants both.
#[test]
fn a_block_that_is_cut_is_padded() {
    let chain = three_by_two();
    let whole = decode(&chain, &block(&[3, 2], &[1, 2, 3, 4, 5, 6])).unwrap();
    assert_eq!(whole, [1, 4, 2, 5, 3, 6]);
    let rows = decode(&chain, &block(&[2, 2], &[1, 2, 3, 4])).unwrap();
    assert_eq!(rows, [1, 3, 2, 4, 9, 9]);
    let columns = decode(&chain, &block(&[3, 1], &[1, 2, 3])).unwrap();
    assert_eq!(columns, [1, 9, 2, 9, 3, 9]);
    // Longer along one axis, and cut to what the chunk has.
    let longer = decode(&chain, &block(&[5, 1], &[1, 2, 3, 4, 5])).unwrap();
    assert_eq!(longer, [1, 9, 2, 9, 3, 9]);
}

#[test]
fn other_blocks_are_errors() {
    let chain = three_by_two();
    let refused = |block: &[u8], why: &str| {
        let error = decode(&chain, block).unwrap_err().to_string();
        assert!(
            error.contains("n5_default") && error.contains(why),
            "{error}"
        );
    };
    let good = block(&[3, 2], &[1, 2, 3, 4, 5, 6]);
    for end in 0..12 {
        refused(&good[..end], "cut off");
    }
    decode(&chain, &good[..17]).unwrap_err();
    refused(&[&[0, 1], &good[2..]].concat(), "mode 1");
    refused(&block(&[3], &[1, 2, 3]), "a block of 1 axes");
    refused(&block(&[4, 2], &[0; 8]), "larger than a chunk");
    refused(
        &block(&[u32::MAX, u32::MAX], &[0; 8]),
        "larger than a chunk",
    );
}

#[test]
fn other_codecs_are_refused() {
    let of = |codecs: Value| -> Result<CodecChain, CodecError> {
        chain_of(&array("uint16", &[3, 2], &codecs))
    };
    let transpose = json!({"name": "transpose", "configuration": {"order": [1, 0]}});
    let big = json!({"name": "bytes", "configuration": {"endian": "big"}});
    of(json!([transpose, big])).unwrap();
    for codecs in [
        json!([]),
        json!([big]),
        json!([transpose, {"name": "bytes", "configuration": {"endian": "little"}}]),
        json!([{"name": "transpose", "configuration": {"order": [0, 1]}}, big]),
        json!([transpose, big, {"name": "crc32c"}, {"name": "crc32c"}]),
    ] {
        let error = of(codecs.clone()).unwrap_err().to_string();
        assert!(error.contains("`codecs`"), "{codecs}: {error}");
    }
    assert!(chain_of(&array("float16", &[3, 2], &json!([transpose, big]))).is_err());
}
