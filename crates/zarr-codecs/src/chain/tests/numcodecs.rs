//! Chains of numcodecs' codecs in any order, as v2 allows them, and in their places in v3: what goes
//! in comes out, and damaged bytes are errors.

use super::*;

/// Codecs that lose nothing, whatever bytes they are given.
const LOSSLESS: &[(&str, &str)] = &[
    ("adler32", "{}"),
    ("adler32", r#"{"location": "end"}"#),
    ("base64", "{}"),
    #[cfg(feature = "bz2")]
    ("bz2", "{}"),
    ("crc32", "{}"),
    ("crc32c", r#"{"location": "start"}"#),
    ("delta", r#"{"dtype": "|u1"}"#),
    ("delta", r#"{"dtype": "|i1", "astype": ">i4"}"#),
    (
        "astype",
        r#"{"decode_dtype": "|u1", "encode_dtype": "<f4"}"#,
    ),
    ("fletcher32", "{}"),
    #[cfg(any(feature = "gzip", feature = "gzip-rust"))]
    ("gzip", "{}"),
    ("jenkins_lookup3", r#"{"initval": 3, "prefix": [1, 2]}"#),
    #[cfg(any(feature = "lz4", feature = "lz4-rust"))]
    ("lz4", "{}"),
    #[cfg(any(feature = "lzma", feature = "lzma-rust"))]
    ("lzma", r#"{"preset": 0}"#),
    #[cfg(any(feature = "lzma", feature = "lzma-rust"))]
    (
        "lzma",
        r#"{"format": 3, "filters": [{"id": 33, "preset": 0}]}"#,
    ),
    #[cfg(any(feature = "lzma", feature = "lzma-rust"))]
    ("lzma", r#"{"format": 2, "preset": 0}"#),
    ("shuffle", r#"{"elementsize": 1}"#),
    #[cfg(any(feature = "gzip", feature = "gzip-rust"))]
    ("zlib", "{}"),
    #[cfg(any(feature = "zstd", feature = "zstd-rust"))]
    ("zstd", "{}"),
];

/// Those that need whole elements, and so stand next to `bytes`.
const OF_ELEMENTS: &[(&str, &str)] = &[
    ("delta", r#"{"dtype": "<i2"}"#),
    ("delta", r#"{"dtype": ">u2", "astype": "<i4"}"#),
    ("shuffle", r#"{"elementsize": 2}"#),
    (
        "astype",
        r#"{"decode_dtype": "<i2", "encode_dtype": ">f8"}"#,
    ),
    (
        "fixedscaleoffset",
        r#"{"offset": 7, "scale": 1, "dtype": "<i2", "astype": "<i8"}"#,
    ),
    ("bitround", r#"{"keepbits": 10}"#),
];

fn extension((name, settings): (&str, &str), prefix: &str) -> Extension {
    let mut extension = Extension::new(format!("{prefix}{name}"));
    extension.configuration = serde_json::from_str(settings).unwrap();
    extension
}

/// Codecs that each make several bytes of one may make too many together, which is refused.
const BEYOND: &str = "a chunk may grow beyond the limit";

fn within_limits(chain: Result<CodecChain, CodecError>) -> Option<CodecChain> {
    match chain {
        Err(error) if matches!(error.kind, CodecErrorKind::Limit { .. }) => None,
        chain => Some(chain.unwrap()),
    }
}

fn v2_chain() -> impl Strategy<Value = CodecChain> {
    let shape = prop::collection::vec(1_u64..7, 0..4);
    let elements = prop::sample::select(&OF_ELEMENTS[..5]);
    let others = prop::collection::vec(prop::sample::select(LOSSLESS), 0..4);
    (shape, any::<bool>(), prop::option::of(elements), others).prop_filter_map(
        BEYOND,
        |(shape, big, elements, others)| {
            let rank = shape.len() as u64;
            let order: Vec<u64> = (0..rank).rev().collect();
            let endian = if big { "big" } else { "little" };
            let mut codecs = vec![
                Extension::new("transpose").with("order", order),
                Extension::new("bytes").with("endian", endian),
            ];
            codecs.extend(elements.map(|codec| extension(codec, "")));
            codecs.extend(others.into_iter().map(|codec| extension(codec, "")));
            let spec = spec(&shape, DataType::Int16);
            within_limits(CodecChain::v2(&codecs, spec, &CodecRegistry::default()))
        },
    )
}

fn v3_chain() -> impl Strategy<Value = CodecChain> {
    let shape = prop::collection::vec(1_u64..7, 0..4);
    let kinds = prop::sample::select(vec![
        json!([]),
        json!([{"name": "numcodecs.delta", "configuration": {"dtype": "<i2"}}]),
        json!([{"name": "reshape", "configuration": {"shape": [-1]}},
            {"name": "numcodecs.delta", "configuration": {"dtype": "<i2", "astype": "<i8"}}]),
        json!([{"name": "numcodecs.astype", "configuration": {"encode_dtype": "<i4"}},
            {"name": "scale_offset", "configuration": {"offset": -5, "scale": 3}}]),
        json!([{"name": "reshape", "configuration": {"shape": [1, -1]}}, {"name": "packbits"}]),
        json!([{"name": "packbits", "configuration": {"padding_encoding": "last_byte"}}]),
    ]);
    let shuffle = any::<bool>();
    let bytes: Vec<_> = LOSSLESS
        .iter()
        .copied()
        .filter(|(name, _)| !["astype", "delta", "base64"].contains(name))
        .collect();
    let others = prop::collection::vec(prop::sample::select(bytes), 0..4);
    (shape, kinds, shuffle, others).prop_filter_map(BEYOND, |(shape, arrays, shuffle, others)| {
        let mut codecs: Vec<Extension> = serde_json::from_value(arrays).unwrap();
        if codecs.last().is_none_or(|last| last.name != "packbits") {
            codecs.push(Extension::new("bytes").with("endian", "big"));
            codecs.extend(shuffle.then(|| Extension::new("numcodecs.shuffle")));
        }
        codecs.extend(
            others
                .into_iter()
                .map(|codec| extension(codec, "numcodecs.")),
        );
        let spec = spec(&shape, DataType::Int16);
        within_limits(CodecChain::new(&codecs, spec, &CodecRegistry::default()))
    })
}

fn elements(chain: &CodecChain) -> Vec<u8> {
    (0..chain.spec().byte_len().unwrap())
        .map(|i| if i % 2 == 0 { (i * 31) >> 3 } else { i / 40 } as u8)
        .collect()
}

proptest! {
    #[test]
    fn any_order_comes_back(chain in prop_oneof![v2_chain(), v3_chain()], gap in 0_u64..2) {
        let elements = elements(&chain);
        let encoded = encode(&chain, &elements).unwrap();
        prop_assert!(encoded.len() <= chain.encoded_len().max());
        let shape = chain.spec().shape.clone();
        prop_assert_eq!(&decode(&chain, &encoded, &Region::whole(&shape), gap).unwrap(), &elements);
        let part = Region::dense(&vec![0; shape.len()], &shape.iter().map(|n| n.div_ceil(2)).collect::<Vec<_>>());
        let wanted = NdView::new(&elements, &shape, 2).unwrap().region(&part).unwrap();
        prop_assert_eq!(decode(&chain, &encoded, &part, gap).unwrap(), wanted.to_vec());
    }

    #[test]
    fn damage_never_panics(
        chain in prop_oneof![v2_chain(), v3_chain()],
        cut in any::<prop::sample::Index>(), flip in any::<prop::sample::Index>(), bits in 1_u8..,
    ) {
        let mut encoded = encode(&chain, &elements(&chain)).unwrap();
        let whole = Region::whole(&chain.spec().shape);
        let at = flip.index(encoded.len());
        encoded[at] ^= bits;
        let _ = decode(&chain, &encoded, &whole, 0);
        encoded.truncate(cut.index(encoded.len()));
        let _ = decode(&chain, &encoded, &whole, 0);
    }

    #[test]
    fn each_decoder_takes_any_bytes(
        bytes in prop::collection::vec(any::<u8>(), 0..64),
        codec in prop::sample::select([LOSSLESS, OF_ELEMENTS].concat()), size in 0_u64..40,
    ) {
        let codecs = [Extension::new("bytes").with("endian", "little"), extension(codec, "")];
        let spec = spec(&[size.max(1)], DataType::Float16);
        let chain = CodecChain::v2(&codecs, spec, &CodecRegistry::default()).unwrap();
        let _ = decode(&chain, &bytes, &Region::whole(&chain.spec().shape), 0);
    }
}

#[test]
fn unknown_codecs_say_what_would_bring_them() {
    let spec = spec(&[4], DataType::UInt8);
    let of = |codec: &str| {
        let codecs = [Extension::new("bytes"), Extension::new(codec)];
        let v2 = CodecChain::v2(&codecs, spec.clone(), &CodecRegistry::default());
        v2.unwrap_err().to_string()
    };
    let known = of("quantum");
    assert!(
        known.starts_with(
            "codec `quantum`: this build does not have it; its codecs are, nearest first:\n  `quantize`\n  "
        ),
        "{known}"
    );
    assert_eq!(
        of("zfpy"),
        "codec `zfpy`: this build does not have it; no feature brings it, since crates over the C library zfp need \
         CMake or libclang to build: register one of your own under this name over `zfp-sys-cc` or \
         `zfp-sys`, or let Python write the array with another codec"
    );
    assert_eq!(
        of("pickle"),
        "codec `pickle`: refused: unpickling runs whatever code the data hold; let Python convert the array"
    );
    let codecs = json!(["bytes", {"name": "numcodecs.delta", "configuration": {"dtype": "|u1"}}]);
    assert_eq!(
        refused(&codecs, &spec),
        "codec `numcodecs.delta`: comes after the codec that turns the array into bytes"
    );
}

#[test]
fn a_codec_that_may_be_ignored_is_not_written() {
    let spec = spec(&[2], DataType::UInt8);
    let chain = chain(
        &json!(["bytes", {"name": "quantum", "must_understand": false}]),
        &spec,
    )
    .unwrap();
    assert_eq!(
        decode(&chain, &[1, 2], &Region::whole(&[2]), 0).unwrap(),
        [1, 2]
    );
    let view = NdView::new(&[1, 2], &[2], 1).unwrap();
    let error = chain
        .encode(&view, &mut vec![], &mut Scratch::default())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "codec `quantum`: refused: this build does not have the codec; readers may ignore it, writers may not"
    );
    // Known before anything is written.
    assert_eq!(
        chain.check_encode().unwrap_err().to_string(),
        error.to_string()
    );
}

#[test]
fn a_codec_of_ones_own_is_found_by_either_name() {
    let registry = CodecRegistry::default()
        .bytes_to_bytes("lazy", |_| Ok(Arc::new(super::foreign::Lazy::default())));
    let spec = spec(&[4], DataType::UInt8);
    for name in ["lazy", "numcodecs.lazy"] {
        let codecs = [Extension::new("bytes"), Extension::new(name)];
        CodecChain::new(&codecs, spec.clone(), &registry).unwrap();
    }
    let codecs = [Extension::new("bytes"), Extension::new("lazy")];
    CodecChain::v2(&codecs, spec, &registry).unwrap();
}

#[test]
fn records_of_either_byte_order() {
    let document = br#"{"zarr_format": 2, "shape": [2], "chunks": [2], "order": "C", "filters": null,
        "dtype": [["a", "<u2"], ["b", ">u2"], ["c", "|u1"]], "fill_value": null, "compressor": null}"#;
    let array = zarr_metadata::ArrayMetadata::from_v2(document, None).unwrap();
    let spec =
        ChunkSpec::new(&[2], array.data_type().clone(), array.fill_value().unwrap()).unwrap();
    let chain = CodecChain::v2(&array.codecs(), spec, &CodecRegistry::default()).unwrap();
    let stored = [2, 1, 1, 2, 9, 4, 3, 3, 4, 9];
    let native = |word: u16| word.to_ne_bytes();
    let record = |word| [&native(word)[..], &native(word), &[9]].concat();
    let elements = [record(0x0102), record(0x0304)].concat();
    assert_eq!(
        decode(&chain, &stored, &Region::whole(&[2]), 1).unwrap(),
        elements
    );
    assert_eq!(encode(&chain, &elements).unwrap(), stored);
}

#[test]
fn codecs_that_make_more_and_more_are_refused() {
    let wider = (
        "astype",
        r#"{"decode_dtype": "|u1", "encode_dtype": "<f8"}"#,
    );
    let mut codecs = vec![Extension::new("bytes")];
    codecs.extend((0..30).map(|_| extension(wider, "")));
    codecs.push(Extension::new("base64"));
    let spec = spec(&[1000], DataType::UInt8);
    let error = CodecChain::v2(&codecs, spec, &CodecRegistry::default()).unwrap_err();
    assert!(
        matches!(error.kind, CodecErrorKind::Limit { .. }),
        "{error}"
    );
}
