//! The v2 document of an array, `.zarray`. Its attributes are another document.

use serde_json::{Map, Value};

use super::{Codec, DType, object_codec};
use crate::data_type::DataType;
use crate::format::{Order, Separator};
use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems};
use crate::raw_members::add_rest;
use crate::read::{Members, format, lengths, limited_list, mended_chunk_lengths};

/// The `.zarray` of an array.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrayMetadataV2 {
    /// Length of each axis.
    pub shape: Vec<u64>,
    /// Length of a chunk along each axis, none zero.
    pub chunks: Vec<u64>,
    /// What an element is and in which byte order it is stored.
    pub dtype: DType,
    /// The compressor of the bytes of a chunk, if any.
    pub compressor: Option<Codec>,
    /// The fill value as written; `null` where the writer chose none.
    pub fill_value: Value,
    /// How the elements of a chunk follow each other.
    pub order: Order,
    /// The filters that a chunk passes before the compressor, in encoding order.
    pub filters: Vec<Codec>,
    /// The separator between the numbers of a chunk's key.
    pub dimension_separator: Separator,
    /// Members unknown to this library, kept for the next writer.
    pub extra: Map<String, Value>,
}

impl ArrayMetadataV2 {
    /// An uncompressed array in C order, with the fill value `null`, which reads as the type's default.
    /// Elements that differ in length get the filter that encodes them.
    #[must_use]
    pub fn new(shape: Vec<u64>, dtype: DType, chunks: Vec<u64>) -> Self {
        Self {
            shape,
            chunks,
            compressor: None,
            fill_value: Value::Null,
            order: Order::C,
            filters: object_codec(&dtype.data_type).into_iter().collect(),
            dtype,
            dimension_separator: Separator::Dot,
            extra: Map::new(),
        }
    }

    /// The document, its members in the order zarr-python writes them.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
        put("shape", self.shape.as_slice().into());
        put("chunks", self.chunks.as_slice().into());
        put("dtype", self.dtype.to_json());
        put("fill_value", self.fill_value.clone());
        put("order", self.order.as_str().into());
        let filters = match self.filters.as_slice() {
            [] => Value::Null,
            filters => filters.iter().map(Codec::to_json).collect(),
        };
        put("filters", filters);
        put(
            "dimension_separator",
            self.dimension_separator.as_str().into(),
        );
        put(
            "compressor",
            self.compressor.as_ref().map_or(Value::Null, Codec::to_json),
        );
        put("zarr_format", 2.into());
        add_rest(&mut object, &self.extra);
        Value::Object(object)
    }

    pub(crate) fn read(value: Value, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<Self> {
        let mut members = Members::of(value, *at, problems)?;
        if let Some(value) = members.require("zarr_format", "\"zarr_format\": 2", problems) {
            format(&value, 2, &at.key("zarr_format"), problems);
        }
        let shape = members
            .require("shape", "an array with the length of each axis", problems)
            .and_then(|value| lengths(value, &at.key("shape"), problems));
        let chunks = members
            .require(
                "chunks",
                "an array with the length of a chunk along each axis",
                problems,
            )
            .and_then(|value| {
                let rank = shape.as_ref().map(Vec::len);
                mended_chunk_lengths(value, rank, &at.key("chunks"), problems)
            });
        let dtype = members
            .require(
                "dtype",
                "the type of the elements, such as \"<f8\"",
                problems,
            )
            .and_then(|value| {
                DType::read(value, &object_codecs(&members), &at.key("dtype"), problems)
            });
        let fill_value = members
            .require(
                "fill_value",
                "the value of unwritten elements, or null",
                problems,
            )
            .and_then(|value| fill(value, dtype.as_ref(), &at.key("fill_value"), problems));
        let order = members
            .require("order", "\"C\" or \"F\"", problems)
            .and_then(|value| order(&value, &at.key("order"), problems));
        for key in ["filters", "compressor"] {
            if members.get(key).is_none() {
                let expected = "null for none";
                problems.tolerate(&at.key(key), ProblemKind::Missing { expected });
            }
        }
        let filters = match members.take("filters") {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(Value::Array(filters)) if filters.is_empty() => {
                let expected = "null for no filters";
                problems.tolerate_instead(&at.key("filters"), expected, "an empty array");
                Some(Vec::new())
            }
            Some(value) => {
                let at = at.key("filters");
                limited_list(
                    value,
                    "an array of filters, or null",
                    &at,
                    problems,
                    Codec::read,
                )
            }
        };
        let compressor = match members.take("compressor") {
            None | Some(Value::Null) => Some(None),
            Some(value) => Codec::read(value, &at.key("compressor"), problems).map(Some),
        };
        // Came with format 2.1; before that chunks lay in one directory.
        let dimension_separator = match members.take("dimension_separator") {
            None => Some(Separator::Dot),
            Some(value) => {
                let separator = value.as_str().and_then(Separator::parse);
                if separator.is_none() {
                    problems.invalid(&at.key("dimension_separator"), "\".\" or \"/\"", &value);
                }
                separator
            }
        };
        Some(Self {
            shape: shape?,
            chunks: chunks?,
            dtype: dtype?,
            compressor: compressor?,
            fill_value: fill_value?,
            order: order?,
            filters: filters?,
            dimension_separator: dimension_separator?,
            extra: members.rest(),
        })
    }
}

/// The filters and the compressor, as far as they can be read: one of them may tell what objects are.
fn object_codecs(members: &Members<'_>) -> Vec<Codec> {
    let filters = members.get("filters").and_then(Value::as_array);
    let codecs = filters
        .into_iter()
        .flatten()
        .chain(members.get("compressor"));
    codecs
        .filter_map(|codec| {
            let mut problems = Problems::default();
            Codec::read(codec.clone(), &JsonPlace::ROOT, &mut problems)
        })
        .collect()
}

fn order(value: &Value, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<Order> {
    match value.as_str() {
        Some("C") => Some(Order::C),
        Some("F") => Some(Order::F),
        _ => {
            problems.invalid(at, "\"C\" or \"F\"", value);
            None
        }
    }
}

/// Checks the fill value against the data type, where that is known; the value itself stays as written.
fn fill(
    value: Value,
    dtype: Option<&DType>,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<Value> {
    match dtype {
        Some(dtype) if !matches!(dtype.data_type, DataType::Unknown(_)) => {
            dtype.read_fill_value(&value, at, problems).map(|_| value)
        }
        _ => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::format::Endian;

    /// A good document with some members replaced, or taken out, as it reads: its problems, or its
    /// text.
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "tables read better without ampersands"
    )]
    fn read(changes: Value) -> Result<ArrayMetadataV2, Vec<String>> {
        let dtype = DType::new(DataType::Int16, Some(Endian::Little));
        let mut document = ArrayMetadataV2::new(vec![4, 6], dtype, vec![2, 3]).to_json();
        let members = document.as_object_mut().unwrap();
        for (key, value) in changes.as_object().unwrap() {
            match value {
                Value::String(text) if text == "absent" => members.shift_remove(key),
                value => members.insert(key.clone(), value.clone()),
            };
        }
        let mut problems = Problems::default();
        let read = ArrayMetadataV2::read(document, &JsonPlace::ROOT, &mut problems);
        let texts = |error: crate::MetadataError| {
            error.problems().iter().map(ToString::to_string).collect()
        };
        problems.finish(read).map_err(texts)
    }

    #[test]
    fn old_and_careless_writers_are_read() {
        let array = read(json!({
            "dimension_separator": "absent", "filters": [], "compressor": "absent",
            "dtype": "i2", "fill_value": 5.0, "written_by": "somebody"
        }))
        .unwrap();
        assert_eq!(array.dimension_separator, Separator::Dot);
        assert_eq!((array.filters.len(), &array.compressor), (0, &None));
        assert_eq!(array.extra["written_by"], "somebody");
        assert_eq!(
            array.to_json()["fill_value"].to_string(),
            "5.0",
            "kept as written"
        );
        assert_eq!(array.to_json()["dtype"], "i2", "kept as written");
        assert_eq!(array.to_json()["filters"], Value::Null);

        let empty = read(json!({"shape": [0, 6], "chunks": [0, 3]})).unwrap();
        assert_eq!(empty.chunks, [1, 3]);
    }

    #[test]
    fn every_problem_is_found() {
        let found = read(json!({
            "zarr_format": 3, "shape": "absent", "chunks": [-1], "dtype": 2, "order": "A",
            "filters": [{"level": 1}, "zlib"], "compressor": {"id": 1}, "dimension_separator": "-"
        }));
        let expected = [
            "/zarr_format: expected 2, found 3",
            "/shape: missing; add an array with the length of each axis",
            "/chunks/0: expected a whole number from 0 to 2^64-1, found -1",
            "/dtype: expected a type such as \"<f8\", or a list of fields, found 2",
            "/order: expected \"C\" or \"F\", found \"A\"",
            "/filters/0/id: missing; add the id of the codec, such as \"zlib\"",
            "/filters/1: expected an object, found \"zlib\"",
            "/compressor/id: expected the id of a codec, found 1",
            "/dimension_separator: expected \".\" or \"/\", found \"-\"",
        ];
        assert_eq!(found.unwrap_err(), expected);
    }

    #[test]
    fn parts_have_to_fit() {
        let found = read(json!({"chunks": [1, 2, 3], "fill_value": 40000}));
        let expected = [
            "/chunks: expected one length per axis of shape, 2 in all, found 3",
            "/fill_value: expected a whole number from -32768 to 32767, found 40000",
        ];
        assert_eq!(found.unwrap_err(), expected);
    }

    #[test]
    fn an_unknown_type_keeps_any_fill_value() {
        let array = read(json!({"dtype": [["a", "<i4"]], "fill_value": "AAAAAA=="})).unwrap();
        assert_eq!(array.to_json()["dtype"], json!([["a", "<i4"]]));
    }
}
