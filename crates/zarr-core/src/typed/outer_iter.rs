//! Reads the subarrays along the first axis one by one, from a row of chunks at a time.

use std::sync::Arc;

use futures_util::{Stream, stream};
use ndarray::{ArrayD, Axis};

use super::Element;
use crate::{ChunkedArray, Error, Result, Selection};

/// Where an iteration is.
struct Place<T> {
    array: Arc<ChunkedArray>,
    next: u64,
    /// Where along the first axis the elements lie that were read last.
    start: u64,
    read: Option<ArrayD<T>>,
}

impl ChunkedArray {
    /// Streams the subarrays along the first axis in their order: of a matrix, its rows. As many are read at once as
    /// one row of chunks (of a sharded array, of inner chunks) has, or fewer where these exceed the context's memory.
    ///
    /// # Errors
    /// If the array has no axes, or the data type is not read as `T`. The errors of [`read_as`](Self::read_as) end the
    /// stream.
    pub fn outer_iter<T: Element>(
        self: Arc<Self>,
    ) -> Result<impl Stream<Item = Result<ArrayD<T>>> + Send + use<T>> {
        self.check_element::<T>()?;
        let Some((&length, others)) = self.shape_seen().split_first() else {
            let text = format!(
                "`{}` has no axes, so nothing is along its first one",
                self.path()
            );
            return Err(Error::wrong_shape("array", text));
        };
        let each = zarr_codecs::volume(others).unwrap_or(u64::MAX);
        let size = self.data_type().size().unwrap_or(size_of::<T>()).max(1);
        let fit = self.context().memory() / each.saturating_mul(size as u64).max(1);
        let rows = self.inner_chunk_shape()?.first().copied().unwrap_or(1);
        let rows = rows.min(fit).max(1);
        let place = Place {
            array: self,
            next: 0,
            start: 0,
            read: None,
        };
        Ok(stream::try_unfold(place, move |place| {
            place.step(rows, length)
        }))
    }
}

impl<T: Element> Place<T> {
    async fn step(mut self, rows: u64, length: u64) -> Result<Option<(ArrayD<T>, Self)>> {
        if self.next >= length {
            return Ok(None);
        }
        let at = (self.next - self.start) as usize;
        let read = self.read.take().filter(|read| at < read.len_of(Axis(0)));
        let read = match read {
            Some(read) => read,
            None => {
                // Up to the end of the chunk, so that no chunk is read twice.
                let end = (self.next - self.next % rows)
                    .saturating_add(rows)
                    .min(length);
                let selection = self.array.resolve(&Selection::from(self.next..end))?;
                self.start = self.next;
                Arc::clone(&self.array).read_as(selection).await?
            }
        };
        let at = (self.next - self.start) as usize;
        let subarray = read.index_axis(Axis(0), at).to_owned();
        self.read = Some(read);
        self.next += 1;
        Ok(Some((subarray, self)))
    }
}
