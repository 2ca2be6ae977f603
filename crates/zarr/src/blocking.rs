//! Blocking use: the trait [`Wait`] instead of a second API, [`iter`] for streams, and [`read_into`], which fills borrowed memory
//! and therefore has to block.

use std::pin::Pin;
use std::time::Duration;

use futures_util::Stream;
use ndarray::{ArrayViewMut, Dimension};

use crate::array::fields::ArrayFields;
use crate::{Array, Element, Plain, Result, Selection, StreamIter};

/// `.wait()` for everything that can be `.await`ed.
///
/// It needs no runtime and can be called on any thread. The calling thread parks while the pool or the
/// network works; small work runs on the calling thread itself.
///
/// WebAssembly has one thread, and what it waits for could never come. So `.wait()` serves only stores whose answers are
/// there at once, such as memory, and panics otherwise. In a browser, use `.await`.
///
/// ```
/// use zarr::blocking::Wait;
/// # fn main() -> zarr::Result<()> {
/// let group = zarr::create_group(zarr::Target::Memory).wait()?;
/// # let _ = group;
/// # Ok(())
/// # }
/// ```
pub trait Wait: IntoFuture + Sized {
    /// Runs the operation and returns its result.
    fn wait(self) -> Self::Output {
        zarr_store::runtime::wait(self.into_future())
    }

    /// Runs the operation and asks after each of these times, while it waits, whether to stop: for a user who
    /// interrupts, or a time limit. If `stop` fails, the operation is dropped. Nothing is left half done then: of a
    /// write, each chunk is there as it was or as it was to be.
    ///
    /// Small work that runs on this thread itself is not interrupted.
    ///
    /// # Errors
    /// That of `stop`.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use zarr::blocking::Wait;
    /// # fn main() -> zarr::Result<()> {
    /// let begin = Instant::now();
    /// let late = || match begin.elapsed() > Duration::from_secs(30) {
    ///     true => Err("it takes too long"),
    ///     false => Ok(()),
    /// };
    /// let opening = zarr::create_group(zarr::Target::Memory);
    /// let group = opening.wait_unless(Duration::from_millis(100), late);
    /// assert!(group.is_ok_and(|group| group.is_ok()));
    /// # Ok(())
    /// # }
    /// ```
    fn wait_unless<E>(
        self,
        every: Duration,
        stop: impl FnMut() -> Result<(), E>,
    ) -> Result<Self::Output, E> {
        zarr_store::runtime::wait_unless(self.into_future(), every, stop)
    }
}

impl<F: IntoFuture> Wait for F {}

/// The items of a stream, such as [`Array::stored_chunks`], as an iterator that waits for each of them.
pub fn iter<S: Stream>(stream: S) -> StreamIter<Pin<Box<S>>> {
    StreamIter(Box::pin(stream))
}

/// Reads the cells of a selection into your own array or a part of it: a view of the selection's shape,
/// with any strides. Numbers that lie in the view as they do in a chunk are decoded there without a copy.
///
/// This function only blocks, because a future that borrows memory could be leaked while workers still
/// write to it. On a runtime, pass the memory by value: [`Read::reuse`](crate::Read::reuse).
///
/// # Errors
/// If the view does not have the selection's shape or the stored type; then nothing is read. Otherwise as
/// for [`Array::read`]; then some elements of the view may be new.
///
/// ```
/// use zarr::{DataType, Target, blocking::{Wait, read_into}, sel};
///
/// # fn main() -> zarr::Result<()> {
/// let a = zarr::create_array(Target::Memory, [50, 20, 30], DataType::Float32).fill_value(1.5).wait()?;
/// // A volume in Fortran order; fill its last plane.
/// let mut volume = ndarray::Array3::<f32>::zeros(ndarray::ShapeBuilder::f((20, 30, 4)));
/// read_into(&a, sel![7, .., ..], volume.slice_mut(ndarray::s![.., .., 3]))?;
/// assert_eq!(volume.sum(), 1.5 * 20.0 * 30.0);
/// # Ok(())
/// # }
/// ```
pub fn read_into<T: Element<Stored = T> + Plain, D: Dimension>(
    array: &Array,
    selection: impl Into<Selection>,
    out: ArrayViewMut<'_, T, D>,
) -> Result<()> {
    let array = zarr_store::runtime::wait(ArrayFields::all(array.chunked()).current())?;
    array.read_into(array.resolve(&selection.into())?, out.into_dyn())
}
