//! What numcodecs wrote decodes to what numcodecs says, and what we encode are its bytes. The rows
//! are in `fixtures/numcodecs.jsonl`, made by the script beside it.

#![allow(clippy::unwrap_used, reason = "a test")]

use serde::Deserialize;
use serde_json::{Value, json};
use zarr_codecs::testing::{assert_none, bytes, chain_of, decode, encode};
use zarr_metadata::{ArrayMetadata, ZarrFormat};

#[derive(Deserialize)]
struct Row {
    codec: Value,
    dtype: String,
    chunk: String,
    encoded: String,
    back: Option<String>,
    #[serde(default)]
    exact: bool,
}

/// The codecs that a feature brings, and whether it is on.
const FEATURES: &[(&str, bool)] = &[
    ("bz2", cfg!(feature = "bz2")),
    ("gzip", cfg!(any(feature = "gzip", feature = "gzip-rust"))),
    ("lz4", cfg!(any(feature = "lz4", feature = "lz4-rust"))),
    ("lzma", cfg!(any(feature = "lzma", feature = "lzma-rust"))),
    ("pcodec", cfg!(feature = "pcodec")),
    ("zlib", cfg!(any(feature = "gzip", feature = "gzip-rust"))),
    ("zstd", cfg!(any(feature = "zstd", feature = "zstd-rust"))),
];

/// Whether all levels are there.
const HAS_C: bool = cfg!(feature = "zstd");

/// The rows of all codecs in this build.
fn rows() -> Vec<Row> {
    let lines = include_str!("fixtures/numcodecs.jsonl").lines();
    let rows = lines.map(|line| serde_json::from_str::<Row>(line).unwrap());
    let absent = |row: &Row| {
        FEATURES
            .iter()
            .any(|(id, on)| row.codec["id"] == *id && !on)
    };
    rows.filter(|row| !absent(row)).collect()
}

/// A v2 array of one chunk with this filter.
fn array(dtype: &str, codec: &Value, len: usize) -> ArrayMetadata {
    let size: usize = dtype[2..].parse().unwrap();
    let document = json!({
        "zarr_format": 2, "shape": [len / size], "chunks": [len / size], "dtype": dtype,
        "fill_value": null, "order": "C", "filters": [codec], "compressor": null
    });
    ArrayMetadata::from_v2(document.to_string().as_bytes(), None).unwrap()
}

/// Elements in memory of bytes as they are stored, or back.
fn swapped(mut stored: Vec<u8>, dtype: &str) -> Vec<u8> {
    if dtype.starts_with('>') == cfg!(target_endian = "little") {
        let size: usize = dtype[2..].parse().unwrap();
        stored.chunks_mut(size).for_each(<[u8]>::reverse);
    }
    stored
}

/// Half floats without the sign of what is no number: processors differ in it where they make one of an overflow.
fn unsigned_nan(encoded: &[u8]) -> Vec<u16> {
    let halves = encoded.as_chunks().0.iter();
    let unsigned = halves.map(|&half| match u16::from_le_bytes(half) {
        nan if nan & 0x7fff > 0x7c00 => nan & 0x7fff,
        number => number,
    });
    unsigned.collect()
}

#[test]
fn every_row_of_numcodecs() {
    let mut wrong = vec![];
    let rows = rows();
    assert!(rows.len() > 450, "the fixture is there");
    for Row {
        codec,
        dtype,
        chunk,
        encoded,
        back,
        exact,
    } in rows
    {
        let (chunk, encoded) = (bytes(&chunk), bytes(&encoded));
        let chain = match chain_of(&array(&dtype, &codec, chunk.len())) {
            Ok(chain) => chain,
            Err(error) => {
                wrong.push(format!("{codec} on {dtype}: {error}"));
                continue;
            }
        };
        let elements = swapped(chunk.clone(), &dtype);
        let back = swapped(back.map_or(chunk, |back| bytes(&back)), &dtype);
        match decode(&chain, &encoded) {
            Ok(decoded) if decoded == back => {}
            other => wrong.push(format!(
                "{codec} on {dtype} decodes {encoded:02x?} to {other:02x?}, not {back:02x?}"
            )),
        }
        let ours = match encode(&chain, &elements) {
            // Levels that the library in Rust only reads.
            Err(error) if !HAS_C && error.to_string().contains("is not offered: ") => continue,
            ours => ours.unwrap(),
        };
        let is_same = match codec["id"].as_str() {
            Some("quantize") if dtype == "<f2" => unsigned_nan(&ours) == unsigned_nan(&encoded),
            _ => ours == encoded,
        };
        if exact && !is_same {
            wrong.push(format!(
                "{codec} on {dtype} encodes {elements:02x?} as {ours:02x?}, not {encoded:02x?}"
            ));
        }
        assert!(
            ours.len() <= chain.encoded_len().max(),
            "{codec}: {}",
            ours.len()
        );
        if !exact {
            assert_eq!(decode(&chain, &ours).unwrap(), back, "{codec}");
        }
    }
    assert_none(&wrong);
}

/// What a document says in format 3 is what it said in format 2: the same chunk holds the same elements.
#[test]
fn what_is_converted_reads_the_same() {
    let (mut converted, mut filters) = (0, 0);
    for row in rows() {
        let encoded = bytes(&row.encoded);
        let array = array(&row.dtype, &row.codec, bytes(&row.chunk).len());
        let Ok(new) = array.convert(ZarrFormat::V3) else {
            continue;
        };
        let [old, new] = [&array, &new.metadata].map(|array| chain_of(array).unwrap());
        let expected = decode(&old, &encoded).unwrap();
        assert_eq!(
            decode(&new, &encoded).unwrap(),
            expected,
            "{} on {}",
            row.codec,
            row.dtype
        );
        converted += 1;
        filters += usize::from(row.codec.get("astype").is_some());
    }
    assert!(converted > 600 && filters > 250, "{converted}, {filters}");
}
