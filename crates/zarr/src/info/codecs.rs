//! Codecs as zarr-python prints them: which are filters, serializer and compressors, and how each is
//! spelled. Knows names and settings; whether a codec exists here is nobody's business.

use serde_json::{Map, Value};
use zarr_core::codec_parts;
use zarr_metadata::{ArrayMetadata, DataType, Extension, Layout, Swap, v2};

use super::python::{plain, printable, setting, string};
use super::types;

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
        let swaps = match metadata.data_type().layout() {
            Some(Layout::Fixed { swap, .. }) => swap != Swap::None,
            _ => true,
        };
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
    let known: &[(&str, Value)] = match codec.name.as_str() {
        "bytes" => {
            let endian = settings
                .get("endian")
                .filter(|_| swaps)
                .unwrap_or(&Value::Null);
            return call("BytesCodec", [setting(("endian", endian))]);
        }
        "sharding_indexed" => return sharding(settings, swaps),
        "cast_value" => return cast_value(settings),
        "zstd" => &[("level", 0.into()), ("checksum", false.into())],
        "gzip" => &[("level", 5.into())],
        "scale_offset" => &[("offset", 0.into()), ("scale", 1.into())],
        _ => &[],
    };
    let class = match codec.name.as_str() {
        "zstd" => "ZstdCodec",
        "gzip" => "GzipCodec",
        "blosc" => {
            let order = ["typesize", "cname", "clevel", "shuffle", "blocksize"];
            let first = order.iter().filter_map(|key| settings.get_key_value(*key));
            let others = settings
                .iter()
                .filter(|(key, _)| !order.contains(&key.as_str()));
            return call("BloscCodec", first.chain(others).map(setting));
        }
        "crc32c" => "Crc32cCodec",
        "scale_offset" => "ScaleOffset",
        "transpose" => "TransposeCodec",
        "vlen-bytes" => "VLenBytesCodec",
        "vlen-utf8" => "VLenUTF8Codec",
        other => match other.strip_prefix("numcodecs.").and_then(numcodecs) {
            Some(class) => {
                let settings = plain(&Value::Object(settings.clone()));
                let name = format!("codec_name={}", string(other));
                return call(class, [name, format!("codec_config={settings}")]);
            }
            None => &printable(other),
        },
    };
    call(class, with_defaults(settings, known))
}

/// Shards within shards, or beside other codecs.
fn sharding(settings: &Map<String, Value>, swaps: bool) -> String {
    let list = |value: &Value, swaps: bool| {
        let codecs: Option<Vec<Extension>> = value.as_array().and_then(|codecs| {
            let codecs = codecs.iter().cloned().map(Extension::from_json);
            codecs.collect::<Result<_, _>>().ok()
        });
        codecs.map(|codecs| tuple(codecs.iter().map(|codec| v3_codec(codec, swaps))))
    };
    let settings = settings.iter().map(|(key, value)| {
        let codecs = match key.as_str() {
            "codecs" => list(value, swaps),
            "index_codecs" => list(value, true),
            _ => None,
        };
        match codecs {
            Some(codecs) => format!("{key}={codecs}"),
            None => setting((key, value)),
        }
    });
    call("ShardingCodec", settings)
}

fn cast_value(settings: &Map<String, Value>) -> String {
    let known = [
        ("rounding", "nearest-even".into()),
        ("out_of_range", Value::Null),
        ("scalar_map", Value::Null),
    ];
    let mut settings = settings.clone();
    let data_type = settings.shift_remove("data_type").unwrap_or_default();
    let class = match DataType::from_json(data_type.clone()) {
        Ok(data_type) => types::class_of(&data_type, &Value::Null),
        Err(_) => super::json(&data_type),
    };
    let others = with_defaults(&settings, &known);
    call(
        "CastValue",
        [format!("dtype={class}")].into_iter().chain(others),
    )
}

/// The class of numcodecs that has this id.
fn numcodecs(id: &str) -> Option<&'static str> {
    Some(match id {
        "adler32" => "Adler32",
        "astype" => "AsType",
        "base64" => "Base64",
        "bitround" => "BitRound",
        "blosc" => "Blosc",
        "bz2" => "BZ2",
        "categorize" => "Categorize",
        "crc32" => "CRC32",
        "crc32c" => "CRC32C",
        "delta" => "Delta",
        "fixedscaleoffset" => "FixedScaleOffset",
        "fletcher32" => "Fletcher32",
        "gzip" => "GZip",
        "jenkins_lookup3" => "JenkinsLookup3",
        "json2" => "JSON",
        "lz4" => "LZ4",
        "lzma" => "LZMA",
        "msgpack2" => "MsgPack",
        "packbits" => "PackBits",
        "pcodec" => "PCodec",
        "pickle" => "Pickle",
        "quantize" => "Quantize",
        "shuffle" => "Shuffle",
        "vlen-array" => "VLenArray",
        "vlen-bytes" => "VLenBytes",
        "vlen-utf8" => "VLenUTF8",
        "zfpy" => "ZFPY",
        "zlib" => "Zlib",
        "zstd" => "Zstd",
        _ => return None,
    })
}

fn v2_codec(codec: &v2::Codec) -> String {
    let id = codec.id.as_str();
    let known: &[(&str, Value)] = match id {
        "zstd" => &[("level", 0.into())],
        "gzip" | "zlib" | "bz2" => &[("level", 1.into())],
        "lz4" => &[("acceleration", 1.into())],
        "lzma" => &[
            ("format", 1.into()),
            ("check", (-1).into()),
            ("preset", Value::Null),
            ("filters", Value::Null),
        ],
        "blosc" => &[
            ("cname", "lz4".into()),
            ("clevel", 5.into()),
            ("shuffle", 1.into()),
            ("blocksize", 0.into()),
        ],
        "shuffle" => &[("elementsize", 4.into())],
        _ => &[],
    };
    let settings = &codec.configuration;
    let is_said = |(key, value): (&str, &Value)| match (id, key) {
        // The class has it and does not say so.
        ("zstd", "checksum") => false,
        ("delta" | "fixedscaleoffset" | "quantize", "astype") => {
            settings.get("dtype") != Some(value)
        }
        _ => true,
    };
    let own = settings
        .iter()
        .filter(|(key, value)| is_said((key.as_str(), value)));
    let own = own
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let settings = arguments(&own, known).map(|(key, value)| match (id, key) {
        ("blosc", "shuffle") => format!("shuffle={}", blosc_shuffle(value)),
        (_, key) => format!("{}={}", printable(key), plain(value)),
    });
    call(
        &numcodecs(id).map_or_else(|| printable(id), str::to_owned),
        settings,
    )
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

fn with_defaults(settings: &Map<String, Value>, known: &[(&str, Value)]) -> Vec<String> {
    arguments(settings, known).map(setting).collect()
}

/// These settings in this order, absent ones with the value that counts then; others behind them.
fn arguments<'a>(
    settings: &'a Map<String, Value>,
    known: &'a [(&str, Value)],
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let first = known
        .iter()
        .map(|(key, default)| (*key, settings.get(*key).unwrap_or(default)));
    let others = settings
        .iter()
        .filter(|(key, _)| known.iter().all(|(known, _)| known != key));
    first.chain(others.map(|(key, value)| (key.as_str(), value)))
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
