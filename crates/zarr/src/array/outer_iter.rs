//! Iterates over the subarrays along the first axis. `zarr-core` does the work.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::{Stream, TryFutureExt};
use ndarray::ArrayD;
use zarr_core::{Element, Result};

use crate::array::fields::{ArrayFields, field_setters};
use crate::{Array, StreamIter, View};

impl Array {
    /// Reads the subarrays along the first axis one by one, such as the rows of a matrix: Python's `for row in a`. One
    /// row of chunks is read at once if the context's memory permits, so that each chunk is read only once; where chunks
    /// differ in length, or a view begins inside one, some are read twice.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::array(Target::Memory, ndarray::array![[1, 2], [3, 4], [5, 6]]).wait()?;
    /// let mut sums = Vec::new();
    /// for row in a.outer_iter::<i32>().wait() {
    ///     sums.push(row?.sum());
    /// }
    /// assert_eq!(sums, [3, 7, 11]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It is also a [`Stream`]. The first error ends it.
    #[doc(alias = "rows")]
    pub fn outer_iter<T: Element>(&self) -> OuterIter<T> {
        OuterIter::of(ArrayFields::all(self.chunked()))
    }
}

impl View {
    /// Reads the subarrays along the first axis of the view: see [`Array::outer_iter`].
    pub fn outer_iter<T: Element>(&self) -> OuterIter<T> {
        OuterIter::of(self.array.clone())
    }
}

type Subarrays<T> = Pin<Box<dyn Stream<Item = Result<ArrayD<T>>> + Send>>;

/// A stream of the subarrays along the first axis: see [`Array::outer_iter`].
#[must_use = "nothing is read until the subarrays are asked for"]
pub struct OuterIter<T> {
    array: ArrayFields,
    /// Set when the first subarray is asked for.
    running: Option<Subarrays<T>>,
}

field_setters!(OuterIter<T>);

impl<T: Element> OuterIter<T> {
    fn of(array: ArrayFields) -> Self {
        let running = None;
        Self { array, running }
    }

    /// The subarrays as an iterator that waits for them and needs no runtime.
    pub fn wait(self) -> StreamIter<Self> {
        StreamIter(self)
    }

    fn start(&self) -> Subarrays<T> {
        let array = self.array.clone().current();
        let begun = async move { array.await?.outer_iter::<T>() };
        Box::pin(begun.try_flatten_stream())
    }
}

impl<T: Element> Stream for OuterIter<T> {
    type Item = Result<ArrayD<T>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let running = self.running.take().unwrap_or_else(|| self.start());
        self.running.insert(running).as_mut().poll_next(cx)
    }
}

impl<T> fmt::Debug for OuterIter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("OuterIter");
        debug.field("array", &self.array).finish_non_exhaustive()
    }
}
