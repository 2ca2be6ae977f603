//! The types of numbers that codecs compute with, and NumPy's rule for the type that holds two others.

use zarr_metadata::DataType;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F16,
    F32,
    F64,
}

/// Runs `$body` with `$T` as the Rust type of a [`Number`].
macro_rules! with_number {
    ($number:expr, $T:ident => $body:expr) => {
        $crate::array::number::with_number!(@match $number, $T => $body;
            Bool $crate::array::number_type::NumpyBool,
            I8 i8, I16 i16, I32 i32, I64 i64,
            U8 u8, U16 u16, U32 u32, U64 u64,
            F16 $crate::array::f16::F16, F32 f32, F64 f64)
    };
    (@match $number:expr, $T:ident => $body:expr; $($variant:ident $type:ty),*) => {
        match $number {
            $($crate::array::number::Number::$variant => {
                type $T = $type;
                $body
            })*
        }
    };
}
pub(crate) use with_number;

impl Number {
    pub(crate) fn size(self) -> usize {
        with_number!(self, T => size_of::<T>())
    }

    pub(crate) fn is_float(self) -> bool {
        matches!(self, Self::F16 | Self::F32 | Self::F64)
    }

    /// The type in which NumPy adds numbers of the two.
    pub(crate) fn promoted(self, other: Self) -> Self {
        let (large, small) = match self.size() >= other.size() {
            true => (self, other),
            false => (other, self),
        };
        match (large, small) {
            (number, Self::Bool) | (Self::Bool, number) => number,
            _ if large.is_float() == small.is_float() => match large.is_signed() {
                // No whole number type holds both, but for a larger one with a sign.
                false if small.is_signed() => large.larger(),
                true if !small.is_signed() && large.size() == small.size() => large.larger(),
                _ => large,
            },
            _ => {
                let (float, whole) = match large.is_float() {
                    true => (large, small),
                    false => (small, large),
                };
                let holding = match whole.size() {
                    1 => Self::F16,
                    2 => Self::F32,
                    _ => Self::F64,
                };
                match float.size() >= holding.size() {
                    true => float,
                    false => holding,
                }
            }
        }
    }

    fn is_signed(self) -> bool {
        !matches!(
            self,
            Self::Bool | Self::U8 | Self::U16 | Self::U32 | Self::U64
        )
    }

    /// The type that holds whole numbers of this size, with or without a sign.
    fn larger(self) -> Self {
        match self.size() {
            1 => Self::I16,
            2 => Self::I32,
            4 => Self::I64,
            _ => Self::F64,
        }
    }

    pub(crate) fn of(data_type: &DataType) -> Option<Self> {
        Some(match data_type {
            DataType::Bool => Self::Bool,
            DataType::Int8 => Self::I8,
            DataType::Int16 => Self::I16,
            DataType::Int32 => Self::I32,
            DataType::Int64 => Self::I64,
            DataType::UInt8 => Self::U8,
            DataType::UInt16 => Self::U16,
            DataType::UInt32 => Self::U32,
            DataType::UInt64 => Self::U64,
            DataType::Float16 => Self::F16,
            DataType::Float32 => Self::F32,
            DataType::Float64 => Self::F64,
            _ => return None,
        })
    }

    pub(crate) fn data_type(self) -> DataType {
        match self {
            Self::Bool => DataType::Bool,
            Self::I8 => DataType::Int8,
            Self::I16 => DataType::Int16,
            Self::I32 => DataType::Int32,
            Self::I64 => DataType::Int64,
            Self::U8 => DataType::UInt8,
            Self::U16 => DataType::UInt16,
            Self::U32 => DataType::UInt32,
            Self::U64 => DataType::UInt64,
            Self::F16 => DataType::Float16,
            Self::F32 => DataType::Float32,
            Self::F64 => DataType::Float64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `numpy.result_type` says, of numpy 2.5.5.
    #[test]
    fn types_are_promoted_as_numpy_does() {
        use Number::{Bool, F16, F32, F64, I8, I16, I32, I64, U8, U16, U32, U64};
        for (a, b, both) in [
            (Bool, Bool, Bool),
            (Bool, I8, I8),
            (Bool, F16, F16),
            (I8, U8, I16),
            (I16, U8, I16),
            (U16, I8, I32),
            (U32, I32, I64),
            (I64, U32, I64),
            (U64, I8, F64),
            (U64, I64, F64),
            (U64, U8, U64),
            (I8, F16, F16),
            (U8, F16, F16),
            (I16, F16, F32),
            (U16, F32, F32),
            (I32, F16, F64),
            (U32, F32, F64),
            (I64, F32, F64),
            (U64, F64, F64),
            (F16, F32, F32),
            (F64, F16, F64),
        ] {
            assert_eq!((a.promoted(b), b.promoted(a)), (both, both), "{a:?}, {b:?}");
        }
    }
}
