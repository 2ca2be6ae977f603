//! Elements as numbers, for statistics and pictures.

use half::{bf16, f16};
use zarr::DataType;

/// One element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// Exactly.
    Int(i128),
    /// As `f64`, which is exact for all float types.
    Float(f64),
}

impl Number {
    pub(crate) fn to_f64(self) -> f64 {
        match self {
            Self::Int(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

/// In which way elements are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumericKind {
    /// They are numbers themselves.
    Itself,
    /// They are complex, and taken by their magnitude.
    Magnitude,
}

/// In which way elements of this type are numbers; `None` if they are not.
pub(crate) fn reading(data_type: &DataType) -> Option<NumericKind> {
    use DataType as T;
    match data_type {
        T::Bool | T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::SmallInt(_) => {
            Some(NumericKind::Itself)
        }
        T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => Some(NumericKind::Itself),
        T::Float16 | T::BFloat16 | T::Float32 | T::Float64 => Some(NumericKind::Itself),
        T::DateTime64 { .. } | T::TimeDelta64 { .. } => Some(NumericKind::Itself),
        T::Complex64 | T::Complex128 => Some(NumericKind::Magnitude),
        _ => None,
    }
}

/// Calls `f` for each element of these bytes, unless they are not numbers.
pub(crate) fn each(data_type: &DataType, bytes: &[u8], mut f: impl FnMut(Number)) {
    use DataType as T;

    /// Elements of this many bytes; a rest at the end is ignored.
    macro_rules! walk {
        ($size:literal, $read:expr) => {{
            let (elements, _) = bytes.as_chunks::<$size>();
            elements.iter().for_each(|bytes| f($read(*bytes)));
        }};
    }
    macro_rules! ints {
        ($type:ty, $size:literal) => {
            walk!($size, |bytes| Number::Int(
                <$type>::from_ne_bytes(bytes).into()
            ))
        };
    }
    match data_type {
        T::Bool | T::UInt8 => ints!(u8, 1),
        T::Int8 => ints!(i8, 1),
        T::SmallInt(small) if small.is_signed() => ints!(i8, 1),
        T::SmallInt(_) => ints!(u8, 1),
        T::Int16 => ints!(i16, 2),
        T::UInt16 => ints!(u16, 2),
        T::Int32 => ints!(i32, 4),
        T::UInt32 => ints!(u32, 4),
        T::Int64 => ints!(i64, 8),
        T::UInt64 => ints!(u64, 8),
        T::Float16 => walk!(2, |bytes| Number::Float(f16::from_ne_bytes(bytes).into())),
        T::BFloat16 => walk!(2, |bytes| Number::Float(bf16::from_ne_bytes(bytes).into())),
        T::Float32 => walk!(4, |bytes| Number::Float(f32::from_ne_bytes(bytes).into())),
        T::Float64 => walk!(8, |bytes| Number::Float(f64::from_ne_bytes(bytes))),
        T::Complex64 => walk!(8, |bytes: [u8; 8]| {
            let [a, b, c, d, e, f, g, h] = bytes;
            let (re, im) = (
                f32::from_ne_bytes([a, b, c, d]),
                f32::from_ne_bytes([e, f, g, h]),
            );
            Number::Float(f64::from(re).hypot(im.into()))
        }),
        T::Complex128 => walk!(16, |bytes: [u8; 16]| {
            let (parts, _) = bytes.as_chunks::<8>();
            let part = |i: usize| parts.get(i).map_or(0.0, |part| f64::from_ne_bytes(*part));
            Number::Float(part(0).hypot(part(1)))
        }),
        T::DateTime64 { .. } | T::TimeDelta64 { .. } => {
            walk!(8, |bytes| match i64::from_ne_bytes(bytes) {
                // "Not a time".
                i64::MIN => Number::Float(f64::NAN),
                time => Number::Int(time.into()),
            });
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(name: &str, bytes: &[u8]) -> Vec<f64> {
        let mut found = Vec::new();
        each(&name.parse().unwrap(), bytes, |number| {
            found.push(number.to_f64());
        });
        found
    }

    /// What numpy's `float16` makes of these bits.
    #[test]
    fn halves() {
        let bits = [0x3c00_u16, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x8000, 0x3555];
        let bytes: Vec<u8> = bits.iter().flat_map(|bits| bits.to_ne_bytes()).collect();
        let expected = [
            1.0,
            -2.0,
            65504.0,
            5.960464477539063e-08,
            f64::INFINITY,
            -0.0,
            0.333251953125,
        ];
        assert_eq!(all("float16", &bytes), expected);
        assert!(all("float16", &0x7e00_u16.to_ne_bytes())[0].is_nan());
    }

    #[test]
    fn numbers_of_all_kinds() {
        assert_eq!(all("int8", &[255, 1]), [-1.0, 1.0]);
        assert_eq!(all("int4", &[0xf8]), [-8.0]);
        assert_eq!(all("uint64", &u64::MAX.to_ne_bytes()), [u64::MAX as f64]);
        assert_eq!(all("bfloat16", &0x3fc0_u16.to_ne_bytes()), [1.5]);
        let complex: Vec<u8> = [3_f32, 4.0]
            .iter()
            .flat_map(|part| part.to_ne_bytes())
            .collect();
        assert_eq!(all("complex64", &complex), [5.0]);
        let complex: Vec<u8> = [3_f64, 4.0]
            .iter()
            .flat_map(|part| part.to_ne_bytes())
            .collect();
        assert_eq!(all("complex128", &complex), [5.0]);
        assert!(all("string", b"abc").is_empty());
        // The greatest of them is told from its neighbour.
        let mut exact = Vec::new();
        each(&DataType::UInt64, &u64::MAX.to_ne_bytes(), |number| {
            exact.push(number);
        });
        assert_eq!(exact, [Number::Int(u64::MAX.into())]);
    }
}
