//! `record!`, which makes a struct an element of arrays of records.

/// Declares a struct whose values are elements of an array of records, as NumPy's structured arrays have them.
///
/// Every field is of a type that is an [`Element`](crate::Element) of one size: a number, a date, `[u8; N]`, another
/// `record!`, or a `String` or `Vec<u8>`, which the data type gives a fixed length. Fields are matched by their names, in
/// any order. The struct has to be `Clone`.
///
/// ```
/// use zarr::blocking::Wait;
/// use zarr::{DataType, Datetime64, Element, Field, Target};
///
/// zarr::record! {
///     #[derive(Clone, Debug, PartialEq)]
///     pub struct Reading {
///         pub station: u32,
///         pub height: f32,
///         pub time: Datetime64,
///     }
/// }
///
/// fn main() -> zarr::Result<()> {
///     let readings = ndarray::array![
///         Reading { station: 1, height: 1.5, time: "2020-01-31T12:30".parse()? },
///         Reading { station: 2, height: 2.5, time: "NaT".parse()? },
///     ];
///     // Dates have the unit that holds them all.
///     let a = zarr::array(Target::Memory, &readings).wait()?;
///     assert_eq!(a.dtype().to_string(), "struct[station: uint32, height: float32, time: numpy.datetime64[m]]");
///     assert_eq!(a.read::<Reading>(..).wait()?, readings.into_dyn());
///     assert_eq!(a.read::<f32>(..).field("height").wait()?.sum(), 4.0);
///
///     // The data type of the struct, before there are any values: dates are of microseconds.
///     let b = zarr::create_array(Target::Memory, [10], Reading::data_type()).wait()?;
///     b.write(3, Reading { station: 3, height: 0.5, time: "2020-01-31".parse()? }).wait()?;
///     assert_eq!(b.read::<Reading>(3).wait()?[[]].station, 3);
///     Ok(())
/// }
/// ```
#[macro_export]
macro_rules! record {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $record:ident {
            $($(#[$field_meta:meta])* $field_visibility:vis $field:ident: $element:ty),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        $visibility struct $record {
            $($(#[$field_meta])* $field_visibility $field: $element,)*
        }

        impl $crate::Element for $record {
            type Stored = u8;

            fn data_type() -> $crate::DataType {
                $crate::DataType::record([
                    $($crate::Field::new(
                        $crate::__record::name(stringify!($field)),
                        <$element as $crate::Element>::data_type(),
                    ),)*
                ])
            }

            fn accepts(data_type: &$crate::DataType) -> bool {
                $crate::__record::mismatch(data_type, &Self::__fields()).is_none()
            }

            fn instead(data_type: &$crate::DataType) -> ::std::string::String {
                $crate::__record::mismatch(data_type, &Self::__fields()).unwrap_or_default()
            }

            fn from_stored(
                stored: ::std::vec::Vec<u8>,
                data_type: &$crate::DataType,
                heap: &$crate::__record::VlenElements,
            ) -> $crate::Result<::std::vec::Vec<Self>> {
                let columns = $crate::__record::Columns::new(&stored, data_type, heap);
                $(
                    let $field = columns.field::<$element>($crate::__record::name(stringify!($field)))?;
                    let mut $field = $field.into_iter();
                )*
                let next = ::std::iter::from_fn(|| {
                    ::std::option::Option::Some(Self { $($field: $field.next()?,)* })
                });
                ::std::result::Result::Ok(next.collect())
            }

            fn into_data(
                elements: ::std::vec::Vec<Self>,
            ) -> ($crate::DataType, $crate::Values) {
                $(let mut $field = ::std::vec::Vec::with_capacity(elements.len());)*
                for element in elements {
                    $($field.push(element.$field);)*
                }
                $crate::__record::NewColumns::default()
                    $(.with::<$element>($crate::__record::name(stringify!($field)), $field))*
                    .into_data()
            }
        }

        impl $record {
            #[doc(hidden)]
            fn __fields() -> ::std::vec::Vec<$crate::__record::FieldCheck> {
                ::std::vec![$($crate::__record::FieldCheck::of::<$element>(
                    $crate::__record::name(stringify!($field)),
                ),)*]
            }
        }

        /// Lists of these are data.
        impl $crate::Nested for $record {
            type Element = Self;
            const DEPTH: usize = 0;

            fn add_all(
                list: ::std::borrow::Cow<'_, [Self]>,
                to: &mut $crate::Lists<Self>,
                depth: usize,
            ) {
                to.add(list, depth);
            }
        }

        /// One element for every cell.
        impl ::std::convert::From<$record> for $crate::Data {
            fn from(element: $record) -> Self {
                Self::scalar(element)
            }
        }

        impl ::std::convert::From<$record> for $crate::Fill {
            fn from(element: $record) -> Self {
                Self::element(element)
            }
        }
    };
}

/// What [`record!`] expands to.
#[doc(hidden)]
pub mod __record {
    use std::any::type_name;

    use zarr_core::Element;
    pub use zarr_core::{Columns, NewColumns, VlenElements};
    use zarr_metadata::DataType;

    /// The name of a field, of its identifier.
    pub fn name(identifier: &str) -> &str {
        identifier.trim_start_matches("r#")
    }

    /// A field of a struct.
    #[derive(Debug)]
    pub struct FieldCheck {
        name: &'static str,
        type_name: fn() -> &'static str,
        accepts: fn(&DataType) -> bool,
        instead: fn(&DataType) -> String,
    }

    impl FieldCheck {
        pub fn of<T: Element>(name: &'static str) -> Self {
            Self {
                name,
                type_name: type_name::<T>,
                accepts: T::accepts,
                instead: T::instead,
            }
        }
    }

    /// Why records of a data type are not those of a struct with these fields.
    pub fn mismatch(data_type: &DataType, fields: &[FieldCheck]) -> Option<String> {
        let DataType::Struct(stored) = data_type else {
            return Some("it has no fields".to_owned());
        };
        for field in fields {
            let name = field.name;
            let Some(found) = stored.iter().find(|stored| stored.name == name) else {
                return Some(format!("it has no field `{name}`"));
            };
            if !found.shape.is_empty() {
                return Some(format!(
                    "its field `{name}` holds arrays of {}",
                    found.data_type
                ));
            }
            if !(field.accepts)(&found.data_type) {
                let (stored, asked) = (&found.data_type, (field.type_name)());
                let instead = (field.instead)(stored);
                return Some(format!(
                    "its field `{name}` is {stored}, not `{asked}`: {instead}"
                ));
            }
        }
        let unknown = stored
            .iter()
            .find(|stored| fields.iter().all(|f| f.name != stored.name));
        unknown.map(|stored| {
            format!(
                "it also has a field `{}`, which the struct has not",
                stored.name
            )
        })
    }
}
