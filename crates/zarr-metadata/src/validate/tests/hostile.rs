//! Tests: any bytes and any JSON.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Any JSON, keys and strings often those of the format.
fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "name",
        "configuration",
        "codecs",
        "chunk_shape",
        "chunk_shapes",
        "kind",
        "inline",
        "sharding_indexed",
        "transpose",
        "bytes",
        "endian",
        "index_codecs",
        "order",
        "rectilinear",
        "regular",
        "int16",
        "string",
        "|O",
        "metadata",
        "node_type",
        "group",
        "array",
        "id",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (0u64..4).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        words.clone().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((words.clone(), inner), 0..4).prop_map(|members| {
                let members = members.into_iter();
                Value::Object(
                    members
                        .map(|(key, value)| (key.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

/// Judges a text as every document; a text that is read has no errors of the reader's kind.
fn judge(text: &[u8]) {
    for name in [
        "zarr.json",
        ".zarray",
        ".zgroup",
        ".zattrs",
        ".zmetadata",
        "x",
    ] {
        let report = Reader::default().validate(name, text);
        let _ = report.to_string();
        let _ = strict().validate(name, text);
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        judge(&bytes);
    }

    #[test]
    fn no_text_like_json_panics(text in "[\\[\\]{}\",:0-9eNaIfinty.\\\\u-]{0,40}") {
        judge(text.as_bytes());
    }

    #[test]
    fn no_json_panics(json in any_json()) {
        judge(json.to_string().as_bytes());
    }

    #[test]
    fn no_json_in_place_of_a_member_panics(
        strange in any_json(),
        member: prop::sample::Index,
    ) {
        let mut document = array(json!({"dimension_names": null, "storage_transformers": []}));
        let members = document.as_object_mut().unwrap();
        let at = member.index(members.len());
        *members.values_mut().nth(at).unwrap() = strange.clone();
        judge(document.to_string().as_bytes());
        judge(array(json!({"codecs": [strange]})).to_string().as_bytes());
    }

    #[test]
    fn what_is_valid_is_read(codecs in any_json()) {
        let text = array(json!({"codecs": codecs})).to_string();
        let report = validate("zarr.json", text.as_bytes());
        let read = crate::NodeMetadata::from_zarr_json(text.as_bytes());
        prop_assert!(read.is_ok() || !report.is_empty());
    }
}
