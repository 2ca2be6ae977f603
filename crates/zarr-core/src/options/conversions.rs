//! Conversions to chunks and fill values, from every form in which they may be given.

use serde_json::Value;
use zarr_metadata::{AxisChunks, Datetime64, Timedelta64};

use super::{Chunks, Fill, IntoLengths, Length, Shape};

impl<L: IntoLengths> From<L> for Chunks {
    fn from(lengths: L) -> Self {
        lengths.into_lengths().into()
    }
}

impl From<Shape> for Chunks {
    fn from(shape: Shape) -> Self {
        match shape.checked() {
            Ok(lengths) => Self::Shape(lengths),
            Err(_) => Self::Axes(shape),
        }
    }
}

impl Chunks {
    /// The same length on every axis; -1 is the axis itself.
    pub(super) fn from_length(length: i128) -> Self {
        match u64::try_from(length) {
            Ok(length) => Self::Uniform(length),
            Err(_) if length == -1 => Self::Whole,
            Err(_) => Self::Axes(Shape::of(length)),
        }
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

/// The length of every chunk along each axis. A length that is none becomes 0, which is refused with its axis.
fn rectilinear<T: Length>(axes: impl IntoIterator<Item = impl IntoIterator<Item = T>>) -> Chunks {
    let length = |length: T| u64::try_from(length.length()).unwrap_or(0);
    let lengths = axes.into_iter().map(|axis| axis.into_iter().map(length));
    Chunks::Rectilinear(lengths.map(AxisChunks::from_lengths).collect())
}

impl<T: Length> From<Vec<Vec<T>>> for Chunks {
    fn from(axes: Vec<Vec<T>>) -> Self {
        rectilinear(axes)
    }
}

impl<T: Length, const N: usize> From<[Vec<T>; N]> for Chunks {
    fn from(axes: [Vec<T>; N]) -> Self {
        rectilinear(axes)
    }
}

impl<T: Length, const N: usize, const M: usize> From<[[T; M]; N]> for Chunks {
    fn from(axes: [[T; M]; N]) -> Self {
        rectilinear(axes)
    }
}

/// The shape of another array's chunks or shards, where these have one shape. `None` means what it means in
/// zarr-python: chunks are guessed, and there are no shards.
impl From<Option<Vec<u64>>> for Chunks {
    fn from(shape: Option<Vec<u64>>) -> Self {
        shape.map_or(Self::Unset, Self::Shape)
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
fill_from!(
    bool, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, &str, String
);

impl From<&String> for Fill {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

/// A float as JSON has it.
fn float(value: f64) -> Value {
    match value {
        v if v.is_nan() => "NaN".into(),
        f64::INFINITY => "Infinity".into(),
        f64::NEG_INFINITY => "-Infinity".into(),
        v => v.into(),
    }
}

macro_rules! fill_from_float {
    ($($type:ty),*) => {$(
        impl From<$type> for Fill {
            fn from(value: $type) -> Self {
                Self::Value(float(value.into()))
            }
        }
    )*};
}
fill_from_float!(f32, f64);

#[cfg(feature = "half")]
fill_from_float!(half::f16, half::bf16);

#[cfg(feature = "num-complex")]
impl<F: Into<f64>> From<num_complex::Complex<F>> for Fill {
    fn from(value: num_complex::Complex<F>) -> Self {
        Self::Value(vec![float(value.re.into()), float(value.im.into())].into())
    }
}

/// Elements that JSON has no form of, or another one for each data type.
macro_rules! fill_from_element {
    ($($type:ty),*) => {$(
        impl From<$type> for Fill {
            fn from(element: $type) -> Self {
                Self::element(element)
            }
        }
    )*};
}
fill_from_element!(Vec<u8>, Datetime64, Timedelta64);

impl<const N: usize> From<[u8; N]> for Fill {
    fn from(bytes: [u8; N]) -> Self {
        Self::element(bytes)
    }
}

impl From<&[u8]> for Fill {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl<const N: usize> From<&[u8; N]> for Fill {
    fn from(bytes: &[u8; N]) -> Self {
        bytes.to_vec().into()
    }
}
