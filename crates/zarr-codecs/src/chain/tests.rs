//! Chains: what goes in comes out, whole or in part, and damaged bytes are errors.

use std::mem::MaybeUninit;

use proptest::prelude::*;
use serde_json::{Value, json};
use zarr_metadata::{DataType, Extension};

use super::*;
use crate::array::buffer::to_vec_for_tests;
use crate::testing::{chain, encode, spec};
use crate::{AxisRange, CodecRegistry, Dims, Scratch};

/// Decodes `part` into a box that lies with gaps in a larger one, or dense where `gap` is 0.
fn decode(chain: &CodecChain, src: &[u8], part: &Region, gap: u64) -> Result<Vec<u8>, CodecError> {
    let elem = chain.spec().elem();
    let shape = part.shape();
    let outer: Dims<u64> = shape.iter().map(|&n| n + gap).collect();
    let mut memory = vec![MaybeUninit::new(0xEE); volume(&outer) * elem];
    let inner = Region::dense(&vec![0; shape.len()], &shape);
    let view = NdViewMut::new(&mut memory, &outer, elem)
        .unwrap()
        .region(&inner)
        .unwrap();
    chain.decode_part(src, part, view, &mut Scratch::default())?;
    let memory = to_vec_for_tests(&memory);
    Ok(NdView::new(&memory, &outer, elem)
        .unwrap()
        .region(&inner)
        .unwrap()
        .to_vec())
}

fn volume(shape: &[u64]) -> usize {
    crate::volume(shape).unwrap() as usize
}

fn bytes_to_bytes() -> impl Strategy<Value = Vec<Value>> {
    let codec = prop::sample::select(vec![
        json!({"name": "crc32c"}),
        json!({"name": "zstd", "configuration": {"level": 1, "checksum": true}}),
        json!({"name": "zstd", "configuration": {"level": 0}}),
        json!({"name": "gzip", "configuration": {"level": 1}}),
        json!({"name": "blosc", "configuration": {
            "cname": "lz4", "clevel": 1, "shuffle": "bitshuffle", "blocksize": 128,
        }}),
    ]);
    prop::collection::vec(codec, 0..3)
}

/// Codecs for chunks of `shape`, with `levels` of shards allowed.
fn codecs(shape: Vec<u64>, levels: u32) -> BoxedStrategy<Vec<Value>> {
    let rank = shape.len();
    let order = Just((0..rank).collect::<Vec<_>>()).prop_shuffle();
    let transposed = prop::option::weighted(0.4, order);
    (transposed, any::<bool>(), 0..4, any::<bool>())
        .prop_flat_map(move |(order, big, sharded, start)| {
            let mut seen = shape.clone();
            let mut list = vec![];
            if let Some(order) = order {
                seen = order.iter().map(|&a| shape[a]).collect();
                list.push(json!({"name": "transpose", "configuration": {"order": order}}));
            }
            let endian = if big { "big" } else { "little" };
            let bytes = json!({"name": "bytes", "configuration": {"endian": endian}});
            if sharded > 0 || levels == 0 {
                list.push(bytes);
                return bytes_to_bytes().prop_map(move |b| [list.clone(), b].concat()).boxed();
            }
            let inner: Vec<u64> = seen.iter().map(|n| if n % 2 == 0 { n / 2 } else { *n }).collect();
            let location = if start { "start" } else { "end" };
            (codecs(inner.clone(), levels - 1), bytes_to_bytes())
                .prop_map(move |(codecs, after)| {
                    let shard = json!({"name": "sharding_indexed", "configuration": {
                        "chunk_shape": inner, "codecs": codecs, "index_location": location,
                        "index_codecs": [
                            {"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"},
                        ],
                    }});
                    [list.clone(), vec![shard], after].concat()
                })
                .boxed()
        })
        .boxed()
}

type Case = (Vec<u64>, Vec<Value>, DataType, Region, u64);

fn case() -> impl Strategy<Value = Case> {
    let dtypes = prop::sample::select(vec![
        DataType::UInt8,
        DataType::Int16,
        DataType::Float32,
        DataType::Complex64,
        DataType::Float64,
        DataType::Complex128,
        DataType::Bool,
    ]);
    (prop::collection::vec(1_u64..7, 0..4), dtypes, 0_u64..2).prop_flat_map(
        |(shape, dtype, gap)| {
            let part: Vec<_> = shape
                .iter()
                .map(|&n| (0..n).prop_flat_map(move |start| (Just(start), 1..=n - start)))
                .collect();
            let part = part.prop_map(|ranges| Region {
                ranges: ranges
                    .into_iter()
                    .map(|(s, n)| AxisRange::dense(s, n))
                    .collect(),
            });
            (
                Just(shape.clone()),
                codecs(shape, 2),
                Just(dtype),
                part,
                Just(gap),
            )
        },
    )
}

proptest! {
    #[test]
    fn what_was_encoded_decodes((shape, codecs, dtype, part, gap) in case(), zeros in any::<bool>()) {
        let spec = spec(&shape, dtype);
        let chain = chain(&Value::Array(codecs), &spec).unwrap();
        let len = spec.byte_len().unwrap();
        let elements: Vec<u8> = (0..len).map(|i| if zeros && i > len / 3 { 0 } else { ((i * 31) >> 2) as u8 }).collect();
        let encoded = encode(&chain, &elements).unwrap();
        prop_assert!(encoded.len() <= chain.encoded_len().max());
        prop_assert!(!chain.is_identity() || encoded == elements);
        prop_assert_eq!(&decode(&chain, &encoded, &Region::whole(&shape), gap).unwrap(), &elements);
        let wanted = NdView::new(&elements, &shape, spec.elem()).unwrap().region(&part).unwrap();
        prop_assert_eq!(decode(&chain, &encoded, &part, gap).unwrap(), wanted.to_vec());
        if let ChunkAccess::Cells(at) = chain.access(&part) {
            let shape = part.shape();
            let mut memory = vec![MaybeUninit::uninit(); wanted.to_vec().len()];
            let view = NdViewMut::new(&mut memory, &shape, spec.elem()).unwrap();
            chain.place::<CodecError>(&at, view, |offset, memory| {
                let start = offset as usize;
                let len = memory.len();
                Ok(crate::array::buffer::copied(memory, &encoded[start..start + len]))
            }).unwrap();
            prop_assert_eq!(to_vec_for_tests(&memory), wanted.to_vec());

            let mut memory = vec![MaybeUninit::uninit(); memory.len()];
            let view = NdViewMut::new(&mut memory, &shape, spec.elem()).unwrap();
            let span = at.byte_range(view.shape()).unwrap();
            let bytes = &encoded[span.start as usize..span.end as usize];
            chain.gather(&at, span.start, bytes, view).unwrap();
            prop_assert_eq!(to_vec_for_tests(&memory), wanted.to_vec());
        }
    }

    #[test]
    fn damaged_bytes_never_panic(
        (shape, codecs, dtype, part, gap) in case(),
        cut in any::<prop::sample::Index>(), flip in any::<prop::sample::Index>(), bits in 1_u8..,
    ) {
        let spec = spec(&shape, dtype);
        let chain = chain(&Value::Array(codecs), &spec).unwrap();
        let elements: Vec<u8> = (0..spec.byte_len().unwrap()).map(|i| i as u8).collect();
        let mut encoded = encode(&chain, &elements).unwrap();
        let at = flip.index(encoded.len());
        encoded[at] ^= bits;
        let _ = decode(&chain, &encoded, &part, gap);
        encoded.truncate(cut.index(encoded.len()));
        let _ = decode(&chain, &encoded, &Region::whole(&shape), gap);
    }
}

#[test]
fn elements_that_are_stored_as_they_lie_in_memory_are_told() {
    let order = |endian| json!({"name": "bytes", "configuration": {"endian": endian}});
    let transposed = |order| json!({"name": "transpose", "configuration": {"order": order}});
    let native = zarr_metadata::Endian::NATIVE.as_str();
    let other = if native == "little" { "big" } else { "little" };
    let is = |dtype, codecs: Value| {
        chain(&codecs, &spec(&[1, 6, 4], dtype))
            .unwrap()
            .is_identity()
    };
    assert!(is(DataType::UInt16, json!([order(native)])));
    assert!(!is(DataType::UInt16, json!([order(other)])));
    assert!(is(DataType::UInt8, json!([order(other)])));
    assert!(is(
        DataType::UInt16,
        json!([transposed([1, 0, 2]), order(native)])
    ));
    assert!(!is(
        DataType::UInt16,
        json!([transposed([0, 2, 1]), order(native)])
    ));
    assert!(!is(
        DataType::UInt16,
        json!([order(native), {"name": "crc32c"}])
    ));
}

fn refused(codecs: &Value, spec: &ChunkSpec) -> String {
    chain(codecs, spec).unwrap_err().to_string()
}

#[test]
fn a_wrong_order_of_codecs_is_refused() {
    let spec = spec(&[4], DataType::UInt8);
    let cases = [
        (
            json!([]),
            "codec `bytes`: no codec of the chain turns the array into bytes",
        ),
        (
            json!(["crc32c", "bytes"]),
            "codec `crc32c`: comes before the codec that turns the array into bytes",
        ),
        (
            json!(["bytes", "bytes"]),
            "codec `bytes`: is the second codec that turns the array into bytes; there must be one",
        ),
        (
            json!(["gzipp"]),
            "codec `gzipp`: this build does not have it; did you mean `gzip`, `numcodecs.gzip`?",
        ),
    ];
    for (codecs, message) in cases {
        assert_eq!(refused(&codecs, &spec), message);
    }
    let transpose = json!(["bytes", {"name": "transpose", "configuration": {"order": [0]}}]);
    assert!(refused(&transpose, &spec).contains("comes after"));
}

#[test]
fn a_wrong_setting_is_told_by_its_key() {
    let spec = spec(&[4, 6], DataType::Float32);
    let bytes = json!({"name": "bytes", "configuration": {"endian": "little"}});
    let codec =
        |name: &str, key: &str, value: Value| json!({"name": name, "configuration": {key: value}});
    let shard = json!({"name": "sharding_indexed", "configuration": {
        "chunk_shape": [2, 3], "codecs": [&bytes], "index_codecs": [&bytes], "index_location": "middle",
    }});
    let after_bytes = [
        codec("blosc", "cname", json!("lz5")),
        codec("blosc", "shuffle", json!("maybe")),
        codec("gzip", "level", json!(10)),
        codec("numcodecs.lz4", "acceleration", json!("fast")),
        codec("zstd", "level", json!(23)),
        codec("zstd", "checksum", json!("yes")),
    ];
    let after_bytes = after_bytes.map(|codec| json!([&bytes, codec]));
    let others = [
        json!([codec("bytes", "endian", json!("middle"))]),
        json!([codec("transpose", "order", json!([0, 0])), &bytes]),
        json!([codec("reshape", "shape", json!("any")), &bytes]),
        json!([shard]),
    ];
    let keys = [
        "cname",
        "shuffle",
        "level",
        "acceleration",
        "level",
        "checksum",
        "endian",
        "order",
        "shape",
        "index_location",
    ];
    let lists: Vec<Value> = after_bytes.into_iter().chain(others).collect();
    assert_eq!(lists.len(), keys.len());
    for (codecs, expected) in lists.iter().zip(keys) {
        match chain(codecs, &spec).unwrap_err().kind {
            CodecErrorKind::Setting { key, .. } => assert_eq!(key, expected),
            other => panic!("{codecs}: {other}"),
        }
    }
}

#[test]
fn a_missing_byte_order_is_refused_only_where_it_matters() {
    assert!(chain(&json!(["bytes"]), &spec(&[4], DataType::UInt8)).is_ok());
    let message = refused(&json!(["bytes"]), &spec(&[4], DataType::Int16));
    assert_eq!(
        message,
        "codec `bytes`: `endian` is required for data type int16"
    );
}

#[test]
fn a_wrong_length_is_named() {
    let chain = chain(&json!(["bytes"]), &spec(&[4], DataType::UInt8)).unwrap();
    let error = decode(&chain, &[1, 2, 3], &Region::whole(&[4]), 0).unwrap_err();
    assert_eq!(
        error.to_string(),
        "codec `bytes`: length mismatch: expected 4 bytes, found 3"
    );
}

#[test]
fn a_bomb_stops_at_the_expected_size() {
    let small = spec(&[16], DataType::UInt8);
    let zeros = vec![0; 64 << 20];
    for codec in ["zstd", "gzip"] {
        let codecs = json!(["bytes", codec]);
        let bomb = encode(
            &chain(&codecs, &spec(&[64 << 20], DataType::UInt8)).unwrap(),
            &zeros,
        );
        let error = decode(
            &chain(&codecs, &small).unwrap(),
            &bomb.unwrap(),
            &Region::whole(&[16]),
            0,
        );
        assert!(error.is_err(), "{codec}");
    }
}

#[test]
#[cfg(any(feature = "blosc", feature = "blosc-rust"))]
fn a_part_of_a_blosc_chunk_needs_only_its_blocks() {
    let spec = spec(&[64, 64], DataType::UInt16);
    let codecs = json!([
        {"name": "transpose", "configuration": {"order": [1, 0]}},
        {"name": "bytes", "configuration": {"endian": "big"}},
        {"name": "blosc", "configuration": {
            "cname": "zstd", "clevel": 1, "shuffle": "shuffle", "typesize": 2, "blocksize": 1024,
        }},
    ]);
    let chain = chain(&codecs, &spec).unwrap();
    let elements: Vec<u8> = (0..64 * 64_u16).flat_map(u16::to_ne_bytes).collect();
    let mut encoded = encode(&chain, &elements).unwrap();
    // Eight columns to a block: damage to the last block does not reach the first columns.
    let last = 16 + 4 * 7;
    encoded[last..last + 4].fill(0xFF);
    let whole = Region::whole(&[64, 64]);
    assert!(decode(&chain, &encoded, &whole, 0).is_err());
    assert!(decode(&chain, &encoded, &Region::dense(&[3, 50], &[2, 7]), 0).is_err());
    for (from, count) in [(0, 3), (6, 4), (15, 41)] {
        let part = Region::dense(&[3, from], &[2, count]);
        let expected = NdView::new(&elements, &[64, 64], 2).unwrap();
        let expected = expected.region(&part).unwrap().to_vec();
        assert_eq!(decode(&chain, &encoded, &part, 1).unwrap(), expected);
    }
}

#[test]
#[cfg(any(feature = "blosc", feature = "blosc-rust"))]
fn long_rows_take_the_blocks_of_blosc_one_by_one() {
    let spec = spec(&[40, 101], DataType::UInt16);
    let elements: Vec<u8> = (0..40 * 101_u16).flat_map(u16::to_ne_bytes).collect();
    for (cname, blocksize) in [
        ("zstd", 128),
        ("lz4", 1000),
        ("zstd", 4000),
        ("zstd", 1 << 20),
    ] {
        let codecs = json!([
            {"name": "bytes", "configuration": {"endian": "big"}},
            {"name": "blosc", "configuration": {
                "cname": cname, "clevel": 1, "shuffle": "bitshuffle", "typesize": 2,
                "blocksize": blocksize,
            }},
        ]);
        let chain = chain(&codecs, &spec).unwrap();
        let mut encoded = encode(&chain, &elements).unwrap();
        let whole = Region::whole(&[40, 101]);
        assert_eq!(decode(&chain, &encoded, &whole, 3).unwrap(), elements);
        // The first block's length.
        let first = u32::from_le_bytes(*encoded[16..].first_chunk().unwrap()) as usize;
        encoded[first..first + 4].fill(0xFF);
        assert!(decode(&chain, &encoded, &whole, 3).is_err());
    }
}

#[test]
fn a_shard_behind_another_codec_is_filled_where_it_holds_nothing() {
    let dtype = DataType::UInt8;
    let spec = ChunkSpec::new(
        &[40, 60],
        dtype.clone(),
        zarr_metadata::FillValue::from_bytes(&dtype, &[7]).unwrap(),
    )
    .unwrap();
    let shard = json!({"name": "sharding_indexed", "configuration": {
        "chunk_shape": [2, 3], "codecs": ["bytes"], "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
    }});
    let chain = chain(&json!([shard, "zstd"]), &spec).unwrap();
    for step in [1, 2, 7, 400, 2400] {
        let mut elements = vec![7; 40 * 60];
        (5..elements.len())
            .step_by(step)
            .for_each(|i| elements[i] = 9);
        let encoded = encode(&chain, &elements).unwrap();
        for (start, shape) in [([0, 0], [40, 60]), ([1, 2], [37, 57]), ([0, 4], [3, 3])] {
            let part = Region::dense(&start, &shape);
            let expected = NdView::new(&elements, &[40, 60], 1)
                .unwrap()
                .region(&part)
                .unwrap();
            assert_eq!(
                decode(&chain, &encoded, &part, 1).unwrap(),
                expected.to_vec()
            );
        }
    }
}

#[path = "tests/foreign.rs"]
mod foreign;
#[path = "tests/numcodecs.rs"]
mod numcodecs;
