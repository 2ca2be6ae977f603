//! Tests: the codecs here are those of the metadata's table, of the same kinds.

use serde_json::{Value, json};
use zarr_metadata::codecs::{self, CodecKind, KnownCodec};
use zarr_metadata::{ArrayMetadata, Attributes, DataType, Endian, FillValue, v2, v3};

use super::*;

/// What a codec needs to be told, where no default can say it.
fn settings(codec: &KnownCodec) -> Value {
    match codec.name {
        "astype" => json!({"encode_dtype": "<f4", "decode_dtype": "<f4"}),
        "bitround" => json!({"keepbits": 3}),
        "cast_value" => json!({"data_type": "int8"}),
        "categorize" => json!({"labels": ["a"]}),
        "conditional" => json!({"codecs": ["crc32c"]}),
        "fixedscaleoffset" => json!({"scale": 10, "offset": 1}),
        "n5_default" => json!({"codecs": [
            {"name": "transpose", "configuration": {"order": [1, 0]}},
            {"name": "bytes", "configuration": {"endian": "big"}}]}),
        "quantize" => json!({"digits": 2}),
        "reshape" => json!({"shape": [16]}),
        "sharding_indexed" => json!({"chunk_shape": [2, 2], "codecs": [
            {"name": "bytes", "configuration": {"endian": "little"}}]}),
        "transpose" => json!({"order": [1, 0]}),
        "vlen-array" => json!({"dtype": "<i4"}),
        _ => json!({}),
    }
}

fn elements(codec: &KnownCodec) -> DataType {
    match codec.name {
        "packbits" => DataType::Bool,
        "categorize" | "vlen-utf8" => DataType::String,
        "json2" | "msgpack2" => DataType::Json,
        "vlen-array" => DataType::Ragged(Box::new(DataType::Int32)),
        "vlen-bytes" => DataType::Bytes,
        _ => DataType::Float32,
    }
}

/// The codec with its settings, as a new array gets them.
fn completed(codec: &KnownCodec, data_type: &DataType) -> Extension {
    let Value::Object(configuration) = settings(codec) else {
        panic!("settings are an object");
    };
    let (shape, data_type) = (vec![4, 4], data_type.clone());
    let mut array = if codec.is_only_v2 {
        let mut array =
            v2::ArrayMetadataV2::new(shape.clone(), v2::DType::new(data_type, None), shape);
        array.filters = vec![v2::Codec {
            id: codec.name.to_owned(),
            configuration,
        }];
        let attributes = Attributes::new();
        ArrayMetadata::V2 { array, attributes }
    } else {
        let prefix = if codec.is_numcodecs { PREFIX } else { "" };
        let mut array = v3::ArrayMetadataV3::new(shape.clone(), data_type, shape);
        array.codecs = vec![Extension {
            configuration,
            ..Extension::new(format!("{prefix}{}", codec.name))
        }];
        ArrayMetadata::V3(array)
    };
    array.complete_codecs();
    match &array {
        ArrayMetadata::V2 { array, .. } => array.filters[0].to_extension(),
        ArrayMetadata::V3(array) => array.codecs[0].clone(),
    }
}

/// A line here is a row there: each codec is known by its name, is of the kind that the row says, and takes
/// the settings that the row fills in.
#[test]
fn each_codec_has_a_row_that_tells_its_kind_and_its_settings() {
    let v3 = V3.iter().map(|(name, _)| (*name, codecs::by_name(name)));
    let numcodecs = NUMCODECS.iter().map(|(id, _)| (*id, codecs::by_id(id)));
    for (name, row) in v3.chain(numcodecs) {
        let row = row.unwrap_or_else(|| panic!("{name} has no row in zarr_metadata::codecs"));
        assert_eq!(row.name, name, "an alias");
        let data_type = elements(row);
        let extension = completed(row, &data_type);
        let fill = FillValue::default_for(&data_type).unwrap();
        let spec = ChunkSpec::new(&[4, 4], data_type, fill).unwrap();
        let setting = Setting {
            extension: &extension,
            names: if row.is_only_v2 { Names::V2 } else { Names::V3 },
            spec: &spec,
            stored: StoredNumber::of(&spec.dtype, Endian::Little),
            registry: &CodecRegistry::default(),
            depth: 0,
        };
        let (codec, _) = CodecRegistry::default()
            .build(&setting)
            .unwrap_or_else(|error| panic!("{extension}: {error}"));
        let kind = match codec {
            Codec::ArrayToArray(_) | Codec::Filter(_) => CodecKind::ArrayToArray,
            Codec::ArrayToBytes(_) | Codec::Shard(_) => CodecKind::ArrayToBytes,
            Codec::BytesToBytes(_) => CodecKind::BytesToBytes,
        };
        assert_eq!(kind, row.kind, "{extension}");
    }
}

/// A row there is a line here, or there is a text that says what would bring the codec.
#[test]
fn each_row_has_a_codec_or_a_reason_why_not() {
    // Of other libraries, which no build of this one runs.
    const ELSEWHERE: [&str; 5] = [
        "squeeze",
        "vlen-array",
        "zarrs.gdeflate",
        "zarrs.vlen",
        "zarrs.vlen_v2",
    ];
    for row in codecs::all() {
        if !row.is_numcodecs && ELSEWHERE.contains(&row.name) {
            continue;
        }
        let extension = Extension::new(row.name);
        if let Some(error) = CodecRegistry::default().unknown(&extension, row.is_numcodecs) {
            let reason = error.to_string();
            assert!(!reason.contains("its codecs are"), "{reason}");
        }
    }
}
