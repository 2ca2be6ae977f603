//! Codecs as zarr-python prints them: which are filters, serializer and compressors, and how each is
//! spelled. Knows names and settings; whether a codec exists here is nobody's business.

use serde_json::{Map, Value};
use zarr_core::codec_parts;
use zarr_metadata::{ArrayMetadata, Extension, v2};

use super::python::{printable, setting};

/// The lines about codecs and, of a sharded array, the shape of what is encoded by itself.
pub(super) struct Codecs {
    pub(super) inner_chunk_shape: Option<Vec<u64>>,
    pub(super) fields: Vec<(&'static str, String)>,
}

impl Codecs {
    pub(super) fn of(metadata: &ArrayMetadata) -> Self {
        let array = match metadata {
            ArrayMetadata::V2 { array, .. } => return Self::v2(array),
            ArrayMetadata::V3(array) => array,
        };
        let swaps = metadata.data_type().size().is_none_or(|size| size > 1);
        // As in zarr-python an array is sharded where sharding is all there is, and then the codecs
        // of its inner chunks are shown.
        if let [only] = array.codecs.as_slice()
            && only.name == "sharding_indexed"
            && let Ok(Some(shape)) = only.get::<Vec<u64>>("chunk_shape")
            && let Ok(Some(inner)) = only.get::<Vec<Extension>>("codecs")
        {
            return Self {
                inner_chunk_shape: Some(shape),
                fields: fields(&inner, swaps),
            };
        }
        Self {
            inner_chunk_shape: None,
            fields: fields(&array.codecs, swaps),
        }
    }

    fn v2(array: &v2::ArrayMetadata) -> Self {
        let filters = tuple(array.filters.iter().map(v2_codec));
        let compressors = tuple(array.compressor.iter().map(v2_codec));
        Self {
            inner_chunk_shape: None,
            fields: vec![("Filters", filters), ("Compressors", compressors)],
        }
    }
}

fn fields(codecs: &[Extension], swaps: bool) -> Vec<(&'static str, String)> {
    let show = |codecs: &[Extension]| tuple(codecs.iter().map(|codec| v3_codec(codec, swaps)));
    match codec_parts(codecs) {
        Some((filters, serializer, compressors)) => vec![
            ("Filters", show(filters)),
            ("Serializer", v3_codec(serializer, swaps)),
            ("Compressors", show(compressors)),
        ],
        // Which of them makes bytes of arrays cannot be told; zarr-python does not open such arrays.
        None => vec![("Codecs", show(codecs))],
    }
}

/// `swaps`: whether elements have a byte order at all.
fn v3_codec(codec: &Extension, swaps: bool) -> String {
    let settings = &codec.configuration;
    match codec.name.as_str() {
        "bytes" => {
            let endian = settings
                .get("endian")
                .filter(|_| swaps)
                .unwrap_or(&Value::Null);
            call("BytesCodec", [setting(("endian", endian))])
        }
        "zstd" => call(
            "ZstdCodec",
            with_defaults(settings, &[("level", 0.into()), ("checksum", false.into())]),
        ),
        "gzip" => call("GzipCodec", with_defaults(settings, &[("level", 5.into())])),
        "blosc" => call("BloscCodec", settings.iter().map(setting)),
        "crc32c" => call("Crc32cCodec", settings.iter().map(setting)),
        "sharding_indexed" => call("ShardingCodec", settings.iter().map(setting)),
        "transpose" => call("TransposeCodec", settings.iter().map(setting)),
        "vlen-bytes" => call("VLenBytesCodec", settings.iter().map(setting)),
        "vlen-utf8" => call("VLenUTF8Codec", settings.iter().map(setting)),
        unknown => call(&printable(unknown), settings.iter().map(setting)),
    }
}

fn v2_codec(codec: &v2::Codec) -> String {
    let class = match codec.id.as_str() {
        "astype" => "AsType",
        "bitround" => "BitRound",
        "blosc" => "Blosc",
        "bz2" => "BZ2",
        "crc32" => "CRC32",
        "crc32c" => "CRC32C",
        "delta" => "Delta",
        "fixedscaleoffset" => "FixedScaleOffset",
        "fletcher32" => "Fletcher32",
        "gzip" => "GZip",
        "lz4" => "LZ4",
        "lzma" => "LZMA",
        "packbits" => "PackBits",
        "quantize" => "Quantize",
        "shuffle" => "Shuffle",
        "zlib" => "Zlib",
        "zstd" => "Zstd",
        unknown => unknown,
    };
    let settings = codec.configuration.iter().filter(|(key, value)| {
        let is_default = match (codec.id.as_str(), key.as_str()) {
            ("zstd", "checksum") => **value == Value::Bool(false),
            ("delta" | "fixedscaleoffset" | "quantize", "astype") => {
                codec.configuration.get("dtype") == Some(*value)
            }
            _ => false,
        };
        !is_default
    });
    let settings = settings.map(|(key, value)| match (codec.id.as_str(), key.as_str()) {
        ("blosc", "shuffle") => format!("shuffle={}", blosc_shuffle(value)),
        _ => setting((key, value)),
    });
    call(&printable(class), settings)
}

fn blosc_shuffle(value: &Value) -> String {
    match value.as_i64() {
        Some(-1) => "AUTOSHUFFLE".to_owned(),
        Some(0) => "NOSHUFFLE".to_owned(),
        Some(1) => "SHUFFLE".to_owned(),
        Some(2) => "BITSHUFFLE".to_owned(),
        _ => super::json(value),
    }
}

/// These settings in this order, absent ones with the value that counts then; others behind them.
fn with_defaults(settings: &Map<String, Value>, known: &[(&str, Value)]) -> Vec<String> {
    let first = known
        .iter()
        .map(|(key, default)| setting((key, settings.get(*key).unwrap_or(default))));
    let others = settings
        .iter()
        .filter(|(key, _)| known.iter().all(|(known, _)| known != key));
    first.chain(others.map(setting)).collect()
}

fn call(class: &str, settings: impl IntoIterator<Item = String>) -> String {
    let settings: Vec<String> = settings.into_iter().collect();
    format!("{class}({})", settings.join(", "))
}

fn tuple(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    match items.as_slice() {
        [only] => format!("({only},)"),
        items => format!("({})", items.join(", ")),
    }
}
