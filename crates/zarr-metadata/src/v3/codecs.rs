//! The codecs of a v3 document as they are meant where writers left something out: the array→bytes codec, its
//! newer name, its byte order.

use serde_json::Value;

use crate::codecs::{CodecKind, NUMCODECS_PREFIX};
use crate::data_type::DataType;
use crate::extension::Extension;
use crate::format::Endian;
use crate::layout::{Layout, Swap};
use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems};
use crate::read::limited_list;
use crate::v2::object_codec;

const SHARDING: &str = "sharding_indexed";
/// What `bytes` was called in drafts of the format.
const OLD_BYTES: &str = "endian";

/// Reads the member `codecs`, which GDAL leaves out where nothing is compressed.
pub(super) fn read(
    value: Option<Value>,
    data_type: Option<&DataType>,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<Vec<Extension>> {
    let expected = "an array of codecs, such as [{\"name\": \"bytes\"}]";
    let Some(value) = value else {
        let kind = ProblemKind::Missing { expected };
        let Some((_, bytes)) = data_type.and_then(|data_type| implied(&[], data_type)) else {
            problems.push(at, kind);
            return None;
        };
        problems.tolerate(at, kind);
        return Some(vec![bytes]);
    };
    let mut codecs = limited_list(value, "an array of codecs", at, problems, Extension::read)?;
    for (i, codec) in codecs.iter_mut().enumerate() {
        if codec.name == OLD_BYTES {
            let at = at.index(i);
            problems.tolerate_instead(&at.key("name"), "\"bytes\"", "its old name \"endian\"");
            "bytes".clone_into(&mut codec.name);
        }
    }
    if let Some((place, bytes)) = data_type.and_then(|data_type| implied(&codecs, data_type)) {
        let expected = "an array -> bytes codec such as \"bytes\"".to_owned();
        let found = "none".to_owned();
        problems.tolerate(at, ProblemKind::CodecOrder { expected, found });
        codecs.insert(place, bytes);
    }
    Some(codecs)
}

/// The default serializer of a data type: `bytes`, little-endian where there is a byte order, or the codec
/// for elements of variable length.
#[must_use]
pub fn default_serializer(data_type: &DataType) -> Extension {
    let bytes = Extension::new("bytes");
    match (data_type, data_type.layout()) {
        (DataType::String, _) => Extension::new("vlen-utf8"),
        (DataType::Bytes, _) => Extension::new("vlen-bytes"),
        (_, Some(Layout::Variable)) => match object_codec(data_type) {
            Some(codec) => Extension {
                name: format!("{NUMCODECS_PREFIX}{}", codec.id),
                ..codec.to_extension()
            },
            None => bytes,
        },
        (
            _,
            Some(Layout::Fixed {
                swap: Swap::None, ..
            }),
        ) => bytes,
        _ => bytes.with("endian", Endian::Little.as_str()),
    }
}

/// The `bytes` that is implied where a chain has no array→bytes codec, and its place. GDAL and zarrita.js
/// leave it out and store numbers in little-endian order.
pub(crate) fn implied(codecs: &[Extension], data_type: &DataType) -> Option<(usize, Extension)> {
    let kinds: Vec<CodecKind> = codecs
        .iter()
        .map(|codec| CodecKind::of(&codec.name))
        .collect::<Option<_>>()?;
    let Layout::Fixed { swap, .. } = data_type.layout()? else {
        return None;
    };
    if kinds.contains(&CodecKind::ArrayToBytes)
        || !kinds.is_sorted_by_key(|k| *k != CodecKind::ArrayToArray)
    {
        return None;
    }
    let place = kinds
        .iter()
        .take_while(|kind| **kind == CodecKind::ArrayToArray)
        .count();
    let bytes = Extension::new("bytes");
    // A codec before it may change the data type.
    let bytes = match swap == Swap::None && place == 0 {
        true => bytes,
        false => bytes.with("endian", Endian::Little.as_str()),
    };
    Some((place, bytes))
}

/// The codecs of a list; what is not a codec is left out.
pub(super) fn of(list: &Value) -> Vec<Extension> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(|codec| Extension::from_json(codec.clone()).ok())
        .collect()
}

/// The byte order in which these codecs store numbers, little-endian unless they say otherwise.
pub(super) fn byte_order(codecs: &[Extension]) -> Endian {
    for codec in codecs {
        let endian = codec.configuration.get("endian");
        match (codec.name.as_str(), codec.configuration.get("codecs")) {
            ("bytes" | OLD_BYTES, _) if endian.is_some_and(|endian| endian == "big") => {
                return Endian::Big;
            }
            (SHARDING, Some(inner)) => return byte_order(&of(inner)),
            _ => {}
        }
    }
    Endian::Little
}

/// The codecs with the byte order that early zarr-python left out of records: little-endian. `None`
/// where nothing is left out.
pub(super) fn completed(codecs: &[Extension]) -> Option<Vec<Extension>> {
    let at = codecs
        .iter()
        .position(|codec| matches!(codec.name.as_str(), "bytes" | SHARDING))?;
    let codec = codecs.get(at)?.clone();
    let codec = match codec.configuration.get("codecs") {
        Some(inner) if codec.name == SHARDING => {
            let inner = completed(&of(inner))?;
            let inner: Value = inner.iter().map(Extension::to_json).collect();
            codec.with("codecs", inner)
        }
        _ if codec.name == "bytes" && !codec.configuration.contains_key("endian") => {
            codec.with("endian", Endian::Little.as_str())
        }
        _ => return None,
    };
    let mut codecs = codecs.to_vec();
    *codecs.get_mut(at)? = codec;
    Some(codecs)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::MetadataError;

    fn codecs(value: Option<Value>, data_type: &str) -> Result<(String, usize), MetadataError> {
        let mut problems = Problems::default();
        let data_type = data_type.parse().unwrap();
        let read = read(value, Some(&data_type), &JsonPlace::ROOT, &mut problems);
        let (read, warnings) = problems.finish_with_warnings(read)?;
        let read: Value = read.iter().map(Extension::to_json).collect();
        Ok((read.to_string(), warnings.len()))
    }

    /// What GDAL 3.10 reads: `bytes` is meant where none stands, numbers little-endian.
    #[test]
    fn what_was_left_out_is_put_back() {
        let check = |value: Option<Value>, data_type: &str, expected: &str, warnings: usize| {
            let expected = (expected.to_owned(), warnings);
            assert_eq!(codecs(value, data_type), Ok(expected));
        };
        let little = r#"{"name":"bytes","configuration":{"endian":"little"}}"#;
        check(None, "float64", &format!("[{little}]"), 1);
        check(Some(json!([])), "float64", &format!("[{little}]"), 1);
        check(None, "uint8", r#"[{"name":"bytes"}]"#, 1);
        let turn = json!({"name": "transpose", "configuration": {"order": [1, 0]}});
        check(
            Some(json!([turn, "crc32c"])),
            "int16",
            &format!("[{turn},{little},{}]", r#"{"name":"crc32c"}"#),
            1,
        );
        check(
            Some(json!([{"name": "endian", "configuration": {"endian": "big"}}])),
            "int16",
            r#"[{"name":"bytes","configuration":{"endian":"big"}}]"#,
            1,
        );
        // What a codec unknown here makes is not known.
        check(Some(json!(["x"])), "int16", r#"[{"name":"x"}]"#, 0);
        check(Some(json!([])), "string", "[]", 0);
        check(
            Some(json!(["crc32c", turn])),
            "int8",
            &format!("[{},{turn}]", r#"{"name":"crc32c"}"#),
            0,
        );
        assert!(codecs(None, "string").is_err());
    }
}
