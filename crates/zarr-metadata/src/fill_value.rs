//! `FillValue`: one element in memory, in the byte order of this machine. `fill_value/json.rs` has its
//! spelling in JSON.

mod float;
mod json;

use std::sync::Arc;

use serde_json::Value;

use crate::data_type::DataType;
use crate::format::Endian;
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, ProblemKind, Problems};

pub(crate) use json::without_zeros;

/// The value of unwritten elements: its exact bits, in this machine's byte order.
///
/// ```
/// use serde_json::json;
/// use zarr_metadata::{DataType, FillValue};
///
/// let fill = FillValue::from_json(&json!("NaN"), &DataType::Float32)?;
/// assert_eq!(fill.as_bytes(), 0x7fc0_0000_u32.to_ne_bytes());
/// // Any other NaN is spelled by its bits, and comes back with them.
/// let fill = FillValue::from_json(&json!("0x7fc00001"), &DataType::Float32)?;
/// assert_eq!(fill.to_json(&DataType::Float32), json!("0x7fc00001"));
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FillValue {
    bytes: Arc<[u8]>,
    /// Whether elements of the type differ in length.
    variable: bool,
}

impl FillValue {
    /// The element of zero bytes only: for variable-length types the empty element, for JSON `null`. `None`
    /// for a type unknown to this library.
    #[must_use]
    pub fn zero(data_type: &DataType) -> Option<Self> {
        let bytes = match data_type {
            DataType::Json => b"null".to_vec(),
            variable if variable.is_variable() => Vec::new(),
            fixed => vec![0; fixed.size()?],
        };
        Some(Self::new(data_type, bytes))
    }

    /// The default fill value, which `null` stands for in v2: "not a time" for dates and durations, zero for
    /// all others. `None` for a type unknown to this library.
    #[must_use]
    pub fn default_for(data_type: &DataType) -> Option<Self> {
        match data_type {
            DataType::DateTime64 { .. } | DataType::TimeDelta64 { .. } => {
                Some(Self::new(data_type, i64::MIN.to_ne_bytes().to_vec()))
            }
            other => Self::zero(other),
        }
    }

    /// The element with these bytes, in this machine's byte order.
    ///
    /// Meaningless bits, such as the upper ones of an `int4`, are set to what they usually are.
    ///
    /// # Errors
    /// When their number is not the size of the type, or they are not a value of it (a `bool` of 2, a string
    /// that is not UTF-8).
    pub fn from_bytes(data_type: &DataType, bytes: &[u8]) -> Result<Self, MetadataError> {
        if let DataType::Unknown(_) = data_type {
            return Err(unsupported(data_type, &JsonPlace::ROOT));
        }
        let mut bytes = bytes.to_vec();
        match normal(data_type, &mut bytes) {
            Ok(()) => Ok(Self::new(data_type, bytes)),
            Err((expected, found)) => {
                let kind = ProblemKind::Invalid { expected, found };
                Err(MetadataError::new(&JsonPlace::ROOT, kind))
            }
        }
    }

    /// Reads the `fill_value` of a v3 document.
    ///
    /// # Errors
    /// When the value is not an element of the type, or not spelled as the format requires.
    pub fn from_json(value: &Value, data_type: &DataType) -> Result<Self, MetadataError> {
        let mut problems = Problems::default();
        let read = Self::read(value, data_type, &JsonPlace::ROOT, &mut problems);
        problems.finish(read)
    }

    /// As v3 documents write it. `data_type` has to be the type this value was made for; for
    /// another the bytes are written as a list.
    #[must_use]
    pub fn to_json(&self, data_type: &DataType) -> Value {
        json::write(&self.bytes, data_type)
    }

    /// The bytes of the element, in this machine's byte order. Strings are UTF-8, JSON values their text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether elements of its type differ in length.
    #[must_use]
    pub fn is_variable(&self) -> bool {
        self.variable
    }

    /// Whether every byte is zero, so that zeroed memory holds this value already. −0.0 is not zero; of
    /// variable-length elements only the empty one is.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match self.variable {
            true => self.bytes.is_empty(),
            false => self.bytes.iter().all(|byte| *byte == 0),
        }
    }

    pub(crate) fn read(
        value: &Value,
        data_type: &DataType,
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        Self::read_packed(value, data_type, Endian::Little, at, problems)
    }

    /// As [`read`](Self::read), where records in base64 are in this byte order.
    pub(crate) fn read_packed(
        value: &Value,
        data_type: &DataType,
        packed: Endian,
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        json::read(value, data_type, packed, at, problems)
    }

    fn new(data_type: &DataType, bytes: Vec<u8>) -> Self {
        Self {
            bytes: bytes.into(),
            variable: data_type.is_variable(),
        }
    }
}

/// Checks that bytes are an element, and brings equal ones to one form. The error is what was expected and
/// what was found.
fn normal(data_type: &DataType, bytes: &mut Vec<u8>) -> Result<(), (String, String)> {
    match data_type {
        DataType::Json => match serde_json::from_slice::<Value>(bytes) {
            Ok(value) => *bytes = value.to_string().into_bytes(),
            Err(error) => return Err(("the text of a JSON value".to_owned(), error.to_string())),
        },
        DataType::String => {
            if let Err(error) = std::str::from_utf8(bytes) {
                return Err(("text in UTF-8".to_owned(), error.to_string()));
            }
        }
        DataType::Bytes => {}
        DataType::Ragged(elements) => {
            let size = elements.size().unwrap_or_default();
            if size == 0 || !bytes.len().is_multiple_of(size) {
                let found = format!("{} bytes", bytes.len());
                return Err((format!("elements of {size} bytes each"), found));
            }
            for element in bytes.chunks_exact_mut(size) {
                normal_element(elements, element)?;
            }
        }
        fixed => {
            let size = fixed.size();
            if size != Some(bytes.len()) {
                let expected = match size {
                    Some(size) => format!("the {size} bytes of a {data_type}"),
                    None => format!("a {data_type}, which does not fit in memory"),
                };
                return Err((expected, format!("{} bytes", bytes.len())));
            }
            normal_element(fixed, bytes)?;
        }
    }
    Ok(())
}

/// As [`normal`], for an element of fixed size, which is as long as it should be.
fn normal_element(data_type: &DataType, bytes: &mut [u8]) -> Result<(), (String, String)> {
    match data_type {
        DataType::Bool => {
            if let Some(byte) = bytes.iter().find(|byte| **byte > 1) {
                return Err(("a bool of 0 or 1".to_owned(), byte.to_string()));
            }
        }
        DataType::SmallInt(int) => bytes.iter_mut().for_each(|b| *b = int.normal(*b)),
        DataType::SmallFloat(float) | DataType::ComplexSmall(float) => {
            bytes.iter_mut().for_each(|b| *b = float.normal(*b));
        }
        DataType::FixedUtf32(_) if text(bytes).is_none() => {
            let found = "a number that is not one".to_owned();
            return Err(("Unicode characters".to_owned(), found));
        }
        DataType::Struct(fields) => {
            let mut rest = bytes;
            for field in fields.iter() {
                let size = field.size().unwrap_or_default();
                let Some((array, after)) = rest.split_at_mut_checked(size) else {
                    break;
                };
                let element = field.data_type.size().unwrap_or_default().max(1);
                for element in array.chunks_exact_mut(element) {
                    normal_element(&field.data_type, element)?;
                }
                rest = after;
            }
        }
        _ => {}
    }
    Ok(())
}

/// The text that characters of four bytes each are, zeros at the end included.
fn text(bytes: &[u8]) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<4>();
    let text = units
        .iter()
        .map(|unit| char::from_u32(u32::from_ne_bytes(*unit)));
    rest.is_empty().then(|| text.collect())?
}

pub(crate) fn unsupported(data_type: &DataType, at: &JsonPlace<'_>) -> MetadataError {
    MetadataError::new(at, unsupported_kind(data_type))
}

fn unsupported_kind(data_type: &DataType) -> ProblemKind {
    ProblemKind::Unsupported {
        what: "data type",
        name: data_type.name().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_checked() {
        let check = |data_type: DataType, bytes: &[u8], expected: Result<bool, &str>| {
            let read = FillValue::from_bytes(&data_type, bytes).map(|fill| fill.is_zero());
            assert_eq!(
                read.map_err(|e| e.to_string()),
                expected.map_err(str::to_owned)
            );
        };
        check(DataType::Bool, &[1], Ok(false));
        check(
            DataType::Bool,
            &[2],
            Err("document: expected a bool of 0 or 1, found 2"),
        );
        check(DataType::Int16, &[0, 0], Ok(true));
        check(DataType::Float32, &(-0.0f32).to_ne_bytes(), Ok(false));
        check(
            DataType::Int16,
            &[0; 3],
            Err("document: expected the 2 bytes of a int16, found 3 bytes"),
        );
        check(
            "quaternion".parse().unwrap(),
            &[],
            Err("document: data type \"quaternion\" is not supported by this library"),
        );
    }

    #[test]
    fn zero_has_the_size_of_the_type() {
        assert_eq!(
            FillValue::zero(&DataType::Raw(3)).unwrap().as_bytes(),
            [0; 3]
        );
        assert_eq!(FillValue::zero(&"x".parse().unwrap()), None);
    }
    /// The table of defaults: zero for all but dates and durations, and of no length where elements
    /// differ in it.
    #[test]
    fn defaults() {
        let unit = crate::TimeUnit::Day;
        let check = |data_type: DataType, default: &[u8], zero: &[u8], is_zero: bool| {
            let found = FillValue::default_for(&data_type).unwrap();
            assert_eq!((found.as_bytes(), found.is_zero()), (default, is_zero));
            let found = FillValue::zero(&data_type).unwrap();
            assert_eq!(found.as_bytes(), zero);
        };
        let nat = &i64::MIN.to_ne_bytes();
        check(DataType::DateTime64 { unit, scale: 1 }, nat, &[0; 8], false);
        check(
            DataType::TimeDelta64 { unit, scale: 1 },
            nat,
            &[0; 8],
            false,
        );
        check(DataType::String, b"", b"", true);
        check(DataType::Bytes, b"", b"", true);
        let ragged = DataType::Ragged(Box::new(DataType::Int8));
        check(ragged, b"", b"", true);
        check(DataType::Json, b"null", b"null", false);
        check(DataType::FixedUtf32(1), &[0; 4], &[0; 4], true);
        check(DataType::FixedBytes(2), &[0; 2], &[0; 2], true);
        // The epoch in a record: a record's default is all zeros.
        let date = DataType::DateTime64 { unit, scale: 1 };
        let record = DataType::record([crate::Field::new("t", date)]);
        check(record, &[0; 8], &[0; 8], true);
        // One zero byte is not the empty text that zeroed memory stands for.
        let text = FillValue::from_bytes(&DataType::String, &[0]).unwrap();
        assert!(!text.is_zero());
    }

    #[test]
    fn bytes_that_are_no_element() {
        let check = |data_type: DataType, bytes: &[u8], expected: &str| {
            let error = FillValue::from_bytes(&data_type, bytes).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        };
        check(DataType::String, &[0xff], "text in UTF-8");
        check(DataType::Json, b"{", "the text of a JSON value");
        check(DataType::FixedUtf32(1), &[0xff; 4], "Unicode characters");
        let ragged = |t| DataType::Ragged(Box::new(t));
        check(ragged(DataType::Int16), &[0; 3], "elements of 2 bytes each");
        check(ragged(DataType::Bool), &[0, 2], "a bool of 0 or 1");
        check(ragged(DataType::String), &[], "elements of 0 bytes each");
        let flags = crate::Field::new("a", DataType::Bool).with_shape([2]);
        check(
            DataType::record([flags]),
            &[1, 3],
            "a bool of 0 or 1, found 3",
        );
        let huge = DataType::FixedUtf32(usize::MAX);
        check(huge, &[], "which does not fit in memory");
        let json = FillValue::from_bytes(&DataType::Json, b" {\"a\": 1}").unwrap();
        assert_eq!(json.as_bytes(), b"{\"a\":1}");
    }
}
