//! Numbers as filters compute with them: their types, numpy's casts between them, and loops over
//! bytes that are numbers. Knows no filter and no shape.

use std::borrow::Cow;

use serde_json::Value;
use zarr_metadata::{DataType, Endian, Extension, Swap, v2};

use crate::array::f16::F16;
use crate::array::kernels;

/// The types of numbers that filters of numcodecs are defined for here.
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
    ($number:expr, $T:ident => $body:expr) => {{
        use $crate::array::number::{Number, NumpyBool};
        match $number {
            Number::Bool => {
                type $T = NumpyBool;
                $body
            }
            Number::I8 => {
                type $T = i8;
                $body
            }
            Number::I16 => {
                type $T = i16;
                $body
            }
            Number::I32 => {
                type $T = i32;
                $body
            }
            Number::I64 => {
                type $T = i64;
                $body
            }
            Number::U8 => {
                type $T = u8;
                $body
            }
            Number::U16 => {
                type $T = u16;
                $body
            }
            Number::U32 => {
                type $T = u32;
                $body
            }
            Number::U64 => {
                type $T = u64;
                $body
            }
            Number::F16 => {
                type $T = $crate::array::f16::F16;
                $body
            }
            Number::F32 => {
                type $T = f32;
                $body
            }
            Number::F64 => {
                type $T = f64;
                $body
            }
        }
    }};
}
pub(crate) use with_number;

impl Number {
    pub(crate) fn size(self) -> usize {
        with_number!(self, T => size_of::<T>())
    }

    pub(crate) fn is_float(self) -> bool {
        matches!(self, Self::F16 | Self::F32 | Self::F64)
    }

    /// The type in which numpy adds numbers of both.
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

    fn of(data_type: &DataType) -> Option<Self> {
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

/// Numbers as they are stored: what a dtype string of numpy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoredNumber {
    pub(crate) number: Number,
    pub(crate) endian: Endian,
}

impl StoredNumber {
    pub(crate) const fn native(number: Number) -> Self {
        let endian = Endian::NATIVE;
        Self { number, endian }
    }

    /// `None` where elements are no single numbers.
    pub(crate) fn of(data_type: &DataType, endian: Endian) -> Option<Self> {
        let number = Number::of(data_type)?;
        Some(Self { number, endian })
    }

    /// Reads a dtype string; one without a byte order is little-endian.
    pub(crate) fn parse(dtype: &Value) -> Option<Self> {
        let dtype = v2::DType::from_json(dtype.clone()).ok()?;
        Self::of(&dtype.data_type, dtype.endian.unwrap_or(Endian::Little))
    }

    pub(crate) fn size(self) -> usize {
        self.number.size()
    }

    /// The same numbers behind a codec that makes bytes of an array, where that is known: `bytes`
    /// writes them one by one.
    pub(crate) fn serialized(self, serializer: &Extension) -> Option<Self> {
        let little = serializer
            .configuration
            .get("endian")
            .is_none_or(|e| e == "little");
        let endian = if little { Endian::Little } else { Endian::Big };
        (serializer.name == "bytes").then_some(Self { endian, ..self })
    }

    /// Between stored and native, in place.
    pub(crate) fn swap(self, bytes: &mut [u8]) {
        if self.endian != Endian::NATIVE && self.size() > 1 {
            kernels::swap_bytes(bytes, self.size(), &Swap::Width(self.size()));
        }
    }

    /// Stored numbers as native ones of the same type.
    pub(crate) fn load(self, bytes: &[u8]) -> Vec<u8> {
        let mut native = bytes.to_vec();
        self.swap(&mut native);
        native
    }
}

/// Casts every number of `src` as numpy's `astype` does. `dst` has room for as many.
pub(crate) fn cast(from: StoredNumber, src: &[u8], to: StoredNumber, dst: &mut [u8]) {
    if from == to {
        dst.copy_from_slice(src);
        return;
    }
    let native;
    let src = if from.endian == Endian::NATIVE || from.size() == 1 {
        src
    } else {
        native = from.load(src);
        &native
    };
    with_number!(from.number, F => with_number!(to.number, T => {
        for (to, from) in T::chunks_mut(dst).iter_mut().zip(F::chunks(src)) {
            *to = F::get(*from).cast::<T>().put();
        }
    }));
    to.swap(dst);
}

/// As [`cast`], where nothing is copied that stays as it is.
pub(crate) fn cast_all<'a>(
    from: StoredNumber,
    src: Cow<'a, [u8]>,
    to: StoredNumber,
) -> Cow<'a, [u8]> {
    if from.number == to.number && (from.endian == to.endian || from.size() == 1) {
        return src;
    }
    let mut dst = vec![];
    cast_onto(from, &src, to, &mut dst);
    dst.into()
}

/// As [`cast`], appended to `dst`.
pub(crate) fn cast_onto(from: StoredNumber, src: &[u8], to: StoredNumber, dst: &mut Vec<u8>) {
    let start = dst.len();
    dst.resize(start + src.len() / from.size() * to.size(), 0);
    cast(from, src, to, &mut dst[start..]);
}

/// Replaces every native number by what `f` makes of it, in order.
pub(crate) fn each<T: NumberType>(bytes: &mut [u8], mut f: impl FnMut(T) -> T) {
    for chunk in T::chunks_mut(bytes) {
        *chunk = f(T::get(*chunk)).put();
    }
}

/// A Rust type that a [`Number`] stands for, with the arithmetic of numpy: integers wrap, halves
/// are rounded after every step.
pub(crate) trait NumberType: Copy {
    type Bytes: Copy;
    fn chunks(bytes: &[u8]) -> &[Self::Bytes];
    fn chunks_mut(bytes: &mut [u8]) -> &mut [Self::Bytes];
    fn get(bytes: Self::Bytes) -> Self;
    fn put(self) -> Self::Bytes;
    fn from_i64(value: i64) -> Self;
    fn from_u64(value: u64) -> Self;
    fn from_f64(value: f64) -> Self;
    fn cast<T: NumberType>(self) -> T;
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    /// Integers are never divided: numpy makes floats of them first.
    fn div(self, other: Self) -> Self;
    /// To the nearest integer, halves to the even one.
    fn rint(self) -> Self;
}

/// How the bytes of a type are seen as its values.
macro_rules! bytes {
    ($type:ty, $size:literal) => {
        type Bytes = [u8; $size];
        fn chunks(bytes: &[u8]) -> &[Self::Bytes] {
            bytes.as_chunks().0
        }
        fn chunks_mut(bytes: &mut [u8]) -> &mut [Self::Bytes] {
            bytes.as_chunks_mut().0
        }
        fn get(bytes: Self::Bytes) -> Self {
            <$type>::from_ne_bytes(bytes)
        }
        fn put(self) -> Self::Bytes {
            self.to_ne_bytes()
        }
    };
}

macro_rules! integer {
    ($($type:ty, $size:literal, $from:ident as $wide:ty, $float:ident;)*) => {$(
        impl NumberType for $type {
            bytes!($type, $size);
            fn from_i64(value: i64) -> Self {
                value as Self
            }
            fn from_u64(value: u64) -> Self {
                value as Self
            }
            fn from_f64(value: f64) -> Self {
                $float(value) as Self
            }
            fn cast<T: NumberType>(self) -> T {
                T::$from(self as $wide)
            }
            fn add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            fn sub(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
            fn mul(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
            fn div(self, other: Self) -> Self {
                self.checked_div(other).unwrap_or(0)
            }
            fn rint(self) -> Self {
                self
            }
        }
    )*};
}

integer! {
    i8, 1, from_i64 as i64, through_i32;
    i16, 2, from_i64 as i64, through_i32;
    i32, 4, from_i64 as i64, through_i32;
    i64, 8, from_i64 as i64, through_i64;
    u8, 1, from_u64 as u64, through_i32;
    u16, 2, from_u64 as u64, through_i32;
    u32, 4, from_u64 as u64, through_i64;
    u64, 8, from_u64 as u64, through_u64;
}

// C leaves open what a float becomes that does not fit; on the machines numpy is built for, it goes
// through an integer of this width, whose least number stands for all that does not fit that either.

fn through_i32(value: f64) -> i32 {
    let fits = value > -2_147_483_649.0 && value < 2_147_483_648.0;
    if fits { value as i32 } else { i32::MIN }
}

fn through_i64(value: f64) -> i64 {
    let range = -9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0;
    if range.contains(&value) {
        value as i64
    } else {
        i64::MIN
    }
}

fn through_u64(value: f64) -> u64 {
    const HALF: f64 = 9_223_372_036_854_775_808.0;
    if value >= HALF {
        (through_i64(value - HALF) as u64) ^ (1 << 63)
    } else {
        through_i64(value) as u64
    }
}

macro_rules! float {
    ($($type:ty, $size:literal;)*) => {$(
        impl NumberType for $type {
            bytes!($type, $size);
            fn from_i64(value: i64) -> Self {
                value as Self
            }
            fn from_u64(value: u64) -> Self {
                value as Self
            }
            fn from_f64(value: f64) -> Self {
                value as Self
            }
            fn cast<T: NumberType>(self) -> T {
                T::from_f64(f64::from(self))
            }
            fn add(self, other: Self) -> Self {
                self + other
            }
            fn sub(self, other: Self) -> Self {
                self - other
            }
            fn mul(self, other: Self) -> Self {
                self * other
            }
            fn div(self, other: Self) -> Self {
                self / other
            }
            fn rint(self) -> Self {
                self.round_ties_even()
            }
        }
    )*};
}

float! {
    f32, 4;
    f64, 8;
}

impl NumberType for F16 {
    bytes!(F16, 2);
    // Through a single float, as numpy has it, which rounds large integers twice.
    fn from_i64(value: i64) -> Self {
        Self::from_f32(value as f32)
    }
    fn from_u64(value: u64) -> Self {
        Self::from_f32(value as f32)
    }
    fn from_f64(value: f64) -> Self {
        Self::from_f64(value)
    }
    fn cast<T: NumberType>(self) -> T {
        T::from_f64(self.to_f64())
    }
    fn add(self, other: Self) -> Self {
        Self::from_f32(self.to_f32() + other.to_f32())
    }
    fn sub(self, other: Self) -> Self {
        Self::from_f32(self.to_f32() - other.to_f32())
    }
    fn mul(self, other: Self) -> Self {
        Self::from_f32(self.to_f32() * other.to_f32())
    }
    fn div(self, other: Self) -> Self {
        Self::from_f32(self.to_f32() / other.to_f32())
    }
    fn rint(self) -> Self {
        Self::from_f32(self.to_f32().round_ties_even())
    }
}

/// A truth value as numpy stores it: any byte but zero is true.
#[derive(Clone, Copy)]
pub(crate) struct NumpyBool(u8);

impl NumberType for NumpyBool {
    type Bytes = [u8; 1];
    fn chunks(bytes: &[u8]) -> &[Self::Bytes] {
        bytes.as_chunks().0
    }
    fn chunks_mut(bytes: &mut [u8]) -> &mut [Self::Bytes] {
        bytes.as_chunks_mut().0
    }
    fn get([byte]: Self::Bytes) -> Self {
        Self(byte)
    }
    fn put(self) -> Self::Bytes {
        [self.0]
    }
    fn from_i64(value: i64) -> Self {
        Self(u8::from(value != 0))
    }
    fn from_u64(value: u64) -> Self {
        Self(u8::from(value != 0))
    }
    fn from_f64(value: f64) -> Self {
        Self(u8::from(value != 0.0))
    }
    fn cast<T: NumberType>(self) -> T {
        T::from_i64(i64::from(self.0 != 0))
    }
    // Filters compute with bools only after they made numbers of them.
    fn add(self, _: Self) -> Self {
        self
    }
    fn sub(self, _: Self) -> Self {
        self
    }
    fn mul(self, _: Self) -> Self {
        self
    }
    fn div(self, _: Self) -> Self {
        self
    }
    fn rint(self) -> Self {
        self
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
