//! Casts elements from one type of numbers to another, by the rules of NumPy. One number is cast by the rules of
//! the `cast_value` codec.

use zarr_metadata::DataType;

use crate::array::number::Number;
use crate::codecs::cast_value::rules::{OutOfRange, Rounding, Rules, Scalar};
use crate::codecs::cast_value::{put, scalar};

/// Which numbers may become others.
///
/// ```
/// use zarr_codecs::Casting;
/// use zarr_metadata::DataType::{Int32, UInt8};
/// let number = 300_i32.to_ne_bytes();
/// assert_eq!(Casting::AsType.cast(&number, &Int32, &UInt8)?, [44]);
/// let error = Casting::SameValue.cast(&number, &Int32, &UInt8).unwrap_err();
/// assert_eq!(error.to_string(), "300 is not a value of uint8");
/// # Ok::<(), zarr_codecs::CastError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Casting {
    /// Every number stays the same, as in NumPy's casting `same_value`. Only floats are rounded, to the nearest
    /// float of their new type.
    SameValue,
    /// As NumPy's `astype`: integers wrap around, floats lose their fraction where they become integers, floats
    /// out of range become infinite, and what is not zero is true. A float that an integer type cannot hold is
    /// an error, since NumPy leaves open what becomes of it.
    AsType,
}

/// Why elements are not cast.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CastError {
    /// Elements of the one type never become elements of the other.
    #[error("{from} does not become {to}")]
    Types {
        /// The type of the elements.
        from: Box<DataType>,
        /// The type that they should have.
        to: Box<DataType>,
    },
    /// A type has no such value.
    #[error("{value} is not a value of {to}")]
    Value {
        /// The value.
        value: String,
        /// The type that it should have.
        to: Box<DataType>,
    },
}

impl Casting {
    /// Casts native elements, and returns native elements.
    ///
    /// # Errors
    /// If the types are not numbers, a complex number would become a real one, or a value does not become one
    /// of the new type.
    pub fn cast(
        self,
        elements: &[u8],
        from: &DataType,
        to: &DataType,
    ) -> Result<Vec<u8>, CastError> {
        let types = || CastError::Types {
            from: Box::new(from.clone()),
            to: Box::new(to.clone()),
        };
        let (old, is_complex) = parts(from).ok_or_else(types)?;
        let (new, becomes_complex) = parts(to).ok_or_else(types)?;
        let mixes_bools = (old == Number::Bool) != (new == Number::Bool);
        if is_complex && !becomes_complex || self == Self::SameValue && mixes_bools {
            return Err(types());
        }
        let mut out = Vec::with_capacity(elements.len() / old.size() * new.size());
        for element in elements.chunks_exact(old.size()) {
            let value = scalar(old, element);
            let cast = self.one(value, new).ok_or_else(|| CastError::Value {
                value: value.to_string(),
                to: Box::new(to.clone()),
            })?;
            put(cast, new, &mut out);
            if becomes_complex && !is_complex {
                put(Scalar::Float(0.0), new, &mut out);
            }
        }
        Ok(out)
    }

    /// The number as one of another type, if it becomes one.
    fn one(self, value: Scalar, to: Number) -> Option<Scalar> {
        let rules = |rounding, out_of_range| Rules {
            rounding,
            out_of_range,
        };
        match (self, value) {
            (_, Scalar::Whole(n)) if to == Number::Bool => Some(Scalar::Whole(i128::from(n != 0))),
            (_, Scalar::Float(x)) if to == Number::Bool => {
                Some(Scalar::Whole(i128::from(x != 0.0)))
            }
            (Self::AsType, _) if to.is_float() => {
                rules(Rounding::NearestEven, OutOfRange::Clamp).cast(value, to)
            }
            (Self::AsType, Scalar::Whole(_)) => {
                rules(Rounding::TowardsZero, OutOfRange::Wrap).cast(value, to)
            }
            (Self::AsType, Scalar::Float(_)) => {
                rules(Rounding::TowardsZero, OutOfRange::Refuse).cast(value, to)
            }
            (Self::SameValue, _) => {
                let cast = rules(Rounding::NearestEven, OutOfRange::Refuse).cast(value, to)?;
                let is_same = match (value, cast) {
                    (Scalar::Whole(a), Scalar::Whole(b)) => a == b,
                    (Scalar::Float(_), Scalar::Float(_)) => true,
                    (Scalar::Whole(whole), Scalar::Float(float))
                    | (Scalar::Float(float), Scalar::Whole(whole)) => {
                        // A float of this size is whole, and the cast saturates far beyond.
                        float.trunc() == float && float as i128 == whole
                    }
                };
                is_same.then_some(cast)
            }
        }
    }
}

/// The numbers that an element consists of, and whether these are the two of a complex number.
fn parts(data_type: &DataType) -> Option<(Number, bool)> {
    match data_type {
        DataType::Complex64 => Some((Number::F32, true)),
        DataType::Complex128 => Some((Number::F64, true)),
        other => Some((Number::of(other)?, false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DataType::*;

    fn floats(numbers: &[f64]) -> Vec<u8> {
        numbers.iter().flat_map(|x| x.to_ne_bytes()).collect()
    }

    fn singles(numbers: &[f32]) -> Vec<u8> {
        numbers.iter().flat_map(|x| x.to_ne_bytes()).collect()
    }

    /// As `numpy.ndarray.astype` has them, of NumPy 2.5.5.
    #[test]
    fn as_type_is_what_numpy_does() {
        let cast = |elements: &[u8], from, to| Casting::AsType.cast(elements, &from, &to).unwrap();
        let whole: Vec<u8> = [300_i64, -1, 256]
            .iter()
            .flat_map(|n| n.to_ne_bytes())
            .collect();
        assert_eq!(cast(&whole, Int64, UInt8), [44, 255, 0]);
        assert_eq!(cast(&(-129_i16).to_ne_bytes(), Int16, Int8), [127]);
        let cut: Vec<u8> = [1_i32, -1, 2]
            .iter()
            .flat_map(|n| n.to_ne_bytes())
            .collect();
        assert_eq!(cast(&floats(&[1.9, -1.9, 2.5]), Float64, Int32), cut);
        assert_eq!(
            cast(&floats(&[1e300, -1e300, 1e-50, 0.1]), Float64, Float32),
            singles(&[f32::INFINITY, f32::NEG_INFINITY, 0.0, 0.1])
        );
        let bits = [0x7c00_u16, 0x3c01].map(u16::to_ne_bytes).concat();
        assert_eq!(
            cast(&floats(&[70000.0, 1.0009765625]), Float64, Float16),
            bits
        );
        assert_eq!(
            cast(&floats(&[0.0, -0.0, 2.0, f64::NAN]), Float64, Bool),
            [0, 0, 1, 1]
        );
        assert_eq!(cast(&[1, 0], Bool, Float32), singles(&[1.0, 0.0]));
        let large = ((1_u64 << 63) + 1025).to_ne_bytes();
        assert_eq!(cast(&large, UInt64, Float32), singles(&[9.223372e18]));
        assert_eq!(
            cast(&[1, 2], UInt8, Complex64),
            singles(&[1.0, 0.0, 2.0, 0.0])
        );
        assert_eq!(
            cast(&floats(&[1e300, 2.0]), Complex128, Complex64),
            singles(&[f32::INFINITY, 2.0])
        );
    }

    #[test]
    fn what_numpy_leaves_open_is_an_error() {
        for (value, text) in [
            (f64::NAN, "NaN is not a value of int32"),
            (f64::INFINITY, "inf is not a value of int32"),
            (3e9, "3000000000.0 is not a value of int32"),
        ] {
            let error = Casting::AsType.cast(&value.to_ne_bytes(), &Float64, &Int32);
            assert_eq!(error.unwrap_err().to_string(), text);
        }
        let error = Casting::AsType
            .cast(&[0; 8], &Complex64, &Float32)
            .unwrap_err();
        assert_eq!(error.to_string(), "complex64 does not become float32");
        let error = Casting::AsType.cast(&[], &String, &Float32).unwrap_err();
        assert_eq!(error.to_string(), "string does not become float32");
    }

    #[test]
    fn the_same_value_is_kept_or_refused() {
        let one = |x: f64, to| Casting::SameValue.cast(&x.to_ne_bytes(), &Float64, &to);
        assert_eq!(one(2.0, UInt8).unwrap(), [2]);
        assert_eq!(one(-0.0, Int8).unwrap(), [0]);
        assert_eq!(one(0.1, Float32).unwrap(), 0.1_f32.to_ne_bytes());
        assert!(one(f64::NAN, Float32).is_ok() && one(f64::INFINITY, Float16).is_ok());
        for (value, to) in [
            (1.5, Int32),
            (256.0, UInt8),
            (-1.0, UInt8),
            (1e300, Float32),
            (1.0, Bool),
        ] {
            assert!(one(value, to.clone()).is_err(), "{value} {to}");
        }
        let one = |n: i64, to| Casting::SameValue.cast(&n.to_ne_bytes(), &Int64, &to);
        assert_eq!(
            one(16_777_216, Float32).unwrap(),
            16_777_216_f32.to_ne_bytes()
        );
        assert_eq!(one(-1, Int8).unwrap(), [255]);
        for (value, to) in [
            (16_777_217, Float32),
            (2049, Float16),
            (300, UInt8),
            (1, Bool),
            (i64::MAX, Float64),
        ] {
            assert!(one(value, to.clone()).is_err(), "{value} {to}");
        }
        assert_eq!(Casting::SameValue.cast(&[1], &Bool, &Bool).unwrap(), [1]);
        assert!(Casting::SameValue.cast(&[1], &Bool, &UInt8).is_err());
    }
}
