//! `View`: a part of an array, transposed or flipped, of which nothing is read before it is asked for.

use zarr_core::{CellView, Element, Result, Selection};
use zarr_metadata::DataType;

use crate::array::fields::ArrayFields;
use crate::{Array, Erase, Read, ReadDyn, ReadInitialized, ReadScalar, Source, Write};

/// A part of an array, transposed or flipped: see [`Array::view`].
///
/// What is read or written through it becomes one selection of the array. It keeps the shape with which it was made;
/// when the array has been resized, make a new one.
#[derive(Clone, Debug)]
pub struct View {
    pub(crate) array: ArrayFields,
    cells: CellView,
    dtype: DataType,
}

impl Array {
    /// Selects a part of the array without reading it. The view has a shape, is read and written like an array, and can
    /// be sliced, transposed and flipped further.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target, sel};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::array(Target::Memory, ndarray::array![[1, 2, 3], [4, 5, 6]]).wait()?;
    /// let columns = a.view(sel![.., 1..])?.t();
    /// assert_eq!(columns.shape(), [2, 2]);
    /// assert_eq!(columns.read::<i32>(..).wait()?, ndarray::array![[2, 5], [3, 6]].into_dyn());
    /// let last = columns.view(-1)?.flip(0)?;
    /// assert_eq!(last.read::<i32>(..).wait()?, ndarray::array![6, 3].into_dyn());
    /// last.write(0, 60).wait()?;
    /// assert_eq!(a.read_scalar::<i32>((1, 2)).wait()?, 60);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the selection does not consist of slices and integers, or does not fit the array.
    pub fn view(&self, selection: impl Into<Selection>) -> Result<View> {
        let cells = self.chunked().select_view(&selection.into())?;
        let array = ArrayFields::all(self.chunked()).seen_as(cells.clone());
        let dtype = self.dtype().clone();
        Ok(View {
            array,
            cells,
            dtype,
        })
    }
}

impl View {
    /// The number of elements along each axis.
    pub fn shape(&self) -> &[u64] {
        self.cells.shape()
    }

    /// The number of axes.
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }

    /// The number of elements, or `None` if it exceeds `u64`.
    pub fn size(&self) -> Option<u64> {
        zarr_codecs::volume(self.shape())
    }

    /// The data type of the elements.
    pub fn dtype(&self) -> &DataType {
        &self.dtype
    }

    /// A view of a part of this one.
    ///
    /// # Errors
    /// As for [`Array::view`].
    pub fn view(&self, selection: impl Into<Selection>) -> Result<Self> {
        let array = self.array.clone().into_array()?;
        Ok(self.seen_as(array.select_view(&selection.into())?))
    }

    /// The view with its axes in the opposite order: NumPy's `.T`.
    #[must_use]
    pub fn t(&self) -> Self {
        self.seen_as(self.cells.reversed())
    }

    /// The view with its axes in this order: axis `i` of it is axis `order[i]` of this one, as in NumPy.
    ///
    /// # Errors
    /// If the order does not name each axis once.
    #[doc(alias = "permuted_axes")]
    pub fn transpose(&self, order: impl AsRef<[usize]>) -> Result<Self> {
        let cells = self.cells.transpose(order.as_ref());
        Ok(self.seen_as(self.or_error(cells)?))
    }

    /// The view with the elements along an axis in the opposite order.
    ///
    /// # Errors
    /// If there is no such axis.
    pub fn flip(&self, axis: usize) -> Result<Self> {
        let cells = self.cells.flip(axis);
        Ok(self.seen_as(self.or_error(cells)?))
    }

    /// A view of this field of each record.
    ///
    /// # Errors
    /// If the elements are not records, or have no such field.
    pub fn field(&self, name: impl AsRef<str>) -> Result<Self> {
        let mut array = self.array.clone();
        array.one(name.as_ref());
        let dtype = array.clone().into_array()?.data_type().clone();
        Ok(Self {
            array,
            dtype,
            cells: self.cells.clone(),
        })
    }

    /// Reads elements of the view: see [`Array::read`].
    pub fn read<T: Element>(&self, selection: impl Into<Selection>) -> Read<T> {
        Read::of(self.array.clone(), selection.into())
    }

    /// Reads elements of the view without a static type: see [`Array::read_dyn`].
    pub fn read_dyn(&self, selection: impl Into<Selection>) -> ReadDyn {
        ReadDyn::of(self.array.clone(), selection.into())
    }

    /// Reads one element of the view: see [`Array::read_scalar`].
    pub fn read_scalar<T: Element>(&self, selection: impl Into<Selection>) -> ReadScalar<T> {
        ReadScalar::of(self.array.clone(), selection.into())
    }

    /// Reads which elements of the view were ever written: see [`Array::read_initialized`].
    pub fn read_initialized(&self, selection: impl Into<Selection>) -> ReadInitialized {
        ReadInitialized::of(self.array.clone(), selection.into())
    }

    /// Writes elements of the view, and so of the array: see [`Array::write`].
    pub fn write(&self, selection: impl Into<Selection>, data: impl Into<Source>) -> Write {
        Write::of(self.array.clone(), selection.into(), data.into())
    }

    /// Sets elements of the view back to the fill value: see [`Array::erase`].
    pub fn erase(&self, selection: impl Into<Selection>) -> Erase {
        Erase::of(self.array.clone(), selection.into())
    }

    fn seen_as(&self, cells: CellView) -> Self {
        Self {
            array: self.array.seen_as(cells.clone()),
            cells,
            dtype: self.dtype.clone(),
        }
    }

    /// The error as one of the array's selections.
    fn or_error(&self, cells: Result<CellView, crate::SelectionError>) -> Result<CellView> {
        let array = self.array.clone().into_array()?;
        cells.map_err(|source| array.selection_error(source))
    }
}
