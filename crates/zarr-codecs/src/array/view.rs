//! Strided views of array memory, and every access through a raw pointer that they need.
//! Codecs and chunks play no part here; the loops are planned in `loop_nest.rs`, and which bytes a view
//! names is computed in `view/geometry.rs`.
//!
//! # Why this is sound
//! A view is a pointer, a shape, byte strides and an element size, with one invariant: *every
//! element it can name lies wholly inside the memory it borrows*. [`NdView::new`] and
//! [`NdViewMut::new`] establish it for a dense slice; `region` and `permute` only ever select
//! elements of the view they start from, and `field` a part of each. A mutable view names no byte
//! twice: a dense slice does not, and a subset of it cannot, since an [`AxisRange`](crate::AxisRange) names no
//! cell twice. What is made from raw parts is as its caller promises.

mod geometry;

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use self::geometry::StridedGeometry;
use crate::array::buffer::{self, Uninit};
use crate::array::loop_nest::LoopNest;
use crate::{Projection, Projections, Region, StridedLayout};

/// Elements to read, anywhere in borrowed memory.
///
/// ```
/// use zarr_codecs::{NdView, Region};
/// let bytes: Vec<u8> = (0..12).collect();
/// let view = NdView::new(&bytes, &[3, 4], 1).unwrap();
/// let corner = view.region(&Region::dense(&[1, 2], &[2, 2])).unwrap();
/// assert_eq!(corner.to_vec(), [6, 7, 10, 11]);
/// ```
#[derive(Clone, Debug)]
pub struct NdView<'a> {
    ptr: *const u8,
    geometry: StridedGeometry,
    memory: PhantomData<&'a [u8]>,
}

/// Elements to write, anywhere in borrowed memory that may be uninitialised.
#[derive(Debug)]
pub struct NdViewMut<'a> {
    ptr: *mut u8,
    geometry: StridedGeometry,
    memory: PhantomData<&'a mut Uninit>,
}

// SAFETY: a view is a shared borrow of bytes, and `&[u8]` is both.
unsafe impl Send for NdView<'_> {}
// SAFETY: as above.
unsafe impl Sync for NdView<'_> {}
// SAFETY: a mutable view is an exclusive borrow of bytes, and `&mut [MaybeUninit<u8>]` is both.
unsafe impl Send for NdViewMut<'_> {}
// SAFETY: as above; `&NdViewMut` gives no access to the bytes.
unsafe impl Sync for NdViewMut<'_> {}

impl<'a> NdView<'a> {
    /// The caller keeps the invariant of views.
    const fn at(ptr: *const u8, geometry: StridedGeometry) -> Self {
        let memory = PhantomData;
        Self {
            ptr,
            geometry,
            memory,
        }
    }

    /// A dense view in C order, or `None` if `bytes` is not exactly that long.
    pub fn new(bytes: &'a [u8], shape: &[u64], elem: usize) -> Option<Self> {
        let (geometry, len) = StridedGeometry::dense(shape, elem)?;
        (bytes.len() == len).then(|| Self::at(bytes.as_ptr(), geometry))
    }

    /// Cells that lie in `bytes` as `at` says, or `None` where one of them is outside. With a stride of zero,
    /// one cell is there as often as the axis is long. `None`, too, where a copy could not be in memory.
    pub fn strided(bytes: &'a [u8], at: &StridedLayout, shape: &[usize]) -> Option<Self> {
        let len = shape.iter().try_fold(at.elem, |len, &n| len.checked_mul(n));
        isize::try_from(len?).ok()?;
        let span = at.byte_range(shape)?;
        if span.end > bytes.len() as u64 {
            return None;
        }
        let geometry = StridedGeometry {
            shape: shape.into(),
            strides: at.strides.clone(),
            elem: at.elem,
        };
        let ptr = bytes
            .as_ptr()
            .wrapping_add(usize::try_from(at.offset).ok()?);
        debug_assert!(span.start <= at.offset, "the reach contains the first cell");
        Some(Self::at(ptr, geometry))
    }

    /// Elements per axis.
    pub fn shape(&self) -> &[usize] {
        &self.geometry.shape
    }

    /// Bytes per element.
    pub fn elem(&self) -> usize {
        self.geometry.elem
    }

    /// The cells of a region, or `None` if it does not lie within the view.
    pub fn region(&self, region: &Region) -> Option<NdView<'a>> {
        let (offset, geometry) = self.geometry.region(region)?;
        // `wrapping_offset` needs no proof for the empty view, which is never dereferenced.
        Some(NdView::at(self.ptr.wrapping_offset(offset), geometry))
    }

    /// Only `len` bytes of every element, from the `offset`-th on, as elements of their own. `None`
    /// where elements are shorter than that.
    pub fn field(&self, offset: usize, len: usize) -> Option<NdView<'a>> {
        let geometry = self.geometry.field(offset, len)?;
        Some(NdView::at(self.ptr.wrapping_add(offset), geometry))
    }

    /// The same cells with axis `i` of the result being axis `axes[i]` of this view.
    pub fn permute(&self, axes: &[usize]) -> Option<NdView<'a>> {
        let geometry = self.geometry.permute(axes)?;
        Some(NdView::at(self.ptr, geometry))
    }

    /// The bytes themselves where they lie in C order without gaps.
    pub fn as_slice(&self) -> Option<&'a [u8]> {
        let len = self.geometry.contiguous()?;
        if len == 0 {
            return Some(&[]);
        }
        // SAFETY: the cells are `len` neighbouring bytes from `ptr` on (`contiguous`), all inside
        // the borrowed memory (the invariant of views), which is initialised and shared for `'a`.
        Some(unsafe { std::slice::from_raw_parts(self.ptr, len) })
    }

    /// Calls `each` with every run of neighbouring bytes, in C order, until it answers `false`.
    pub(crate) fn runs(&self, mut each: impl FnMut(&'a [u8]) -> bool) {
        let elem = self.geometry.elem;
        let nest = LoopNest::new(&self.geometry.shape, [&self.geometry.strides], elem);
        let (len, stride) = (nest.len, nest.strides[0]);
        let (runs, bytes) = if stride == elem as isize {
            (1, len * elem)
        } else {
            (len, elem)
        };
        let mut go = true;
        nest.each(|[offset]| {
            for i in 0..runs {
                if go {
                    // SAFETY: `offset + i * stride` names an element (or the first of a row of
                    // `len` neighbours) of this view, so `bytes` bytes from it are borrowed.
                    go = each(unsafe {
                        let start = self.ptr.offset(offset + i as isize * stride);
                        std::slice::from_raw_parts(start, bytes)
                    });
                }
            }
        });
    }

    /// A copy of the elements in C order.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.geometry.len() * self.geometry.elem);
        self.runs(|run| {
            out.extend_from_slice(run);
            true
        });
        out
    }
}

impl<'a> NdViewMut<'a> {
    /// The caller keeps the invariant of views.
    const fn at(ptr: *mut u8, geometry: StridedGeometry) -> Self {
        let memory = PhantomData;
        Self {
            ptr,
            geometry,
            memory,
        }
    }

    /// A dense view in C order, or `None` if `bytes` is not exactly that long.
    pub fn new(bytes: &'a mut Uninit, shape: &[u64], elem: usize) -> Option<Self> {
        let (geometry, len) = StridedGeometry::dense(shape, elem)?;
        let ptr = bytes.as_mut_ptr().cast();
        (bytes.len() == len).then(|| Self::at(ptr, geometry))
    }

    /// A dense view over initialised memory, or `None` if `bytes` is not exactly that long.
    ///
    /// Every way to write through a view leaves initialised memory initialised: this is why
    /// [`read_strided`](Self::read_strided) zeroes a run that its reader did not fill.
    pub fn over(bytes: &'a mut [u8], shape: &[u64], elem: usize) -> Option<Self> {
        let (geometry, len) = StridedGeometry::dense(shape, elem)?;
        let ptr = bytes.as_mut_ptr();
        (bytes.len() == len).then(|| Self::at(ptr, geometry))
    }

    /// A dense view in C order over memory whose disjoint parts the caller hands out. `None` if `shape`
    /// has more bytes than `len`.
    ///
    /// # Safety
    /// `ptr..ptr + len` must be valid for writes during `'a`, and no byte that is *touched*
    /// through this view or its regions may be accessed by anyone else during `'a`.
    pub unsafe fn from_raw(ptr: *mut u8, len: usize, shape: &[u64], elem: usize) -> Option<Self> {
        let (geometry, bytes) = StridedGeometry::dense(shape, elem)?;
        (bytes <= len).then(|| Self::at(ptr, geometry))
    }

    /// A view of elements from `ptr` on, which lie `strides` bytes apart along each axis. `None` if there
    /// is not one stride for each axis.
    ///
    /// # Safety
    /// Every element so named must lie in memory that is valid for writes during `'a`, no two may
    /// share a byte, and no byte that is *touched* through this view or its regions may be accessed
    /// by anyone else during `'a`.
    pub unsafe fn from_raw_strided(
        ptr: *mut u8,
        shape: &[usize],
        strides: &[isize],
        elem: usize,
    ) -> Option<Self> {
        let geometry = StridedGeometry {
            shape: shape.into(),
            strides: strides.into(),
            elem,
        };
        (shape.len() == strides.len()).then(|| Self::at(ptr, geometry))
    }

    /// Elements per axis.
    pub fn shape(&self) -> &[usize] {
        &self.geometry.shape
    }

    /// Bytes per element.
    pub fn elem(&self) -> usize {
        self.geometry.elem
    }

    /// The number of bytes of all elements.
    pub fn byte_len(&self) -> usize {
        self.geometry.len() * self.geometry.elem
    }

    /// Where the first element lies.
    pub(crate) fn addr(&self) -> usize {
        self.ptr.addr()
    }

    /// The same cells, borrowed for a shorter time.
    pub fn reborrow(&mut self) -> NdViewMut<'_> {
        NdViewMut::at(self.ptr, self.geometry.clone())
    }

    /// Only the cells of a region, or `None` if it does not lie within the view.
    pub fn region(self, region: &Region) -> Option<NdViewMut<'a>> {
        let (offset, geometry) = self.geometry.region(region)?;
        Some(NdViewMut::at(self.ptr.wrapping_offset(offset), geometry))
    }

    /// Only `len` bytes of every element, from the `offset`-th on, as elements of their own. `None`
    /// where elements are shorter than that.
    pub fn field(self, offset: usize, len: usize) -> Option<NdViewMut<'a>> {
        let geometry = self.geometry.field(offset, len)?;
        Some(NdViewMut::at(self.ptr.wrapping_add(offset), geometry))
    }

    /// The same cells with axis `i` of the result being axis `axes[i]` of this view.
    pub fn permute(self, axes: &[usize]) -> Option<NdViewMut<'a>> {
        let geometry = self.geometry.permute(axes)?;
        Some(NdViewMut::at(self.ptr, geometry))
    }

    /// Whether the cells lie in C order without gaps.
    pub fn is_contiguous(&self) -> bool {
        self.geometry.contiguous().is_some()
    }

    /// The bytes themselves, where the view [is contiguous](Self::is_contiguous).
    pub(crate) fn into_slice(self) -> Option<&'a mut Uninit> {
        match self.geometry.contiguous()? {
            0 => Some(&mut []),
            // SAFETY: as in `NdView::as_slice`; exclusive because the view is, and consumed here.
            len => Some(unsafe { std::slice::from_raw_parts_mut(self.ptr.cast(), len) }),
        }
    }

    /// Fills the view with cells that lie elsewhere as `at` says. `read` is called for each run of bytes that
    /// is contiguous on both sides, with the place where it lies there and the memory to fill, which it
    /// returns as proof.
    ///
    /// # Errors
    /// The first error of `read`, and `None` if it filled less than a run.
    pub fn read_strided<E>(
        &mut self,
        at: &StridedLayout,
        mut read: impl for<'d> FnMut(u64, &'d mut Uninit) -> Result<&'d mut [u8], E>,
    ) -> Result<(), Option<E>> {
        let (nest, each) = self.runs_beside(at);
        let (len, elem) = (nest.len, self.geometry.elem);
        let [step, step_there] = nest.strides;
        let (runs, bytes) = if each > elem { (1, each) } else { (len, elem) };
        let mut result = Ok(());
        nest.each(|[offset, offset_there]| {
            for i in 0..runs as isize {
                if result.is_ok() {
                    // SAFETY: as in `runs`: where both strides are one element, the row of `len`
                    // elements is one run of `each` bytes; otherwise each element is.
                    let run = unsafe {
                        let start = self.ptr.offset(offset + i * step);
                        std::slice::from_raw_parts_mut(start.cast(), bytes)
                    };
                    let way = offset_there.wrapping_add(i.wrapping_mul(step_there));
                    let there = at.offset.wrapping_add_signed(way as i64);
                    result = match buffer::fill_exact(run, |run| read(there, run)) {
                        Ok(true) => Ok(()),
                        Ok(false) => Err(None),
                        Err(error) => Err(Some(error)),
                    };
                }
            }
        });
        result
    }

    /// The length of each run that [`read_strided`](Self::read_strided) would ask for, in bytes.
    pub fn run_len(&self, at: &StridedLayout) -> usize {
        self.runs_beside(at).1
    }

    /// The loops over this view and cells elsewhere at once, and the bytes that are contiguous on both sides.
    fn runs_beside(&self, at: &StridedLayout) -> (LoopNest<2>, usize) {
        let elem = self.geometry.elem;
        let nest = LoopNest::new(
            &self.geometry.shape,
            [&self.geometry.strides, &at.strides],
            elem,
        );
        let dense = nest.strides == [elem as isize; 2];
        let bytes = if dense { nest.len * elem } else { elem };
        (nest, bytes)
    }

    /// The length of each run that [`runs`](Self::runs) lends, in bytes.
    #[cfg(any(feature = "blosc", feature = "blosc-rust"))]
    pub(crate) fn run_bytes(&self) -> usize {
        let elem = self.geometry.elem;
        let nest = LoopNest::new(&self.geometry.shape, [&self.geometry.strides], elem);
        let dense = nest.strides == [elem as isize];
        if dense { nest.len * elem } else { elem }
    }

    /// Calls `each` with every run of neighbouring bytes in C order. A run is never shorter than
    /// an element. Stops at the first error and returns it.
    pub(crate) fn runs<E>(
        &mut self,
        mut each: impl FnMut(&mut Uninit) -> Result<(), E>,
    ) -> Result<(), E> {
        let elem = self.geometry.elem;
        let nest = LoopNest::new(&self.geometry.shape, [&self.geometry.strides], elem);
        let (len, stride) = (nest.len, nest.strides[0]);
        let (runs, bytes) = if stride == elem as isize {
            (1, len * elem)
        } else {
            (len, elem)
        };
        let mut result = Ok(());
        nest.each(|[offset]| {
            for i in 0..runs {
                if result.is_ok() {
                    // SAFETY: as in `NdView::runs`; exclusive because `self` is and runs are
                    // lent one at a time.
                    result = each(unsafe {
                        let start = self.ptr.offset(offset + i as isize * stride);
                        std::slice::from_raw_parts_mut(start.cast(), bytes)
                    });
                }
            }
        });
        result
    }

    /// Copies every element of `src`. Does nothing and returns `false` if shapes or element sizes differ.
    #[must_use]
    pub fn copy_from(&mut self, src: &NdView<'_>) -> bool {
        let (to, from) = (&self.geometry, &src.geometry);
        if to.shape != from.shape || to.elem != from.elem {
            return false;
        }
        let elem = to.elem;
        let nest = LoopNest::new(&to.shape, [&to.strides, &from.strides], elem);
        let (len, [to_step, from_step]) = (nest.len, nest.strides);
        let dense = to_step == elem as isize && from_step == elem as isize;
        nest.each(|[to_offset, from_offset]| {
            // SAFETY: the offsets name the first element of a row of `len` elements of the same
            // shape in each view, `to_step` and `from_step` apart, so every access is inside
            // memory the views borrow. The two cannot overlap: one of the borrows is exclusive.
            unsafe {
                let to = self.ptr.offset(to_offset);
                let from = src.ptr.offset(from_offset);
                if dense {
                    std::ptr::copy_nonoverlapping(from, to, len * elem);
                } else {
                    copy_row(to, to_step, from, from_step, len, elem);
                }
            }
        });
        true
    }
}

/// A view cut into the disjoint parts that projections write, to be taken one by one from any
/// thread.
///
/// Each part can be taken once, and the `to` boxes of [`Projections`] never overlap: that is the
/// whole argument why parts may be written at the same time. Together they are the whole view, so that
/// it is written when all of them are.
#[derive(Debug)]
pub struct DisjointParts<'a> {
    view: NdViewMut<'a>,
    projections: Projections,
    /// One bit per part, set when it is taken.
    taken: Box<[AtomicU64]>,
}

impl<'a> DisjointParts<'a> {
    /// Cuts `view`. `None` if the chunks of the projections hold a box of another shape.
    pub fn new(view: NdViewMut<'a>, projections: Projections) -> Option<Self> {
        let shape = projections.shape();
        let same = |(&own, &held): (&usize, &u64)| own as u64 == held;
        let fits = view.shape().len() == shape.len() && view.shape().iter().zip(&shape).all(same);
        let words = projections.len().div_ceil(64);
        fits.then(|| Self {
            view,
            projections,
            taken: (0..words).map(|_| AtomicU64::new(0)).collect(),
        })
    }

    /// How many parts there are.
    pub fn len(&self) -> usize {
        self.projections.len()
    }

    /// Whether there is no part.
    pub fn is_empty(&self) -> bool {
        self.projections.is_empty()
    }

    /// What the `i`-th part is.
    pub fn projection(&self, i: usize) -> Option<Projection> {
        self.projections.get(i)
    }

    /// The `i`-th projection and its part of the view. `None` if there is no such part in the
    /// view, or it has been taken.
    pub fn take(&self, i: usize) -> Option<(Projection, NdViewMut<'_>)> {
        let projection = self.projections.get(i)?;
        let bit = 1 << (i % 64);
        if self.taken.get(i / 64)?.fetch_or(bit, Ordering::Relaxed) & bit != 0 {
            return None;
        }
        let (offset, geometry) = self.view.geometry.region(&projection.to)?;
        let ptr = self.view.ptr.wrapping_offset(offset);
        // The view is borrowed exclusively for as long as `self` lives, this part of it is handed
        // out only here and only once, and no two parts overlap.
        Some((projection, NdViewMut::at(ptr, geometry)))
    }

    /// Lets every part be taken once more. Nobody has one now, since each borrows this:
    ///
    /// ```compile_fail,E0502
    /// use zarr_codecs::{DisjointParts, NdViewMut, Projections, Region};
    /// let mut memory = [0; 4];
    /// let view = NdViewMut::over(&mut memory, &[4], 1).unwrap();
    /// let chunks = Projections::new(&Region::whole(&[4]), &[2]).unwrap();
    /// let mut parts = DisjointParts::new(view, chunks).unwrap();
    /// let (_, mut part) = parts.take(0).unwrap();
    /// parts.give_back();
    /// zarr_codecs::fill(&mut part, &[1]);
    /// ```
    pub fn give_back(&mut self) {
        self.taken
            .iter_mut()
            .for_each(|taken| *taken = AtomicU64::new(0));
    }

    /// The projections, in the order of the parts.
    pub fn projections(&self) -> &Projections {
        &self.projections
    }

    /// Neighbouring parts, as the few views that are the same cells together. `None` if one of them
    /// has been taken or there is no such part; then none of the others is to be had any more.
    pub fn take_run(&self, run: Range<usize>) -> Option<Vec<NdViewMut<'_>>> {
        let boxes = self.projections.run(run.clone())?;
        let mut are_free = true;
        for word in run.start / 64..run.end.div_ceil(64) {
            let first = run.start.saturating_sub(word * 64);
            let behind = 64 - (run.end - word * 64).min(64);
            let bits = u64::MAX << first & u64::MAX >> behind;
            are_free &= self.taken.get(word)?.fetch_or(bits, Ordering::Relaxed) & bits == 0;
        }
        let view = |to: &Region| {
            let (offset, geometry) = self.view.geometry.region(to)?;
            // As in `take`: the boxes are the cells of parts that are handed out here, and nowhere else.
            Some(NdViewMut::at(
                self.view.ptr.wrapping_offset(offset),
                geometry,
            ))
        };
        are_free.then(|| boxes.iter().map(view).collect()).flatten()
    }
}

/// Copies `len` elements that lie a stride apart on at least one side.
///
/// # Safety
/// `to + i * to_step` must be valid for writing, `from + i * from_step` for reading `elem` bytes,
/// for every `i < len`, and nothing written may overlap anything read.
unsafe fn copy_row(
    to: *mut u8,
    to_step: isize,
    from: *const u8,
    from_step: isize,
    len: usize,
    elem: usize,
) {
    /// One element size the compiler knows: a plain load and store instead of a call.
    ///
    /// # Safety
    /// As for `copy_row`, with `elem = N`.
    unsafe fn sized<const N: usize>(
        to: *mut u8,
        to_step: isize,
        from: *const u8,
        from_step: isize,
        len: usize,
    ) {
        for i in 0..len as isize {
            // SAFETY: promised by the caller; `[u8; N]` has alignment one.
            unsafe {
                let value = from.offset(i * from_step).cast::<[u8; N]>().read();
                to.offset(i * to_step).cast::<[u8; N]>().write(value);
            }
        }
    }
    // SAFETY: each arm passes on what the caller promised, for that element size.
    unsafe {
        match elem {
            1 => sized::<1>(to, to_step, from, from_step, len),
            2 => sized::<2>(to, to_step, from, from_step, len),
            4 => sized::<4>(to, to_step, from, from_step, len),
            8 => sized::<8>(to, to_step, from, from_step, len),
            16 => sized::<16>(to, to_step, from, from_step, len),
            _ => {
                for i in 0..len as isize {
                    std::ptr::copy_nonoverlapping(
                        from.offset(i * from_step),
                        to.offset(i * to_step),
                        elem,
                    );
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "view/tests.rs"]
mod tests;
