//! The `dtype` of a v2 array: numpy type strings and lists of fields to a data type with byte orders, and
//! back. Strings are taken apart in `v2/dtype/text.rs`, fill values are in `v2/dtype/fill.rs`. The codec that
//! encodes objects as bytes tells what objects are.

mod fill;
mod text;

use std::sync::Arc;

use serde_json::Value;

use super::Codec;
use crate::data_type::{DataType, Field, MAX_DEPTH, finish_record, too_deep};
use crate::extension::Extension;
use crate::format::Endian;
use crate::layout::{Layout, Swap, SwapField, SwapRuns};
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, Problems};
use crate::read;

/// The `dtype` of a v2 array: what an element is and in which byte order it is stored.
///
/// ```
/// use serde_json::json;
/// use zarr_metadata::{DataType, Endian, v2::DType};
///
/// let dtype = DType::from_json(">f4".into())?;
/// assert_eq!((&dtype.data_type, dtype.endian), (&DataType::Float32, Some(Endian::Big)));
/// assert_eq!(DType::new(DataType::Int64, Some(Endian::Little)).to_json(), "<i8");
///
/// let dtype = DType::from_json(json!([["id", "|u1"], ["position", "<f8", [3]]]))?;
/// assert_eq!(dtype.data_type.size(), Some(25));
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DType {
    /// What an element is.
    pub data_type: DataType,
    /// The byte order; `None` where there is none, as for single bytes, and where the fields of a record
    /// differ in it.
    pub endian: Option<Endian>,
    /// The byte order of each leaf, as [`DataType::numbers`] counts them, where they differ.
    leaves: Option<Arc<[Option<Endian>]>>,
    /// The document's spelling, where it is not the one written today.
    spelling: Option<Value>,
}

impl DType {
    /// A dtype in its canonical spelling. The byte order applies to types that have one; records get it in
    /// all fields.
    #[must_use]
    pub fn new(data_type: DataType, endian: Option<Endian>) -> Self {
        Self {
            data_type,
            endian,
            leaves: None,
            spelling: None,
        }
    }

    /// Reads the `dtype` of a v2 document, also in the loose spellings that NumPy takes (`"f8"`, `"=f8"`,
    /// `"<i1"`, `"float64"`); without a mark numbers are little-endian.
    ///
    /// A filter tells what `"|O"` stands for: see [`from_json_with`](Self::from_json_with).
    ///
    /// # Errors
    /// When the value is neither a string nor a list, or its size is impossible. An unknown type is kept.
    pub fn from_json(value: Value) -> Result<Self, MetadataError> {
        Self::from_json_with(value, &[])
    }

    /// Reads the `dtype` of a v2 document in which these are the filters and the compressor.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn from_json_with(value: Value, codecs: &[Codec]) -> Result<Self, MetadataError> {
        let mut problems = Problems::default();
        let read = Self::read(value, codecs, &JsonPlace::ROOT, &mut problems);
        problems.finish(read)
    }

    /// As v2 documents write it; a dtype that was read keeps its spelling.
    ///
    /// Types without a numpy type string are written by their v3 name, as tensorstore does.
    #[must_use]
    pub fn to_json(&self) -> Value {
        // The fields are public: a spelling counts only as long as it still means the same.
        if let Some(spelling) = &self.spelling {
            let codec = object_codec(&self.data_type);
            if let Ok(mut read) = Self::from_json_with(spelling.clone(), codec.as_slice()) {
                read.spelling.clone_from(&self.spelling);
                if read == *self {
                    return spelling.clone();
                }
            }
        }
        self.canonical()
    }

    /// What to swap to bring a stored element into this machine's byte order, or back.
    #[must_use]
    pub fn swap_to_native(&self) -> Swap {
        let Some(Layout::Fixed { size, .. }) = self.data_type.layout() else {
            return Swap::None;
        };
        self.runs_in(match Endian::NATIVE {
            Endian::Little => Endian::Big,
            Endian::Big => Endian::Little,
        })
        .swap(size)
    }

    /// The numbers stored in little-endian and in big-endian order, where fields of a record differ
    /// in it; `None` where all are stored in the same.
    #[must_use]
    pub fn mixed_endian(&self) -> Option<(Vec<SwapField>, Vec<SwapField>)> {
        if self.endian.is_some() || self.leaves.is_none() || self.data_type.size().is_none() {
            return None;
        }
        let little = self.runs_in(Endian::Little).into_vec();
        let big = self.runs_in(Endian::Big).into_vec();
        (!little.is_empty() && !big.is_empty()).then_some((little, big))
    }

    fn runs_in(&self, endian: Endian) -> SwapRuns {
        let mut runs = SwapRuns::default();
        self.data_type.numbers(0, 0, &mut |leaf, run| {
            if self.endian_of(leaf) == endian {
                runs.push(run);
            }
        });
        runs
    }

    fn endian_of(&self, leaf: usize) -> Endian {
        let own = || *self.leaves.as_ref()?.get(leaf)?;
        self.endian.or_else(own).unwrap_or(Endian::Little)
    }

    pub(crate) fn read(
        value: Value,
        codecs: &[Codec],
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut reader = DTypeReader {
            codecs,
            leaves: Vec::new(),
            problems,
        };
        let data_type = reader.data_type(&value, MAX_DEPTH, at)?;
        let leaves = match data_type {
            DataType::Unknown(_) => Vec::new(),
            _ => reader.leaves,
        };
        let mut marks = leaves.iter().flatten();
        let first = marks.next().copied();
        let mut dtype = match marks.all(|mark| Some(*mark) == first) {
            true => Self::new(data_type, first),
            false => Self {
                leaves: Some(leaves.into()),
                ..Self::new(data_type, None)
            },
        };
        if dtype.canonical() != value {
            dtype.spelling = Some(value);
        }
        Some(dtype)
    }

    fn canonical(&self) -> Value {
        self.spelled(&self.data_type, &mut 0)
    }

    fn spelled(&self, data_type: &DataType, leaf: &mut usize) -> Value {
        let DataType::Struct(fields) = data_type else {
            let endian = self.endian_of(*leaf);
            *leaf += 1;
            return text::write(data_type, endian).into();
        };
        let fields = fields.iter().map(|field| {
            let data_type = self.spelled(&field.data_type, leaf);
            let mut items = vec![field.name.as_str().into(), data_type];
            if !field.shape.is_empty() {
                items.push(field.shape.as_slice().into());
            }
            Value::Array(items)
        });
        fields.collect()
    }
}

/// The codec that encodes the elements of a type as bytes, where v2 stores them as objects: it has to be
/// among the filters.
#[must_use]
pub fn object_codec(data_type: &DataType) -> Option<Codec> {
    Some(match data_type {
        DataType::String => Codec::new("vlen-utf8"),
        DataType::Bytes => Codec::new("vlen-bytes"),
        DataType::Ragged(elements) => {
            let dtype = DType::new(DataType::clone(elements), Some(Endian::Little));
            Codec::new("vlen-array").with("dtype", dtype.to_json())
        }
        DataType::Json => Codec::new("json2"),
        _ => return None,
    })
}

struct DTypeReader<'a> {
    codecs: &'a [Codec],
    /// The byte orders of the leaves that were read.
    leaves: Vec<Option<Endian>>,
    problems: &'a mut Problems,
}

impl DTypeReader<'_> {
    /// Reads a type in which records may be `depth` deep.
    fn data_type(&mut self, value: &Value, depth: usize, at: &JsonPlace<'_>) -> Option<DataType> {
        match value {
            Value::String(text) => {
                if let Some((data_type, endian)) = text::read(text, at, self.problems)? {
                    self.leaves.push(endian);
                    return Some(data_type);
                }
                Some(match text::is_object(text) && depth == MAX_DEPTH {
                    true => self.object(text),
                    false => unknown(text),
                })
            }
            Value::Array(fields) => {
                let Some(depth) = depth.checked_sub(1) else {
                    too_deep(at, self.problems);
                    return None;
                };
                self.record(fields, depth, at)
            }
            other => {
                let expected = "a type such as \"<f8\", or a list of fields";
                self.problems.invalid(at, expected, other);
                None
            }
        }
    }

    /// What objects are, which only the codec that encodes them tells.
    fn object(&self, text: &str) -> DataType {
        let known = self.codecs.iter().find_map(|codec| {
            Some(match codec.id.as_str() {
                "vlen-utf8" | "categorize" => DataType::String,
                "vlen-bytes" => DataType::Bytes,
                "json2" | "msgpack2" => DataType::Json,
                "vlen-array" => {
                    let dtype = codec.configuration.get("dtype")?.clone();
                    let dtype = DType::from_json(dtype).ok()?;
                    dtype.data_type.size()?;
                    DataType::Ragged(Box::new(dtype.data_type))
                }
                _ => return None,
            })
        });
        known.unwrap_or_else(|| unknown(text))
    }

    fn record(&mut self, values: &[Value], depth: usize, at: &JsonPlace<'_>) -> Option<DataType> {
        let mut fields = Some(Vec::with_capacity(values.len()));
        for (i, value) in values.iter().enumerate() {
            match self.field(i, value, depth, &at.index(i)) {
                Some(field) => {
                    if let Some(fields) = &mut fields {
                        fields.push(field);
                    }
                }
                None => fields = None,
            }
        }
        let known = finish_record(fields?, at, self.problems)?;
        // The list itself is kept as the dtype's spelling.
        Some(known.unwrap_or_else(|| unknown("struct")))
    }

    /// A field: `[name, type]` or `[name, type, shape]`.
    fn field(
        &mut self,
        i: usize,
        value: &Value,
        depth: usize,
        at: &JsonPlace<'_>,
    ) -> Option<Field> {
        let (name, data_type, shape) = match value.as_array().map(Vec::as_slice) {
            Some([name, data_type]) => (name, data_type, None),
            Some([name, data_type, shape]) => (name, data_type, Some(shape)),
            _ => {
                let expected = "a field: [name, type], or [name, type, shape]";
                self.problems.invalid(at, expected, value);
                return None;
            }
        };
        let name = match name {
            // The padding of NumPy's aligned records, which NumPy names by its place when it reads them.
            Value::String(name) if name.is_empty() => Some(format!("f{i}")),
            Value::String(name) => Some(name.clone()),
            // NumPy's fields may have a title, which stands before the name.
            Value::Array(names) => match names.as_slice() {
                [Value::String(_), Value::String(name)] if !name.is_empty() => Some(name.clone()),
                _ => None,
            },
            _ => None,
        };
        if name.is_none() {
            let found = value.get(0).unwrap_or(value);
            self.problems
                .invalid(&at.index(0), "the name of a field", found);
        }
        let data_type = self.data_type(data_type, depth, &at.index(1));
        let shape = match shape {
            None => Some(Vec::new()),
            Some(shape) => field_shape(shape, &at.index(2), self.problems),
        };
        Some(Field::new(name?, data_type?).with_shape(shape?))
    }
}

fn unknown(name: &str) -> DataType {
    DataType::Unknown(Extension::new(name))
}

/// The shape of a field, one number standing for one axis.
fn field_shape(value: &Value, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<Vec<u64>> {
    /// As in numpy.
    const MAX_AXES: usize = 64;
    if value.as_u64().is_some_and(|length| length > 0) {
        return value.as_u64().map(|length| vec![length]);
    }
    let shape = read::lengths(value.clone(), at, problems)?;
    if shape.contains(&0) || shape.len() > MAX_AXES {
        let expected = format!("at most {MAX_AXES} lengths, none of them zero");
        problems.invalid(at, expected, value);
        return None;
    }
    Some(shape)
}

#[cfg(test)]
mod tests;
