//! Fill values that are elements of Rust's types.

use zarr_metadata::{DataType, FillValue};

use super::Fill;
use crate::{Element, Error, Result, Values, to_data_type};

impl Fill {
    /// An element of Rust's: a date, bytes, a struct of `zarr::record!`.
    #[must_use]
    pub fn element<T: Element>(element: T) -> Self {
        let (data_type, values) = T::into_data(vec![element]);
        Self::Element(data_type, values)
    }
}

/// One element as the fill value of an array of another data type.
pub(super) fn of_element(
    values: &Values,
    given: &DataType,
    data_type: &DataType,
) -> Result<FillValue> {
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
