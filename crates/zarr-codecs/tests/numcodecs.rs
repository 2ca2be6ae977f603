//! What numcodecs wrote decodes to what numcodecs says, and what we encode are its bytes. The rows
//! are in `fixtures/numcodecs.jsonl`, made by the script beside it.

#![allow(clippy::unwrap_used, reason = "a test")]

use serde::Deserialize;
use serde_json::{Value, json};
use zarr_codecs::{Chain, ChunkSpec, CodecError, NdView, NdViewMut, Registry, Scratch};
use zarr_metadata::ArrayMetadata;

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
    ("gzip", cfg!(feature = "gzip")),
    ("lz4", cfg!(any(feature = "lz4", feature = "lz4-rust"))),
    ("lzma", cfg!(feature = "lzma")),
    ("pcodec", cfg!(feature = "pcodec")),
    ("zlib", cfg!(feature = "gzip")),
    ("zstd", cfg!(feature = "zstd")),
];

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

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |c: &u8| char::from(*c).to_digit(16).unwrap() as u8;
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| digit(&pair[0]) << 4 | digit(&pair[1]))
        .collect()
}

/// The chain of a v2 array of one chunk with this filter.
fn chain(dtype: &str, codec: &Value, len: usize) -> Result<Chain, CodecError> {
    let size: usize = dtype[2..].parse().unwrap();
    let document = json!({
        "zarr_format": 2, "shape": [len / size], "chunks": [len / size], "dtype": dtype,
        "fill_value": null, "order": "C", "filters": [codec], "compressor": null
    });
    let array = ArrayMetadata::from_v2(document.to_string().as_bytes(), None).unwrap();
    let dtype = array.data_type().clone();
    let shape = array.shape().to_vec();
    let spec = ChunkSpec::new(&shape, dtype, array.fill_value().unwrap())?;
    Chain::v2(&array.codecs(), spec, &Registry::default())
}

/// Elements in memory of bytes as they are stored, or back.
fn swapped(mut stored: Vec<u8>, dtype: &str) -> Vec<u8> {
    if dtype.starts_with('>') == cfg!(target_endian = "little") {
        let size: usize = dtype[2..].parse().unwrap();
        stored.chunks_mut(size).for_each(<[u8]>::reverse);
    }
    stored
}

fn encode(chain: &Chain, elements: &[u8]) -> Result<Vec<u8>, CodecError> {
    let spec = chain.spec();
    let view = NdView::new(elements, &spec.shape, spec.elem()).unwrap();
    let mut encoded = vec![];
    chain.encode(&view, &mut encoded, &mut Scratch::default())?;
    Ok(encoded)
}

fn decode(chain: &Chain, encoded: &[u8]) -> Result<Vec<u8>, CodecError> {
    let spec = chain.spec();
    let mut decoded = vec![0; spec.byte_len().unwrap()];
    let view = NdViewMut::over(&mut decoded, &spec.shape, spec.elem()).unwrap();
    chain.decode(encoded, view, &mut Scratch::default())?;
    Ok(decoded)
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
        let chain = match chain(&dtype, &codec, chunk.len()) {
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
        let ours = encode(&chain, &elements).unwrap();
        if exact && ours != encoded {
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
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
