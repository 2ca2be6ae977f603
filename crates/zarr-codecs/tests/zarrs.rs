//! The registered codecs that only zarrs has beside us: its chunks decode to its elements, and ours
//! are its bytes. The rows are in `fixtures/zarrs.jsonl`, made by the program beside it.

#![allow(clippy::unwrap_used, reason = "a test")]
// Its elements are those of a little-endian machine.
#![cfg(target_endian = "little")]

use serde::Deserialize;
use zarr_codecs::{ChunkSpec, CodecChain, CodecRegistry, NdView, NdViewMut, Scratch};
use zarr_metadata::{Extension, FillValue};

#[derive(Deserialize)]
struct Row {
    data_type: String,
    shape: Vec<u64>,
    codecs: Vec<Extension>,
    elements: String,
    chunk: String,
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |c: u8| char::from(c).to_digit(16).unwrap() as u8;
    let pairs = hex.as_bytes().as_chunks::<2>().0.iter();
    pairs
        .map(|[high, low]| digit(*high) << 4 | digit(*low))
        .collect()
}

#[test]
fn zarrs_and_we_write_the_same_bytes() {
    let mut lossy = 0;
    for line in include_str!("fixtures/zarrs.jsonl").lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        let dtype = row.data_type.parse().unwrap();
        let fill = FillValue::zero(&dtype).unwrap();
        let spec = ChunkSpec::new(&row.shape, dtype, fill).unwrap();
        let elem = spec.elem();
        let chain = CodecChain::new(&row.codecs, spec, &CodecRegistry::default()).unwrap();
        let (elements, mut chunk) = (bytes(&row.elements), bytes(&row.chunk));
        // The registry asks for the byte of padding bits whatever elements are; zarrs leaves it out
        // where they are whole bytes.
        match row.codecs[0].configuration.get("padding_encoding") {
            Some(value) if value == "first_byte" && row.data_type == "uint16" => chunk.insert(0, 0),
            Some(value) if value == "last_byte" && row.data_type == "uint16" => chunk.push(0),
            _ => {}
        }
        let mut scratch = Scratch::default();

        let mut encoded = vec![];
        let view = NdView::new(&elements, &row.shape, elem).unwrap();
        chain.encode(&view, &mut encoded, &mut scratch).unwrap();
        assert_eq!(encoded, chunk, "{line}");

        let mut decoded = vec![0; elements.len()];
        let view = NdViewMut::over(&mut decoded, &row.shape, elem).unwrap();
        chain.decode(&chunk, view, &mut scratch).unwrap();
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
