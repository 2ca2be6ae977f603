//! The memory that a read fills. It is allocated once, zeroed only if needed, written by many workers at once, and
//! returned as a plain `Vec`; or it is the caller's own.
//!
//! # Why this is sound
//! [`Output`] owns one allocation, or borrows the caller's. Workers write it only through [`DisjointParts`], which
//! hands out each disjoint part once, or, if the cells are scattered, one after the other under a mutex. An
//! allocation becomes a `Vec` only if the bytes reported as written add up to all of it ([`Output::into_vec`]), so
//! no byte is read that was not written.
//!
//! Borrowed memory is initialised, and stays so whatever is written to it. [`lend`] borrows it for as long as it
//! runs, and neither returns nor unwinds before the [`BorrowedOutput`] that it handed out is dropped.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};
use std::mem::ManuallyDrop;
use std::ops::Range;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use bytemuck::{AnyBitPattern, Pod};
use ndarray::ArrayViewMutD;
use zarr_codecs::{Dims, DisjointParts, NdViewMut, Projection, Projections, Region, VlenHeap};
use zarr_metadata::{FillValue, Order};

use crate::cells::CellRun;
use crate::{Error, ErrorKind};

/// From this size, the allocator maps fresh pages, which are already zero.
const FRESH_PAGES: usize = 32 << 20;
/// From this size, huge pages are worth asking for: the first write to 512 MiB takes a quarter of the time.
const HUGE_PAGES: usize = 4 << 20;
/// The size and alignment of a huge page.
#[cfg(target_os = "linux")]
const HUGE_PAGE: usize = 2 << 20;

/// The elements of a read as they come in, in the order of the destination.
#[derive(Debug)]
pub struct Output {
    // Declared first, so that it is dropped before the memory that it points into.
    parts: DisjointParts<'static>,
    memory: OutputMemory,
    /// The bytes of all elements.
    len: usize,
    order: Order,
    heap: Arc<VlenHeap>,
    written: AtomicU64,
    filled: bool,
    /// Held to write scattered elements, if the memory is not divided into parts.
    anywhere: Option<Mutex<()>>,
}

/// Where the elements of a read go.
#[derive(Debug)]
pub(crate) enum Destination {
    /// To new memory, for elements of this alignment. Those of a box lie in this order, others in C order.
    New { align: usize, order: Order },
    /// To memory that is used again, if it is large enough; otherwise to new memory.
    Used {
        memory: Allocation,
        align: usize,
        order: Order,
    },
    /// To the caller's memory: see [`lend`].
    Borrowed(BorrowedOutput),
}

#[derive(Debug)]
enum OutputMemory {
    Own(Allocation),
    Borrowed(BorrowedOutput),
}

/// All elements of an output, in C order, while nobody else writes them. What lies beyond them is left out.
pub(crate) enum ElementsMut<'o> {
    Dense {
        memory: &'o mut [u8],
        elem: usize,
    },
    /// Elements that are lent and do not lie one after the other.
    Strided(&'o BorrowedOutput),
}

/// An allocation, with the layout that frees it.
#[derive(Debug)]
pub(crate) struct Allocation {
    ptr: NonNull<u8>,
    layout: Layout,
}

/// Elements of a caller who waits until this is dropped.
#[derive(Debug)]
pub(crate) struct BorrowedOutput {
    ptr: *mut u8,
    shape: Dims<usize>,
    /// In bytes.
    strides: Dims<isize>,
    elem: usize,
    /// Dropped with the loan, which the owner waits for.
    _returned: Sender<()>,
}

// SAFETY: `Allocation` is the only owner of its memory, which is written only through the disjoint parts of
// `DisjointParts`, or under a mutex.
unsafe impl Send for Allocation {}
// SAFETY: as above.
unsafe impl Sync for Allocation {}
// SAFETY: a loan is an exclusive borrow of plain elements, and it is written only through the disjoint
// parts of `DisjointParts`, or under a mutex.
unsafe impl Send for BorrowedOutput {}
// SAFETY: as above.
unsafe impl Sync for BorrowedOutput {}

/// Lets `read` fill the elements of a view, and returns once no worker can reach them any more.
pub(crate) fn lend<T: Pod, R>(
    mut view: ArrayViewMutD<'_, T>,
    read: impl FnOnce(Destination) -> R,
) -> R {
    /// Waits when it is dropped, also by a panic.
    struct UntilReturned(Receiver<()>);
    impl Drop for UntilReturned {
        fn drop(&mut self) {
            // Nothing is ever sent. This returns when the other end is dropped.
            let _gone = self.0.recv();
        }
    }
    let (returned, wait) = channel();
    let borrowed = BorrowedOutput {
        ptr: view.as_mut_ptr().cast(),
        shape: view.shape().into(),
        strides: (view.strides().iter())
            .map(|stride| stride * size_of::<T>() as isize)
            .collect(),
        elem: size_of::<T>(),
        _returned: returned,
    };
    // Declared after `view`, so that it ends first.
    let _until_returned = UntilReturned(wait);
    read(Destination::Borrowed(borrowed))
}

impl Destination {
    /// The memory of a vector whose elements are no longer needed.
    pub(crate) fn of<T: Pod>(used: Vec<T>, order: Order) -> Self {
        let align = align_of::<T>();
        let mut used = ManuallyDrop::new(used);
        let (ptr, capacity) = (NonNull::new(used.as_mut_ptr()), used.capacity());
        match (ptr, Layout::array::<T>(capacity)) {
            (Some(ptr), Ok(layout)) => Self::Used {
                memory: Allocation {
                    ptr: ptr.cast(),
                    layout,
                },
                align,
                order,
            },
            _ => Self::New { align, order },
        }
    }

    /// The order in which elements of a box lie in memory of our own.
    fn order(&self) -> Order {
        match self {
            Self::New { order, .. } | Self::Used { order, .. } => *order,
            Self::Borrowed(_) => Order::C,
        }
    }

    /// Memory of `len` bytes, or the borrowed one. New memory is zeroed if `zeroed` is set.
    fn take(self, len: usize, zeroed: bool) -> Option<OutputMemory> {
        let (used, align) = match self {
            Self::New { align, .. } => (None, align),
            Self::Used { memory, align, .. } => (Some(memory), align),
            Self::Borrowed(borrowed) => return Some(OutputMemory::Borrowed(borrowed)),
        };
        let layout = Layout::from_size_align(len, align).ok()?;
        let enough = used.filter(|used| used.layout.size() >= len);
        Some(OutputMemory::Own(match enough {
            Some(used) => {
                if zeroed {
                    // SAFETY: the allocation has at least this many bytes, and nothing else uses it.
                    unsafe { used.ptr.as_ptr().write_bytes(0, len) };
                }
                used
            }
            None => Allocation::new(layout, zeroed)?,
        }))
    }
}

impl Output {
    /// Memory for elements of `elem` bytes in this shape. If there are `boxes`, they divide it into parts. New
    /// memory may come zeroed if that is free and the fill value is zeros.
    ///
    /// Without boxes, the memory is initialised, and [`scatter`](Self::scatter) writes anywhere in it. Memory of
    /// our own then holds the fill value, so that nothing is left to do for absent chunks.
    ///
    /// # Errors
    /// If so many bytes cannot exist or are not available. (A grid that does not hold its array is refused, so
    /// the chunks hold the region.)
    pub(crate) fn new(
        shape: &[u64],
        elem: usize,
        destination: Destination,
        boxes: Option<&Projections>,
        (fill, heap): (&FillValue, &Arc<VlenHeap>),
    ) -> Result<Self, Error> {
        let too_large = || too_large(shape, elem);
        let len = byte_len(shape, elem)?;
        let is_fresh = len >= FRESH_PAGES && matches!(destination, Destination::New { .. });
        let zeroed = boxes.is_none() || is_fresh && is_zero(fill);
        let order = match boxes {
            Some(_) => destination.order(),
            None => Order::C,
        };
        // In Fortran order an array lies as one with its axes the other way round.
        let lies: Dims<u64> = match order {
            Order::C => shape.into(),
            Order::F => shape.iter().rev().copied().collect(),
        };
        let memory = destination.take(len, zeroed).ok_or_else(too_large)?;
        let view = match (boxes, &memory) {
            (None, _) => NdViewMut::over(&mut [], &[0], elem),
            // SAFETY: memory of our own is valid for `len` bytes until it is dropped, and nothing else
            // accesses it before `into_vec` takes both apart. `parts` is dropped first.
            (Some(_), OutputMemory::Own(memory)) => unsafe {
                NdViewMut::from_raw(memory.ptr.as_ptr(), len, &lies, elem)
            },
            // SAFETY: a loan is of elements that are borrowed mutably until it is dropped, and `view` names
            // each of them once. `parts` is dropped first.
            (Some(_), OutputMemory::Borrowed(borrowed)) => unsafe { borrowed.view(shape, elem) },
        };
        let view = view.and_then(|view| match order {
            Order::C => Some(view),
            Order::F => view.permute(&(0..shape.len()).rev().collect::<Dims<usize>>()),
        });
        let projections = match boxes {
            Some(boxes) => Some(boxes.clone()),
            None => Projections::new(&Region::whole(&[0]), &[1]),
        };
        let parts =
            (view.zip(projections)).and_then(|(view, boxes)| DisjointParts::new(view, boxes));
        let output = Self {
            parts: parts.ok_or_else(too_large)?,
            filled: zeroed && matches!(memory, OutputMemory::Own(_)),
            memory,
            len,
            order,
            heap: Arc::clone(heap),
            written: AtomicU64::new(0),
            anywhere: boxes.is_none().then(Mutex::default),
        };
        if boxes.is_none() && output.filled && !is_zero(fill) {
            let (to, len) = (0, len.checked_div(elem).unwrap_or(0));
            output.scatter(elem, |mut all| all.fill(fill.as_bytes(), to, len));
        }
        Ok(output)
    }

    /// Whether memory that is not written holds fill values.
    pub(crate) fn is_filled(&self) -> bool {
        self.filled
    }

    /// The order in which the elements lie in memory of our own.
    pub fn order(&self) -> Order {
        self.order
    }

    /// What the handles among the elements stand for, if they are handles.
    pub fn heap(&self) -> &Arc<VlenHeap> {
        &self.heap
    }

    /// The `i`-th part, once. The caller reports when it is filled: see [`wrote`](Self::wrote).
    pub(crate) fn take(&self, i: usize) -> Option<(Projection, NdViewMut<'_>)> {
        self.parts.take(i)
    }

    /// Neighbouring parts, once, as few views as possible: see [`DisjointParts::take_run`].
    pub(crate) fn take_run(&self, run: Range<usize>) -> Option<Vec<NdViewMut<'_>>> {
        self.parts.take_run(run)
    }

    /// Lets all parts be taken and written once more, as if nothing had been.
    pub(crate) fn begin_again(&mut self) {
        self.parts.give_back();
        self.written = AtomicU64::new(0);
    }

    /// Adds to the bytes that are written. The caller vouches for every byte of the parts that it took; scattered
    /// elements lie in initialised memory.
    pub(crate) fn wrote(&self, bytes: usize) {
        self.written.fetch_add(bytes as u64, Ordering::Release);
    }

    /// Lends all elements in C order to `write`, while nobody else writes them. The caller reports what it wrote: see
    /// [`wrote`](Self::wrote).
    pub(crate) fn scatter(&self, elem: usize, write: impl FnOnce(ElementsMut<'_>)) {
        let Some(anywhere) = &self.anywhere else {
            return;
        };
        let _alone = anywhere.lock().unwrap_or_else(PoisonError::into_inner);
        let dense = match &self.memory {
            OutputMemory::Own(memory) => Ok((memory.ptr.as_ptr(), self.len)),
            OutputMemory::Borrowed(borrowed) => match borrowed.dense_len() {
                Some(len) if borrowed.elem == elem => Ok((borrowed.ptr, len)),
                _ => Err(borrowed),
            },
        };
        write(match dense {
            Ok((ptr, len)) => {
                // SAFETY: `anywhere` is there only where the memory was zeroed up to `len` and cut into no parts, or is
                // a loan of `len` bytes of plain elements that lie one after the other, so that nobody else writes
                // or reads it while the mutex is held; it lives as long as `self`.
                let memory = unsafe { std::slice::from_raw_parts_mut(ptr, len) };
                ElementsMut::Dense { memory, elem }
            }
            Err(borrowed) => ElementsMut::Strided(borrowed),
        });
    }

    /// Whether every element was written.
    pub(crate) fn is_complete(&self) -> bool {
        self.written.load(Ordering::Acquire) == self.len as u64
    }

    /// The elements, or `None` if some were not written, `T` has another size or alignment, or the memory is
    /// borrowed.
    pub fn into_vec<T: AnyBitPattern>(self) -> Option<Vec<T>> {
        let complete = self.is_complete();
        let Self {
            parts,
            memory: OutputMemory::Own(memory),
            len,
            ..
        } = self
        else {
            return None;
        };
        drop(parts);
        let count = len.checked_div(size_of::<T>())?;
        let capacity = memory.layout.size() / size_of::<T>();
        if !complete || count * size_of::<T>() != len {
            return None;
        }
        if memory.layout.size() == 0 {
            return Some(Vec::new());
        }
        if Layout::array::<T>(capacity) != Ok(memory.layout) {
            return None;
        }
        let ptr = memory.ptr.cast::<T>();
        std::mem::forget(memory);
        // SAFETY: the allocation was made with exactly the layout of `capacity` values of `T`; the
        // first `len` bytes are initialised, since each part counts its bytes once, after writing
        // them, and they add up to `len`; any bytes are a valid `T`; and nothing else frees it now.
        Some(unsafe { Vec::from_raw_parts(ptr.as_ptr(), count, capacity) })
    }
}

impl ElementsMut<'_> {
    /// Copies each of these elements, given its number among them and its place.
    pub(crate) fn copy_each(
        &mut self,
        elements: &[u8],
        numbers: impl Iterator<Item = (usize, usize)>,
    ) {
        match self {
            Self::Dense { memory, elem } => {
                zarr_codecs::copy_each(elements, memory, *elem, numbers);
            }
            Self::Strided(_) => {
                for (from, to) in numbers {
                    self.copy(elements, &CellRun { from, to, len: 1 });
                }
            }
        }
    }

    /// Copies a run of these elements to its place.
    pub(crate) fn copy(&mut self, elements: &[u8], run: &CellRun) {
        self.pieces(run, |elem, piece, memory| {
            let start = piece.from.checked_mul(elem);
            let end = start.and_then(|start| start.checked_add(memory.len()));
            let source = start
                .zip(end)
                .and_then(|(start, end)| elements.get(start..end));
            if let Some(source) = source {
                memory.copy_from_slice(source);
            }
        });
    }

    /// Puts an element into so many places, from this one on.
    pub(crate) fn fill(&mut self, element: &[u8], to: usize, len: usize) {
        self.pieces(&CellRun { from: 0, to, len }, |elem, piece, memory| {
            if let Some(mut view) = NdViewMut::over(memory, &[piece.len as u64], elem) {
                zarr_codecs::fill(&mut view, element);
            }
        });
    }

    /// Calls `write` with the memory of each part of a run that lies in one piece.
    fn pieces(&mut self, run: &CellRun, mut write: impl FnMut(usize, &CellRun, &mut [u8])) {
        match self {
            Self::Dense { memory, elem } => {
                let start = run.to.checked_mul(*elem);
                let end = run
                    .len
                    .checked_mul(*elem)
                    .and_then(|len| start?.checked_add(len));
                let memory = start
                    .zip(end)
                    .and_then(|(start, end)| memory.get_mut(start..end));
                if let Some(memory) = memory {
                    write(*elem, run, memory);
                }
            }
            Self::Strided(borrowed) => borrowed.pieces(run, |piece, offset| {
                // SAFETY: the loan names so many neighbouring elements from this offset on, plain and borrowed
                // mutably by it, and nobody else writes them while the mutex of the output is held.
                let memory = unsafe {
                    std::slice::from_raw_parts_mut(
                        borrowed.ptr.offset(offset),
                        piece.len * borrowed.elem,
                    )
                };
                write(borrowed.elem, piece, memory);
            }),
        }
    }
}

impl BorrowedOutput {
    /// The bytes of all elements, if these lie one after the other in C order.
    fn dense_len(&self) -> Option<usize> {
        let mut len = self.elem;
        for (&length, &stride) in self.shape.iter().zip(&self.strides).rev() {
            if length != 1 && usize::try_from(stride) != Ok(len) {
                return None;
            }
            len = len.checked_mul(length)?;
        }
        Some(len)
    }

    /// The elements in a shape that differs only in axes of length one. `None` if the loan has another shape.
    ///
    /// # Safety
    /// The view must not outlive the loan.
    unsafe fn view(&self, shape: &[u64], elem: usize) -> Option<NdViewMut<'static>> {
        let mut long = (self.shape.iter().zip(&self.strides)).filter(|(length, _)| **length != 1);
        let mut strides: Dims<isize> = Dims::new();
        let mut own: Dims<usize> = Dims::new();
        for &length in shape {
            let length = usize::try_from(length).ok()?;
            own.push(length);
            strides.push(match length {
                1 => elem as isize,
                _ => *long.next().filter(|(found, _)| **found == length)?.1,
            });
        }
        if elem != self.elem || long.next().is_some() {
            return None;
        }
        // SAFETY: these are the elements that the loan names: axes of length one alone were left out
        // or added. No two are in one place, since they came from a mutable view.
        unsafe { NdViewMut::from_raw_strided(self.ptr, &own, &strides, elem) }
    }

    /// Divides a run of elements in C order where they are not neighbours in memory, and calls `each` with every
    /// piece and its offset in bytes. What is beyond the elements is left out.
    fn pieces(&self, run: &CellRun, mut each: impl FnMut(&CellRun, isize)) {
        let cells: usize = self.shape.iter().product();
        let (row, step) = match (self.shape.last(), self.strides.last()) {
            (Some(&row), Some(&step)) => (row, step),
            _ => (1, self.elem as isize),
        };
        let end = cells.min(run.to.saturating_add(run.len));
        let mut to = run.to;
        while to < end {
            let left = match step == self.elem as isize {
                true => row - to % row,
                false => 1,
            };
            let piece = CellRun {
                from: run.from.wrapping_add(to - run.to),
                to,
                len: left.min(end - to),
            };
            each(&piece, self.offset(to));
            to += piece.len;
        }
    }

    /// The offset in bytes of the element with this number in C order.
    fn offset(&self, number: usize) -> isize {
        let (mut offset, mut rest) = (0, number);
        for (&length, &stride) in self.shape.iter().zip(&self.strides).rev() {
            offset += (rest % length) as isize * stride;
            rest /= length;
        }
        offset
    }
}

/// A vector of elements of `elem` bytes that `fill` writes through a view of this shape. By `Some` it vouches for every
/// byte.
pub(crate) fn filled<T: AnyBitPattern>(
    shape: &[u64],
    elem: usize,
    fill: impl FnOnce(NdViewMut<'_>) -> Option<()>,
) -> Option<Vec<T>> {
    let len = byte_len(shape, elem).ok()?;
    let count = len.checked_div(size_of::<T>())?;
    if count * size_of::<T>() != len {
        return None;
    }
    let mut elements = Vec::<T>::new();
    elements.try_reserve_exact(count).ok()?;
    if len >= HUGE_PAGES {
        advise_huge(NonNull::new(elements.as_mut_ptr())?.cast(), len);
    }
    // SAFETY: the vector has room for `count` elements, which are `len` bytes; it lives longer than the view, and nothing
    // else accesses its memory meanwhile.
    let view = unsafe { NdViewMut::from_raw(elements.as_mut_ptr().cast(), len, shape, elem) };
    fill(view?)?;
    // SAFETY: as many elements have room, and each of their bytes was written; any bytes are a valid `T`.
    unsafe { elements.set_len(count) };
    Some(elements)
}

fn too_large(shape: &[u64], elem: usize) -> Error {
    let cells = zarr_codecs::volume(shape).unwrap_or(u64::MAX);
    let asked = cells.saturating_mul(elem as u64);
    let what = "a selection";
    ErrorKind::Memory { what, asked }.into()
}

fn byte_len(shape: &[u64], elem: usize) -> Result<usize, Error> {
    let cells = zarr_codecs::volume(shape);
    let bytes = cells.and_then(|n| usize::try_from(n).ok()?.checked_mul(elem));
    bytes.ok_or_else(|| too_large(shape, elem))
}

/// Whether zeroed memory holds fill values. A handle of zeros stands for any fill value.
fn is_zero(fill: &FillValue) -> bool {
    fill.is_variable() || fill.is_zero()
}

impl Allocation {
    fn new(layout: Layout, zeroed: bool) -> Option<Self> {
        if layout.size() == 0 {
            return Some(Self {
                ptr: NonNull::dangling(),
                layout,
            });
        }
        // SAFETY: the layout has a size.
        let ptr = unsafe {
            if zeroed {
                alloc_zeroed(layout)
            } else {
                alloc(layout)
            }
        };
        let ptr = NonNull::new(ptr)?;
        if layout.size() >= HUGE_PAGES {
            advise_huge(ptr, layout.size());
        }
        Some(Self { ptr, layout })
    }
}

impl Drop for Allocation {
    fn drop(&mut self) {
        if self.layout.size() > 0 {
            // SAFETY: allocated in `new` with this layout, and not given away.
            unsafe { dealloc(self.ptr.as_ptr(), self.layout) };
        }
    }
}

/// Asks for huge pages where whole ones lie inside the allocation. Only a hint: a refusal is fine.
#[cfg(target_os = "linux")]
fn advise_huge(ptr: NonNull<u8>, len: usize) {
    let start = ptr.addr().get();
    let first = start.next_multiple_of(HUGE_PAGE);
    let end = (start + len) / HUGE_PAGE * HUGE_PAGE;
    if first < end {
        let whole = ptr.as_ptr().wrapping_add(first - start).cast();
        // SAFETY: the pages lie wholly inside an allocation of ours, and this advice changes no
        // contents.
        let _ =
            unsafe { rustix::mm::madvise(whole, end - first, rustix::mm::Advice::LinuxHugepage) };
    }
}

#[cfg(not(target_os = "linux"))]
fn advise_huge(_: NonNull<u8>, _: usize) {}

#[cfg(test)]
#[path = "output/tests.rs"]
mod tests;
