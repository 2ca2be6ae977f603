//! The Rust types behind numbers, with the arithmetic and the conversions of NumPy.

use crate::array::f16::F16;

/// A Rust type that a `Number` stands for, with the arithmetic of NumPy: integers wrap, half
/// floats are rounded after every step.
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
    /// Integers are never divided: NumPy makes floats of them first.
    fn div(self, other: Self) -> Self;
    /// To the nearest integer, ties to the even one.
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

/// A truth value as NumPy stores it: any byte but zero is true.
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

/// Replaces every native number by what `f` makes of it, in order.
pub(crate) fn each<T: NumberType>(bytes: &mut [u8], mut f: impl FnMut(T) -> T) {
    for chunk in T::chunks_mut(bytes) {
        *chunk = f(T::get(*chunk)).put();
    }
}
