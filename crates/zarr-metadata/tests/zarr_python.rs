//! Documents that zarr-python 3.4.2 wrote for every data type it knows, in both formats, as
//! `tests/fixtures/write_fixtures.py` collected them: each is read, means the element zarr-python
//! reads from the empty array, and is written as it was.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of tests are tests"
)]

use serde_json::Value;
use zarr_metadata::{ArrayMetadata, DataType, Endian, Indent, Layout, Swap, v2};

const FIXTURES: &str = include_str!("fixtures/zarr_python.json");

fn rows() -> Vec<Value> {
    serde_json::from_str(FIXTURES).unwrap()
}

fn read(row: &Value) -> ArrayMetadata {
    let text = row["document"].to_string();
    let read = match row["format"].as_u64() {
        Some(2) => ArrayMetadata::from_v2(text.as_bytes(), None),
        _ => zarr_metadata::NodeMetadata::from_zarr_json(text.as_bytes()).map(|node| match node {
            zarr_metadata::NodeMetadata::Array(array) => array,
            other => panic!("{other:?}"),
        }),
    };
    read.unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The element as zarr-python has it in memory, numbers little-endian.
fn little_endian(array: &ArrayMetadata) -> String {
    let fill = array.fill_value().unwrap();
    let mut bytes = fill.as_bytes().to_vec();
    if cfg!(target_endian = "big")
        && let Some(Layout::Fixed { swap, size }) = array.data_type().layout()
    {
        match swap {
            Swap::None => {}
            Swap::Width(width) => bytes.chunks_mut(width).for_each(<[_]>::reverse),
            Swap::Fields(runs) => {
                for run in runs.iter() {
                    let end = run.offset + run.width * run.count;
                    bytes[run.offset..end]
                        .chunks_mut(run.width)
                        .for_each(<[_]>::reverse);
                }
            }
        }
        assert_eq!(bytes.len(), size);
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_document_means_what_zarr_python_means() {
    for row in rows() {
        let array = read(&row);
        let data_type = array.data_type();
        assert!(!matches!(data_type, DataType::Unknown(_)), "{row}");
        if let Some(element) = row["element"].as_str() {
            assert_eq!(little_endian(&array), element, "{row}");
        }
    }
}

/// The document, but for members that zarr-python writes without need.
fn essential(document: &Value) -> Value {
    let mut document = document.clone();
    let codecs = document.get_mut("codecs").and_then(Value::as_array_mut);
    for codec in codecs.into_iter().flatten() {
        let members = codec.as_object_mut().unwrap();
        members.retain(|key, value| key != "configuration" || *value != serde_json::json!({}));
    }
    if let Some(members) = document.as_object_mut() {
        members
            .retain(|key, value| key != "storage_transformers" || *value != Value::Array(vec![]));
    }
    document
}

#[test]
fn every_document_is_written_as_it_was() {
    for row in rows() {
        let array = read(&row);
        let (_, text) = array.documents(Indent::default()).swap_remove(0);
        let written: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(essential(&written), essential(&row["document"]));
    }
}

/// Not by a kept spelling alone: what is made new of the parts is the same, or reads as the same.
#[test]
fn every_type_and_fill_value_is_written_so_that_it_reads_back() {
    for row in rows() {
        let array = read(&row);
        let fill = array.fill_value().unwrap();
        match &array {
            ArrayMetadata::V2 { array, .. } => {
                let dtype = v2::DType::new(array.dtype.data_type.clone(), array.dtype.endian);
                if array.dtype.mixed_endian().is_none() {
                    assert_eq!(dtype.to_json(), row["document"]["dtype"]);
                }
                let written = array.dtype.fill_value_to_json(&fill);
                assert_eq!(array.dtype.fill_value_from_json(&written).unwrap(), fill);
                let codec = v2::object_codec(&array.dtype.data_type);
                assert_eq!(codec.as_ref(), array.filters.first());
            }
            ArrayMetadata::V3(array) => {
                let json = array.data_type.to_json();
                assert_eq!(DataType::from_json(json).unwrap(), array.data_type);
                let written = fill.to_json(&array.data_type);
                let read = zarr_metadata::FillValue::from_json(&written, &array.data_type);
                assert_eq!(read.unwrap(), fill);
            }
        }
    }
}

#[test]
fn the_fixtures_have_every_kind_of_type() {
    let mut kinds = std::collections::BTreeSet::new();
    let mut orders = std::collections::BTreeSet::new();
    for row in rows() {
        let array = read(&row);
        kinds.insert(format!("{} {}", array.format(), array.data_type()));
        if let ArrayMetadata::V2 { array, .. } = array {
            orders.insert(array.dtype.endian.map(Endian::as_str));
        }
    }
    assert_eq!(orders.len(), 3);
    assert!(kinds.len() > 100, "{kinds:?}");
}
