//! Fills in the settings of codecs that a creator left out with what the [table](crate::codecs) has for them:
//! what zarr-python 3.4.2 and numcodecs 0.17 write. What is there stays, right or wrong.

use serde_json::{Map, Value};

use crate::array::ArrayMetadata;
use crate::codecs::{self, CodecKind, FromElements, KnownCodec, Setting, SettingDefault};
use crate::convert::FilterTypes;
use crate::data_type::DataType;
use crate::extension::Extension;
use crate::format::Endian;
use crate::v2::{self, DType};

impl ArrayMetadata {
    /// Fills in the settings of codecs that were left out, with the values that zarr-python gives them. Other
    /// readers do not open arrays that lack them.
    ///
    /// ```
    /// use zarr_metadata::{ArrayMetadata, DataType, Extension, v3};
    ///
    /// let mut array = v3::ArrayMetadataV3::new(vec![4], DataType::UInt8, vec![4]);
    /// array.codecs.push(Extension::new("gzip"));
    /// let mut array = ArrayMetadata::V3(array);
    /// array.complete_codecs();
    /// assert_eq!(array.codecs()[1], Extension::new("gzip").with("level", 5));
    /// ```
    pub fn complete_codecs(&mut self) {
        match self {
            Self::V3(array) => complete(&mut array.codecs, &array.data_type),
            Self::V2 { array, .. } => {
                let mut elements = Some(array.dtype.clone());
                for codec in array.filters.iter_mut().chain(&mut array.compressor) {
                    let defaults = v2_defaults(codec, elements.as_ref());
                    filled(&mut codec.configuration, defaults);
                    elements = elements.and_then(|given| v2_behind(codec, &given));
                }
            }
        }
    }
}

/// Settings and their default values.
type Defaults = Vec<(&'static str, Value)>;

/// A chain of format 3, for elements of this type.
fn complete(codecs: &mut [Extension], data_type: &DataType) {
    let mut data_type = data_type.clone();
    for codec in codecs {
        let defaults = v3_defaults(codec, &data_type);
        filled(&mut codec.configuration, defaults);
        if codec.name == "sharding_indexed" {
            within(&mut codec.configuration, "codecs", &data_type);
            within(&mut codec.configuration, "index_codecs", &DataType::UInt64);
        }
        if codec.name == "conditional" {
            within(&mut codec.configuration, "codecs", &data_type);
        }
        if let Some(behind) = behind(codec) {
            data_type = behind;
        }
    }
}

/// The codecs inside of a codec.
fn within(configuration: &mut Map<String, Value>, key: &str, data_type: &DataType) {
    let Some(Value::Array(list)) = configuration.get_mut(key) else {
        return;
    };
    let read = list.iter().cloned().map(Extension::from_json);
    // Validation reports what is not a chain.
    if let Ok(mut codecs) = read.collect::<Result<Vec<Extension>, _>>() {
        complete(&mut codecs, data_type);
        *list = codecs.iter().map(Extension::to_json).collect();
    }
}

/// The data type after a codec whose settings name one.
fn behind(codec: &Extension) -> Option<DataType> {
    let setting = |key: &str| codec.configuration.get(key).cloned();
    match codec.name.as_str() {
        "cast_value" => DataType::from_json(setting("data_type")?).ok(),
        "numcodecs.astype" => numbers(setting("encode_dtype")?),
        "numcodecs.quantize" | "numcodecs.fixedscaleoffset" => numbers(setting("astype")?),
        _ => None,
    }
}

fn numbers(dtype: Value) -> Option<DataType> {
    DType::from_json(dtype).ok().map(|dtype| dtype.data_type)
}

/// What zarr-python writes of a codec of v3, for elements of this type.
fn v3_defaults(codec: &Extension, data_type: &DataType) -> Defaults {
    let Some(known) = codecs::by_own_name(&codec.name) else {
        return vec![];
    };
    // Of numcodecs zarr-python writes what it was given, and what it finds in the array; of codecs that it
    // does not have, nothing.
    defaults(known, |setting| match setting.from_elements {
        Some(from) => from_elements(from, data_type),
        None if known.is_numcodecs || setting.omits_default => None,
        None => setting
            .default
            .filter(|_| known.python_class.is_some())?
            .to_json(),
    })
}

/// What `get_config` of numcodecs has; the dtype of elements, which numcodecs has to be told, is that of `elements`.
fn v2_defaults(codec: &v2::Codec, elements: Option<&DType>) -> Defaults {
    let Some(known) = codecs::by_id(&codec.id) else {
        return vec![];
    };
    let given = |key: &str| codec.configuration.get(key).cloned();
    let found = |setting: &Setting| match setting.from_elements {
        Some(FromElements::DType) => elements.map(DType::to_json),
        _ => None,
    };
    defaults(known, |setting| match setting.default {
        None => found(setting),
        Some(SettingDefault::SameAs(key)) => given(key).or_else(|| found(known.setting(key)?)),
        Some(default) => default.to_json(),
    })
}

/// The elements behind a filter of v2; `None` where they are bytes.
fn v2_behind(codec: &v2::Codec, given: &DType) -> Option<DType> {
    let known = codecs::by_id(&codec.id)?;
    let is_filter = known.kind == CodecKind::ArrayToArray && !known.is_only_v2;
    let types = FilterTypes::of(codec, given).filter(|_| is_filter)?;
    Some(types.encoded)
}

fn defaults(known: &KnownCodec, of: impl Fn(&Setting) -> Option<Value>) -> Defaults {
    let settings = known.settings.unwrap_or_default().iter();
    settings
        .filter_map(|setting| Some((setting.key, of(setting)?)))
        .collect()
}

fn from_elements(from: FromElements, data_type: &DataType) -> Option<Value> {
    let size = data_type.size().unwrap_or(1);
    Some(match from {
        FromElements::Size => size.into(),
        FromElements::DType => DType::new(data_type.clone(), Some(Endian::Little)).to_json(),
        FromElements::ByteOrder if data_type.has_byte_order() => Endian::Little.as_str().into(),
        FromElements::ByteOrder => return None,
        FromElements::Shuffle if size == 1 => "bitshuffle".into(),
        FromElements::Shuffle => "shuffle".into(),
    })
}

/// Adds the settings that a configuration lacks; `null` counts as missing. Where one is added, all of them
/// are put in the order of the defaults.
fn filled(configuration: &mut Map<String, Value>, defaults: Defaults) {
    let lacks = |(key, _): &(&str, Value)| configuration.get(*key).is_none_or(Value::is_null);
    if !defaults.iter().any(lacks) {
        return;
    }
    let mut given = std::mem::take(configuration);
    // Settings without a default come first, as numcodecs has it.
    let named = |key: &str| defaults.iter().any(|(name, _)| *name == key);
    let own: Vec<String> = given.keys().filter(|key| !named(key)).cloned().collect();
    for key in own {
        if let Some(value) = given.shift_remove(&key) {
            configuration.insert(key, value);
        }
    }
    for (key, default) in defaults {
        let value = given.shift_remove(key).filter(|value| !value.is_null());
        configuration.insert(key.to_owned(), value.unwrap_or(default));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::v3;

    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "tables read better without ampersands"
    )]
    fn v3_becomes(data_type: DataType, codecs: Value, expected: Value) {
        let mut array = v3::ArrayMetadataV3::new(vec![8], data_type, vec![4]);
        array.codecs = serde_json::from_value(codecs).unwrap();
        let mut array = ArrayMetadata::V3(array);
        array.complete_codecs();
        let codecs: Value = array.codecs().iter().map(Extension::to_json).collect();
        assert_eq!(codecs.to_string(), expected.to_string());
    }

    /// Written by `zarr.create_array(…, compressors={"name": …, "configuration": {}})` of zarr-python
    /// 3.4.2, byte for byte.
    #[test]
    fn settings_of_format_3_are_those_of_zarr_python() {
        let bytes = json!({"name": "bytes", "configuration": {"endian": "little"}});
        let float = |codec: Value, expected: Value| {
            v3_becomes(
                DataType::Float32,
                json!(["bytes", codec]),
                json!([bytes, expected]),
            );
        };
        float(
            json!("gzip"),
            json!({"name": "gzip", "configuration": {"level": 5}}),
        );
        float(
            json!("zstd"),
            json!({"name": "zstd", "configuration": {"level": 0, "checksum": false}}),
        );
        float(
            json!({"name": "zstd", "configuration": {"level": 1}}),
            json!({"name": "zstd", "configuration": {"level": 1, "checksum": false}}),
        );
        float(
            json!("blosc"),
            json!({"name": "blosc", "configuration": {"typesize": 4, "cname": "zstd", "clevel": 5,
                "shuffle": "shuffle", "blocksize": 0}}),
        );
        float(
            json!({"name": "blosc", "configuration": {"cname": "lz4", "typesize": 3}}),
            json!({"name": "blosc", "configuration": {"typesize": 3, "cname": "lz4", "clevel": 5,
                "shuffle": "shuffle", "blocksize": 0}}),
        );
        float(json!("crc32c"), json!({"name": "crc32c"}));
        float(
            json!("numcodecs.shuffle"),
            json!({"name": "numcodecs.shuffle", "configuration": {"elementsize": 4}}),
        );
        v3_becomes(
            DataType::UInt8,
            json!(["bytes", {"name": "blosc", "configuration": {"cname": "lz4"}}]),
            json!([{"name": "bytes"}, {"name": "blosc", "configuration": {"typesize": 1,
                "cname": "lz4", "clevel": 5, "shuffle": "bitshuffle", "blocksize": 0}}]),
        );
    }

    /// `ShardingCodec(chunk_shape=(4,))` of zarr-python 3.4.2.
    #[test]
    fn settings_inside_of_shards_too() {
        v3_becomes(
            DataType::Int16,
            json!([{"name": "sharding_indexed", "configuration": {"chunk_shape": [4],
                "codecs": ["bytes", "gzip"]}}]),
            json!([{"name": "sharding_indexed", "configuration": {"chunk_shape": [4],
                "codecs": [{"name": "bytes", "configuration": {"endian": "little"}},
                    {"name": "gzip", "configuration": {"level": 5}}],
                "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}},
                    {"name": "crc32c"}],
                "index_location": "end"}}]),
        );
    }

    #[test]
    fn elements_behind_a_codec_are_those_it_makes() {
        v3_becomes(
            DataType::Float64,
            json!([{"name": "cast_value", "configuration": {"data_type": "int16"}}, "bytes", "blosc"]),
            json!([{"name": "cast_value", "configuration": {"data_type": "int16"}},
                {"name": "bytes", "configuration": {"endian": "little"}},
                {"name": "blosc", "configuration": {"typesize": 2, "cname": "zstd", "clevel": 5,
                    "shuffle": "shuffle", "blocksize": 0}}]),
        );
    }

    /// `get_config()` of the codecs of numcodecs 0.17.1.
    #[test]
    fn settings_of_format_2_are_those_of_numcodecs() {
        let becomes = |given: Value, expected: Value| {
            let mut array = v2::ArrayMetadataV2::new(
                vec![8],
                DType::new(DataType::Int32, Some(Endian::Little)),
                vec![4],
            );
            let id = given["id"].as_str().unwrap();
            let settings = given.as_object().unwrap().clone().into_iter();
            let settings = settings.filter(|(key, _)| key != "id");
            array.compressor = Some(settings.fold(v2::Codec::new(id), |codec, (key, value)| {
                codec.with(key, value)
            }));
            let attributes = crate::Attributes::new();
            let mut array = ArrayMetadata::V2 { array, attributes };
            array.complete_codecs();
            let ArrayMetadata::V2 { array, .. } = array else {
                panic!("the format changed");
            };
            let found = array.compressor.unwrap().to_json();
            assert_eq!(found.to_string(), expected.to_string());
        };
        for id in ["zlib", "gzip", "bz2"] {
            becomes(json!({"id": id}), json!({"id": id, "level": 1}));
        }
        becomes(json!({"id": "zstd"}), json!({"id": "zstd", "level": 0}));
        becomes(
            json!({"id": "lz4"}),
            json!({"id": "lz4", "acceleration": 1}),
        );
        becomes(
            json!({"id": "blosc"}),
            json!({"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}),
        );
        becomes(
            json!({"id": "lzma"}),
            json!({"id": "lzma", "format": 1, "check": -1, "preset": null, "filters": null}),
        );
        becomes(
            json!({"id": "delta", "dtype": "<i4"}),
            json!({"id": "delta", "dtype": "<i4", "astype": "<i4"}),
        );
        becomes(
            json!({"id": "delta", "dtype": ">i4", "astype": "<i2"}),
            json!({"id": "delta", "dtype": ">i4", "astype": "<i2"}),
        );
        // Which numcodecs has to be told.
        becomes(
            json!({"id": "delta"}),
            json!({"id": "delta", "dtype": "<i4", "astype": "<i4"}),
        );
        becomes(
            json!({"id": "quantize", "digits": 2, "dtype": "<f4"}),
            json!({"id": "quantize", "digits": 2, "dtype": "<f4", "astype": "<f4"}),
        );
        becomes(
            json!({"id": "categorize", "labels": ["a"]}),
            json!({"id": "categorize", "labels": ["a"], "dtype": "|O", "astype": "|u1"}),
        );
        becomes(
            json!({"id": "shuffle"}),
            json!({"id": "shuffle", "elementsize": 4}),
        );
        becomes(json!({"id": "mystery"}), json!({"id": "mystery"}));
    }
}
