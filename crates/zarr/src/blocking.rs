//! Blocking use: one trait instead of a second API, and what only blocking code can be given: borrowed
//! memory to fill.

use ndarray::{ArrayViewMut, Dimension};

use crate::array::fields::Picked;
use crate::{Array, Element, Plain, Result, Selection};

/// `.wait()` for everything that can be `.await`ed. Needs no runtime, and may be called on any
/// thread: the call parks for the pool or the network, and small work runs on the caller itself.
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
    /// Does it, and returns when it is done.
    fn wait(self) -> Self::Output {
        zarr_store::runtime::wait(self.into_future())
    }
}

impl<F: IntoFuture> Wait for F {}

/// Reads the cells of a selection into an array of yours, or into a part of it: a view of the
/// selection's shape, with any strides. Numbers are decoded there without a copy where they lie in the
/// view as they do in chunks.
///
/// It only blocks: a future that borrowed your memory could be leaked while workers still write there.
/// On a runtime, give the memory away and get it back: [`Read::reuse`](crate::Read::reuse).
///
/// # Errors
/// Before anything is read, where the view has not the selection's shape or not the stored type. As
/// [`Array::read`]: the view may then have some new elements.
///
/// ```
/// use zarr::{DataType, Target, blocking::{Wait, read_into}, sel};
///
/// # fn main() -> zarr::Result<()> {
/// let a = zarr::create_array(Target::Memory, [50, 20, 30], DataType::Float32).fill_value(1.5).wait()?;
/// // In Fortran's order, of which the last plane is read.
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
    let array = zarr_store::runtime::wait(Picked::all(array.chunked()).current())?;
    array.read_into(array.resolve(&selection.into())?, out.into_dyn())
}
