//! `Data`, what a write takes: arrays, scalars and untyped data as one type. It copies only borrowed arrays.

use ndarray::{Array, ArrayView, Dimension};
use zarr_core::{
    ArrayOptions, DynData, Element, Elements, Error, ErrorKind, ResolvedSelection, Result, Values,
    c_order,
};
use zarr_metadata::{DataType, NodePath};

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
        self.check_type(path, stored)?;
        match self.shape {
            None => Ok(Elements::Scalar(self.values)),
            Some(shape) if shape == selection.out_shape() => Ok(Elements::Each(self.values)),
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
        self.check_type(path, stored)?;
        let scalar = || {
            Error::wrong_shape(
                "data",
                "a scalar has no length along the axis; give an array",
            )
        };
        Ok((self.shape.ok_or_else(scalar)?, self.values))
    }

    fn check_type(&self, path: &NodePath, stored: &DataType) -> Result<()> {
        // Strings can hold JSON values, which the codec checks.
        let is_text = self.dtype == DataType::String && String::accepts(stored);
        if self.dtype == *stored || is_text {
            return Ok(());
        }
        let (path, stored) = (path.clone(), stored.clone());
        let given = self.dtype.to_string();
        Err(ErrorKind::GivenElement {
            path,
            given,
            stored,
        }
        .into())
    }
}

impl<T: Element, D: Dimension> From<Array<T, D>> for Data {
    fn from(array: Array<T, D>) -> Self {
        let shape = array.shape().iter().map(|&n| n as u64).collect();
        let values = T::into_values(c_order(array.into_dyn()));
        Self {
            dtype: T::data_type(),
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
                let values = <$element>::into_values(vec![element]);
                Self { dtype: <$element>::data_type(), shape: None, values }
            }
        }
    )*};
}
scalar!(bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, String);

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
