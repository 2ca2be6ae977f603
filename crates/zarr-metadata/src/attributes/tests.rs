//! Tests: attributes keep their numbers, whatever is done to the others.

use serde_json::json;

use super::*;
use crate::{ArrayMetadata, GroupMetadata, NodeMetadata, NodePath, Reader, ZarrFormat, v2, v3};

/// As `json.dumps` of Python 3.13 writes them, which zarr-python 3.4.2 calls: `NaN` bare, whole numbers
/// with all digits.
const PYTHON: &str = r#"{"missing_value":NaN,"valid":[-Infinity,Infinity],"label":"NaN","big":123456789012345678901234567890,"low":{"a/b":[-9223372036854775809]},"u64":18446744073709551615,"x":1.5}"#;

fn text(node: &NodeMetadata, name: &str) -> String {
    let mut documents = node.documents(Indent::Compact).into_iter();
    let (_, text) = documents.find(|(found, _)| *found == name).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn numbers_come_back_as_they_were() {
    let attributes: Attributes = PYTHON.parse().unwrap();
    assert_eq!(attributes.to_string(), PYTHON);
    assert_eq!(attributes["missing_value"], "NaN");
    assert_eq!(attributes["x"], 1.5);
    assert_eq!(
        attributes.bare_numbers(),
        ["/missing_value", "/valid/0", "/valid/1"]
    );
    for (key, _) in &attributes {
        let attribute = attributes.attribute(key).unwrap();
        assert_eq!(
            attribute.to_string().parse::<Attribute>().unwrap(),
            attribute
        );
    }
}

#[test]
fn documents_keep_them_in_both_formats() {
    let group = format!(r#"{{"attributes":{PYTHON},"zarr_format":3,"node_type":"group"}}"#);
    let read = NodeMetadata::from_zarr_json(group.as_bytes()).unwrap();
    assert_eq!(text(&read, "zarr.json"), group);

    let old = GroupMetadata::from_v2(br#"{"zarr_format":2}"#, Some(PYTHON.as_bytes())).unwrap();
    assert_eq!(text(&old.clone().into(), ".zattrs"), PYTHON);
    // Into the other format and back.
    let new = old.convert(ZarrFormat::V3).unwrap().metadata;
    assert_eq!(text(&new.clone().into(), "zarr.json"), group);
    assert_eq!(new.convert(ZarrFormat::V2).unwrap().metadata, old);

    let array = format!(
        r#"{{"shape":[1],"data_type":"int8","chunk_grid":{{"name":"regular","configuration":{{"chunk_shape":[1]}}}},"chunk_key_encoding":{{"name":"default","configuration":{{"separator":"/"}}}},"fill_value":0,"codecs":[{{"name":"bytes"}}],"attributes":{PYTHON},"zarr_format":3,"node_type":"array"}}"#
    );
    let read = NodeMetadata::from_zarr_json(array.as_bytes()).unwrap();
    assert_eq!(text(&read, "zarr.json"), array);
}

#[test]
fn consolidated_copies_keep_them() {
    let path = NodePath::parse("t").unwrap();
    let group = format!(r#"{{"attributes":{PYTHON},"zarr_format":3,"node_type":"group"}}"#);
    let child = NodeMetadata::from_zarr_json(group.as_bytes()).unwrap();
    let mut documents = v3::ConsolidatedMetadataV3::default();
    documents.insert(&path, &child).unwrap();
    let root = v3::GroupMetadataV3 {
        consolidated_metadata: Some(documents),
        ..v3::GroupMetadataV3::default()
    };
    let root = NodeMetadata::Group(GroupMetadata::V3(root));
    let written = text(&root, "zarr.json");
    assert!(written.contains(&group), "{written}");
    // Read, changed and written again: the copies are as they were.
    let mut read = NodeMetadata::from_zarr_json(written.as_bytes()).unwrap();
    let NodeMetadata::Group(changed) = &mut read else {
        panic!("a group was read as something else");
    };
    changed.attributes_mut().insert("k".to_owned(), 1.into());
    let GroupMetadata::V3(v3) = &*changed else {
        panic!("the format changed");
    };
    let copies = v3.consolidated_metadata.as_ref().unwrap();
    assert_eq!(copies.get("t").unwrap().unwrap(), child);
    assert!(text(&read, "zarr.json").contains(&group));

    let old = GroupMetadata::from_v2(br#"{"zarr_format":2}"#, Some(PYTHON.as_bytes())).unwrap();
    let old = NodeMetadata::Group(old);
    let mut documents = v2::ConsolidatedMetadataV2::default();
    documents.insert(&path, &old).unwrap();
    let written = documents.to_zmetadata();
    let written_text = String::from_utf8(written.clone()).unwrap();
    assert!(written_text.contains(PYTHON), "{written_text}");
    let read = v2::ConsolidatedMetadataV2::from_zmetadata(&written).unwrap();
    assert_eq!(read.get("t").unwrap().unwrap(), old);
    assert_eq!(read.to_zmetadata(), written);
}

#[test]
fn what_is_replaced_is_what_was_given() {
    let mut attributes: Attributes = PYTHON.parse().unwrap();
    attributes.insert("missing_value".to_owned(), "NaN".into());
    attributes.shift_remove("valid");
    attributes.shift_remove("u64");
    attributes.set("big", f64::NEG_INFINITY);
    attributes.set("low", json!([1, "Infinity"]));
    attributes.retain(|key, _| key != "x");
    let expected = r#"{"missing_value":"NaN","label":"NaN","big":-Infinity,"low":[1,"Infinity"]}"#;
    assert_eq!(attributes.to_string(), expected);
    let mut merged: Attributes = r#"{"label":1}"#.parse().unwrap();
    merged.merge(&attributes);
    assert_eq!(
        merged.to_string(),
        r#"{"label":"NaN","missing_value":"NaN","big":-Infinity,"low":[1,"Infinity"]}"#
    );
    attributes.clear();
    assert_eq!(attributes, Attributes::new());
}

#[test]
fn a_text_and_a_number_of_the_same_letters_differ() {
    let number: Attributes = r#"{"a":NaN}"#.parse().unwrap();
    let text: Attributes = r#"{"a":"NaN"}"#.parse().unwrap();
    assert_ne!(number, text);
    let node = |attributes: &str| {
        let zarray = br#"{"zarr_format": 2, "shape": [1], "chunks": [1], "dtype": "|u1",
            "fill_value": 0, "order": "C", "filters": null, "compressor": null}"#;
        let array = ArrayMetadata::from_v2(zarray, Some(attributes.as_bytes()));
        NodeMetadata::Array(array.unwrap())
    };
    let consolidated = |attributes: &str| {
        let mut documents = v2::ConsolidatedMetadataV2::default();
        documents
            .insert(&NodePath::parse("t").unwrap(), &node(attributes))
            .unwrap();
        documents
    };
    assert_ne!(consolidated(r#"{"a":NaN}"#), consolidated(r#"{"a":"NaN"}"#));
    assert!(Reader::default().check_new(&node(r#"{"a":NaN}"#)).is_ok());
}
