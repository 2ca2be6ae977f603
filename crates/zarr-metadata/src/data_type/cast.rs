//! Which data types hold all elements of which others.

use crate::DataType;

/// A number type: how many bits of an integer it holds exactly.
enum Number {
    Signed(u32),
    Unsigned(u32),
    /// With the size in bytes, a complex number's part.
    Float(u32),
    Complex(u32),
}

impl DataType {
    /// Whether every element of `inner` is one of this type, too: what NumPy calls a safe cast.
    ///
    /// ```
    /// use zarr_metadata::DataType;
    /// assert!(DataType::Float64.can_hold(&DataType::Int32));
    /// assert!(!DataType::Float32.can_hold(&DataType::Int32));
    /// ```
    pub fn can_hold(&self, inner: &Self) -> bool {
        use Number::{Complex, Float, Signed, Unsigned};
        let outer = match number(self) {
            Some(outer) => outer,
            None => return false,
        };
        if *inner == Self::Bool {
            return true;
        }
        match (number(inner), outer) {
            (Some(Signed(a)), Signed(b)) | (Some(Unsigned(a)), Unsigned(b)) => a <= b,
            (Some(Unsigned(a)), Signed(b)) => a < b,
            // numpy counts 64 bits as held by a double.
            (Some(Signed(a) | Unsigned(a)), Float(b) | Complex(b)) => a < b || (a == 64 && b == 64),
            (Some(Float(a)), Float(b) | Complex(b)) | (Some(Complex(a)), Complex(b)) => a <= b,
            _ => false,
        }
    }
}

fn number(data_type: &DataType) -> Option<Number> {
    use Number::{Complex, Float, Signed, Unsigned};
    Some(match data_type {
        DataType::Int8 => Signed(8),
        DataType::Int16 => Signed(16),
        DataType::Int32 => Signed(32),
        DataType::Int64 => Signed(64),
        DataType::UInt8 => Unsigned(8),
        DataType::UInt16 => Unsigned(16),
        DataType::UInt32 => Unsigned(32),
        DataType::UInt64 => Unsigned(64),
        DataType::Float16 => Float(16),
        DataType::Float32 => Float(32),
        DataType::Float64 => Float(64),
        DataType::Complex64 => Complex(32),
        DataType::Complex128 => Complex(64),
        _ => return None,
    })
}
