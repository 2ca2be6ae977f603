//! Frames against c-blosc, both ways; damaged ones are errors.

use proptest::prelude::*;
use serde_json::{Value, json};
use zarr_metadata::DataType;

use super::shuffle::Shuffle;
use super::*;
use crate::testing::spec;

mod damaged;

const NAMES: [&str; 6] = ["blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd"];
/// Whether parts are compressed by the same libraries as c-blosc's.
const HAS_C: bool = cfg!(feature = "blosc");
const SHUFFLES: [&str; 3] = ["noshuffle", "shuffle", "bitshuffle"];

fn parse(configuration: &Value, spec: &ChunkSpec) -> Result<BloscCodec, CodecError> {
    let extension = json!({"name": "blosc", "configuration": configuration});
    BloscCodec::parse(&serde_json::from_value(extension).unwrap(), spec)
}

fn codec(how: c_blosc::Settings<'_>) -> BloscCodec {
    let configuration = json!({
        "cname": how.cname,
        "clevel": how.level,
        "shuffle": SHUFFLES[usize::from(how.shuffle)],
        "typesize": how.typesize,
        "blocksize": how.block,
    });
    parse(&configuration, &spec(&[1], DataType::UInt8)).unwrap()
}

fn encode(how: c_blosc::Settings<'_>, data: &[u8]) -> Vec<u8> {
    let mut frame = vec![7];
    codec(how)
        .encode(data, &mut frame, &mut Scratch::default())
        .unwrap();
    assert_eq!(frame.remove(0), 7, "frames are appended");
    frame
}

fn decode(frame: &[u8], expected: ByteLen) -> Result<Vec<u8>, CodecError> {
    let any = parse(&json!({}), &spec(&[1], DataType::UInt8)).unwrap();
    let mut data = vec![];
    let mut target = DecodeTarget::grow(&mut data, expected);
    any.decode(frame, &mut target, &mut Scratch::default())?;
    Ok(data)
}

/// How a run of bytes comes about: nothing to gain, or more and more.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Noise,
    Zeros,
    /// Elements that rise slowly, with noise in the lowest bits.
    Ramp,
    /// A short text over and over.
    Text,
    /// Noise and text in turns.
    Mixed,
}

const KINDS: [Kind; 5] = [
    Kind::Noise,
    Kind::Zeros,
    Kind::Ramp,
    Kind::Text,
    Kind::Mixed,
];

fn data(kind: Kind, typesize: usize, len: usize) -> Vec<u8> {
    let mut state = 7_u64;
    let mut noise = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    (0..len)
        .map(|at| {
            let element = at / typesize;
            let ramp = (element as u64 * 3 + u64::from(noise() & 3)).to_le_bytes();
            let text = b"the quick brown fox jumps over the lazy dog. "[at % 45];
            match kind {
                Kind::Noise => noise(),
                Kind::Zeros => 0,
                Kind::Ramp => ramp.get(at % typesize).copied().unwrap_or(0),
                Kind::Text => text,
                Kind::Mixed if at / 10_000 % 2 == 0 => noise(),
                Kind::Mixed => text,
            }
        })
        .collect()
}

/// How many cases of a grid are tried: a few hundred, or as many as `ZARR_TEST_CASES` says.
fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("ZARR_TEST_CASES")
        .ok()
        .and_then(|n| n.parse().ok());
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(asked.unwrap_or(usual))
    }
}

fn settings() -> impl Strategy<Value = c_blosc::Settings<'static>> {
    let names = prop::sample::select(&NAMES[..]);
    let typesizes = prop_oneof![
        4 => 1_usize..17,
        1 => prop::sample::select(vec![24_usize, 32, 100, 255, 300]),
    ];
    let blocks = prop_oneof![4 => Just(0), 1 => 1_usize..100_000];
    (names, 0_u8..10, 0_u8..3, typesizes, blocks).prop_map(
        |(cname, level, shuffle, typesize, block)| c_blosc::Settings {
            cname,
            level,
            shuffle,
            typesize,
            block,
        },
    )
}

fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![
        4 => 0_usize..600,
        8 => 0_usize..100_000,
        1 => 0_usize..(1 << 22),
    ]
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(&KINDS[..])
}

/// zstd at its best takes seconds for megabytes.
fn bounded(how: c_blosc::Settings<'_>, len: usize) -> usize {
    match (how.cname, how.level) {
        ("zstd", 6..) | ("lz4hc" | "zlib", 8..) => len.min(200_000),
        _ => len,
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn frames_of_c_blosc_decode(how in settings(), len in sizes(), kind in kinds()) {
        let data = data(kind, how.typesize, bounded(how, len));
        let frame = c_blosc::compress(how, &data).unwrap();
        let back = decode(&frame, ByteLen::Exact(data.len())).unwrap();
        prop_assert!(back == data, "{how:?} {} {kind:?}", data.len());
    }

    #[test]
    fn c_blosc_decodes_our_frames(how in settings(), len in sizes(), kind in kinds()) {
        // Snappy, and what the libraries in Rust do not offer.
        prop_assume!(codec(how).check_encode(ByteLen::AtMost(len)).is_ok());
        let data = data(kind, how.typesize, bounded(how, len));
        let frame = encode(how, &data);
        let mut back = vec![1; data.len()];
        prop_assert!(c_blosc::decompress(&frame, &mut back), "{how:?} {} {kind:?}", data.len());
        prop_assert!(back == data, "{how:?} {} {kind:?}", data.len());
        prop_assert!(decode(&frame, ByteLen::AtMost(1 << 22)).unwrap() == data);
        prop_assert!(frame.len() <= data.len() + header::LEN, "{how:?} {} {kind:?}", data.len());
        if !HAS_C {
            return Ok(());
        }
        let theirs = c_blosc::compress(how, &data).unwrap();
        // All but the length of the frame: version, flags, and sizes of elements, data, blocks.
        let mut header = frame[..12].to_vec();
        if how.cname == "zlib" {
            // Where there is next to nothing to gain, one of them may find it worth storing.
            header[2] = header[2] & !2 | theirs[2] & 2;
        }
        prop_assert_eq!(header, &theirs[..12], "{:?} {} {:?}", how, data.len(), kind);
        // Libdeflate and zlib differ by a few bytes in parts that shrink to next to nothing.
        let slack = if how.cname == "zlib" { data.len() / 200 } else { 0 };
        let most = theirs.len() + theirs.len() * 3 / 100 + 64 + slack;
        prop_assert!(frame.len() <= most, "{how:?} {} {kind:?}: {} not {}", data.len(), frame.len(), theirs.len());
    }
}

#[test]
fn settings_are_those_of_v3_and_of_numcodecs() {
    let of =
        |configuration: Value, dtype| parse(&configuration, &spec(&[4], dtype)).map(|c| c.settings);
    let v3 = json!({"cname": "zstd", "clevel": 7, "shuffle": "bitshuffle", "typesize": 4, "blocksize": 9});
    let v3 = of(v3, DataType::UInt16).unwrap();
    assert_eq!(v3.compressor, Compressor::Zstd);
    assert_eq!(
        (v3.level, v3.shuffle, v3.typesize, v3.block),
        (7, Shuffle::Bit, 4, 9)
    );
    // Without a typesize: the element's.
    let short = json!({"cname": "lz4", "clevel": 1, "shuffle": "noshuffle", "blocksize": 0});
    assert_eq!(of(short, DataType::Float64).unwrap().typesize, 8);
    for (shuffle, dtype, expected) in [
        (0, DataType::UInt8, Shuffle::None),
        (1, DataType::UInt8, Shuffle::Byte),
        (2, DataType::UInt8, Shuffle::Bit),
        (-1, DataType::UInt8, Shuffle::Bit),
        (-1, DataType::Int32, Shuffle::Byte),
    ] {
        let v2 = json!({"cname": "lz4", "clevel": 5, "shuffle": shuffle, "blocksize": 0});
        assert_eq!(of(v2, dtype).unwrap().shuffle, expected);
    }
    // As GDAL writes them into v2.
    for (word, expected) in [
        ("NONE", Shuffle::None),
        ("BYTE", Shuffle::Byte),
        ("BIT", Shuffle::Bit),
    ] {
        let v2 = json!({"cname": "lz4", "clevel": 5, "shuffle": word, "blocksize": 0});
        assert_eq!(of(v2, DataType::Int32).unwrap().shuffle, expected);
    }
}

#[test]
fn what_is_absent_depends_on_who_wrote_it() {
    let (bare, spec) = (Extension::new("blosc"), spec(&[4], DataType::UInt8));
    let v3 = BloscCodec::parse(&bare, &spec).unwrap().settings;
    assert_eq!((v3.compressor, v3.level), (Compressor::Zstd, 5));
    assert_eq!((v3.shuffle, v3.typesize, v3.block), (Shuffle::Bit, 1, 0));
    let v2 = BloscCodec::parse_numcodecs(&bare, &spec).unwrap().settings;
    assert_eq!((v2.compressor, v2.level), (Compressor::Lz4, 5));
    assert_eq!((v2.shuffle, v2.typesize, v2.block), (Shuffle::Byte, 1, 0));
}

#[test]
fn other_settings_are_refused() {
    for (bad, why) in [
        (json!({"cname": "lzma"}), "`cname` must be blosclz, lz4"),
        (
            json!({"clevel": 10}),
            "`clevel` must be an integer of 0 to 9, found 10",
        ),
        (json!({"clevel": -1}), "`clevel`"),
        (
            json!({"shuffle": "bytes"}),
            "`shuffle` must be \"noshuffle\"",
        ),
        (json!({"shuffle": 3}), "`shuffle`"),
        (json!({"typesize": "4"}), "`typesize`"),
        (json!({"blocksize": 0.5}), "`blocksize`"),
    ] {
        let error = parse(&bad, &spec(&[4], DataType::UInt8))
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("codec `blosc`: ") && error.contains(why),
            "{error}"
        );
    }
}

#[test]
fn a_chunk_beyond_a_frame_is_refused_before_it_is_made() {
    let most = (1 << 31) - 17;
    let check = |len: usize| {
        // Such chunks can be absent, and are read then.
        let lz4 = json!({"cname": "lz4"});
        let codec = parse(&lz4, &spec(&[len as u64], DataType::UInt8)).unwrap();
        codec.check_encode(ByteLen::Exact(len))
    };
    check(most).unwrap();
    let error = check(most + 1).unwrap_err();
    assert!(
        error.to_string().contains("2147483632 bytes is more than"),
        "{error}"
    );
}

#[test]
fn snappy_is_read_only() {
    let spec = spec(&[4], DataType::UInt8);
    let snappy = parse(&json!({"cname": "snappy"}), &spec).unwrap();
    let mut frame = vec![];
    let mut scratch = Scratch::default();
    let encoded = snappy.encode(&[1; 4], &mut frame, &mut scratch);
    for error in [encoded, snappy.check_encode(ByteLen::AtMost(0))] {
        let error = error.unwrap_err().to_string();
        assert!(error.contains("\"snappy\" is only read"), "{error}");
    }
    assert!(frame.is_empty());
    parse(&json!({"cname": "lz4"}), &spec)
        .unwrap()
        .check_encode(ByteLen::AtMost(0))
        .unwrap();
}

#[test]
#[cfg(not(feature = "blosc"))]
fn what_rust_does_not_offer_is_refused_with_what_to_do() {
    let spec = spec(&[4], DataType::UInt8);
    for (settings, why) in [
        (
            json!({"cname": "zstd", "clevel": 5}),
            "use 1, or build with the feature `blosc`",
        ),
        (
            json!({"cname": "lz4hc", "clevel": 1}),
            "use \"lz4\", or build with the feature `blosc`",
        ),
    ] {
        let codec = parse(&settings, &spec).unwrap();
        let error = codec
            .check_encode(ByteLen::Exact(4))
            .unwrap_err()
            .to_string();
        assert!(error.contains(why), "{error}");
        let mut frame = vec![];
        codec
            .encode(&[1; 64], &mut frame, &mut Scratch::default())
            .unwrap_err();
        assert!(frame.is_empty());
    }
    for settings in [
        json!({"cname": "zstd", "clevel": 0}),
        json!({"cname": "lz4", "clevel": 9}),
    ] {
        parse(&settings, &spec)
            .unwrap()
            .check_encode(ByteLen::Exact(4))
            .unwrap();
    }
}
