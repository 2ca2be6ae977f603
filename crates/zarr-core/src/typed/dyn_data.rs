//! `DynData`: elements whose data type is known only at run time.

use bytes::Bytes;
use ndarray::ArrayD;
use zarr_codecs::VlenHeap;
use zarr_metadata::{DataType, NodePath, Order};

use super::{Element, c_order, into_array, mismatch};
use crate::{Error, Result, Values};

/// Elements of a data type that is known only at run time.
#[derive(Clone, Debug, PartialEq)]
pub struct DynData {
    /// The data type of the elements.
    pub dtype: DataType,
    /// The length of each axis; empty for a scalar.
    pub shape: Vec<u64>,
    /// The elements, in C order.
    pub data: Values,
}

impl DynData {
    /// Converts the elements to a typed array.
    ///
    /// # Errors
    /// If `T` does not match the data type, or the elements do not fill the shape.
    pub fn into_array<T: Element>(self) -> Result<ArrayD<T>> {
        if !T::accepts(&self.dtype) {
            return Err(mismatch::<T>(NodePath::root(), self.dtype));
        }
        let heap = VlenHeap::new(Bytes::new());
        let elements = self.data.into_elements(&heap);
        let elements = elements.map_err(|error| Error::argument("data", error.to_string()))?;
        let stored: Vec<T::Stored> = bytemuck::pod_collect_to_vec(&elements);
        into_array(
            T::from_stored(stored, &self.dtype, &heap.elements())?,
            &self.shape,
            Order::C,
        )
    }
}

impl<T: Element> From<ArrayD<T>> for DynData {
    fn from(array: ArrayD<T>) -> Self {
        let shape = array.shape().iter().map(|&n| n as u64).collect();
        let (dtype, data) = T::into_data(c_order(array));
        Self { dtype, shape, data }
    }
}
