//! Settings of codecs that a creator left out, filled in with what zarr-python 3.4.2 and numcodecs 0.17
//! write in their place. Judges nothing: what is there stays, wrong or right.

use serde_json::{Map, Value, json};

use crate::array::ArrayMetadata;
use crate::data_type::DataType;
use crate::extension::Extension;
use crate::format::Endian;
use crate::layout::{Layout, Swap};
use crate::v2::{self, DType};

impl ArrayMetadata {
    /// Fills in the settings of codecs that were left out, with the values that zarr-python gives them:
    /// other readers open no array that lacks them.
    ///
    /// ```
    /// use zarr_metadata::{ArrayMetadata, DataType, Extension, v3};
    ///
    /// let mut array = v3::ArrayMetadata::new(vec![4], DataType::UInt8, vec![4]);
    /// array.codecs.push(Extension::new("gzip"));
    /// let mut array = ArrayMetadata::V3(array);
    /// array.complete_codecs();
    /// assert_eq!(array.codecs()[1], Extension::new("gzip").with("level", 5));
    /// ```
    pub fn complete_codecs(&mut self) {
        match self {
            Self::V3(array) => complete(&mut array.codecs, &array.data_type),
            Self::V2 { array, .. } => {
                for codec in array.filters.iter_mut().chain(&mut array.compressor) {
                    let defaults = numcodecs(codec);
                    filled(&mut codec.configuration, defaults);
                }
            }
        }
    }
}

/// A setting and its value where nobody gives one.
type Defaults = Vec<(&'static str, Value)>;

/// A chain of format 3, for elements of this type.
fn complete(codecs: &mut [Extension], data_type: &DataType) {
    let mut data_type = data_type.clone();
    for codec in codecs {
        let defaults = registered(codec, &data_type);
        filled(&mut codec.configuration, defaults);
        if codec.name == "sharding_indexed" {
            within(&mut codec.configuration, "codecs", &data_type);
            within(&mut codec.configuration, "index_codecs", &DataType::UInt64);
        }
        if let Some(behind) = behind(codec) {
            data_type = behind;
        }
    }
}

/// The chains inside of a shard.
fn within(configuration: &mut Map<String, Value>, key: &str, data_type: &DataType) {
    let Some(Value::Array(list)) = configuration.get_mut(key) else {
        return;
    };
    let read = list.iter().cloned().map(Extension::from_json);
    // What is no chain is reported by those who judge it.
    if let Ok(mut codecs) = read.collect::<Result<Vec<Extension>, _>>() {
        complete(&mut codecs, data_type);
        *list = codecs.iter().map(Extension::to_json).collect();
    }
}

/// The elements behind a codec that says so.
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

/// Those of format 3, for elements of this type.
fn registered(codec: &Extension, data_type: &DataType) -> Defaults {
    let size = data_type.size().unwrap_or(1);
    match codec.name.as_str() {
        "blosc" => {
            let shuffle = if size == 1 { "bitshuffle" } else { "shuffle" };
            vec![
                ("typesize", size.into()),
                ("cname", "zstd".into()),
                ("clevel", 5.into()),
                ("shuffle", shuffle.into()),
                ("blocksize", 0.into()),
            ]
        }
        "bytes" => match data_type.layout() {
            Some(Layout::Fixed { swap, .. }) if swap != Swap::None => {
                vec![("endian", Endian::Little.as_str().into())]
            }
            _ => vec![],
        },
        "gzip" => vec![("level", 5.into())],
        "zstd" => vec![("level", 0.into()), ("checksum", false.into())],
        "sharding_indexed" => vec![
            ("codecs", json!(["bytes"])),
            ("index_codecs", json!(["bytes", "crc32c"])),
            ("index_location", "end".into()),
        ],
        "numcodecs.shuffle" => vec![("elementsize", size.into())],
        "numcodecs.delta" | "numcodecs.quantize" | "numcodecs.fixedscaleoffset" => {
            let dtype = DType::new(data_type.clone(), Some(Endian::Little)).to_json();
            vec![("dtype", dtype)]
        }
        _ => vec![],
    }
}

/// Those of numcodecs, as its `get_config` has them.
fn numcodecs(codec: &v2::Codec) -> Defaults {
    let dtype = || codec.configuration.get("dtype").cloned();
    let astype = || dtype().map(|dtype| ("astype", dtype)).into_iter().collect();
    match codec.id.as_str() {
        "blosc" => vec![
            ("cname", "lz4".into()),
            ("clevel", 5.into()),
            ("shuffle", 1.into()),
            ("blocksize", 0.into()),
        ],
        "bz2" | "gzip" | "zlib" => vec![("level", 1.into())],
        "categorize" => vec![("dtype", "|O".into()), ("astype", "|u1".into())],
        "delta" | "fixedscaleoffset" | "quantize" => astype(),
        "jenkins_lookup3" => vec![("initval", 0.into()), ("prefix", Value::Null)],
        "json2" => vec![
            ("encoding", "utf-8".into()),
            ("skipkeys", false.into()),
            ("ensure_ascii", true.into()),
            ("check_circular", true.into()),
            ("allow_nan", true.into()),
            ("indent", Value::Null),
            ("separators", json!([",", ":"])),
            ("sort_keys", true.into()),
            ("strict", true.into()),
        ],
        "lz4" => vec![("acceleration", 1.into())],
        "lzma" => vec![
            ("format", 1.into()),
            ("check", (-1).into()),
            ("preset", Value::Null),
            ("filters", Value::Null),
        ],
        "pcodec" => vec![
            ("level", 8.into()),
            ("mode_spec", "auto".into()),
            ("delta_spec", "auto".into()),
            ("paging_spec", "equal_pages_up_to".into()),
            ("delta_encoding_order", Value::Null),
            ("equal_pages_up_to", 262_144.into()),
        ],
        "shuffle" => vec![("elementsize", 4.into())],
        "zstd" => vec![("level", 0.into())],
        _ => vec![],
    }
}

/// Gives a configuration the settings that it lacks; `null` says no more than nothing. Where one is
/// added, all of them stand in the order of the defaults.
fn filled(configuration: &mut Map<String, Value>, defaults: Defaults) {
    let lacks = |(key, _): &(&str, Value)| configuration.get(*key).is_none_or(Value::is_null);
    if !defaults.iter().any(lacks) {
        return;
    }
    let mut given = std::mem::take(configuration);
    // What has no default stands first, as numcodecs has it.
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
    use super::*;
    use crate::v3;

    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "tables read better without ampersands"
    )]
    fn v3_becomes(data_type: DataType, codecs: Value, expected: Value) {
        let mut array = v3::ArrayMetadata::new(vec![8], data_type, vec![4]);
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
            let mut array = v2::ArrayMetadata::new(
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
