//! Between Rust's element types and untyped bytes: which type may be read as which, and how.
//! The only place of this crate that is generic over elements.

mod destination;

use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use ndarray::{ArrayD, IxDyn};
use zarr_codecs::{Region, VlenElements, VlenHandle, VlenHeap};
use zarr_metadata::DataType;

use crate::{
    Block, ChunkedArray, Error, ErrorKind, Output, ResolvedSelection, Result, Values, VarArray,
    values,
};

/// A Rust type that elements can be read and written as. Exactly the stored type: nothing is cast.
pub trait Element: Clone + Send + Sync + 'static {
    /// How an element lies in memory: a type for which all bytes are valid.
    type Stored: Plain;

    /// The data type an array gets that is made of such elements.
    fn data_type() -> DataType;

    /// Whether elements of this data type can be read as this type.
    fn accepts(data_type: &DataType) -> bool {
        *data_type == Self::data_type()
    }

    /// Checks what was read. Elements that differ in length are handles into `heap`.
    ///
    /// # Errors
    /// Where bytes are not a valid value of this type.
    fn from_stored(stored: Vec<Self::Stored>, heap: &VlenElements) -> Result<Vec<Self>>;

    /// The values of elements, shared where that is possible.
    fn into_values(elements: Vec<Self>) -> Values;
}

/// Types for which any bytes are a value, so that they can be read in place.
pub trait Plain: bytemuck::Pod + Send + Sync {}

/// Elements whose memory is their stored form.
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

/// Lends a vector of elements as bytes, without copying it.
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
                let text = format!("element {at} of the selection is {found}, a bool is 0 or 1");
                Err(Error::argument("bool", text))
            }
        }
    }

    fn into_values(elements: Vec<Self>) -> Values {
        Values::Fixed(Bytes::from_owner(AsBytes(elements)))
    }
}

/// What stands in memory for an element of variable length.
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
            text.map(str::to_owned).map_err(|error| {
                let text = format!("element {at} of the selection is not UTF-8: {error}");
                Error::argument("string", text)
            })
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

/// An element of variable length. Only a codec of the user's can make a handle that is of no heap.
fn looked_up(at: usize, handle: [u64; 2], heap: &VlenElements) -> Result<&[u8]> {
    values::look_up(heap, handle).ok_or_else(|| {
        let text = format!("a codec gave no bytes for element {at} of the selection");
        Error::argument("codecs", text)
    })
}

/// Elements of a data type known only at run time.
#[derive(Clone, Debug, PartialEq)]
pub struct DynData {
    /// The element type.
    pub dtype: DataType,
    /// Elements per axis; none for a scalar.
    pub shape: Vec<u64>,
    /// The elements.
    pub data: Values,
}

impl DynData {
    /// The elements as a typed array.
    ///
    /// # Errors
    /// Where `T` is not the element type.
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
        into_array(T::from_stored(stored, &heap.elements())?, &self.shape)
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

/// The elements of an array in C order: its own memory where it is in that order already.
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

/// Elements as an array of the shape a selection gives.
fn into_array<T>(elements: Vec<T>, shape: &[u64]) -> Result<ArrayD<T>> {
    let shape: Option<Vec<usize>> = shape.iter().map(|&n| usize::try_from(n).ok()).collect();
    let (found, wanted) = (elements.len(), shape.clone());
    let array = shape.and_then(|shape| ArrayD::from_shape_vec(IxDyn(&shape), elements).ok());
    array.ok_or_else(|| Error::wrong_shape("shape", format!("{found} elements are not {wanted:?}")))
}

impl ChunkedArray {
    /// Reads the cells of a selection as an array of its shape.
    ///
    /// # Errors
    /// Where the elements are not stored as `T`, or as [`read`](Self::read).
    pub async fn read_as<T: Element>(
        self: Arc<Self>,
        selection: ResolvedSelection,
    ) -> Result<ArrayD<T>> {
        self.check_element::<T>()?;
        let align = align_of::<T::Stored>();
        let output = Arc::clone(&self).read(selection.clone(), align).await?;
        into_array(self.elements(output)?, selection.out_shape())
    }

    fn elements<T: Element>(&self, output: Output) -> Result<Vec<T>> {
        let heap = output.heap().elements();
        let stored: Vec<T::Stored> = output.into_vec().ok_or_else(|| self.incomplete())?;
        self.check_room(bytemuck::cast_slice(&stored), size_of::<T>(), &heap)?;
        T::from_stored(stored, &heap)
    }

    /// Whether elements of variable length, so many bytes each beside their own, may be taken out of a
    /// heap. There each is once, and here as often as it is stored: a fill value in every cell.
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

    /// The blocks of [`stream`](Self::stream) as arrays, each with its place in the output.
    ///
    /// # Errors
    /// Where the elements are not stored as `T`, or as [`stream`](Self::stream).
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
            let array = into_array(elements, &region.shape())?;
            Ok((region, array))
        }))
    }

    /// Reads the cells of a selection whatever their type.
    ///
    /// # Errors
    /// As [`read`](Self::read).
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

    /// `Ok` where the stored elements can be read and written as `T`.
    ///
    /// # Errors
    /// [`ErrorKind::Element`] where they cannot.
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

    /// Every task said that it wrote its part, and some part was not written: a bug, not an input.
    fn incomplete(&self) -> Error {
        self.chunk_error(&[], crate::ChunkError::INTERNAL)
    }
}
