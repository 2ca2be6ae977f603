//! Fill values as v2 documents spell them: as in v3, except bytes and records, which are in base64, and
//! `null`.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

use super::DType;
use crate::data_type::DataType;
use crate::fill_value::{FillValue, without_zeros};
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, ProblemKind, Problems};

impl DType {
    /// Reads the `fill_value` of a v2 document; `null` is the type's default.
    ///
    /// # Errors
    /// When the value is not an element of the type.
    pub fn fill_value_from_json(&self, value: &Value) -> Result<FillValue, MetadataError> {
        let mut problems = Problems::default();
        let read = self.read_fill_value(value, &JsonPlace::ROOT, &mut problems);
        problems.finish(read)
    }

    /// As v2 documents write a fill value: as in v3, except bytes and records, which are in base64; records
    /// are in the byte order of their fields.
    #[must_use]
    pub fn fill_value_to_json(&self, fill_value: &FillValue) -> Value {
        let bytes = fill_value.as_bytes();
        match &self.data_type {
            DataType::Raw(_) | DataType::Bytes => BASE64_STANDARD.encode(bytes).into(),
            DataType::FixedBytes(_) => BASE64_STANDARD.encode(without_zeros(bytes)).into(),
            DataType::Struct(_) => {
                let mut bytes = bytes.to_vec();
                self.swap_to_native().apply(bytes.len(), &mut bytes);
                BASE64_STANDARD.encode(&bytes).into()
            }
            // No reader takes lists here, but all take `null`.
            DataType::Ragged(_) if bytes.is_empty() => Value::Null,
            _ => fill_value.to_json(&self.data_type),
        }
    }

    pub(crate) fn read_fill_value(
        &self,
        value: &Value,
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<FillValue> {
        let data_type = &self.data_type;
        if value.is_null()
            && let Some(default) = FillValue::default_for(data_type)
        {
            return Some(default);
        }
        if self.is_nothing(value)
            && let Some(zero) = FillValue::zero(data_type)
        {
            return Some(zero);
        }
        match (data_type, value) {
            (DataType::Struct(_), Value::String(text)) => {
                self.read_record(text, value, at, problems)
            }
            _ => FillValue::read(value, data_type, at, problems),
        }
    }

    /// Whether this is what old writers wrote as the missing fill value of types that are not numbers.
    fn is_nothing(&self, value: &Value) -> bool {
        let nothing = match value {
            Value::String(text) => text.is_empty(),
            Value::Number(number) => number.as_u64() == Some(0),
            _ => false,
        };
        let bytes = matches!(
            self.data_type,
            DataType::Raw(_)
                | DataType::FixedBytes(_)
                | DataType::FixedUtf32(_)
                | DataType::Struct(_)
                | DataType::String
                | DataType::Bytes
                | DataType::Ragged(_)
        );
        nothing && bytes
    }

    fn read_record(
        &self,
        text: &str,
        value: &Value,
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<FillValue> {
        let size = self.data_type.size()?;
        let bytes = BASE64_STANDARD
            .decode(text)
            .ok()
            .filter(|bytes| bytes.len() == size);
        let Some(mut bytes) = bytes else {
            problems.invalid(at, format!("{size} bytes in base64"), value);
            return None;
        };
        self.swap_to_native().apply(size, &mut bytes);
        match FillValue::from_bytes(&self.data_type, &bytes) {
            Ok(fill) => Some(fill),
            Err(error) => {
                for problem in error.problems() {
                    if let ProblemKind::Invalid { expected, .. } = &problem.kind {
                        problems.invalid(at, expected.as_str(), value);
                    }
                }
                None
            }
        }
    }
}
