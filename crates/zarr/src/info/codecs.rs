//! Codecs as zarr-python prints them: which are filters, serializer and compressors, and how each is spelled,
//! whether or not this library has the codec.

use serde_json::{Map, Value};
use zarr_core::codec_parts;
use zarr_metadata::codecs::{self, KnownCodec, SettingDefault};
use zarr_metadata::{ArrayMetadata, DataType, Extension, Layout, Swap, v2};

use super::python::{plain, printable, setting, string, tuple};
use super::types;

/// The codecs of an array and, of a sharded one, the shape of what is encoded by itself.
#[derive(Default)]
pub(super) struct Codecs {
    pub(super) inner_chunk_shape: Option<Vec<u64>>,
    pub(super) filters: Vec<String>,
    pub(super) serializer: Option<String>,
    pub(super) compressors: Vec<String>,
    /// All of them, where it cannot be told which one makes bytes of arrays.
    pub(super) unsorted: Vec<String>,
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
                ..Self::v3(&inner, swaps)
            };
        }
        Self::v3(&array.codecs, swaps)
    }

    fn v2(array: &v2::ArrayMetadataV2) -> Self {
        Self {
            filters: array.filters.iter().map(v2_codec).collect(),
            compressors: array.compressor.iter().map(v2_codec).collect(),
            ..Self::default()
        }
    }

    fn v3(codecs: &[Extension], swaps: bool) -> Self {
        let show = |codecs: &[Extension]| -> Vec<String> {
            codecs.iter().map(|codec| v3_codec(codec, swaps)).collect()
        };
        match codec_parts(codecs) {
            Some((filters, serializer, compressors)) => Self {
                filters: show(filters),
                serializer: Some(v3_codec(serializer, swaps)),
                compressors: show(compressors),
                ..Self::default()
            },
            // zarr-python does not open such arrays.
            None => Self {
                unsorted: show(codecs),
                ..Self::default()
            },
        }
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
            return call("BytesCodec", [setting(("endian", endian))]);
        }
        "sharding_indexed" => return sharding(settings, swaps),
        "cast_value" => return cast_value(settings),
        _ => {}
    }
    let name = &codec.name;
    let known = codecs::by_name(name);
    let Some((known, class)) = known.and_then(|known| Some((known, known.python_class?))) else {
        return call(&printable(name), settings.iter().map(setting));
    };
    if !known.is_numcodecs {
        let arguments = arguments(settings, known).into_iter();
        return call(class, arguments.map(|(key, value)| setting((key, &value))));
    }
    if !name.starts_with(codecs::NUMCODECS_PREFIX) {
        // Another library's name for it, which zarr-python does not know.
        return call(&printable(name), settings.iter().map(setting));
    }
    let settings = plain(&Value::Object(settings.clone()));
    let name = format!("codec_name={}", string(name));
    call(class, [name, format!("codec_config={settings}")])
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
    let arguments = codecs::by_name("cast_value").map(|known| arguments(settings, known));
    let arguments = arguments.unwrap_or_default();
    let shown = arguments.iter().map(|(key, value)| match *key {
        "data_type" => {
            let class = match DataType::from_json(value.clone()) {
                Ok(data_type) => types::class_of(&data_type, &Value::Null),
                Err(_) => super::json(value),
            };
            format!("dtype={class}")
        }
        key => setting((key, value)),
    });
    call("CastValue", shown)
}

fn v2_codec(codec: &v2::Codec) -> String {
    let id = codec.id.as_str();
    let known = codecs::by_id(id);
    let settings = &codec.configuration;
    let mut own = settings.clone();
    own.retain(
        |key, value| match known.and_then(|known| known.setting(key)?.default) {
            Some(SettingDefault::SameAs(other)) => settings.get(other) != Some(value),
            // The class has it and does not show it.
            _ => (id, key.as_str()) != ("zstd", "checksum"),
        },
    );
    let arguments = known.map_or_else(|| in_order(&own), |known| arguments(&own, known));
    let shown = arguments.iter().map(|(key, value)| match (id, *key) {
        ("blosc", "shuffle") => format!("shuffle={}", blosc_shuffle(value)),
        (_, key) => format!("{}={}", printable(key), plain(value)),
    });
    let class = known.and_then(|known| known.python_class);
    call(&class.map_or_else(|| printable(id), str::to_owned), shown)
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

/// These settings in the order of the class, absent ones with the value that counts then; others behind them.
fn arguments<'a>(settings: &'a Map<String, Value>, known: &KnownCodec) -> Vec<(&'a str, Value)> {
    let known = known.settings.unwrap_or_default();
    let of_class = known.iter().filter_map(|setting| {
        let given = settings.get(setting.key).cloned();
        let value = given.or_else(|| setting.default?.to_json())?;
        Some((setting.key, value))
    });
    let is_other = |key: &str| known.iter().all(|setting| setting.key != key);
    let others = in_order(settings).into_iter();
    of_class
        .chain(others.filter(|(key, _)| is_other(key)))
        .collect()
}

/// These settings as the document lists them.
fn in_order(settings: &Map<String, Value>) -> Vec<(&str, Value)> {
    let settings = settings.iter();
    settings
        .map(|(key, value)| (key.as_str(), value.clone()))
        .collect()
}

fn call(class: &str, settings: impl IntoIterator<Item = String>) -> String {
    let settings: Vec<String> = settings.into_iter().collect();
    format!("{class}({})", settings.join(", "))
}
