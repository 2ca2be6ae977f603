//! The registered codecs that only zarrs has beside us: its chunks decode to its elements, and ours
//! are its bytes. The rows are in `fixtures/zarrs.jsonl`, made by the program beside it.

#![allow(clippy::unwrap_used, reason = "a test")]
// Its elements are those of a little-endian machine.
#![cfg(target_endian = "little")]

use serde::Deserialize;
use zarr_codecs::testing::{bytes, decode, encode, spec};
use zarr_codecs::{CodecChain, CodecRegistry};
use zarr_metadata::Extension;

#[derive(Deserialize)]
struct Row {
    data_type: String,
    shape: Vec<u64>,
    codecs: Vec<Extension>,
    elements: String,
    chunk: String,
}

#[test]
fn zarrs_and_we_write_the_same_bytes() {
    let mut lossy = 0;
    for line in include_str!("fixtures/zarrs.jsonl").lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        let dtype = row.data_type.parse().unwrap();
        let spec = spec(&row.shape, dtype);
        let chain = CodecChain::new(&row.codecs, spec, &CodecRegistry::default()).unwrap();
        let (elements, mut chunk) = (bytes(&row.elements), bytes(&row.chunk));
        // The registry asks for the byte of padding bits whatever elements are; zarrs leaves it out
        // where they are whole bytes.
        match row.codecs[0].configuration.get("padding_encoding") {
            Some(value) if value == "first_byte" && row.data_type == "uint16" => chunk.insert(0, 0),
            Some(value) if value == "last_byte" && row.data_type == "uint16" => chunk.push(0),
            _ => {}
        }
        assert_eq!(encode(&chain, &elements).unwrap(), chunk, "{line}");
        let decoded = decode(&chain, &chunk).unwrap();
        match row.codecs[0].name.as_str() {
            // What it keeps is in the chunk, and stays as it is.
            "bitround" => {
                lossy += 1;
                assert_eq!(decoded, chunk, "{line}");
            }
            _ => assert_eq!(decoded, elements, "{line}"),
        }
    }
    assert_eq!(lossy, 6);
}
