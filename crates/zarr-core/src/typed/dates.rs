//! Dates and durations, each with the unit of its array.

use zarr_codecs::VlenElements;
use zarr_metadata::{DataType, Datetime64, Extension, TimeError, TimeUnit, Timedelta64};

use super::{Element, fixed, room};
use crate::{Result, Values};

macro_rules! time {
    ($element:ident, $variant:ident, $what:literal) => {
        impl Element for $element {
            type Stored = i64;

            /// In microseconds. An array of dates that are there has the unit that holds them all.
            fn data_type() -> DataType {
                let (unit, scale) = (TimeUnit::Microsecond, 1);
                DataType::$variant { unit, scale }
            }

            fn accepts(data_type: &DataType) -> bool {
                matches!(data_type, DataType::$variant { .. })
            }

            fn from_stored(
                stored: Vec<i64>,
                data_type: &DataType,
                _: &VlenElements,
            ) -> Result<Vec<Self>> {
                let (unit, scale) = match data_type {
                    DataType::$variant { unit, scale } => (*unit, *scale),
                    _ => (TimeUnit::Generic, 1),
                };
                let mut elements = room(stored.len())?;
                let element = |value| Self::new(value, unit).with_scale(scale);
                elements.extend(stored.into_iter().map(element));
                Ok(elements)
            }

            fn into_data(elements: Vec<Self>) -> (DataType, Values) {
                let steps = elements
                    .iter()
                    .map(|element| (element.unit(), element.scale()));
                let Some((unit, scale)) = steps.reduce(TimeUnit::common_step) else {
                    return (Self::data_type(), fixed::<i64>(vec![]));
                };
                let value = |element: Self| Ok(element.to_steps(unit, scale)?.value());
                let values: Result<Vec<i64>, TimeError> = elements.into_iter().map(value).collect();
                match values {
                    Ok(values) => (DataType::$variant { unit, scale }, fixed(values)),
                    // An array of no other type is made of them, and none is written to.
                    Err(error) => {
                        let what = format!("{} too far apart for one unit ({error})", $what);
                        (
                            DataType::Unknown(Extension::new(what)),
                            fixed::<i64>(vec![]),
                        )
                    }
                }
            }
        }
    };
}

time!(Datetime64, DateTime64, "dates");
time!(Timedelta64, TimeDelta64, "durations");
