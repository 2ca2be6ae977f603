//! The v3 document of an array. Checks its form and whether its parts fit each other; `validate/chain.rs`
//! checks the chain of codecs.

use serde_json::{Map, Value};

use super::codecs::{self, default_serializer};
use crate::Attributes;
use crate::chunk_grid::ChunkGridMetadata;
use crate::chunk_key::ChunkKeyEncoding;
use crate::data_type::DataType;
use crate::extension::Extension;
use crate::fill_value::FillValue;
use crate::format::Endian;
use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems};
use crate::raw_members::add_rest;
use crate::read::{Members, format, lengths, limited_list, list, object};

/// The `zarr.json` of an array.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrayMetadataV3 {
    /// Length of each axis.
    pub shape: Vec<u64>,
    /// What an element is.
    pub data_type: DataType,
    /// The chunk grid.
    pub chunk_grid: ChunkGridMetadata,
    /// How chunks are named.
    pub chunk_key_encoding: ChunkKeyEncoding,
    /// The fill value as written, so that documents with an unknown data type survive a rewrite.
    pub fill_value: Value,
    /// The codecs, in the order in which they encode.
    pub codecs: Vec<Extension>,
    /// The attributes of the array.
    pub attributes: Attributes,
    /// The names of the axes, if any has one.
    pub dimension_names: Option<Vec<Option<String>>>,
    /// Storage transformers; all that are left in a document that was read may be ignored.
    pub storage_transformers: Vec<Extension>,
    /// Members unknown to this library that it may ignore, kept for the next writer.
    pub extra: Map<String, Value>,
    /// The document's spelling of the data type, where it is not the one written today: other readers may not
    /// know another name for it.
    pub(crate) data_type_spelling: Option<Value>,
}

impl ArrayMetadataV3 {
    /// An array with a regular grid and the type's default fill value, uncompressed and little-endian.
    /// Elements that differ in length get the codec that encodes them.
    ///
    /// For a type unknown to this library the fill value is `null`: set it before writing.
    #[must_use]
    pub fn new(shape: Vec<u64>, data_type: DataType, chunk_shape: Vec<u64>) -> Self {
        let fill_value = FillValue::default_for(&data_type);
        let serializer = default_serializer(&data_type);
        Self {
            shape,
            chunk_grid: ChunkGridMetadata::Regular { chunk_shape },
            chunk_key_encoding: ChunkKeyEncoding::default(),
            fill_value: fill_value.map_or(Value::Null, |fill| fill.to_json(&data_type)),
            codecs: vec![serializer],
            attributes: Attributes::new(),
            dimension_names: None,
            storage_transformers: Vec::new(),
            extra: Map::new(),
            data_type_spelling: None,
            data_type,
        }
    }

    /// The document, its members in the order zarr-python writes them.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
        put("shape", self.shape.as_slice().into());
        put("data_type", self.data_type_to_json());
        put("chunk_grid", self.chunk_grid.to_extension().to_json());
        put(
            "chunk_key_encoding",
            self.chunk_key_encoding.to_extension().to_json(),
        );
        put("fill_value", self.fill_value.clone());
        put(
            "codecs",
            self.codecs.iter().map(Extension::to_json).collect(),
        );
        put("attributes", self.attributes.clone().into());
        if let Some(names) = &self.dimension_names {
            put("dimension_names", names.iter().cloned().collect());
        }
        put("zarr_format", 3.into());
        put("node_type", "array".into());
        if !self.storage_transformers.is_empty() {
            let transformers = self.storage_transformers.iter();
            put(
                "storage_transformers",
                transformers.map(Extension::to_json).collect(),
            );
        }
        add_rest(&mut object, &self.extra);
        Value::Object(object)
    }

    pub(crate) fn read(value: Value, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<Self> {
        let mut members = Members::of(value, *at, problems)?;
        if let Some(value) = members.require("zarr_format", "\"zarr_format\": 3", problems) {
            format(&value, 3, &at.key("zarr_format"), problems);
        }
        if let Some(value) = members.require("node_type", "\"node_type\": \"array\"", problems)
            && value != "array"
        {
            problems.invalid(&at.key("node_type"), "\"array\"", &value);
        }
        let shape = members
            .require("shape", "an array with the length of each axis", problems)
            .and_then(|value| lengths(value, &at.key("shape"), problems));
        let rank = shape.as_ref().map(Vec::len);
        let mut data_type_spelling = None;
        let data_type = members
            .require(
                "data_type",
                "the type of the elements, such as \"float32\"",
                problems,
            )
            .and_then(|value| {
                let data_type = DataType::read(value.clone(), &at.key("data_type"), problems)?;
                data_type_spelling = (data_type.to_json() != value).then_some(value);
                Some(data_type)
            });
        let fill_value = members
            .require(
                "fill_value",
                "the value of unwritten elements, such as 0",
                problems,
            )
            .and_then(|value| {
                // A record in base64 is in the byte order of the chunks.
                let packed = match (&data_type, &value, members.get("codecs")) {
                    (Some(DataType::Struct(_)), Value::String(_), Some(codecs)) => {
                        codecs::byte_order(&codecs::of(codecs))
                    }
                    _ => Endian::Little,
                };
                let at = at.key("fill_value");
                fill(value, data_type.as_ref(), packed, &at, problems)
            });
        let chunk_grid = members
            .require(
                "chunk_grid",
                "a chunk grid, such as \"regular\" with a chunk_shape",
                problems,
            )
            .and_then(|value| {
                ChunkGridMetadata::read(value, shape.as_deref(), &at.key("chunk_grid"), problems)
            });
        let chunk_key_encoding = members
            .require("chunk_key_encoding", "{\"name\": \"default\"}", problems)
            .and_then(|value| {
                ChunkKeyEncoding::read(value, &at.key("chunk_key_encoding"), problems)
            });
        let codecs = members.take("codecs");
        let codecs = codecs::read(codecs, data_type.as_ref(), &at.key("codecs"), problems);
        let attributes = attributes(&mut members, problems);
        let dimension_names = match members.take("dimension_names") {
            None => Some(None),
            // As early zarr-python did.
            Some(Value::Null) => {
                let expected = "an array of names, or no such member";
                problems.tolerate_instead(&at.key("dimension_names"), expected, "null");
                Some(None)
            }
            Some(value) => names(value, rank, &at.key("dimension_names"), problems).map(Some),
        };
        let storage_transformers = match members.take("storage_transformers") {
            None => Some(Vec::new()),
            Some(value) => {
                let at = at.key("storage_transformers");
                limited_list(value, "an array", &at, problems, transformer)
            }
        };
        let extra = members.ignorable_rest(problems);
        Some(Self {
            shape: shape?,
            data_type: data_type?,
            chunk_grid: chunk_grid?,
            chunk_key_encoding: chunk_key_encoding?,
            fill_value: fill_value?,
            codecs: codecs?,
            attributes: attributes?,
            dimension_names: dimension_names?,
            storage_transformers: storage_transformers?,
            extra,
            data_type_spelling,
        })
    }

    /// The type as it was read, as long as it was not changed.
    fn data_type_to_json(&self) -> Value {
        // The fields are public: a spelling counts only as long as it still means the same.
        match &self.data_type_spelling {
            Some(spelling)
                if DataType::from_json(spelling.clone()).as_ref() == Ok(&self.data_type) =>
            {
                spelling.clone()
            }
            _ => self.data_type.to_json(),
        }
    }

    pub(crate) fn read_fill_value(
        &self,
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<FillValue> {
        let packed = codecs::byte_order(&self.codecs);
        FillValue::read_packed(&self.fill_value, &self.data_type, packed, at, problems)
    }

    /// The codecs with the byte order that early zarr-python left out: of records it is
    /// little-endian. `None` where nothing is left out.
    pub(crate) fn completed_codecs(&self) -> Option<Vec<Extension>> {
        match self.data_type {
            DataType::Struct(_) => codecs::completed(&self.codecs),
            _ => None,
        }
    }
}

pub(super) fn attributes(members: &mut Members<'_>, problems: &mut Problems) -> Option<Attributes> {
    match members.take("attributes") {
        None => Some(Attributes::new()),
        Some(value) => object(value, &members.at.key("attributes"), problems).map(Attributes::from),
    }
}

/// Checks the fill value against the data type, where both are known; the value itself stays as written.
fn fill(
    value: Value,
    data_type: Option<&DataType>,
    packed: Endian,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<Value> {
    match data_type {
        _ if value.is_null() => {
            problems.invalid(at, "a value of the data type", &value);
            None
        }
        None | Some(DataType::Unknown(_)) => Some(value),
        Some(known) => FillValue::read_packed(&value, known, packed, at, problems).map(|_| value),
    }
}

fn names(
    value: Value,
    rank: Option<usize>,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<Vec<Option<String>>> {
    let expected = "an array with a name or null per axis";
    let names = list(
        value,
        expected,
        at,
        problems,
        |value, at, problems| match value {
            Value::Null => Some(None),
            Value::String(name) => Some(Some(name)),
            other => {
                problems.invalid(at, "a name or null", &other);
                None
            }
        },
    )?;
    if let Some(rank) = rank
        && rank != names.len()
    {
        let expected = format!("one name per axis of shape, {rank} in all");
        problems.disagrees(at, expected, names.len().to_string());
        return None;
    }
    Some(names)
}

/// This library has no storage transformers, so each has to say that it may be ignored.
fn transformer(value: Value, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<Extension> {
    let extension = Extension::read(value, at, problems)?;
    if extension.must_understand {
        let kind = ProblemKind::Unsupported {
            what: "storage transformer",
            name: extension.name,
        };
        problems.push(at, kind);
        return None;
    }
    Some(extension)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A good document with some members replaced, or taken out where the replacement is null.
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "tables read better without ampersands"
    )]
    fn check(changes: Value, expected: &[&str]) {
        let mut document = v3_document();
        for (key, value) in changes.as_object().unwrap() {
            match value {
                Value::String(text) if text == "absent" => document.shift_remove(key),
                value => document.insert(key.clone(), value.clone()),
            };
        }
        let mut problems = Problems::default();
        let read = ArrayMetadataV3::read(Value::Object(document), &JsonPlace::ROOT, &mut problems);
        let found: Vec<String> = match problems.finish(read) {
            Ok(_) => Vec::new(),
            Err(error) => error.problems().iter().map(ToString::to_string).collect(),
        };
        assert_eq!(found, expected);
    }

    fn v3_document() -> Map<String, Value> {
        let array = ArrayMetadataV3::new(vec![4, 6], DataType::Int16, vec![2, 3]);
        array.to_json().as_object().unwrap().clone()
    }

    #[test]
    fn what_may_be_left_out_or_null() {
        check(json!({}), &[]);
        check(json!({"attributes": "absent"}), &[]);
        check(
            json!({"dimension_names": null, "storage_transformers": []}),
            &[],
        );
        check(json!({"dimension_names": [null, "x"]}), &[]);
        check(
            json!({"codecs": ["bytes", {"name": "x", "must_understand": false}]}),
            &[],
        );
    }

    #[test]
    fn every_problem_is_found() {
        check(
            json!({
                "zarr_format": 2, "shape": [4, -6], "data_type": 7, "codecs": {}, "attributes": [],
                "fill_value": null, "chunk_key_encoding": "absent", "colour": "red"
            }),
            &[
                "/zarr_format: expected 3, found 2",
                "/shape/1: expected a whole number from 0 to 2^64-1, found -6",
                "/data_type: expected a name, or an object with a name, found 7",
                "/fill_value: expected a value of the data type, found null",
                "/chunk_key_encoding: missing; add {\"name\": \"default\"}",
                "/codecs: expected an array of codecs, found an object of 0 members",
                "/attributes: expected an object, found an array of 0",
                "/colour: unknown key; remove it, or make it an object with \
                 \"must_understand\": false",
            ],
        );
    }

    #[test]
    fn parts_have_to_fit() {
        check(
            json!({"shape": [4], "dimension_names": ["x", "y", 3]}),
            &[
                "/chunk_grid/configuration/chunk_shape: expected one length per axis of shape, \
                 1 in all, found 2",
                "/dimension_names/2: expected a name or null, found 3",
            ],
        );
        check(
            json!({"fill_value": 32768, "dimension_names": []}),
            &[
                "/fill_value: expected a whole number from -32768 to 32767, found 32768",
                "/dimension_names: expected one name per axis of shape, 2 in all, found 0",
            ],
        );
    }

    #[test]
    fn only_what_says_so_may_be_ignored() {
        check(json!({"x": {"must_understand": false, "y": 1}}), &[]);
        check(
            json!({"storage_transformers": [{"name": "x", "must_understand": false}]}),
            &[],
        );
        let unknown =
            "unknown key; remove it, or make it an object with \"must_understand\": false";
        for value in [json!({}), json!({"must_understand": true}), json!(false)] {
            check(json!({"x": value}), &[&format!("/x: {unknown}")]);
        }
        check(
            json!({"storage_transformers": ["zip"]}),
            &[
                "/storage_transformers/0: storage transformer \"zip\" is not supported by this \
               library",
            ],
        );
        let never = "must_understand: false is not allowed here, every reader has to understand \
                     this; remove it";
        let ignorable = json!({"name": "x", "must_understand": false});
        for key in ["data_type", "chunk_grid", "chunk_key_encoding"] {
            check(
                json!({key: ignorable}),
                &[&format!("/{key}/must_understand: {never}")],
            );
        }
    }

    #[test]
    fn an_unknown_type_keeps_any_fill_value() {
        check(
            json!({"data_type": "quaternion", "fill_value": {"w": [1]}}),
            &[],
        );
    }
}
