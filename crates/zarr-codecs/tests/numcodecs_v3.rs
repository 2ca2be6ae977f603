//! Filters of numcodecs in format 3, of either byte order everywhere: what we read is what zarr-python
//! reads, and what we write gives that. The rows are in `fixtures/numcodecs_v3.jsonl`, made by the script
//! beside it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use serde::Deserialize;
use serde_json::{Value, json};
use zarr_codecs::testing::{assert_none, bytes, chain_of, decode, encode, little_endian};
use zarr_metadata::{ArrayMetadata, DataType, NodeMetadata, ZarrFormat};

#[derive(Deserialize)]
struct Row {
    data_type: Value,
    codecs: Value,
    chunk: String,
    /// Little-endian.
    elements: String,
    /// Whether a chunk of these elements has no other bytes.
    #[serde(default)]
    both: bool,
}

fn rows() -> Vec<Row> {
    let lines = include_str!("fixtures/numcodecs_v3.jsonl").lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// An array of one chunk, and the bytes of an element.
fn array(row: &Row) -> (ArrayMetadata, usize) {
    let data_type = DataType::from_json(row.data_type.clone()).unwrap();
    let size = data_type.size().unwrap();
    let len = bytes(&row.elements).len() / size;
    let document = json!({
        "zarr_format": 3, "node_type": "array", "shape": [len], "data_type": row.data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [len]}},
        "chunk_key_encoding": {"name": "v2"}, "codecs": row.codecs,
        "fill_value": if row.data_type == "bool" { json!(false) } else { json!(0) }
    });
    match NodeMetadata::from_zarr_json(document.to_string().as_bytes()) {
        Ok(NodeMetadata::Array(array)) => (array, size),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_byte_order_is_read_as_zarr_python_does() {
    let rows = rows();
    assert!(rows.len() > 900, "the fixture is there");
    let mut wrong = vec![];
    for row in rows {
        let (chunk, elements) = (bytes(&row.chunk), bytes(&row.elements));
        let (array, size) = array(&row);
        let chain = chain_of(&array).unwrap();
        let elements = little_endian(elements, size);
        let what = format!("{} {}", row.data_type, row.codecs);
        match decode(&chain, &chunk) {
            Ok(decoded) if decoded == elements => {}
            other => wrong.push(format!(
                "{what} decodes {chunk:02x?} to {other:02x?}, not {elements:02x?}"
            )),
        }
        let ours = encode(&chain, &elements).unwrap();
        if row.both && ours != chunk {
            wrong.push(format!(
                "{what} encodes {elements:02x?} as {ours:02x?}, not {chunk:02x?}"
            ));
        }
    }
    assert_none(&wrong);
}

/// What a document says in format 2 is what it said in format 3: the same chunk holds the same elements.
#[test]
fn what_is_converted_reads_the_same() {
    let mut converted = 0;
    for row in rows() {
        let (array, _) = array(&row);
        let Ok(old) = array.convert(ZarrFormat::V2) else {
            continue;
        };
        let [new, old] = [&array, &old.metadata].map(|array| chain_of(array).unwrap());
        let chunk = bytes(&row.chunk);
        let expected = decode(&new, &chunk).unwrap();
        let what = format!("{} {}", row.data_type, row.codecs);
        assert_eq!(decode(&old, &chunk).unwrap(), expected, "{what}");
        converted += 1;
    }
    assert!(converted > 450, "{converted}");
}
