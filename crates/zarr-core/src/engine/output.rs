//! The memory that a read fills: allocated once, never zeroed without need, written by many workers
//! at once, given to the caller as a plain `Vec`. Knows neither codecs nor stores.
//!
//! # Why this is sound
//! [`Output`] owns one allocation. Workers write it only through [`Split`], which hands out each
//! disjoint part once; or, where the cells lie anywhere, one after the other under a mutex. It
//! becomes a `Vec` only when the bytes reported as written add up to all of
//! it ([`Output::into_vec`]), so no byte is read that was not written.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytemuck::AnyBitPattern;
use zarr_codecs::{Heap, NdViewMut, Projection, Projections, Region, Split};
use zarr_metadata::FillValue;

use crate::places::Run;
use crate::{Error, ErrorKind};

/// From this size on the allocator maps fresh pages, which are zero already.
const FRESH_PAGES: usize = 32 << 20;
/// From this size on huge pages are worth asking for: first touch of 512 MiB takes a quarter of the
/// time.
const HUGE_PAGES: usize = 4 << 20;
/// The size and alignment of a huge page.
#[cfg(target_os = "linux")]
const HUGE_PAGE: usize = 2 << 20;

/// The elements of a read, in C order, as they come in.
#[derive(Debug)]
pub struct Output {
    // Declared first: dropped before the memory it points into is freed.
    parts: Split<'static>,
    memory: Memory,
    heap: Arc<Heap>,
    written: AtomicU64,
    zeroed: bool,
    /// Held to write anywhere, into memory that is cut into no parts.
    anywhere: Option<Mutex<()>>,
}

/// One allocation, freed with the layout it was made with.
#[derive(Debug)]
struct Memory {
    ptr: NonNull<u8>,
    layout: Layout,
}

// SAFETY: `Memory` owns its allocation; the pointer is to nobody else's memory, and it is written
// only through the disjoint parts of `Split`.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Output {
    /// Memory for elements of `elem` bytes, aligned to `align`, for a region of `shape` that
    /// `projections` cut up. It may come zeroed where that is free and `fill` is zeros.
    ///
    /// # Errors
    /// Where that many bytes cannot exist or are not available.
    pub(crate) fn new(
        shape: &[u64],
        elem: usize,
        align: usize,
        projections: Projections,
        fill: &FillValue,
    ) -> Result<Self, Error> {
        let layout = layout(shape, elem, align)?;
        let too_large = || too_large(shape, elem);
        let zeroed = is_zero(fill) && layout.size() >= FRESH_PAGES;
        let memory = Memory::new(layout, zeroed).ok_or_else(too_large)?;
        // SAFETY: the memory is valid for `layout.size()` bytes until `memory` is dropped, which
        // outlives `parts`; nothing else accesses it before `into_vec` takes both apart.
        let view = unsafe { NdViewMut::from_raw(memory.ptr.as_ptr(), layout.size(), shape, elem) };
        let view = view.ok_or_else(too_large)?;
        Ok(Self {
            parts: Split::new(view, projections),
            memory,
            heap: Arc::new(Heap::new(fill.as_bytes().to_vec())),
            written: AtomicU64::new(0),
            zeroed,
            anywhere: None,
        })
    }

    /// Zeroed memory for elements that [`scatter`](Self::scatter) writes anywhere.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub(crate) fn scattered(
        shape: &[u64],
        elem: usize,
        align: usize,
        fill: &FillValue,
    ) -> Result<Self, Error> {
        let layout = layout(shape, elem, align)?;
        let too_large = || too_large(shape, elem);
        let none = Projections::new(&Region::whole(&[0]), &[1]).ok_or_else(too_large)?;
        let parts = NdViewMut::over(&mut [], &[0], elem).ok_or_else(too_large)?;
        Ok(Self {
            parts: Split::new(parts, none),
            memory: Memory::new(layout, true).ok_or_else(too_large)?,
            heap: Arc::new(Heap::new(fill.as_bytes().to_vec())),
            written: AtomicU64::new(0),
            zeroed: is_zero(fill),
            anywhere: Some(Mutex::new(())),
        })
    }

    /// Whether memory that is left alone holds fill values.
    pub(crate) fn is_filled(&self) -> bool {
        self.zeroed
    }

    /// What the handles among the elements stand for, if they are handles.
    pub fn heap(&self) -> &Arc<Heap> {
        &self.heap
    }

    /// Lets `write` fill the `i`-th part, once. It vouches for every byte of the part.
    pub(crate) fn fill<E>(
        &self,
        i: usize,
        write: impl FnOnce(Projection, NdViewMut<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some((projection, part)) = self.parts.take(i) else {
            return Ok(());
        };
        let bytes = part.byte_len() as u64;
        write(projection, part)?;
        self.written.fetch_add(bytes, Ordering::Release);
        Ok(())
    }

    /// Lets `write` fill each run of elements, given where it comes from and its memory. No element
    /// belongs to two runs.
    pub(crate) fn scatter(
        &self,
        elem: usize,
        runs: &[Run],
        mut write: impl FnMut(&Run, &mut [u8]),
    ) {
        let Some(anywhere) = &self.anywhere else {
            return;
        };
        let _alone = anywhere.lock().unwrap_or_else(PoisonError::into_inner);
        let (ptr, len) = (self.memory.ptr.as_ptr(), self.memory.layout.size());
        // SAFETY: `anywhere` is there only where the memory was zeroed and cut into no parts, so all
        // of it is initialised and nobody else writes or reads it while the mutex is held; it lives
        // as long as `self`.
        let memory = unsafe { std::slice::from_raw_parts_mut(ptr, len) };
        let mut bytes = 0;
        for run in runs {
            let place = run.to * elem..(run.to + run.len) * elem;
            if let Some(memory) = memory.get_mut(place) {
                write(run, memory);
                bytes += memory.len() as u64;
            }
        }
        self.written.fetch_add(bytes, Ordering::Release);
    }

    /// The elements, or `None` where some were not written or `T` has another size or alignment.
    pub fn into_vec<T: AnyBitPattern>(self) -> Option<Vec<T>> {
        let Self {
            parts,
            memory,
            written,
            ..
        } = self;
        drop(parts);
        let size = memory.layout.size();
        if written.load(Ordering::Acquire) != size as u64 {
            return None;
        }
        let len = size.checked_div(size_of::<T>())?;
        if size == 0 {
            return Some(Vec::new());
        }
        if Layout::array::<T>(len) != Ok(memory.layout) {
            return None;
        }
        let ptr = memory.ptr.cast::<T>();
        std::mem::forget(memory);
        // SAFETY: the allocation was made with exactly the layout of `len` values of `T`; all its
        // bytes are initialised, since each part counts its bytes once, after writing them, and
        // they add up to the whole; any bytes are a valid `T`; and nothing else frees it now.
        Some(unsafe { Vec::from_raw_parts(ptr.as_ptr(), len, len) })
    }
}

fn too_large(shape: &[u64], elem: usize) -> Error {
    let cells = zarr_codecs::volume(shape).unwrap_or(u64::MAX);
    let asked = cells.saturating_mul(elem as u64);
    let what = "a selection";
    ErrorKind::Memory { what, asked }.into()
}

fn layout(shape: &[u64], elem: usize, align: usize) -> Result<Layout, Error> {
    let cells = zarr_codecs::volume(shape);
    let bytes = cells.and_then(|n| usize::try_from(n).ok()?.checked_mul(elem));
    let layout = bytes.and_then(|bytes| Layout::from_size_align(bytes, align).ok());
    layout.ok_or_else(|| too_large(shape, elem))
}

/// Whether zeroed memory holds fill values. A handle of zeros stands for the fill value, whatever
/// that is.
fn is_zero(fill: &FillValue) -> bool {
    fill.is_variable() || fill.is_zero()
}

impl Memory {
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

impl Drop for Memory {
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
mod tests {
    use super::*;

    fn output(shape: &[u64], chunk: &[u64]) -> Output {
        let projections = Projections::new(&Region::whole(shape), chunk).unwrap();
        let fill = FillValue::from_bytes(&zarr_metadata::DataType::UInt32, &[1; 4]).unwrap();
        Output::new(shape, 4, 4, projections, &fill).unwrap()
    }

    fn write(output: &Output, i: usize) {
        let fill = |projection: Projection, mut part: NdViewMut<'_>| {
            let value = projection
                .chunk
                .iter()
                .fold(1_u32, |v, &c| v * 10 + c as u32);
            zarr_codecs::fill(&mut part, &value.to_ne_bytes());
            Ok::<_, std::convert::Infallible>(())
        };
        let Ok(()) = output.fill(i, fill);
    }

    #[test]
    fn parts_written_by_many_threads_are_one_vec() {
        let output = output(&[3, 5], &[2, 2]);
        std::thread::scope(|scope| {
            for i in 0..output.parts.len() {
                let output = &output;
                scope.spawn(move || write(output, i));
            }
        });
        let all: Vec<u32> = output.into_vec().unwrap();
        assert_eq!(all[..5], [100, 100, 101, 101, 102]);
        assert_eq!(all[10..], [110, 110, 111, 111, 112]);
    }

    #[test]
    fn a_part_that_was_not_written_gives_no_vec() {
        let half = output(&[3, 5], &[2, 2]);
        (0..half.parts.len() - 1).for_each(|i| write(&half, i));
        assert!(half.into_vec::<u32>().is_none());
        let twice = output(&[4], &[2]);
        write(&twice, 0);
        write(&twice, 0);
        assert!(twice.into_vec::<u32>().is_none());
    }

    #[test]
    fn another_layout_gives_no_vec() {
        let filled = || {
            let all = output(&[4], &[4]);
            write(&all, 0);
            all
        };
        assert_eq!(filled().into_vec::<u32>().unwrap(), [10; 4]);
        assert!(filled().into_vec::<u64>().is_none());
        assert!(filled().into_vec::<u8>().is_none());
    }

    #[test]
    fn scattered_runs_are_one_vec_when_all_are_there() {
        let fill = FillValue::from_bytes(&zarr_metadata::DataType::UInt32, &[0; 4]).unwrap();
        let anywhere = || Output::scattered(&[5], 4, 4, &fill).unwrap();
        let run = |from, to, len| Run { from, to, len };
        let source: Vec<u8> = (1..=5_u32).flat_map(u32::to_ne_bytes).collect();
        let copy = |run: &Run, memory: &mut [u8]| {
            memory.copy_from_slice(&source[run.from * 4..][..run.len * 4]);
        };
        let output = anywhere();
        std::thread::scope(|scope| {
            scope.spawn(|| output.scatter(4, &[run(0, 3, 2)], copy));
            scope.spawn(|| output.scatter(4, &[run(2, 1, 2), run(4, 0, 1)], copy));
        });
        assert_eq!(output.into_vec::<u32>().unwrap(), [5, 3, 4, 1, 2]);
        let half = anywhere();
        half.scatter(4, &[run(0, 3, 2)], copy);
        assert!(half.into_vec::<u32>().is_none());
    }

    #[test]
    fn nothing_is_an_empty_vec() {
        assert!(
            output(&[0, 3], &[1, 1])
                .into_vec::<u32>()
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn large_memory_is_advised_and_freed() {
        let large = output(&[3 << 20], &[1 << 20]);
        (0..large.parts.len()).for_each(|i| write(&large, i));
        assert_eq!(large.into_vec::<u32>().unwrap().len(), 3 << 20);
        drop(output(&[3 << 20], &[1 << 20]));
    }
}
