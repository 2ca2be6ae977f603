//! The bytes are numcodecs' own (`numcodecs.VLenUTF8` and so on, 0.16), given in full below.

use proptest::prelude::*;
use serde_json::{Value, json};
use zarr_metadata::FillValue;

use super::*;
use crate::testing::{codecs, decode_vlen, encode_vlen};
use crate::{CodecChain, CodecRegistry};

fn chain(
    list: &Value,
    shape: &[u64],
    dtype: DataType,
    fill: &[u8],
) -> Result<CodecChain, CodecError> {
    let fill = FillValue::from_bytes(&dtype, fill).unwrap();
    CodecChain::new(
        &codecs(list),
        ChunkSpec::new(shape, dtype, fill).unwrap(),
        &CodecRegistry::default(),
    )
}

#[test]
fn what_numcodecs_writes() {
    let check = |codec: Value, dtype: DataType, elements: &[&[u8]], bytes: &[u8]| {
        let chain = chain(&json!([codec]), &[elements.len() as u64], dtype, b"").unwrap();
        assert_eq!(encode_vlen(&chain, elements).unwrap(), bytes);
        let all = Region::whole(&chain.spec().shape);
        assert_eq!(decode_vlen(&chain, bytes, &all).unwrap(), elements);
    };
    let texts = ["a", "żółw", ""].map(str::as_bytes);
    check(
        json!({"name": "vlen-utf8"}),
        DataType::String,
        &texts,
        b"\x03\0\0\0\x01\0\0\0a\x07\0\0\0\xc5\xbc\xc3\xb3\xc5\x82w\0\0\0\0",
    );
    check(
        json!({"name": "vlen-bytes"}),
        DataType::Bytes,
        &[b"\xff\0", b""],
        b"\x02\0\0\0\x02\0\0\0\xff\0\0\0\0\0",
    );
    let numbers = [1_i16, -2].map(i16::to_ne_bytes).concat();
    for (dtype, stored) in [("<i2", b"\x01\0\xfe\xff"), (">i2", b"\0\x01\xff\xfe")] {
        let bytes = [b"\x02\0\0\0\x04\0\0\0".as_slice(), stored, b"\0\0\0\0"].concat();
        check(
            json!({"name": "numcodecs.vlen-array", "configuration": {"dtype": dtype}}),
            DataType::Ragged(Box::new(DataType::Int16)),
            &[&numbers, b""],
            &bytes,
        );
    }
}

#[test]
fn elements_move_like_any_others() {
    let inner = json!({"name": "sharding_indexed", "configuration": {
        "chunk_shape": [2, 2], "codecs": [{"name": "vlen-utf8"}, {"name": "crc32c"}],
        "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
    }});
    let transposed = json!({"name": "transpose", "configuration": {"order": [1, 0]}});
    let lists = [
        json!([{"name": "vlen-utf8"}, {"name": "gzip", "configuration": {"level": 1}}]),
        json!([transposed, {"name": "vlen-utf8"}]),
        json!([{"name": "reshape", "configuration": {"shape": [24]}}, {"name": "vlen-utf8"}]),
        json!([inner]),
        json!([transposed, inner, {"name": "zstd", "configuration": {"level": 1}}]),
    ];
    let texts: Vec<String> = (0..24).map(|n| "x".repeat(n % 5)).collect();
    let elements: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    let steps = Region {
        ranges: [(3, 2, -2), (0, 3, 2)]
            .map(|(start, count, step)| crate::AxisRange::new(start, count, step).unwrap())
            .into_iter()
            .collect(),
    };
    for codecs in lists {
        let chain = match chain(&codecs, &[4, 6], DataType::String, b"xx") {
            // Where addresses have 32 bits, a compressor of shards of texts could be asked for more than memory has.
            Err(error)
                if usize::BITS < 64 && matches!(error.kind, CodecErrorKind::Limit { .. }) =>
            {
                assert_eq!(codecs.as_array().unwrap().len(), 3, "{error}");
                continue;
            }
            chain => chain.unwrap(),
        };
        let encoded = encode_vlen(&chain, &elements).unwrap();
        let all = decode_vlen(&chain, &encoded, &Region::whole(&[4, 6])).unwrap();
        assert_eq!(all, elements, "{codecs}");
        let some = decode_vlen(&chain, &encoded, &steps).unwrap();
        let expected = [18, 20, 22, 6, 8, 10].map(|i| elements[i]);
        assert_eq!(some, expected, "{codecs}");
    }
}

#[test]
fn damage_is_an_error() {
    let check = |bytes: &[u8], says: &str| {
        let chain = chain(&json!(["vlen-utf8"]), &[2], DataType::String, b"").unwrap();
        let error = decode_vlen(&chain, bytes, &Region::whole(&[2])).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    };
    check(b"", "0 bytes end within an element");
    check(b"\x03\0\0\0", "holds 3 elements, the chunk has 2");
    check(b"\x02\0\0\0\0\0\0\0", "8 bytes end within");
    check(b"\x02\0\0\0\xff\xff\xff\xff\0\0\0\0", "12 bytes end within");
    check(b"\x02\0\0\0\0\0\0\0\0\0\0\0!", "1 bytes follow");
    check(b"\x02\0\0\0\x01\0\0\0\xff\0\0\0\0", "not UTF-8");
}

#[test]
fn only_for_elements_of_its_kind() {
    let refused = |codec: Value, dtype: DataType| {
        let fill = FillValue::zero(&dtype).unwrap();
        let refused = chain(&json!([codec]), &[2], dtype, fill.as_bytes());
        refused.map(drop).unwrap_err().to_string()
    };
    assert!(refused(json!("vlen-utf8"), DataType::Int8).contains("int8"));
    assert!(refused(json!("vlen-utf8"), DataType::Bytes).contains("bytes"));
    assert!(refused(json!("bytes"), DataType::String).contains("string"));
    let array = json!({"name": "numcodecs.vlen-array", "configuration": {"dtype": "|O"}});
    assert!(refused(array, DataType::Bytes).contains("type string"));
}

proptest! {
    #[test]
    fn any_bytes_decode_or_are_an_error(bytes in prop::collection::vec(0_u8..4, 0..40)) {
        for codec in ["vlen-utf8", "vlen-bytes"] {
            let dtype = if codec == "vlen-utf8" { DataType::String } else { DataType::Bytes };
            let chain = chain(&json!([codec]), &[2], dtype, b"").unwrap();
            if let Ok(elements) = decode_vlen(&chain, &bytes, &Region::whole(&[2])) {
                let elements: Vec<&[u8]> = elements.iter().map(Vec::as_slice).collect();
                prop_assert_eq!(encode_vlen(&chain, &elements).unwrap(), bytes.clone());
            }
        }
    }
}
