//! Converts between Rust's element types and untyped bytes: which Rust type a data type is read as, and
//! how. Nothing else in this crate is generic over elements.

mod destination;

use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use ndarray::{ArrayD, IxDyn, ShapeBuilder};
use zarr_codecs::{Region, VlenElements, VlenHandle, VlenHeap};
use zarr_metadata::{DataType, Order};

use crate::engine::Destination;
use crate::{
    Block, ChunkedArray, Error, ErrorKind, Output, ResolvedSelection, Result, Values, VarArray,
    values,
};

/// A Rust type that elements can be read and written as. It must match the data type: nothing is cast.
pub trait Element: Clone + Send + Sync + 'static {
    /// The form of an element in memory that is read: a type for which all bytes are valid.
    type Stored: Plain;

    /// The data type of an array that is created from such elements.
    fn data_type() -> DataType;

    /// Whether elements of this data type can be read as this type.
    fn accepts(data_type: &DataType) -> bool {
        *data_type == Self::data_type()
    }

    /// Checks and converts elements that were read. Those of variable length are handles into `heap`.
    ///
    /// # Errors
    /// If the bytes of an element are not a valid value of this type.
    fn from_stored(stored: Vec<Self::Stored>, heap: &VlenElements) -> Result<Vec<Self>>;

    /// The values of elements, without a copy where that is possible.
    fn into_values(elements: Vec<Self>) -> Values;
}

/// Types for which all bytes are valid, so that they can be read in place.
pub trait Plain: bytemuck::Pod + Send + Sync {}

/// Implements [`Element`] for types that are read in place.
macro_rules! plain {
    ($($element:ty => $data_type:ident),* $(,)?) => {$(
        impl Plain for $element {}

        impl Element for $element {
            type Stored = Self;

            fn data_type() -> DataType {
                DataType::$data_type
            }

            fn from_stored(stored: Vec<Self>, _: &VlenElements) -> Result<Vec<Self>> {
                Ok(stored)
            }

            fn into_values(elements: Vec<Self>) -> Values {
                Values::Fixed(Bytes::from_owner(AsBytes(elements)))
            }
        }
    )*};
}

plain! {
    i8 => Int8, i16 => Int16, i32 => Int32, i64 => Int64,
    u8 => UInt8, u16 => UInt16, u32 => UInt32, u64 => UInt64,
    f32 => Float32, f64 => Float64,
}

#[cfg(feature = "half")]
plain! { half::f16 => Float16 }

#[cfg(feature = "num-complex")]
plain! { num_complex::Complex32 => Complex64, num_complex::Complex64 => Complex128 }

/// A vector of elements as bytes, without a copy.
struct AsBytes<T>(Vec<T>);

impl<T: bytemuck::NoUninit> AsRef<[u8]> for AsBytes<T> {
    fn as_ref(&self) -> &[u8] {
        bytemuck::cast_slice(&self.0)
    }
}

impl Element for bool {
    type Stored = u8;

    fn data_type() -> DataType {
        DataType::Bool
    }

    fn from_stored(stored: Vec<u8>, _: &VlenElements) -> Result<Vec<Self>> {
        match stored.iter().position(|&byte| byte > 1) {
            None => Ok(stored.into_iter().map(|b| b == 1).collect()),
            Some(at) => {
                let found = stored.get(at).copied().unwrap_or_default();
                let problem = format!("it is {found}, and a bool is 0 or 1");
                Err(invalid(at, DataType::Bool, problem))
            }
        }
    }

    fn into_values(elements: Vec<Self>) -> Values {
        Values::Fixed(Bytes::from_owner(AsBytes(elements)))
    }
}

/// A handle, which stands in memory for an element of variable length.
impl Plain for [u64; 2] {}

impl Element for String {
    type Stored = [u64; 2];

    fn data_type() -> DataType {
        DataType::String
    }

    fn accepts(data_type: &DataType) -> bool {
        matches!(data_type, DataType::String | DataType::Json)
    }

    fn from_stored(stored: Vec<[u64; 2]>, heap: &VlenElements) -> Result<Vec<Self>> {
        let texts = stored.into_iter().enumerate().map(|(at, handle)| {
            let text = str::from_utf8(looked_up(at, handle, heap)?);
            text.map(str::to_owned)
                .map_err(|error| invalid(at, DataType::String, format!("it is not UTF-8: {error}")))
        });
        texts.collect()
    }

    fn into_values(elements: Vec<Self>) -> Values {
        Values::Variable(elements.into_iter().collect())
    }
}

/// Byte strings of any length.
impl Element for Vec<u8> {
    type Stored = [u64; 2];

    fn data_type() -> DataType {
        DataType::Bytes
    }

    fn from_stored(stored: Vec<[u64; 2]>, heap: &VlenElements) -> Result<Vec<Self>> {
        let elements = stored.into_iter().enumerate();
        elements
            .map(|(at, handle)| Ok(looked_up(at, handle, heap)?.to_vec()))
            .collect()
    }

    fn into_values(elements: Vec<Self>) -> Values {
        Values::Variable(elements.into_iter().collect())
    }
}

/// The bytes of an element of variable length. Only a user's own codec can make a handle that is not in the heap.
fn looked_up(at: usize, handle: [u64; 2], heap: &VlenElements) -> Result<&[u8]> {
    values::look_up(heap, handle).ok_or_else(|| {
        let problem = "a codec returned no bytes for it".to_owned();
        invalid(at, DataType::Bytes, problem)
    })
}

/// A stored element that is not one of its data type.
fn invalid(index: usize, data_type: DataType, problem: String) -> Error {
    let kind = ErrorKind::InvalidElement {
        index,
        data_type,
        problem,
    };
    kind.into()
}

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
            let (path, asked) = (zarr_metadata::NodePath::root(), std::any::type_name::<T>());
            return Err(ErrorKind::Element {
                path,
                asked,
                stored: self.dtype,
            }
            .into());
        }
        let heap = VlenHeap::new(Bytes::new());
        let elements = self.data.into_elements(&heap);
        let elements = elements.map_err(|error| Error::argument("data", error.to_string()))?;
        let stored: Vec<T::Stored> = bytemuck::pod_collect_to_vec(&elements);
        let elements = T::from_stored(stored, &heap.elements())?;
        into_array(elements, &self.shape, Order::C)
    }
}

impl<T: Element> From<ArrayD<T>> for DynData {
    fn from(array: ArrayD<T>) -> Self {
        let shape = array.shape().iter().map(|&n| n as u64).collect();
        Self {
            dtype: T::data_type(),
            shape,
            data: T::into_values(c_order(array)),
        }
    }
}

/// The elements of an array in C order, without a copy if the array is in C order already.
pub fn c_order<T: Element>(array: ArrayD<T>) -> Vec<T> {
    let (len, standard) = (array.len(), array.is_standard_layout());
    if !standard {
        return array.iter().cloned().collect();
    }
    let (memory, offset) = array.into_raw_vec_and_offset();
    match offset.unwrap_or(0) {
        0 if memory.len() == len => memory,
        offset => memory.into_iter().skip(offset).take(len).collect(),
    }
}

/// An array of elements that lie in this order, of the output shape of a selection.
fn into_array<T>(elements: Vec<T>, shape: &[u64], order: Order) -> Result<ArrayD<T>> {
    let shape: Option<Vec<usize>> = shape.iter().map(|&n| usize::try_from(n).ok()).collect();
    let (found, wanted) = (elements.len(), shape.clone());
    let is_f = order == Order::F;
    let array =
        shape.and_then(|shape| ArrayD::from_shape_vec(IxDyn(&shape).set_f(is_f), elements).ok());
    array.ok_or_else(|| {
        Error::wrong_shape(
            "shape",
            format!("{found} elements do not fill the shape {wanted:?}"),
        )
    })
}

impl ChunkedArray {
    /// Reads the cells of a selection as an array of its output shape. The elements of a box lie in memory in the
    /// array's [`order`](Self::order).
    ///
    /// # Errors
    /// If the data type is not read as `T`, and the errors of [`read`](Self::read).
    pub async fn read_as<T: Element>(
        self: Arc<Self>,
        selection: ResolvedSelection,
    ) -> Result<ArrayD<T>> {
        self.check_element::<T>()?;
        let (align, order) = (align_of::<T::Stored>(), self.order());
        let destination = Destination::New { align, order };
        self.read_array(selection, destination).await
    }

    /// Reads the cells of a selection to where they are wanted, as an array there.
    async fn read_array<T: Element>(
        self: Arc<Self>,
        selection: ResolvedSelection,
        destination: Destination,
    ) -> Result<ArrayD<T>> {
        let array = Arc::clone(&self);
        let output = array.read_to(selection.clone(), destination).await?;
        let order = output.order();
        into_array(self.elements(output)?, selection.out_shape(), order)
    }

    fn elements<T: Element>(&self, output: Output) -> Result<Vec<T>> {
        let heap = output.heap().elements();
        let stored: Vec<T::Stored> = output.into_vec().ok_or_else(|| self.incomplete())?;
        self.check_room(bytemuck::cast_slice(&stored), size_of::<T>(), &heap)?;
        T::from_stored(stored, &heap)
    }

    /// Checks that a copy of all elements of variable length, with `each` bytes more per element, is within
    /// the limit of memory. The heap holds an element once that many cells share, such as the fill value.
    fn check_room(&self, handles: &[u8], each: usize, heap: &VlenElements) -> Result<()> {
        if !self.data_type().is_variable() {
            return Ok(());
        }
        let count = (handles.len() / VlenHandle::SIZE) as u64;
        let asked = count.saturating_mul(each as u64);
        let asked = asked.saturating_add(heap.byte_len(handles));
        let limit = self.context().memory();
        if asked <= limit {
            return Ok(());
        }
        let what = "elements of variable length";
        Err(ErrorKind::Limit { what, asked, limit }.into())
    }

    /// Streams the blocks of [`stream`](Self::stream) as arrays, each with its region of the output.
    ///
    /// # Errors
    /// If the data type is not read as `T`, and the errors of [`stream`](Self::stream).
    pub fn stream_as<T: Element>(
        self: Arc<Self>,
        selection: ResolvedSelection,
        ahead: Option<NonZeroUsize>,
    ) -> Result<impl Stream<Item = Result<(Region, ArrayD<T>)>> + Send + use<T>> {
        self.check_element::<T>()?;
        let blocks = Arc::clone(&self).stream(selection, align_of::<T::Stored>(), ahead)?;
        Ok(blocks.map(move |block| {
            let Block { region, output } = block?;
            let elements = self.elements::<T>(output)?;
            let array = into_array(elements, &region.shape(), Order::C)?;
            Ok((region, array))
        }))
    }

    /// Reads the cells of a selection, of any data type.
    ///
    /// # Errors
    /// The errors of [`read`](Self::read).
    pub async fn read_dyn(self: Arc<Self>, selection: ResolvedSelection) -> Result<DynData> {
        let dtype = self.data_type().clone();
        let align = if dtype.is_variable() {
            align_of::<u64>()
        } else {
            1
        };
        let output = Arc::clone(&self).read(selection.clone(), align).await?;
        let heap = output.heap().elements();
        let incomplete = || self.incomplete();
        let data = if dtype.is_variable() {
            let handles: Vec<[u64; 2]> = output.into_vec().ok_or_else(incomplete)?;
            self.check_room(bytemuck::cast_slice(&handles), size_of::<usize>(), &heap)?;
            let elements = handles
                .into_iter()
                .map(|handle| values::look_up(&heap, handle));
            let elements: Option<VarArray> = elements.collect();
            Values::Variable(elements.ok_or_else(incomplete)?)
        } else {
            Values::Fixed(output.into_vec::<u8>().ok_or_else(incomplete)?.into())
        };
        Ok(DynData {
            dtype,
            shape: selection.out_shape().to_vec(),
            data,
        })
    }

    /// Checks that elements of the array can be read and written as `T`.
    ///
    /// # Errors
    /// [`ErrorKind::Element`] if they cannot.
    pub fn check_element<T: Element>(&self) -> Result<()> {
        let stored = self.data_type();
        if T::accepts(stored) {
            return Ok(());
        }
        let (path, asked) = (self.path().clone(), std::any::type_name::<T>());
        Err(ErrorKind::Element {
            path,
            asked,
            stored: stored.clone(),
        }
        .into())
    }

    /// The error that all tasks succeeded, yet part of the output is missing. Only a bug can cause it.
    fn incomplete(&self) -> Error {
        self.chunk_error(&[], crate::ChunkError::INTERNAL)
    }
}
