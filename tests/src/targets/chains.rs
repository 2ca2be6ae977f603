//! Codecs and shards: any bytes decode to a chunk of the declared size, or to an error.

use std::sync::Arc;

use serde_json::{Value, json};

use zarr_codecs::{
    CodecChain, CodecRegistry, NdView, NdViewMut, Region, Scratch, VlenHandle, VlenHeap, testing,
};
use zarr_metadata::DataType;

use super::{Bound, Target};

const SHAPE: [u64; 2] = [16, 32];
const DECODED: usize = 16 * 32 * 4;
/// The tables of bzip2 for its largest blocks.
const BLOCKS: usize = 4 << 20;
/// The tables of libdeflate, and a little of everything; or of the libraries in Rust, which hold a block of zstd packed,
/// its literals and what it decodes to.
const STATE: usize = if cfg!(feature = "c-libraries") {
    48 << 10
} else {
    1 << 20
};
/// The window of LZMA2, which grows by the most bytes that one piece decodes to, 2 MiB, and is copied when it does. The C
/// library's is not counted.
const WINDOW: usize = if cfg!(feature = "c-libraries") {
    0
} else {
    4 << 20
};
/// What pco may hold for a chunk: three tables of bins and of symbols, and a window of lookback.
const TABLES: usize = 2 << 20;

/// A target per decoder: the chain around it is as short as it can be.
macro_rules! decoders {
    ($($name:literal: $codecs:tt),* $(,)?) => {
        vec![$(Target {
            name: $name,
            run: |bytes| decode(&json!($codecs), bytes),
            seeds: || seeds(&json!($codecs)),
            bound: Bound::chunk(DECODED + STATE),
        }),*]
    };
}

/// Decoders that are told apart by the first byte of the input, which is no part of the chunk.
macro_rules! families {
    ($($name:literal: $codecs:tt),* $(,)?) => {
        vec![$(Target {
            name: $name,
            run: |bytes| {
                let chains = json!($codecs);
                let chains = chains.as_array().unwrap();
                if let Some((which, bytes)) = bytes.split_first() {
                    decode(&chains[usize::from(*which) % chains.len()], bytes);
                }
            },
            seeds: || {
                let chains = json!($codecs);
                let chains = chains.as_array().unwrap().iter().enumerate();
                let marked = |(which, chain)| {
                    seeds(chain).into_iter().map(move |seed| [vec![which as u8], seed].concat())
                };
                chains.flat_map(marked).collect()
            },
            bound: Bound::chunk(DECODED + STATE),
        }),*]
    };
}

pub(super) fn targets() -> Vec<Target> {
    let mut targets = decoders! {
        "bytes": [{"name": "bytes", "configuration": {"endian": "big"}}],
        "zstd": ["bytes_le", {"name": "zstd", "configuration": {"level": 1, "checksum": true}}],
        "lz4": ["bytes_le", "numcodecs.lz4"],
        "cast_value": [
            {"name": "cast_value", "configuration": {"data_type": "int16", "out_of_range": "wrap"}},
            "bytes_le",
        ],
        "shard": [{"name": "sharding_indexed", "configuration": {
            "chunk_shape": [4, 8], "codecs": ["bytes_le", {"name": "gzip", "configuration": {"level": 1}}],
            "index_codecs": ["bytes_le"], "index_location": "start",
        }}],
        "shard_nested": [{"name": "sharding_indexed", "configuration": {
            "chunk_shape": [8, 16],
            "codecs": [{"name": "sharding_indexed", "configuration": {
                "chunk_shape": [4, 4], "codecs": ["bytes_le"], "index_codecs": ["bytes_le"],
            }}],
            "index_codecs": ["bytes_le", "crc32c"],
        }}, {"name": "zstd", "configuration": {"level": 1}}],
    };
    targets.extend(families! {
        "gzip_zlib": [
            ["bytes_le", {"name": "gzip", "configuration": {"level": 1}}],
            ["bytes_le", {"name": "numcodecs.zlib", "configuration": {"level": 1}}],
        ],
        "lzma": [
            ["bytes_le", {"name": "numcodecs.lzma", "configuration": {"preset": 0}}],
            ["bytes_le", {"name": "numcodecs.lzma", "configuration": {"format": 2, "preset": 0}}],
        ],
        "blosc": [
            ["bytes_le", {"name": "blosc", "configuration": {
                "cname": "blosclz", "clevel": 9, "shuffle": "noshuffle", "blocksize": 256}}],
            ["bytes_le", {"name": "blosc", "configuration": {
                "cname": "lz4", "clevel": 5, "shuffle": "shuffle", "typesize": 4, "blocksize": 0}}],
            ["bytes_le", {"name": "blosc", "configuration": {
                "cname": "zstd", "clevel": 1, "shuffle": "bitshuffle", "typesize": 4, "blocksize": 512}}],
            ["bytes_le", {"name": "blosc", "configuration": {
                "cname": "zlib", "clevel": 1, "shuffle": "shuffle", "typesize": 2, "blocksize": 0}}],
        ],
        "checksums": [
            ["bytes_le", "crc32c"], ["bytes_le", "numcodecs.crc32"], ["bytes_le", "numcodecs.adler32"],
            ["bytes_le", "numcodecs.fletcher32"], ["bytes_le", "numcodecs.jenkins_lookup3"],
            ["bytes_le", "numcodecs.base64"],
        ],
        "filters": [
            [{"name": "numcodecs.delta", "configuration": {"dtype": "<u4"}}, "bytes_le"],
            [{"name": "numcodecs.delta", "configuration": {"dtype": ">u4", "astype": ">f8"}}, "bytes_le"],
            ["bytes_le", {"name": "numcodecs.shuffle", "configuration": {"elementsize": 4}}],
            [{"name": "numcodecs.astype", "configuration": {
                "encode_dtype": "<u2", "decode_dtype": "<u4"}}, "bytes_le"],
            [{"name": "transpose", "configuration": {"order": [1, 0]}}, "bytes_le"],
            [{"name": "reshape", "configuration": {"shape": [8, 64]}}, "bytes_le"],
            [{"name": "n5_default", "configuration": {"codecs": [
                {"name": "transpose", "configuration": {"order": [1, 0]}},
                {"name": "bytes", "configuration": {"endian": "big"}}]}}],
        ],
    });
    for target in targets.iter_mut().filter(|target| target.name == "lzma") {
        target.bound.fixed += WINDOW;
    }
    targets.push(Target {
        name: "pcodec",
        run: |bytes| decode(&json!(["numcodecs.pcodec"]), bytes),
        seeds: pcodec_seeds,
        bound: Bound::chunk(DECODED + TABLES),
    });
    targets.push(Target {
        name: "bz2",
        run: |bytes| decode(&json!(["bytes_le", "numcodecs.bz2"]), bytes),
        seeds: || seeds(&json!(["bytes_le", "numcodecs.bz2"])),
        bound: Bound::chunk(DECODED + BLOCKS),
    });
    targets.push(Target {
        name: "vlen",
        run: vlen,
        seeds: || {
            let texts: [&[u8]; 3] = [
                b"\x02\0\0\0\x01\0\0\0a\x02\0\0\0\xc5\xbc",
                b"\x02\0\0\0\0\0\0\0\x03\0\0\0abc",
                &zstd_frame(),
            ];
            texts.map(<[u8]>::to_vec).into()
        },
        // What such a chunk decodes to nobody knows before; a block of a compressor is never less.
        bound: Bound::chunk(BLOCKS),
    });
    targets.push(Target {
        name: "objects",
        run: objects,
        seeds: || {
            let lists: [&[u8]; 3] = [
                br#"[{"a":1},[null],"|O",[2]]"#,
                br#"["ab",1e5,"|O",[2]]"#,
                b"\x01\x02",
            ];
            lists.map(<[u8]>::to_vec).into()
        },
        bound: Bound::JSON,
    });
    targets.push(Target {
        name: "roundtrip_chain",
        run: roundtrip,
        seeds: || vec![vec![1, 2, 3, 4, 5, 6, 7, 8], vec![0; 40]],
        // Encoders are given nothing hostile; their tables are large.
        bound: Bound::chunk(1 << 20),
    });
    targets
}

/// Files of pco in each of its modes that there are settings for.
fn pcodec_seeds() -> Vec<Vec<u8>> {
    let settings = [
        json!({}),
        json!({"mode_spec": "classic", "delta_spec": "no_op", "equal_pages_up_to": 100}),
        json!({"delta_spec": "try_consecutive", "delta_encoding_order": 3}),
        json!({"delta_spec": "try_lookback"}),
    ];
    let files = settings
        .map(|setting| seeds(&json!([{"name": "numcodecs.pcodec", "configuration": setting}])));
    files.concat()
}

/// Two empty texts, compressed.
fn zstd_frame() -> Vec<u8> {
    let chain = vlen_chain(&json!(["vlen-utf8", {"name": "zstd", "configuration": {"level": 1}}]));
    testing::encode_vlen(&chain, &["", ""]).unwrap()
}

fn vlen_chain(codecs: &Value) -> CodecChain {
    testing::chain(codecs, &testing::spec(&[2], DataType::String)).unwrap()
}

fn worker() -> Scratch {
    testing::worker(Arc::new(VlenHeap::new("")))
}

/// JSON values, and labels that stand for texts.
fn objects(bytes: &[u8]) {
    let labels = json!({"labels": ["a", "ż"], "dtype": "|O", "astype": "|u1"});
    let chains = [
        (DataType::Json, json!([{"name": "json2"}])),
        (DataType::Json, json!([{"name": "msgpack2"}])),
        (
            DataType::String,
            json!([{"name": "categorize", "configuration": labels}, {"name": "bytes"}]),
        ),
    ];
    for (dtype, codecs) in chains {
        let (codecs, spec) = (testing::codecs(&codecs), testing::spec(&[2], dtype));
        let chain = CodecChain::v2(&codecs, spec, &CodecRegistry::default()).unwrap();
        let mut handles = [0; 2 * VlenHandle::SIZE];
        let view = NdViewMut::over(&mut handles, &[2], VlenHandle::SIZE).unwrap();
        let _ = chain.decode(bytes, view, &mut worker());
    }
}

/// Texts as they are, and behind compressors that do not know how long these are.
fn vlen(bytes: &[u8]) {
    for compressor in ["zstd", "gzip", "numcodecs.lz4", "numcodecs.bz2", "blosc"] {
        let setting = match compressor {
            "blosc" => json!({"cname": "lz4", "clevel": 5, "shuffle": "noshuffle", "blocksize": 0}),
            _ => json!({}),
        };
        let compressed = json!({"name": compressor, "configuration": setting});
        for codecs in [json!(["vlen-utf8"]), json!(["vlen-utf8", compressed])] {
            let mut handles = [0; 2 * VlenHandle::SIZE];
            let view = NdViewMut::over(&mut handles, &[2], VlenHandle::SIZE).unwrap();
            let _ = vlen_chain(&codecs).decode(bytes, view, &mut worker());
        }
    }
}

/// The chain of a list in which `bytes_le` is short for little-endian `bytes`.
fn chain(codecs: &Value, shape: &[u64]) -> CodecChain {
    let little = r#"{"name":"bytes","configuration":{"endian":"little"}}"#;
    let text = codecs.to_string().replace("\"bytes_le\"", little);
    let codecs = serde_json::from_str(&text).unwrap();
    testing::chain(&codecs, &testing::spec(shape, DataType::UInt32)).unwrap()
}

/// Whole, and a part with steps in both directions: what both give must be the same.
fn decode(codecs: &Value, bytes: &[u8]) {
    let chain = chain(codecs, &SHAPE);
    let mut scratch = Scratch::default();
    let mut whole = vec![0; DECODED];
    let view = NdViewMut::over(&mut whole, &SHAPE, 4).unwrap();
    let decoded = chain.decode(bytes, view, &mut scratch);
    let part = Region::dense(&[3, 5], &[9, 11]);
    let mut some = vec![0; 9 * 11 * 4];
    let view = NdViewMut::over(&mut some, &[9, 11], 4).unwrap();
    let partly = chain.decode_part(bytes, &part, view, &mut scratch);
    if decoded.is_ok() {
        partly.unwrap();
        let whole = NdView::new(&whole, &SHAPE, 4).unwrap();
        assert_eq!(whole.region(&part).unwrap().to_vec(), some);
    }
}

fn elements(kind: u32) -> Vec<u8> {
    let value = |n: u32| match kind {
        0 => 0,
        1 => n / 7,
        _ => n.wrapping_mul(0x9E37_79B9),
    };
    (0..DECODED as u32 / 4)
        .flat_map(|n| value(n).to_ne_bytes())
        .collect()
}

fn seeds(codecs: &Value) -> Vec<Vec<u8>> {
    let chain = chain(codecs, &SHAPE);
    let encoded = |kind| testing::encode(&chain, &elements(kind)).unwrap();
    (0..3).map(encoded).collect()
}

/// The bytes choose a chain and the elements; what was encoded comes back.
fn roundtrip(bytes: &[u8]) {
    let mut choices = bytes.iter().copied();
    let mut next = |below: u8| choices.next().unwrap_or(0) % below;
    let mut codecs = vec![];
    if next(2) == 1 {
        codecs.push(json!({"name": "transpose", "configuration": {"order": [1, 0]}}));
    }
    codecs.push(match next(3) {
        0 => json!("bytes_le"),
        1 => json!({"name": "bytes", "configuration": {"endian": "big"}}),
        _ => json!({"name": "sharding_indexed", "configuration": {
            "chunk_shape": [4, 4], "codecs": ["bytes_le", "crc32c"], "index_codecs": ["bytes_le"],
        }}),
    });
    for _ in 0..next(4) {
        codecs.push(match next(3) {
            0 => json!("crc32c"),
            1 => json!({"name": "gzip", "configuration": {"level": 1}}),
            _ => json!({"name": "zstd", "configuration": {"level": 1}}),
        });
    }
    let mut elements: Vec<u8> = choices.collect();
    elements.resize(8 * 8 * 4, 0);
    let chain = chain(&Value::from(codecs), &[8, 8]);
    let encoded = testing::encode(&chain, &elements).unwrap();
    let mut decoded = vec![1; elements.len()];
    let view = NdViewMut::over(&mut decoded, &[8, 8], 4).unwrap();
    chain
        .decode(&encoded, view, &mut Scratch::default())
        .unwrap();
    assert_eq!(decoded, elements);
}
