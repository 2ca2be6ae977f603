//! Tests that a model written is the model read, that documents keep what they hold, and that
//! nothing panics, whatever the bytes.

use proptest::prelude::*;
use serde_json::{Map, json};

use crate::testing::{any_data_type, any_json, any_v2_type, with_element};
use crate::v2::{Codec, DType};
use crate::{
    ArrayMetadata, Attributes, ChunkGridMetadata, ChunkKeyEncoding, DataType, Endian, Extension,
    GroupMetadata, Layout, NodeMetadata, NodePath, Order, Separator, Swap, ZarrFormat, v2, v3,
};

use super::*;

fn any_object() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((".{0,6}", any_json()), 0..4).prop_map(|m| m.into_iter().collect())
}

/// Members that nobody knows, as v3 wants them.
fn any_extra() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec(("x_[a-z]{1,4}", any_object()), 0..3).prop_map(|members| {
        let ignorable = members.into_iter().map(|(key, mut object)| {
            object.insert("must_understand".to_owned(), false.into());
            (key, Value::Object(object))
        });
        ignorable.collect()
    })
}

/// Consolidated metadata with any documents.
fn consolidated_of(documents: &[(String, Value)]) -> v3::ConsolidatedMetadataV3 {
    let documents: Map<String, Value> = documents.iter().cloned().collect();
    let group = json!({"zarr_format": 3, "node_type": "group", "consolidated_metadata":
        {"kind": "inline", "must_understand": false, "metadata": documents}});
    match NodeMetadata::from_zarr_json(group.to_string().as_bytes()) {
        Ok(NodeMetadata::Group(GroupMetadata::V3(group))) => group.consolidated_metadata.unwrap(),
        other => panic!("{other:?}"),
    }
}

fn any_extension() -> impl Strategy<Value = Extension> {
    (".{1,8}", any_object(), any::<bool>()).prop_map(|(name, configuration, must_understand)| {
        Extension {
            name,
            configuration,
            must_understand,
        }
    })
}

fn any_codec() -> impl Strategy<Value = Codec> {
    (".{0,8}", any_object()).prop_map(|(id, mut configuration)| {
        configuration.shift_remove("id");
        Codec { id, configuration }
    })
}

fn any_unknown_type() -> impl Strategy<Value = (DataType, Value)> {
    let fill = any_json().prop_filter("never null", |value| !value.is_null());
    ("[A-Z].{0,8}", any_object(), fill).prop_map(|(name, configuration, fill)| {
        let extension = Extension {
            name,
            configuration,
            must_understand: true,
        };
        (DataType::Unknown(extension), fill)
    })
}

fn any_axes() -> impl Strategy<Value = Vec<(u64, u64, Option<String>)>> {
    prop::collection::vec((any::<u64>(), 1..=u64::MAX, any::<Option<String>>()), 0..5)
}

fn any_separator() -> impl Strategy<Value = Separator> {
    prop_oneof![Just(Separator::Slash), Just(Separator::Dot)]
}

prop_compose! {
    fn any_v3_array()(
        axes in any_axes(),
        named: bool,
        (data_type, fill_value) in prop_oneof![
            with_element(any_data_type()).prop_map(|(data_type, fill)| {
                let fill = fill.to_json(&data_type);
                (data_type, fill)
            }),
            any_unknown_type(),
        ],
        grid in prop::option::of(any_extension()),
        v2_keys: bool,
        separator in any_separator(),
        codecs in prop::collection::vec(any_extension(), 1..4),
        attributes in any_object(),
        mut transformers in prop::collection::vec(any_extension(), 0..2),
        extra in any_extra(),
    ) -> v3::ArrayMetadataV3 {
        for transformer in &mut transformers {
            transformer.must_understand = false;
        }
        let regular = ChunkGridMetadata::Regular {
            chunk_shape: axes.iter().map(|axis| axis.1).collect(),
        };
        v3::ArrayMetadataV3 {
            shape: axes.iter().map(|axis| axis.0).collect(),
            data_type,
            chunk_grid: match grid {
                Some(grid) => ChunkGridMetadata::Unknown(Extension {
                    name: format!("x{}", grid.name),
                    must_understand: true,
                    ..grid
                }),
                None => regular,
            },
            chunk_key_encoding: match v2_keys {
                true => ChunkKeyEncoding::V2(separator),
                false => ChunkKeyEncoding::Default(separator),
            },
            fill_value,
            codecs,
            attributes: attributes.into(),
            dimension_names: named.then(|| axes.iter().map(|axis| axis.2.clone()).collect()),
            storage_transformers: transformers,
            extra,
            data_type_spelling: None,
        }
    }
}

prop_compose! {
    fn any_v2_array()(
        axes in any_axes(),
        big: bool,
        f_order: bool,
        (data_type, fill) in with_element(any_v2_type()),
        null: bool,
        compressor in prop::option::of(any_codec()),
        filters in prop::collection::vec(any_codec(), 0..3),
        dimension_separator in any_separator(),
        extra in any_extra(),
    ) -> v2::ArrayMetadataV2 {
        let endian = if big { Endian::Big } else { Endian::Little };
        let swaps = match data_type.layout() {
            Some(Layout::Fixed { swap, .. }) => swap != Swap::None,
            _ => false,
        };
        let dtype = DType::new(data_type, swaps.then_some(endian));
        let fill = dtype.fill_value_to_json(&fill);
        let object = v2::object_codec(&dtype.data_type);
        v2::ArrayMetadataV2 {
            shape: axes.iter().map(|axis| axis.0).collect(),
            chunks: axes.iter().map(|axis| axis.1).collect(),
            dtype,
            compressor,
            fill_value: if null { Value::Null } else { fill },
            order: if f_order { Order::F } else { Order::C },
            filters: object.into_iter().chain(filters).collect(),
            dimension_separator,
            extra,
        }
    }
}

fn text<'a>(documents: &'a [NamedText], name: &str) -> Option<&'a [u8]> {
    documents
        .iter()
        .find(|(found, _)| *found == name)
        .map(|(_, text)| text.as_slice())
}

proptest! {
    #[test]
    fn a_v3_array_comes_back(array in any_v3_array()) {
        let node = NodeMetadata::Array(ArrayMetadata::V3(array));
        let documents = node.documents(Indent::default());
        let read = NodeMetadata::from_zarr_json(text(&documents, "zarr.json").unwrap());
        prop_assert_eq!(read.unwrap(), node);
    }

    #[test]
    fn a_v2_array_comes_back(array in any_v2_array(), attributes in any_object()) {
        let array = ArrayMetadata::V2 { array, attributes: attributes.into() };
        let documents = array.documents(Indent::default());
        let read = ArrayMetadata::from_v2(
            text(&documents, ".zarray").unwrap(),
            text(&documents, ".zattrs"),
        );
        prop_assert_eq!(read.unwrap(), array);
    }

    #[test]
    fn groups_come_back(
        attributes in any_object(),
        consolidated in prop::option::of(prop::collection::vec(("[a-z/]{1,4}", any_json()), 0..4)),
        extra in any_extra(),
    ) {
        let group = GroupMetadata::V3(v3::GroupMetadataV3 {
            attributes: attributes.clone().into(),
            consolidated_metadata: consolidated.as_deref().map(consolidated_of),
            extra: extra.clone(),
        });
        let node = NodeMetadata::Group(group);
        let documents = node.documents(Indent::default());
        let read = NodeMetadata::from_zarr_json(text(&documents, "zarr.json").unwrap());
        prop_assert_eq!(read.unwrap(), node);

        let group = GroupMetadata::V2 { group: v2::GroupMetadataV2 { extra }, attributes: attributes.into() };
        let documents = group.documents(Indent::default());
        let read = GroupMetadata::from_v2(
            text(&documents, ".zgroup").unwrap(),
            text(&documents, ".zattrs"),
        );
        prop_assert_eq!(read.unwrap(), group);
    }

    #[test]
    fn consolidated_members_come_back(
        arrays in prop::collection::vec(("[a-c/]{1,3}", any_v3_array()), 0..3),
        old in prop::collection::vec(("[a-c/]{0,3}", any_v2_array(), any_object()), 0..3),
        extra in any_extra(),
    ) {
        let mut documents = consolidated_of(&[]);
        for (path, array) in arrays {
            let path = NodePath::parse(&path).unwrap();
            let node = NodeMetadata::Array(ArrayMetadata::V3(array));
            if !path.is_root() {
                documents.insert(&path, &node).unwrap();
                prop_assert_eq!(documents.get(path.as_str()), Some(Ok(node)));
            }
        }
        let group = GroupMetadata::V3(v3::GroupMetadataV3 {
            consolidated_metadata: Some(documents),
            extra,
            ..v3::GroupMetadataV3::default()
        });
        let node = NodeMetadata::Group(group);
        let read = NodeMetadata::from_zarr_json(&node.documents(Indent::default())[0].1);
        prop_assert_eq!(read, Ok(node));

        let mut documents = v2::ConsolidatedMetadataV2::default();
        for (path, array, attributes) in old {
            let path = NodePath::parse(&path).unwrap();
            let node = NodeMetadata::Array(ArrayMetadata::V2 { array, attributes: attributes.into() });
            documents.insert(&path, &node).unwrap();
            prop_assert_eq!(documents.get(path.as_str()), Some(Ok(node)));
        }
        let read = v2::ConsolidatedMetadataV2::from_zmetadata(&documents.to_zmetadata());
        prop_assert_eq!(read, Ok(documents));
    }

    /// Nor does what is made of JSON that is nearly a block of copies.
    #[test]
    fn no_block_panics(copies in prop::collection::vec(("[a/.]{0,4}(/\\.z(array|group|attrs))?", any_json()), 0..4)) {
        let new = consolidated_of(&copies);
        new.paths().for_each(|path| drop(new.read_node(path)));
        let _ = new.convert();
        let metadata: Map<String, Value> = copies.into_iter().collect();
        let text = json!({"zarr_consolidated_format": 1, "metadata": metadata}).to_string();
        let old = v2::ConsolidatedMetadataV2::from_zmetadata(text.as_bytes()).unwrap();
        old.paths().into_iter().for_each(|path| drop(old.read_node(path)));
        let _ = old.convert();
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        read_all(&bytes);
    }

    #[test]
    fn no_json_in_place_of_a_member_panics(
        array in any_v3_array(),
        old in any_v2_array(),
        member: prop::sample::Index,
        strange in any_json(),
    ) {
        for mut document in [array.to_json(), old.to_json()] {
            let members = document.as_object_mut().unwrap();
            let at = member.index(members.len());
            *members.values_mut().nth(at).unwrap() = strange.clone();
            read_all(document.to_string().as_bytes());
        }
    }

    #[test]
    fn no_cut_document_panics(array in any_v3_array(), end: prop::sample::Index) {
        let text = array.to_json().to_string();
        read_all(&text.as_bytes()[..end.index(text.len())]);
    }
}

/// Reads bytes as every kind of document and asks all there is to ask.
fn read_all(bytes: &[u8]) {
    let node = NodeMetadata::from_zarr_json(bytes);
    if let Ok(node) = &node {
        let _ = node.documents(Indent::default());
    }
    let v3 = match node {
        Ok(NodeMetadata::Array(array)) => Some(array),
        _ => None,
    };
    for array in v3
        .into_iter()
        .chain(ArrayMetadata::from_v2(bytes, Some(b"{}")))
    {
        let _ = (
            array.fill_value(),
            array.codecs(),
            array.chunk_grid(),
            array.documents(Indent::default()),
        );
    }
    let _ = ArrayMetadata::from_v2(b"{}", Some(bytes));
    let _ = GroupMetadata::from_v2(bytes, Some(bytes));
}

#[test]
fn members_stand_in_the_order_of_zarr_python() {
    let mut array = v3::ArrayMetadataV3::new(vec![4], DataType::Float32, vec![2]);
    array.dimension_names = Some(vec![Some("x".to_owned())]);
    let expected = r#"{"shape":[4],"data_type":"float32","chunk_grid":{"name":"regular","configuration":{"chunk_shape":[2]}},"chunk_key_encoding":{"name":"default","configuration":{"separator":"/"}},"fill_value":0.0,"codecs":[{"name":"bytes","configuration":{"endian":"little"}}],"attributes":{},"dimension_names":["x"],"zarr_format":3,"node_type":"array"}"#;
    assert_eq!(array.to_json().to_string(), expected);

    let dtype = DType::new(DataType::Float32, Some(Endian::Little));
    let mut array = v2::ArrayMetadataV2::new(vec![4], dtype, vec![2]);
    array.compressor = Some(Codec::new("zstd").with("level", 0));
    let expected = r#"{"shape":[4],"chunks":[2],"dtype":"<f4","fill_value":null,"order":"C","filters":null,"dimension_separator":".","compressor":{"id":"zstd","level":0},"zarr_format":2}"#;
    assert_eq!(array.to_json().to_string(), expected);

    let group = v3::GroupMetadataV3 {
        consolidated_metadata: Some(v3::ConsolidatedMetadataV3::default()),
        ..v3::GroupMetadataV3::default()
    };
    let expected = r#"{"attributes":{},"zarr_format":3,"consolidated_metadata":{"kind":"inline","must_understand":false,"metadata":{}},"node_type":"group"}"#;
    assert_eq!(group.to_json().to_string(), expected);
}

#[test]
fn documents_are_indented_and_attributes_stand_apart_in_v2() {
    let attributes: Attributes = [("a".to_owned(), json!(1))].into_iter().collect();
    let group = GroupMetadata::new(ZarrFormat::V2, attributes);
    assert_eq!(
        group.documents(Indent::default()),
        [
            (".zgroup", b"{\n  \"zarr_format\": 2\n}".to_vec()),
            (".zattrs", b"{\n  \"a\": 1\n}".to_vec()),
        ]
    );
    let group = GroupMetadata::new(ZarrFormat::V2, Attributes::new());
    assert_eq!(group.documents(Indent::default()).len(), 1);
}

#[test]
fn consolidated_copies_keep_every_digit() {
    let big = "123456789012345678901234567890";
    let copy =
        format!(r#"{{"zarr_format":3,"node_type":"group","attributes":{{"a":{big},"b":1.50}}}}"#);
    let text = format!(
        r#"{{"zarr_format":3,"node_type":"group","attributes":{{}},"x":{{"must_understand":false}},
        "consolidated_metadata":{{"kind":"inline","must_understand":false,
            "metadata":{{"a/b":{copy},"a":{copy}}}}}}}"#
    );
    let node = NodeMetadata::from_zarr_json(text.as_bytes()).unwrap();
    let (_, written) = node.documents(Indent::default()).remove(0);
    let written = String::from_utf8(written).unwrap();
    assert_eq!(written.matches(big).count(), 2);
    assert_eq!(written.matches("1.50").count(), 2);
    let values = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let NodeMetadata::Group(GroupMetadata::V3(group)) = &node else {
        panic!("a group was read as something else");
    };
    assert_eq!(values(&written), group.to_json());
    assert_eq!(
        NodeMetadata::from_zarr_json(written.as_bytes()).unwrap(),
        node
    );
}

#[test]
fn the_order_and_numbers_of_attributes_are_kept() {
    let text = r#"{"z":18446744073709551615,"a":-0.0,"m":1e300,"b":[0.1,-9223372036854775808]}"#;
    let group = GroupMetadata::from_v2(b"{}", Some(text.as_bytes())).unwrap();
    let again: Value = serde_json::from_slice(&group.documents(Indent::default())[1].1).unwrap();
    assert_eq!(again.to_string(), text.replace("1e300", "1e+300"));
}
