//! Reads elements into arrays of their own: typed, in blocks, or untyped.

use std::num::NonZeroUsize;
use std::sync::Arc;

use futures_util::{Stream, StreamExt};
use ndarray::{ArrayD, Dimension};
use zarr_codecs::{Casting, Dims, VlenElements, VlenHandle};
use zarr_metadata::Order;

use super::{DynData, Element, into_array, mismatch};
use crate::engine::Destination;
use crate::{
    Block, BlockPlace, ChunkedArray, Error, ErrorKind, Output, ResolvedSelection, Result, Values,
    VarArray, values,
};

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
    pub(super) async fn read_array<T: Element>(
        self: Arc<Self>,
        selection: ResolvedSelection,
        destination: Destination,
    ) -> Result<ArrayD<T>> {
        let array = Arc::clone(&self);
        let out_shape: Dims<u64> = selection.out_shape().into();
        if let Destination::New {
            order: Order::C, ..
        } = destination
            && let Some(stored) = self.read_one_chunk(&selection).await?
        {
            let none = VlenElements::default();
            let elements = T::from_stored(stored, self.data_type(), &none)?;
            return into_array(elements, &out_shape, Order::C);
        }
        let output = array.read_to(selection, destination).await?;
        let order = output.order();
        into_array(self.elements(output)?, &out_shape, order)
    }

    /// Checks that the output of a selection has the axes of an array of this type, before it is read.
    ///
    /// # Errors
    /// [`ErrorKind::Rank`] if it has more or less axes.
    pub fn check_rank<D: Dimension>(&self, selection: &ResolvedSelection) -> Result<()> {
        let shape = selection.out_shape();
        match D::NDIM {
            Some(asked) if asked != shape.len() => Err(ErrorKind::Rank {
                path: self.path().clone(),
                shape: shape.to_vec(),
                asked,
            }
            .into()),
            _ => Ok(()),
        }
    }

    /// Reads the cells of a selection and casts numbers to `T`, by the rules of NumPy's `astype`: see
    /// [`DynData::cast`].
    ///
    /// # Errors
    /// Before anything is read, if elements of the data type do not become elements of type `T`. Afterwards if a value
    /// does not. Otherwise as for [`read_dyn`](Self::read_dyn).
    pub async fn read_cast<T: Element>(
        self: Arc<Self>,
        selection: ResolvedSelection,
    ) -> Result<ArrayD<T>> {
        if T::accepts(self.data_type()) {
            return self.read_as(selection).await;
        }
        let (from, to) = (self.data_type().clone(), T::data_type());
        if Casting::AsType.cast(&[], &from, &to).is_err() {
            return Err(mismatch::<T>(self.path().clone(), from));
        }
        let path = self.path().clone();
        let DynData { shape, data, .. } = self.read_dyn(selection).await?;
        // Only numbers are cast, which have one size.
        let elements = data.as_fixed().unwrap_or_default();
        let cast = Casting::AsType.cast(elements, &from, &to);
        let cast = cast.map_err(|error| Error::argument("cast", format!("`{path}`: {error}")))?;
        let data = Values::Fixed(cast.into());
        let dtype = to;
        DynData { dtype, shape, data }.into_array()
    }

    /// Reads the only cell of a selection.
    ///
    /// # Errors
    /// Before anything is read, if the selection is not one cell. Otherwise as for [`read_as`](Self::read_as).
    pub async fn read_scalar<T: Element>(
        self: Arc<Self>,
        selection: ResolvedSelection,
    ) -> Result<T> {
        let not_one = ErrorKind::NotAScalar {
            path: self.path().clone(),
            shape: selection.out_shape().to_vec(),
        };
        if selection.volume() != Some(1) {
            return Err(not_one.into());
        }
        let elements = self.read_as::<T>(selection).await?;
        elements.into_iter().next().ok_or_else(|| not_one.into())
    }

    pub(super) fn elements<T: Element>(&self, output: Output) -> Result<Vec<T>> {
        let heap = output.heap().elements();
        let stored: Vec<T::Stored> = output.into_vec().ok_or_else(|| self.incomplete())?;
        let bytes = bytemuck::cast_slice(&stored);
        self.check_room(bytes, size_of::<T>(), &heap)?;
        T::from_stored(stored, self.data_type(), &heap)
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

    /// Streams the blocks of [`stream`](Self::stream) as arrays, each with its place.
    ///
    /// # Errors
    /// If the data type is not read as `T`, and the errors of [`stream`](Self::stream).
    pub fn stream_as<T: Element>(
        self: Arc<Self>,
        selection: ResolvedSelection,
        ahead: Option<NonZeroUsize>,
    ) -> Result<impl Stream<Item = Result<(BlockPlace, ArrayD<T>)>> + Send + use<T>> {
        self.check_element::<T>()?;
        let blocks = Arc::clone(&self).stream(selection, align_of::<T::Stored>(), ahead)?;
        Ok(blocks.map(move |block| {
            let Block { place, output } = block?;
            let elements = self.elements::<T>(output)?;
            let array = into_array(elements, &place.shape(), Order::C)?;
            Ok((place, array))
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
        let shape = selection.out_shape().to_vec();
        if let Some(stored) = self.read_one_chunk::<u8>(&selection).await? {
            let data = Values::Fixed(stored.into());
            return Ok(DynData { dtype, shape, data });
        }
        let output = Arc::clone(&self).read(selection, align).await?;
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
        Ok(DynData { dtype, shape, data })
    }

    /// Checks that elements of the array can be read and written as `T`.
    ///
    /// # Errors
    /// [`ErrorKind::Element`] if they cannot.
    pub fn check_element<T: Element>(&self) -> Result<()> {
        match T::accepts(self.data_type()) {
            true => Ok(()),
            false => Err(mismatch::<T>(self.path().clone(), self.data_type().clone())),
        }
    }

    /// The error that all tasks succeeded, yet part of the output is missing. Only a bug can cause it.
    pub(super) fn incomplete(&self) -> Error {
        self.chunk_error(&[], crate::ChunkError::INTERNAL)
    }
}
