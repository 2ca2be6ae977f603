//! Reads elements into memory that the caller provides, a view or a vector that is used again, and reads
//! several selections at once.

use std::sync::Arc;

use ndarray::{ArrayD, ArrayViewMutD};
use zarr_metadata::DataType;
use zarr_store::runtime;

use super::{Element, Plain, into_array};
use crate::engine::{self, Destination};
use crate::{ChunkedArray, Error, ResolvedSelection, Result};

impl ChunkedArray {
    /// Reads the cells of a selection into a view of its output shape. The view can have any strides: it can
    /// be a part of a larger array, in Fortran order, or reversed. Chunks are decoded straight into the
    /// view where their cells are contiguous in it.
    ///
    /// This blocks until all is read, since a read of borrowed memory cannot be cancelled halfway. `T` must be
    /// a type that is read in place, as numbers and `[u8; N]` are.
    ///
    /// # Errors
    /// Before anything is read: if the view has another shape, or the data type is not read as `T`. Otherwise
    /// the errors of [`read`](Self::read); part of the view may have been overwritten then.
    pub fn read_into<T: Element<Stored = T> + Plain>(
        self: &Arc<Self>,
        selection: ResolvedSelection,
        mut out: ArrayViewMutD<'_, T>,
    ) -> Result<()> {
        self.check_element::<T>()?;
        let wanted = selection.out_shape();
        if !(out.shape().iter().map(|&n| n as u64)).eq(wanted.iter().copied()) {
            let found = out.shape();
            let text = format!("its shape is {found:?}, but that of the selection is {wanted:?}");
            return Err(Error::wrong_shape("out", text));
        }
        engine::lend(out.view_mut(), |destination| {
            let output = runtime::wait(Arc::clone(self).read_to(selection, destination))?;
            output
                .is_complete()
                .then_some(())
                .ok_or_else(|| self.incomplete())
        })?;
        if let DataType::SmallInt(_) = self.data_type() {
            out.mapv_inplace(|element| element.normal(self.data_type()));
        }
        Ok(())
    }

    /// Like [`read_as`](Self::read_as), but uses the memory of a vector if it is large enough. The contents
    /// of the vector are lost, even if reading fails. Types whose elements are converted after reading, such
    /// as `String`, get memory of their own.
    ///
    /// # Errors
    /// The errors of [`read_as`](Self::read_as).
    pub async fn read_reusing<T: Element>(
        self: Arc<Self>,
        selection: ResolvedSelection,
        memory: Vec<T::Stored>,
    ) -> Result<ArrayD<T>> {
        self.check_element::<T>()?;
        let destination = Destination::of(memory, self.order());
        self.read_array(selection, destination).await
    }

    /// Reads several selections at once, and returns an array for each, in order. A chunk, or an inner chunk
    /// of a shard, that several selections touch is fetched and decoded once.
    ///
    /// # Errors
    /// The errors of [`read_as`](Self::read_as). The first error ends all reads.
    pub async fn read_many<T: Element>(
        self: Arc<Self>,
        selections: Vec<ResolvedSelection>,
    ) -> Result<Vec<ArrayD<T>>> {
        self.check_element::<T>()?;
        let shapes: Vec<_> = (selections.iter())
            .map(|selection| selection.out_shape().to_vec())
            .collect();
        let array = Arc::clone(&self);
        let outputs = array.read_all(selections, align_of::<T::Stored>()).await?;
        (outputs.into_iter().zip(shapes))
            .map(|(output, shape)| {
                let order = output.order();
                into_array(self.elements(output)?, &shape, order)
            })
            .collect()
    }
}
