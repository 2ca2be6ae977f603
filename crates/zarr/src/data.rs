//! `Data`, what a write takes: arrays, scalars and untyped data as one type. It copies only borrowed arrays.

use ndarray::{Array, ArrayView, Dimension};
use zarr_core::{
    ArrayOptions, DynData, Element, Elements, Error, ErrorKind, ResolvedSelection, Result, Values,
    c_order, to_data_type,
};
use zarr_metadata::{DataType, Datetime64, NodePath, Timedelta64};

/// Elements to write: an array, or one scalar for every cell.
///
/// ```
/// use zarr::Data;
/// let array = ndarray::array![[1_i16, 2], [3, 4]];
/// let copied: Data = (&array).into();
/// let moved: Data = array.into();
/// let scalar: Data = 1.5_f32.into();
/// ```
#[derive(Clone, Debug)]
pub struct Data {
    dtype: DataType,
    /// `None` for a scalar.
    shape: Option<Vec<u64>>,
    values: Values,
}

impl Data {
    /// The elements, if they have the stored type and the selection's shape.
    pub(crate) fn into_elements(
        self,
        path: &NodePath,
        stored: &DataType,
        selection: &ResolvedSelection,
    ) -> Result<Elements> {
        let (shape, values) = self.in_type(path, stored)?;
        match shape {
            None => Ok(Elements::Scalar(values)),
            Some(shape) if shape == selection.out_shape() => Ok(Elements::Each(values)),
            Some(shape) => {
                let wanted = selection.out_shape();
                let text = format!(
                    "an array of shape {shape:?} does not fit a selection of shape {wanted:?}"
                );
                Err(Error::wrong_shape("data", text))
            }
        }
    }
}

impl Data {
    /// The structure of an array with this shape and type, and defaults for the rest.
    pub(crate) fn structure(&self) -> ArrayOptions {
        ArrayOptions::new(self.shape.clone().unwrap_or_default(), self.dtype.clone())
    }

    /// The shape and the elements, if they have the stored type.
    pub(crate) fn into_parts(
        self,
        path: &NodePath,
        stored: &DataType,
    ) -> Result<(Vec<u64>, Values)> {
        let scalar = || {
            Error::wrong_shape(
                "data",
                "a scalar has no length along the axis; give an array",
            )
        };
        let (shape, values) = self.in_type(path, stored)?;
        Ok((shape.ok_or_else(scalar)?, values))
    }

    /// One element for every cell.
    pub fn scalar<T: Element>(element: T) -> Self {
        let (dtype, values) = T::into_data(vec![element]);
        Self {
            dtype,
            shape: None,
            values,
        }
    }

    /// The shape, and the elements in the form that the stored type has of them.
    fn in_type(self, path: &NodePath, stored: &DataType) -> Result<(Option<Vec<u64>>, Values)> {
        let values = to_data_type(self.values, &self.dtype, stored)?;
        let given = || ErrorKind::GivenElement {
            path: path.clone(),
            given: self.dtype.to_string(),
            stored: stored.clone(),
        };
        Ok((self.shape, values.ok_or_else(given)?))
    }
}

impl<T: Element, D: Dimension> From<Array<T, D>> for Data {
    fn from(array: Array<T, D>) -> Self {
        let shape = array.shape().iter().map(|&n| n as u64).collect();
        let (dtype, values) = T::into_data(c_order(array.into_dyn()));
        Self {
            dtype,
            shape: Some(shape),
            values,
        }
    }
}

/// The elements are copied: the caller keeps its array.
impl<T: Element, D: Dimension> From<&Array<T, D>> for Data {
    fn from(array: &Array<T, D>) -> Self {
        array.view().into()
    }
}

/// The elements are copied: the caller keeps its array.
impl<T: Element, D: Dimension> From<ArrayView<'_, T, D>> for Data {
    fn from(view: ArrayView<'_, T, D>) -> Self {
        view.to_owned().into()
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

/// One string for every cell.
impl From<&str> for Data {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<DynData> for Data {
    fn from(data: DynData) -> Self {
        Self {
            dtype: data.dtype,
            shape: Some(data.shape),
            values: data.data,
        }
    }
}
