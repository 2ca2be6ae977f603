//! The fill value of a new array, as its document has it.

use serde_json::{Value, json};
use zarr_metadata::{DataType, FillValue};

use super::{ArrayOptions, Fill};
use crate::{Error, Result};

impl ArrayOptions {
    pub(super) fn fill_json(
        &self,
        to_json: impl FnOnce(&FillValue, &DataType) -> Value,
    ) -> Result<Value> {
        let data_type = &self.data_type;
        let unknown = || {
            let text = format!("{data_type} cannot be created: it is only a name here");
            Error::argument("dtype", text)
        };
        let fill = match &self.fill_value {
            Fill::Value(value) => FillValue::from_json(value, data_type)
                .map_err(|error| Error::argument("fill_value", error.to_string()))?,
            Fill::Default | Fill::Null => FillValue::default_for(data_type).ok_or_else(unknown)?,
            Fill::Zero => FillValue::zero(data_type).ok_or_else(unknown)?,
            Fill::One => one(data_type)
                .ok_or_else(|| Error::argument("fill_value", format!("{data_type} has no 1")))?,
        };
        Ok(to_json(&fill, data_type))
    }
}

/// The one of a number, real or complex, or of a bool.
fn one(data_type: &DataType) -> Option<FillValue> {
    use DataType as T;
    let one = match data_type {
        T::Bool => json!(true),
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::SmallInt(_) => json!(1),
        T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => json!(1),
        T::Float16 | T::Float32 | T::Float64 | T::BFloat16 | T::SmallFloat(_) => json!(1.0),
        T::Complex64
        | T::Complex128
        | T::ComplexFloat16
        | T::ComplexBFloat16
        | T::ComplexSmall(_) => json!([1.0, 0.0]),
        _ => return None,
    };
    FillValue::from_json(&one, data_type).ok()
}
