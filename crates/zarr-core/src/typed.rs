//! Converts between Rust's element types and untyped bytes: which Rust type a data type is read as, and
//! how. Nothing else in this crate is generic over elements.

mod columns;
mod convert;
mod dates;
mod destination;
mod dyn_data;
mod numbers;
mod outer_iter;
mod read;
mod rust_types;
mod variable;

use bytes::Bytes;
use ndarray::{ArrayD, IxDyn, ShapeBuilder};
use zarr_codecs::{Casting, VlenElements};
use zarr_metadata::{DataType, NodePath, Order};

use crate::{Error, ErrorKind, Result, Values};

pub use columns::{Columns, NewColumns};
pub use convert::to_data_type;
pub use dyn_data::DynData;

/// A Rust type that elements can be read and written as. It must match the data type: nothing is cast.
///
#[doc = include_str!("typed/rust_types.md")]
///
/// `zarr::record!` makes one of a struct, for data types of its fields.
pub trait Element: Clone + Send + Sync + 'static {
    /// The form of an element in memory that is read: a type for which all bytes are valid. It is `u8`, of
    /// which an element has many, where the data type alone tells how long elements are.
    type Stored: Plain;

    /// The data type of an array that is created for such elements before there are any.
    fn data_type() -> DataType;

    /// Whether elements of this data type can be read and written as this type.
    fn accepts(data_type: &DataType) -> bool {
        *data_type == Self::data_type()
    }

    /// What an error says about a data type that is not accepted: which Rust types it is read as.
    fn instead(data_type: &DataType) -> String {
        rust_types::advice(data_type)
    }

    /// Checks and converts elements that were read, of a data type that is accepted. Those of variable length are
    /// handles into `heap`.
    ///
    /// # Errors
    /// If the bytes of an element are not a valid value of this type.
    fn from_stored(
        stored: Vec<Self::Stored>,
        data_type: &DataType,
        heap: &VlenElements,
    ) -> Result<Vec<Self>>;

    /// The values of elements, without a copy where that is possible, and the data type that they are values of:
    /// for dates, the unit that holds them all.
    fn into_data(elements: Vec<Self>) -> (DataType, Values);
}

/// Types for which all bytes are valid, so that they can be read in place.
pub trait Plain: bytemuck::Pod + Send + Sync {
    /// The element without bits that have no meaning in a data type, as of an `int4` in an `i8`.
    #[must_use]
    fn normal(self, data_type: &DataType) -> Self {
        let _ = data_type;
        self
    }
}

/// A vector of elements as bytes, without a copy.
struct AsBytes<T>(Vec<T>);

impl<T: bytemuck::NoUninit> AsRef<[u8]> for AsBytes<T> {
    fn as_ref(&self) -> &[u8] {
        bytemuck::cast_slice(&self.0)
    }
}

/// The values of elements of one size.
fn fixed<T: bytemuck::NoUninit + Send + Sync>(elements: Vec<T>) -> Values {
    Values::Fixed(Bytes::from_owner(AsBytes(elements)))
}

/// Room for elements, of which an array's document may say that each is large.
fn room<T>(count: usize) -> Result<Vec<T>> {
    let mut room = Vec::new();
    match room.try_reserve_exact(count) {
        Ok(()) => Ok(room),
        Err(_) => {
            let what = "elements";
            let asked = (count as u64).saturating_mul(size_of::<T>() as u64);
            Err(ErrorKind::Memory { what, asked }.into())
        }
    }
}

/// The error that elements are not read or written as `T`.
fn mismatch<T: Element>(path: NodePath, stored: DataType) -> Error {
    let (asked, mut instead) = (std::any::type_name::<T>(), T::instead(&stored));
    if Casting::AsType.cast(&[], &stored, &T::data_type()).is_ok() {
        instead.push_str("; `.cast()` of a read casts numbers");
    }
    ErrorKind::Element {
        path,
        asked,
        stored,
        instead,
    }
    .into()
}

/// A stored element that is not one of its data type.
fn invalid(index: usize, data_type: &DataType, problem: String) -> Error {
    let data_type = data_type.clone();
    let kind = ErrorKind::InvalidElement {
        index,
        data_type,
        problem,
    };
    kind.into()
}

/// The elements of an array in C order, without a copy if the array is in C order already.
pub fn c_order<T: Element>(array: ArrayD<T>) -> Vec<T> {
    let (len, standard) = (array.len(), array.is_standard_layout());
    if !standard {
        let mut elements = Vec::with_capacity(len);
        // A loop for each row, since a step of the iterator over all dimensions takes a hundred instructions.
        for row in array.rows() {
            elements.extend(row.iter().cloned());
        }
        return elements;
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
