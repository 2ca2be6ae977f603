//! Reading elements to where the caller wants them: into memory of its own, into a vector that is used
//! again, or several selections at once. Knows nothing of how they are read.

use std::sync::Arc;

use ndarray::{ArrayD, ArrayViewMutD};
use zarr_store::runtime;

use super::{Element, Plain, into_array};
use crate::engine::{self, Destination};
use crate::{ChunkedArray, Error, ResolvedSelection, Result};

impl ChunkedArray {
    /// Reads the cells of a selection into a view of its shape, of any strides: the rows or columns of
    /// something larger, in Fortran's order, or reversed. Chunks are decoded there without a copy where
    /// they lie in the view as they do in memory.
    ///
    /// Returns when it is done: whoever borrows memory cannot be given up halfway. For elements whose
    /// memory is their stored form, numbers that is.
    ///
    /// # Errors
    /// Before anything is read: where the view has another shape, or the elements are not stored as
    /// `T`. Else as [`read`](Self::read); some elements of the view may have been read by then.
    pub fn read_into<T: Element<Stored = T> + Plain>(
        self: &Arc<Self>,
        selection: ResolvedSelection,
        out: ArrayViewMutD<'_, T>,
    ) -> Result<()> {
        self.check_element::<T>()?;
        let wanted = selection.out_shape();
        if !(out.shape().iter().map(|&n| n as u64)).eq(wanted.iter().copied()) {
            let found = out.shape();
            let text = format!("it has the shape {found:?}, and the selection {wanted:?}");
            return Err(Error::wrong_shape("out", text));
        }
        engine::lend(out, |destination| {
            let output = runtime::wait(Arc::clone(self).read_to(selection, destination))?;
            output
                .is_complete()
                .then_some(())
                .ok_or_else(|| self.incomplete())
        })
    }

    /// As [`read_as`](Self::read_as), into the memory of a vector where that is large enough. What the
    /// vector held is gone, also where reading fails. Elements that lie in memory in another form than
    /// `T`, such as texts, are made from it and get memory of their own.
    ///
    /// # Errors
    /// As [`read_as`](Self::read_as).
    pub async fn read_reusing<T: Element>(
        self: Arc<Self>,
        selection: ResolvedSelection,
        memory: Vec<T::Stored>,
    ) -> Result<ArrayD<T>> {
        self.check_element::<T>()?;
        let (array, destination) = (Arc::clone(&self), Destination::of(memory));
        let output = array.read_to(selection.clone(), destination).await?;
        into_array(self.elements(output)?, selection.out_shape())
    }

    /// Reads several selections as arrays, in their order. A chunk that several of them touch is
    /// fetched once, and decoded once; so is an inner chunk of a shard.
    ///
    /// # Errors
    /// As [`read_as`](Self::read_as): the first error ends them all.
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
            .map(|(output, shape)| into_array(self.elements(output)?, &shape))
            .collect()
    }
}
