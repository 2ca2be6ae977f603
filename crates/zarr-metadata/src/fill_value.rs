//! `FillValue`: one element in memory, in the byte order of this machine. How it is spelled in JSON
//! is in `fill_value/json.rs`; which document it came from is nobody's business here.

mod float;
mod json;

use std::sync::Arc;

use serde_json::Value;

use crate::data_type::DataType;
use crate::pointer::At;
use crate::problem::{MetadataError, ProblemKind, Problems};

/// The element that stands where nothing was written: its exact bits, in this machine's byte order.
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
}

impl FillValue {
    /// The element of all zero bytes; `None` for a type this library does not know.
    #[must_use]
    pub fn zero(data_type: &DataType) -> Option<Self> {
        let size = data_type.size()?;
        Some(Self {
            bytes: std::iter::repeat_n(0, size).collect(),
        })
    }

    /// The element with these bytes, in this machine's byte order.
    ///
    /// # Errors
    /// When their number is not the size of the type, or they are no value of it (a `bool` of 2).
    pub fn from_bytes(data_type: &DataType, bytes: &[u8]) -> Result<Self, MetadataError> {
        let refuse = |expected: String, found: String| {
            MetadataError::new(&At::ROOT, ProblemKind::Invalid { expected, found })
        };
        let Some(size) = data_type.size() else {
            return Err(unsupported(data_type, &At::ROOT));
        };
        if bytes.len() != size {
            return Err(refuse(
                format!("the {size} bytes of a {data_type}"),
                format!("{} bytes", bytes.len()),
            ));
        }
        if let (DataType::Bool, [byte]) = (data_type, bytes)
            && *byte > 1
        {
            return Err(refuse("a bool of 0 or 1".to_owned(), byte.to_string()));
        }
        Ok(Self {
            bytes: bytes.into(),
        })
    }

    /// Reads the `fill_value` of a v3 document.
    ///
    /// # Errors
    /// When the value is no element of the type, or not spelled as the format spells it.
    pub fn from_json(value: &Value, data_type: &DataType) -> Result<Self, MetadataError> {
        let mut problems = Problems::default();
        let read = Self::read(value, data_type, &At::ROOT, &mut problems);
        problems.finish(read)
    }

    /// As v3 documents write it. `data_type` has to be the type this value was made for; for
    /// another the bytes are written as a list.
    #[must_use]
    pub fn to_json(&self, data_type: &DataType) -> Value {
        json::write(&self.bytes, data_type)
    }

    /// The element, in this machine's byte order.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether every byte is zero: memory that was zeroed already holds this value. −0.0 is not.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.bytes.iter().all(|byte| *byte == 0)
    }

    pub(crate) fn read(
        value: &Value,
        data_type: &DataType,
        at: &At<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        json::read(value, data_type, at, problems)
    }
}

pub(crate) fn unsupported(data_type: &DataType, at: &At<'_>) -> MetadataError {
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
}
