//! `Shape`, and every form in which people hold a length for each axis.

use ndarray::{Dim, Dimension};

use crate::{Error, Result};

/// A length for each axis, as it is given: `[10, 20]`, `(10, 20)`, a `Vec`, a slice, the shape of an array in
/// memory, a single length, or `()` for a scalar. Whole numbers of any type; negative ones are refused where
/// the shape is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape(Vec<i128>);

impl Shape {
    /// The lengths.
    ///
    /// # Errors
    /// The argument `shape`, if a length is negative or beyond 64 bits.
    pub fn lengths(&self) -> Result<Vec<u64>> {
        let lengths = self.checked();
        lengths.map_err(|why| Error::argument("shape", why))
    }

    /// The numbers as the index of a chunk in a chunk grid.
    ///
    /// # Errors
    /// The argument `index`, if a number is negative or beyond 64 bits.
    pub fn index(&self) -> Result<Vec<u64>> {
        let index = self.0.iter().enumerate().map(|(axis, &at)| {
            let wrong = |_| {
                let why = format!("{at} along axis {axis}; chunks are counted from 0");
                Error::argument("index", why)
            };
            u64::try_from(at).map_err(wrong)
        });
        index.collect()
    }

    /// The lengths, or why they are none.
    pub(super) fn checked(&self) -> std::result::Result<Vec<u64>, String> {
        let lengths = self.0.iter().enumerate().map(|(axis, &length)| {
            let wrong =
                |_| format!("axis {axis} has the length {length}; a length is from 0 to 2^64 - 1");
            u64::try_from(length).map_err(wrong)
        });
        lengths.collect()
    }

    /// A single axis of this length.
    pub(super) fn of(length: i128) -> Self {
        Self(vec![length])
    }

    /// The numbers as they were given.
    pub(super) fn given(&self) -> &[i128] {
        &self.0
    }
}

/// A whole number.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a length: lengths are whole numbers, such as `u64`, `usize` or `i32`"
)]
pub trait Length: Copy {
    /// The number.
    fn length(self) -> i128;
}

macro_rules! lengths_are {
    ($($number:ty),*) => {$(
        impl Length for $number {
            fn length(self) -> i128 {
                self as i128
            }
        }

        /// A single axis.
        impl From<$number> for Shape {
            fn from(length: $number) -> Self {
                Self(vec![length.length()])
            }
        }

        /// The same length on every axis.
        impl From<$number> for super::Chunks {
            fn from(length: $number) -> Self {
                Self::from_length(length.length())
            }
        }
    )*};
}
lengths_are!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

/// What has a length for each axis: arrays, tuples, slices and `Vec`s of whole numbers, and ndarray's `Dim`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no lengths of axes",
    label = "a length for each axis is needed",
    note = "give whole numbers: `[10, 20]`, `(10, 20)`, `&shape[..]`, `array.shape()`, or one number"
)]
pub trait IntoLengths {
    /// The lengths.
    fn into_lengths(self) -> Shape;
}

impl<L: IntoLengths> From<L> for Shape {
    fn from(lengths: L) -> Self {
        lengths.into_lengths()
    }
}

fn shape<'a, T: Length + 'a>(lengths: impl IntoIterator<Item = &'a T>) -> Shape {
    Shape(lengths.into_iter().map(|length| length.length()).collect())
}

impl<T: Length, const N: usize> IntoLengths for [T; N] {
    fn into_lengths(self) -> Shape {
        shape(&self)
    }
}

impl<T: Length, const N: usize> IntoLengths for &[T; N] {
    fn into_lengths(self) -> Shape {
        shape(self)
    }
}

impl<T: Length> IntoLengths for &[T] {
    fn into_lengths(self) -> Shape {
        shape(self)
    }
}

impl<T: Length> IntoLengths for Vec<T> {
    fn into_lengths(self) -> Shape {
        shape(&self)
    }
}

impl<T: Length> IntoLengths for &Vec<T> {
    fn into_lengths(self) -> Shape {
        shape(self)
    }
}

impl IntoLengths for &Shape {
    fn into_lengths(self) -> Shape {
        self.clone()
    }
}

/// `array.raw_dim()`.
impl<I> IntoLengths for Dim<I>
where
    Self: Dimension,
{
    fn into_lengths(self) -> Shape {
        shape(self.slice())
    }
}

/// No axis: a scalar.
impl IntoLengths for () {
    fn into_lengths(self) -> Shape {
        Shape::default()
    }
}

macro_rules! tuples {
    ($(($($axis:ident),*)),*) => {$(
        impl<$($axis: Length),*> IntoLengths for ($($axis,)*) {
            #[expect(non_snake_case, reason = "the axes are called as their types")]
            fn into_lengths(self) -> Shape {
                let ($($axis,)*) = self;
                Shape(vec![$($axis.length()),*])
            }
        }
    )*};
}
tuples!(
    (A),
    (A, B),
    (A, B, C),
    (A, B, C, D),
    (A, B, C, D, E),
    (A, B, C, D, E, F)
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_a_shape() {
        let all: [Shape; 12] = [
            [2, 3].into(),
            [2_usize, 3].into(),
            (&[2_u32, 3]).into(),
            (&[2_u64, 3][..]).into(),
            vec![2_i64, 3].into(),
            (&vec![2_usize, 3]).into(),
            (2, 3).into(),
            (2_u64, 3_usize).into(),
            ndarray::Dim([2, 3]).into(),
            ndarray::IxDyn(&[2, 3]).into(),
            ndarray::Array2::<u8>::zeros((2, 3)).raw_dim().into(),
            ndarray::Array2::<u8>::zeros((2, 3)).shape().into(),
        ];
        for shape in all {
            assert_eq!(shape.lengths().unwrap(), [2, 3]);
        }
        for (shape, lengths) in [(Shape::from(7), vec![7]), (().into(), vec![])] {
            assert_eq!(shape.lengths().unwrap(), lengths);
        }
        assert_eq!(Shape::from([u64::MAX]).lengths().unwrap(), [u64::MAX]);
    }

    #[test]
    fn a_negative_length_is_refused_with_its_axis() {
        let error = Shape::from([2, -3]).lengths().unwrap_err();
        assert!(
            error.to_string().contains("axis 1 has the length -3"),
            "{error}"
        );
    }
}
