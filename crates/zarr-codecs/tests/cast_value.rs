//! What the package behind zarr-python's `cast_value` makes of single numbers, ours makes too. The
//! rows are in `fixtures/cast_value.jsonl`, made by the script beside it.

#![allow(clippy::unwrap_used, reason = "a test")]

use serde::Deserialize;
use serde_json::{Value, json};
use zarr_codecs::testing::{assert_none, bytes, decode, encode, little_endian, spec};
use zarr_codecs::{CodecChain, CodecRegistry};
use zarr_metadata::{DataType, Extension};

#[derive(Deserialize)]
struct Row {
    from: String,
    to: String,
    rounding: String,
    out_of_range: Option<String>,
    values: Vec<(String, Option<String>)>,
}

fn native(hex: &str) -> Vec<u8> {
    little_endian(bytes(hex), hex.len() / 2)
}

fn chain(from: &str, codec: &Value) -> CodecChain {
    let dtype: DataType = from.parse().unwrap();
    let endian = if cfg!(target_endian = "big") {
        "big"
    } else {
        "little"
    };
    let bytes = Extension::new("bytes").with("endian", endian);
    let codec = Extension::from_json(codec.clone()).unwrap();
    CodecChain::new(
        &[codec, bytes],
        spec(&[1], dtype),
        &CodecRegistry::default(),
    )
    .unwrap()
}

#[test]
fn every_row_of_cast_value_rs() {
    let mut wrong = vec![];
    for line in include_str!("fixtures/cast_value.jsonl").lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        let Row {
            from,
            to,
            rounding,
            out_of_range,
            values,
        } = row;
        let codec = json!({"name": "cast_value", "configuration": {
            "data_type": to, "rounding": rounding, "out_of_range": out_of_range
        }});
        let chain = chain(&from, &codec);
        for (value, expected) in values {
            let expected = expected.map(|hex| native(&hex));
            let found = encode(&chain, &native(&value)).ok();
            if found != expected {
                wrong.push(format!(
                    "{from} {value} to {to} {rounding} {out_of_range:?}: {found:02x?}, not {expected:02x?}"
                ));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn single_values_come_first() {
    let chain = chain(
        "float64",
        &json!({"name": "cast_value", "configuration": {"data_type": "int8", "scalar_map": {
            "encode": [["NaN", -128], [300.0, 7], [300.0, 8]], "decode": [[-128, "NaN"]]
        }}}),
    );
    assert_eq!(encode(&chain, &f64::NAN.to_ne_bytes()).unwrap(), [0x80]);
    assert_eq!(encode(&chain, &300_f64.to_ne_bytes()).unwrap(), [7]);
    let decoded = decode(&chain, &[0x80]).unwrap();
    assert!(f64::from_ne_bytes(decoded.try_into().unwrap()).is_nan());
    assert_eq!(
        encode(&chain, &301_f64.to_ne_bytes())
            .unwrap_err()
            .to_string(),
        "codec `cast_value`: 301.0 cannot be encoded: int8 has no such value"
    );
}
