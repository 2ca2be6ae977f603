//! Files that ask for more than can come, and settings. What numcodecs makes is in `tests/numcodecs.rs`.

use serde_json::{Value, json};
use zarr_metadata::DataType;

use super::*;
use crate::testing::{chain, codecs, decode, encode, spec};
use crate::{CodecChain, CodecRegistry};

fn v3(settings: &Value, spec: &ChunkSpec) -> Result<CodecChain, CodecError> {
    let pcodec = json!([{"name": "numcodecs.pcodec", "configuration": settings}]);
    chain(&pcodec, spec)
}

fn message(chain: &CodecChain, src: &[u8]) -> String {
    decode(chain, src).unwrap_err().to_string()
}

#[test]
fn pages_and_parts_come_back() {
    let bytes: Vec<u8> = (0..3000_u32)
        .flat_map(|n| (n * n / 7).to_ne_bytes())
        .collect();
    for page in [1, 100, 256, 2999, 1_i64 << 40] {
        let chain = v3(
            &json!({"equal_pages_up_to": page}),
            &spec(&[3000], DataType::UInt32),
        )
        .unwrap();
        let file = encode(&chain, &bytes).unwrap();
        assert!(file.len() <= chain.encoded_len().max(), "{page}");
        assert_eq!(decode(&chain, &file).unwrap(), bytes, "{page}");
    }
}

#[test]
fn the_count_must_be_that_of_the_chunk() {
    let of = |count: u32| {
        let chain = v3(&json!({}), &spec(&[count.into()], DataType::UInt32)).unwrap();
        let bytes: Vec<u8> = (0..count).flat_map(u32::to_ne_bytes).collect();
        let file = encode(&chain, &bytes).unwrap();
        (chain, file)
    };
    let (chain, good) = of(600);
    decode(&chain, &good).unwrap();
    for count in [1, 511, 599, 601, 5000] {
        let found = message(&chain, &of(count).1);
        assert!(found.contains("length mismatch"), "{count}: {found}");
    }
    let found = message(&chain, &[&good[..], b"x"].concat());
    assert_eq!(found, "codec `pcodec`: corrupt data: bytes follow the end");
    for len in 0..good.len() {
        decode(&chain, &good[..len]).unwrap_err();
    }
    let floats = v3(&json!({}), &spec(&[600], DataType::Float32)).unwrap();
    assert!(message(&floats, &good).contains("number type"));
}

/// A file whose only chunk begins with these bits, low ones first, behind type and count.
fn with_head(count: u32, head: u64) -> Vec<u8> {
    // The magic number, the version of standalone files, no type for all, a hint of 0 and format 4.1.
    let front = [b'p', b'c', b'o', b'!', 3, 0, 0, 4, 1];
    const U32: u8 = 1;
    let count = (count - 1).to_le_bytes();
    [
        &front[..],
        &[U32],
        &count[..3],
        &head.to_le_bytes(),
        &[0; 4096],
    ]
    .concat()
}

#[test]
fn a_head_does_not_get_what_it_asks_for() {
    let chain = v3(&json!({}), &spec(&[512], DataType::UInt32)).unwrap();
    // By the format: a mode of 4 bits. Mode 4 has a dictionary, its length in 25 bits.
    let dictionary = |len: u64| with_head(512, 4 | len << 4);
    let found = message(&chain, &dictionary(513));
    assert!(found.contains("a dictionary has more entries"), "{found}");
    let found = message(&chain, &dictionary((1 << 25) - 1));
    assert!(found.contains("the head of a chunk is cut off"), "{found}");
    // Behind mode 0 delta encoding 2 has the logarithm of its window, less one, in 5 bits.
    let window = |log: u64| with_head(512, 2 << 4 | (log - 1) << 8);
    for log in [16, 24, 32] {
        let found = message(&chain, &window(log));
        assert!(found.contains("a window is larger"), "{found}");
    }
    for fair in [dictionary(512), window(15)] {
        let found = message(&chain, &fair);
        assert!(
            !found.contains("larger") && !found.contains("more entries"),
            "{found}"
        );
    }
    // More numbers than the chunk has, in a file of a few bytes.
    assert!(message(&chain, &with_head(1 << 24, 0)).contains("length mismatch"));
}

#[test]
fn settings_are_those_of_numcodecs() {
    let good = [
        json!({}),
        json!({"level": 0, "mode_spec": "classic", "delta_encoding_order": null}),
        json!({"delta_spec": "auto", "delta_encoding_order": 7}),
        json!({"delta_spec": "try_consecutive", "delta_encoding_order": 0}),
        json!({"paging_spec": "equal_pages_up_to", "equal_pages_up_to": 1}),
    ];
    for settings in good {
        v3(&settings, &spec(&[4], DataType::Int16)).unwrap();
    }
    let bad = [
        (
            json!({"level": 13}),
            "`level` must be an integer of 0 to 12, found 13",
        ),
        (
            json!({"equal_pages_up_to": 0}),
            "`equal_pages_up_to` must be",
        ),
        (
            json!({"mode_spec": "try_dict"}),
            "`mode_spec` must be \"auto\" or \"classic\"",
        ),
        (
            json!({"delta_spec": "try_consecutive"}),
            "`delta_encoding_order` must be an integer",
        ),
        (
            json!({"delta_spec": "no_op", "delta_encoding_order": 1}),
            "`delta_encoding_order` must be absent",
        ),
        (json!({"paging_spec": "exact"}), "`paging_spec` must be"),
    ];
    for (settings, text) in bad {
        let error = v3(&settings, &spec(&[4], DataType::Int16)).unwrap_err();
        assert!(error.to_string().contains(text), "{error}");
    }
    for dtype in [
        DataType::Bool,
        DataType::UInt8,
        DataType::Int8,
        DataType::Complex64,
    ] {
        v3(&json!({}), &spec(&[4], dtype)).unwrap_err();
    }
}

#[test]
fn in_v2_it_is_told_what_stands_before() {
    let of = |list: Value| {
        CodecChain::v2(
            &codecs(&list),
            spec(&[4], DataType::Int32),
            &CodecRegistry::default(),
        )
    };
    let pcodec = json!({"name": "pcodec"});
    let little = json!({"name": "bytes", "configuration": {"endian": "little"}});
    let big = json!({"name": "bytes", "configuration": {"endian": "big"}});
    let delta = json!({"name": "delta", "configuration": {"dtype": "<i4", "astype": "<i2"}});
    let narrow = json!({"name": "delta", "configuration": {"dtype": "<i4", "astype": "|i1"}});
    for list in [json!([little, pcodec]), json!([little, delta, pcodec])] {
        let chain = of(list).unwrap();
        let bytes: Vec<u8> = [5_i32, 7, 6, -1]
            .iter()
            .flat_map(|n| n.to_ne_bytes())
            .collect();
        assert_eq!(
            decode(&chain, &encode(&chain, &bytes).unwrap()).unwrap(),
            bytes
        );
    }
    let sum = json!({"name": "crc32c"});
    for list in [
        json!([big, pcodec]),
        json!([little, narrow, pcodec]),
        json!([little, sum, pcodec]),
    ] {
        let error = of(list).unwrap_err().to_string();
        assert!(
            error.contains("takes little-endian integers and floats"),
            "{error}"
        );
    }
}
