//! Conversions to chunks and fill values, from every form in which they may be given.

use serde_json::Value;
use zarr_metadata::AxisChunks;

use super::{Chunks, Fill};

impl From<&[u64]> for Chunks {
    fn from(shape: &[u64]) -> Self {
        Self::Shape(shape.to_vec())
    }
}

impl From<Vec<u64>> for Chunks {
    fn from(shape: Vec<u64>) -> Self {
        Self::Shape(shape)
    }
}

impl<const N: usize> From<[u64; N]> for Chunks {
    fn from(shape: [u64; N]) -> Self {
        Self::Shape(shape.to_vec())
    }
}

/// The same length on every axis.
impl From<u64> for Chunks {
    fn from(length: u64) -> Self {
        Self::Uniform(length)
    }
}

/// The chunks of each axis.
impl From<Vec<AxisChunks>> for Chunks {
    fn from(axes: Vec<AxisChunks>) -> Self {
        Self::Rectilinear(axes)
    }
}

impl<const N: usize> From<[AxisChunks; N]> for Chunks {
    fn from(axes: [AxisChunks; N]) -> Self {
        Self::Rectilinear(axes.into())
    }
}

/// The length of every chunk along each axis.
impl From<Vec<Vec<u64>>> for Chunks {
    fn from(axes: Vec<Vec<u64>>) -> Self {
        Self::Rectilinear(axes.into_iter().map(AxisChunks::from_lengths).collect())
    }
}

impl<const N: usize> From<[Vec<u64>; N]> for Chunks {
    fn from(axes: [Vec<u64>; N]) -> Self {
        Vec::from(axes).into()
    }
}

/// `true` guesses, `false` makes one chunk: zarr-python's documented meaning.
impl From<bool> for Chunks {
    fn from(guess: bool) -> Self {
        if guess { Self::Auto } else { Self::Whole }
    }
}

impl From<Value> for Fill {
    fn from(value: Value) -> Self {
        if value.is_null() {
            Self::Null
        } else {
            Self::Value(value)
        }
    }
}

/// Numbers and bools; floats that JSON has no number for become the specification's strings.
macro_rules! fill_from {
    ($($type:ty),*) => {$(
        impl From<$type> for Fill {
            fn from(value: $type) -> Self {
                Self::Value(value.into())
            }
        }
    )*};
}
fill_from!(bool, i8, i16, i32, i64, u8, u16, u32, u64, &str);

impl From<f64> for Fill {
    fn from(value: f64) -> Self {
        Self::Value(match value {
            v if v.is_nan() => "NaN".into(),
            f64::INFINITY => "Infinity".into(),
            f64::NEG_INFINITY => "-Infinity".into(),
            v => v.into(),
        })
    }
}

impl From<f32> for Fill {
    fn from(value: f32) -> Self {
        f64::from(value).into()
    }
}
