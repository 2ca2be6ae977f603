//! Elements that are read in place: numbers, and so many raw bytes; and bools, which are not of every byte.

use zarr_codecs::VlenElements;
use zarr_metadata::DataType;

use super::{Element, Plain, fixed, invalid};
use crate::{Result, Values};

/// Implements [`Element`] for types that are read in place, of one data type or of others, too.
macro_rules! plain {
    ($($element:ty => $data_type:expr $(, also ($also:pat))?;)*) => {$(
        impl Plain for $element {}

        impl Element for $element {
            type Stored = Self;

            fn data_type() -> DataType {
                $data_type
            }

            $(fn accepts(data_type: &DataType) -> bool {
                matches!(data_type, $also) || *data_type == Self::data_type()
            })?

            fn from_stored(
                stored: Vec<Self>,
                _: &DataType,
                _: &VlenElements,
            ) -> Result<Vec<Self>> {
                Ok(stored)
            }

            fn into_data(elements: Vec<Self>) -> (DataType, Values) {
                (Self::data_type(), fixed(elements))
            }
        }
    )*};
}

plain! {
    i16 => DataType::Int16;
    i32 => DataType::Int32;
    i64 => DataType::Int64, also (DataType::DateTime64 { .. } | DataType::TimeDelta64 { .. });
    u16 => DataType::UInt16;
    u32 => DataType::UInt32;
    u64 => DataType::UInt64;
    f32 => DataType::Float32;
    f64 => DataType::Float64;
}

#[cfg(feature = "half")]
plain! {
    half::f16 => DataType::Float16;
    half::bf16 => DataType::BFloat16;
}

#[cfg(feature = "num-complex")]
plain! {
    num_complex::Complex32 => DataType::Complex64;
    num_complex::Complex64 => DataType::Complex128;
}

#[cfg(all(feature = "half", feature = "num-complex"))]
plain! {
    num_complex::Complex<half::f16> => DataType::ComplexFloat16;
    num_complex::Complex<half::bf16> => DataType::ComplexBFloat16;
}

/// Implements [`Element`] for the integers of one byte, which those of fewer bits are read as.
macro_rules! byte {
    ($element:ident, $data_type:ident, |$other:ident| $accepts:expr) => {
        impl Plain for $element {
            fn normal(self, data_type: &DataType) -> Self {
                match data_type {
                    DataType::SmallInt(int) => int.normal(self as u8) as $element,
                    _ => self,
                }
            }
        }

        impl Element for $element {
            type Stored = Self;

            fn data_type() -> DataType {
                DataType::$data_type
            }

            fn accepts($other: &DataType) -> bool {
                *$other == DataType::$data_type || $accepts
            }

            fn from_stored(
                mut stored: Vec<Self>,
                data_type: &DataType,
                _: &VlenElements,
            ) -> Result<Vec<Self>> {
                if let DataType::SmallInt(_) = data_type {
                    stored.iter_mut().for_each(|i| *i = i.normal(data_type));
                }
                Ok(stored)
            }

            fn into_data(elements: Vec<Self>) -> (DataType, Values) {
                (Self::data_type(), fixed(elements))
            }
        }
    };
}

byte!(
    i8,
    Int8,
    |other| matches!(other, DataType::SmallInt(int) if int.is_signed())
);
byte!(u8, UInt8, |other| match other {
    DataType::SmallInt(int) => !int.is_signed(),
    DataType::SmallFloat(_) => true,
    _ => false,
});

impl<const N: usize> Plain for [u8; N] {}

/// So many raw bytes.
impl<const N: usize> Element for [u8; N] {
    type Stored = Self;

    fn data_type() -> DataType {
        DataType::Raw(N)
    }

    fn accepts(data_type: &DataType) -> bool {
        N > 0 && matches!(data_type, DataType::Raw(n) | DataType::FixedBytes(n) if *n == N)
    }

    fn from_stored(stored: Vec<Self>, _: &DataType, _: &VlenElements) -> Result<Vec<Self>> {
        Ok(stored)
    }

    fn into_data(elements: Vec<Self>) -> (DataType, Values) {
        (Self::data_type(), fixed(elements))
    }
}

impl Element for bool {
    type Stored = u8;

    fn data_type() -> DataType {
        DataType::Bool
    }

    fn from_stored(stored: Vec<u8>, _: &DataType, _: &VlenElements) -> Result<Vec<Self>> {
        match stored.iter().position(|&byte| byte > 1) {
            None => Ok(stored.into_iter().map(|b| b == 1).collect()),
            Some(at) => {
                let found = stored.get(at).copied().unwrap_or_default();
                let problem = format!("it is {found}, and a bool is 0 or 1");
                Err(invalid(at, &DataType::Bool, problem))
            }
        }
    }

    fn into_data(elements: Vec<Self>) -> (DataType, Values) {
        (Self::data_type(), fixed(elements))
    }
}
