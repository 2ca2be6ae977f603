//! The fill value of a new array: from an element of Rust's, and as its document has it.

use serde_json::{Value, json};
use zarr_metadata::{DataType, FillValue};

use super::{ArrayOptions, Fill};
use crate::{Element, Error, Result, Values, to_data_type};

impl Fill {
    /// An element of Rust's: a date, bytes, a struct of `zarr::record!`.
    #[must_use]
    pub fn element<T: Element>(element: T) -> Self {
        let (data_type, values) = T::into_data(vec![element]);
        Self::Element(data_type, values)
    }
}

impl ArrayOptions {
    /// Whether the type is of the user's own: the array that is created knows what it is stored as.
    pub(super) fn is_of_own_type(&self) -> bool {
        matches!(self.data_type, DataType::Unknown(_)) && matches!(self.fill_value, Fill::Value(_))
    }

    /// That the type is known, or can be one of the user's own.
    pub(super) fn check_type(&self) -> Result<()> {
        match self.data_type.why_unknown() {
            Some(why) if !self.is_of_own_type() => Err(Error::argument(
                "dtype",
                format!(
                    "{why}. A type of your own needs a fill value in JSON, format 3, and a place in the context's \
                     registry: `CodecRegistry::data_type`"
                ),
            )),
            _ => Ok(()),
        }
    }

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
            Fill::Element(given, values) => of_element(values, given, data_type)?,
            Fill::Default | Fill::Null => FillValue::default_for(data_type).ok_or_else(unknown)?,
            Fill::Zero => FillValue::zero(data_type).ok_or_else(unknown)?,
            Fill::One => one(data_type)
                .ok_or_else(|| Error::argument("fill_value", format!("{data_type} has no 1")))?,
        };
        Ok(to_json(&fill, data_type))
    }
}

/// One element as the fill value of an array of another data type.
fn of_element(values: &Values, given: &DataType, data_type: &DataType) -> Result<FillValue> {
    let wrong = |error: String| Error::argument("fill_value", error);
    let values = to_data_type(values.clone(), given, data_type);
    let fill = match values.map_err(|error| wrong(error.to_string()))? {
        Some(Values::Fixed(bytes)) => FillValue::from_bytes(data_type, &bytes),
        Some(Values::Variable(array)) => {
            FillValue::from_bytes(data_type, array.get(0).unwrap_or_default())
        }
        None => {
            return Err(wrong(format!(
                "it is a {given}, and the array is of {data_type}"
            )));
        }
    };
    fill.map_err(|error| wrong(error.to_string()))
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
