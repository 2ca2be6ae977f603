//! `Data`, what a write takes: arrays, lists, scalars and untyped data as one type. It copies only what is borrowed.

pub(crate) mod lists;

use std::borrow::Cow;

use ndarray::{ArrayBase, Dimension};
use zarr_codecs::{CastError, Casting};
use zarr_core::{
    ArrayOptions, DynData, Element, Elements, Error, ErrorKind, Result, Values, VarArray, c_order,
    to_data_type,
};
use zarr_metadata::{DataType, Datetime64, NodePath, Timedelta64};

use crate::Shape;
use lists::{Flat, Lists, Nested};

/// Elements to write: an array, a list, or one scalar for every cell.
///
/// An array is any array of ndarray, or a list (a `Vec`, an array or a slice) of elements or of lists. A list with
/// a shape behind it is an array of that shape. What is passed by value is not copied.
///
/// ```
/// use zarr::Data;
/// let array = ndarray::array![[1_i16, 2], [3, 4]];
/// let data: [Data; 6] = [
///     (&array).into(),
///     array.into(),
///     vec![[1_i16, 2], [3, 4]].into(),
///     (&[1_i16, 2, 3, 4][..], [2, 2]).into(),
///     ["a", "b"].into(),
///     1.5_f32.into(),
/// ];
/// ```
///
/// The elements must have the type that the array stores; otherwise `.cast()` of the operation casts them. A scalar
/// is taken without that if the stored type has its value: `1` is written to `float32` and to `uint8`, `2.0` to
/// `int16`, and `0.1` to `float32`, where it is rounded.
///
/// Lists of `u8` are numbers. In an array of byte strings (`DataType::Bytes`), each of the innermost lists is one
/// byte string, and these may differ in length.
#[derive(Clone, Debug)]
pub struct Data {
    dtype: DataType,
    /// `None` for a scalar.
    shape: Option<Vec<u64>>,
    values: Values,
    /// Where each of the innermost lists of `u8` ends: it may be a byte string.
    ends: Option<Vec<usize>>,
    /// Why the elements are no array, where the innermost lists are one and where they are byte strings.
    problems: [Option<String>; 2],
}

/// How data becomes the elements of an array.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conversion<'a> {
    pub(crate) path: &'a NodePath,
    pub(crate) stored: &'a DataType,
    /// Whether numbers of other types are cast.
    pub(crate) cast: bool,
}

impl Data {
    fn new(dtype: DataType, shape: Option<Vec<u64>>, values: Values) -> Self {
        Self {
            dtype,
            shape,
            values,
            ends: None,
            problems: [None, None],
        }
    }

    fn list<N: Nested>(list: Cow<'_, [N]>) -> Self {
        let Flat {
            elements,
            shape,
            ends,
            uneven: [innermost, others],
        } = Lists::of(list);
        let (dtype, values) = N::Element::into_data(elements);
        Self {
            ends: (dtype == DataType::UInt8).then_some(ends),
            problems: [others.clone().or(innermost), others],
            ..Self::new(dtype, Some(shape), values)
        }
    }

    /// One element for every cell.
    pub fn scalar<T: Element>(element: T) -> Self {
        let (dtype, values) = T::into_data(vec![element]);
        Self::new(dtype, None, values)
    }

    /// The structure of an array with this shape and type, and defaults for the rest.
    pub(crate) fn structure(&self) -> ArrayOptions {
        ArrayOptions::new(self.shape.clone().unwrap_or_default(), self.dtype.clone())
    }

    /// The elements, if they have the stored type or are converted to it.
    pub(crate) fn into_elements(self, to: Conversion<'_>) -> Result<Elements> {
        let data = self.converted(to)?;
        Ok(match data.shape {
            None => Elements::Scalar(data.values),
            Some(shape) => Elements::Array {
                shape,
                values: data.values,
            },
        })
    }

    fn converted(self, to: Conversion<'_>) -> Result<Self> {
        let data = match self.ends {
            Some(_) if Vec::<u8>::accepts(to.stored) => self.into_byte_strings(),
            _ => self,
        };
        if let [Some(problem), _] = data.problems {
            return Err(Error::wrong_shape("data", problem));
        }
        let same = to_data_type(data.values.clone(), &data.dtype, to.stored)?;
        if let Some(values) = same {
            return Ok(Self::new(to.stored.clone(), data.shape, values));
        }
        let casting = match (to.cast, &data.shape) {
            (true, _) => Casting::AsType,
            (false, None) => Casting::SameValue,
            (false, Some(_)) => return Err(to.refused(&data.dtype)),
        };
        // No type of elements that differ in length is a number.
        let elements = data.values.as_fixed().unwrap_or_default();
        match casting.cast(elements, &data.dtype, to.stored) {
            Ok(values) => {
                let values = Values::Fixed(values.into());
                Ok(Self::new(to.stored.clone(), data.shape, values))
            }
            Err(CastError::Types { .. }) if !to.cast => Err(to.refused(&data.dtype)),
            Err(error) if !to.cast => {
                let text = format!("{error}; `.cast()` makes it one, as NumPy's `astype` does");
                Err(Error::argument("data", text))
            }
            Err(error) => Err(Error::argument("data", error.to_string())),
        }
    }

    /// Lists of `u8` as byte strings, one for each of the innermost lists.
    fn into_byte_strings(mut self) -> Self {
        let bytes = self.values.as_fixed().unwrap_or_default();
        let mut start = 0;
        let strings = self.ends.iter().flatten().map(|&end| {
            let string = bytes.get(start..end).unwrap_or_default();
            start = end;
            string
        });
        let strings: VarArray = strings.collect();
        if let Some(shape) = &mut self.shape {
            shape.pop();
        }
        let [_, problem] = self.problems;
        Self {
            problems: [problem.clone(), problem],
            ..Self::new(DataType::Bytes, self.shape, Values::Variable(strings))
        }
    }
}

impl Conversion<'_> {
    /// The error that nothing is cast unasked.
    pub(crate) fn refused(&self, given: &DataType) -> Error {
        let kind = ErrorKind::GivenElement {
            path: self.path.clone(),
            given: given.to_string(),
            stored: self.stored.clone(),
        };
        kind.into()
    }
}

/// Arrays, views and shared arrays of ndarray. What is not owned is copied.
impl<S, D> From<ArrayBase<S, D>> for Data
where
    S: ndarray::Data<Elem: Element>,
    D: Dimension,
{
    fn from(array: ArrayBase<S, D>) -> Self {
        let shape = array.shape().iter().map(|&length| length as u64).collect();
        let (dtype, values) = S::Elem::into_data(c_order(array.into_owned().into_dyn()));
        Self::new(dtype, Some(shape), values)
    }
}

/// The elements are copied: the caller keeps its array.
impl<S, D> From<&ArrayBase<S, D>> for Data
where
    S: ndarray::Data<Elem: Element>,
    D: Dimension,
{
    fn from(array: &ArrayBase<S, D>) -> Self {
        array.view().into()
    }
}

impl<N: Nested> From<Vec<N>> for Data {
    fn from(list: Vec<N>) -> Self {
        Self::list(Cow::Owned(list))
    }
}

impl<N: Nested> From<&Vec<N>> for Data {
    fn from(list: &Vec<N>) -> Self {
        list.as_slice().into()
    }
}

impl<N: Nested> From<&[N]> for Data {
    fn from(list: &[N]) -> Self {
        Self::list(Cow::Borrowed(list))
    }
}

impl<N: Nested, const LEN: usize> From<[N; LEN]> for Data {
    fn from(list: [N; LEN]) -> Self {
        Self::list(Cow::Owned(list.into()))
    }
}

impl<N: Nested, const LEN: usize> From<&[N; LEN]> for Data {
    fn from(list: &[N; LEN]) -> Self {
        list.as_slice().into()
    }
}

/// Elements in C order, and the shape of the array that they are.
impl<L: Into<Data>, S: Into<Shape>> From<(L, S)> for Data {
    fn from((list, shape): (L, S)) -> Self {
        let (list, shape) = (list.into(), shape.into().lengths());
        let own = list.shape.as_deref().unwrap_or_default();
        let (shape, wrong) = match shape {
            Ok(shape) => {
                let fits = zarr_codecs::volume(own) == zarr_codecs::volume(&shape);
                let uneven =
                    || format!("elements of shape {own:?} do not fill the shape {shape:?}");
                let wrong = (!fits).then(uneven);
                (shape, wrong)
            }
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let [problem, _] = &list.problems;
        let problem = problem.clone().or(wrong);
        Self {
            problems: [problem.clone(), problem],
            ..Self::new(list.dtype, Some(shape), list.values)
        }
    }
}

/// One element for every cell.
macro_rules! scalar {
    ($($element:ty),*) => {$(
        impl From<$element> for Data {
            fn from(element: $element) -> Self {
                Self::scalar(element)
            }
        }
    )*};
}
scalar!(bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, String);
scalar!(Datetime64, Timedelta64, serde_json::Value);
#[cfg(feature = "half")]
scalar!(half::f16, half::bf16);
#[cfg(feature = "num-complex")]
scalar!(num_complex::Complex32, num_complex::Complex64);

/// One number for every cell, as `u64`.
impl From<usize> for Data {
    fn from(number: usize) -> Self {
        (number as u64).into()
    }
}

/// One number for every cell, as `i64`.
impl From<isize> for Data {
    fn from(number: isize) -> Self {
        (number as i64).into()
    }
}

/// One string for every cell.
impl From<&str> for Data {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<DynData> for Data {
    fn from(data: DynData) -> Self {
        Self::new(data.dtype, Some(data.shape), data.data)
    }
}

#[cfg(test)]
mod tests;
