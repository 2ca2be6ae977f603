//! Memory that is not initialised yet, and the few steps that make it so. Knows no codec but the
//! adapters through which the C zstd and lz4 write into such memory.
//!
//! Whoever fills memory *returns the slice it filled*. Safe code cannot make a `&mut [u8]` out of
//! uninitialised bytes, so that slice is a proof, and no decoder needs to be trusted.

use std::mem::MaybeUninit;

/// Bytes that may be uninitialised.
pub type Uninit = [MaybeUninit<u8>];

/// Sets every byte to zero and returns the memory as initialised.
pub fn zeroed(memory: &mut Uninit) -> &mut [u8] {
    memory.fill(MaybeUninit::new(0));
    // SAFETY: every byte was written in the line above.
    unsafe { assume_init(memory) }
}

/// Copies `bytes` to the front of `memory` and returns what was written.
pub fn copied<'d>(memory: &'d mut Uninit, bytes: &[u8]) -> &'d mut [u8] {
    let len = bytes.len().min(memory.len());
    let front = &mut memory[..len];
    for (to, &from) in front.iter_mut().zip(bytes) {
        to.write(from);
    }
    // SAFETY: both slices have `len` bytes, so the loop wrote each byte of `front`.
    unsafe { assume_init(front) }
}

/// Appends up to `max` bytes to `vec`: `fill` gets that much memory and returns the front part of
/// it that it filled.
///
/// # Errors
/// Whatever `fill` returns; `vec` is then unchanged.
pub fn append<E>(
    vec: &mut Vec<u8>,
    max: usize,
    fill: impl for<'d> FnOnce(&'d mut Uninit) -> Result<&'d mut [u8], E>,
) -> Result<(), E> {
    vec.reserve(max);
    let start = vec.len();
    let memory = &mut vec.spare_capacity_mut()[..max];
    let filled = fill_front(memory, fill)?;
    // SAFETY: `fill_front` checked that this many bytes after `start` are initialised, and they
    // are inside the capacity just reserved.
    unsafe { vec.set_len(start + filled) };
    Ok(())
}

/// Runs `fill` over `memory` and returns how many bytes at its front are initialised now: zero
/// where `fill` returned some other memory.
fn fill_front<E>(
    memory: &mut Uninit,
    fill: impl for<'d> FnOnce(&'d mut Uninit) -> Result<&'d mut [u8], E>,
) -> Result<usize, E> {
    let (start, max) = (memory.as_ptr().cast::<u8>(), memory.len());
    let filled = fill(memory)?;
    Ok(if filled.as_ptr() == start && filled.len() <= max {
        filled.len()
    } else {
        0
    })
}

/// Runs `fill` over `memory` and tells whether all of it is initialised by that. Where it is not,
/// for whatever reason, the memory is zeroed: what was initialised before stays so.
pub(crate) fn fill_exact<E>(
    memory: &mut Uninit,
    fill: impl for<'d> FnOnce(&'d mut Uninit) -> Result<&'d mut [u8], E>,
) -> Result<bool, E> {
    let filled = fill_front(memory, fill);
    let complete = matches!(&filled, Ok(len) if *len == memory.len());
    if !complete {
        zeroed(memory);
    }
    filled.map(|_| complete)
}

/// Memory that is filled from its front on, step by step. Each step proves what it filled as whoever
/// fills memory does, so that in the end the front is one slice.
pub(crate) struct Front<'d> {
    memory: &'d mut Uninit,
    filled: usize,
}

impl<'d> Front<'d> {
    pub(crate) fn new(memory: &'d mut Uninit) -> Self {
        Self { memory, filled: 0 }
    }

    /// Lends the next `max` bytes, or what is left of them, to `fill`, and returns how many of them
    /// it filled.
    pub(crate) fn fill<E>(
        &mut self,
        max: usize,
        fill: impl for<'m> FnOnce(&'m mut Uninit) -> Result<&'m mut [u8], E>,
    ) -> Result<usize, E> {
        let rest = &mut self.memory[self.filled..];
        let max = max.min(rest.len());
        let filled = fill_front(&mut rest[..max], fill)?;
        self.filled += filled;
        Ok(filled)
    }

    /// As [`fill`](Self::fill), for what cannot fail.
    pub(crate) fn push(
        &mut self,
        max: usize,
        fill: impl for<'m> FnOnce(&'m mut Uninit) -> &'m mut [u8],
    ) -> usize {
        let Ok(filled) = self.fill(max, |m| Ok::<_, std::convert::Infallible>(fill(m)));
        filled
    }

    /// All that was filled.
    pub(crate) fn into_filled(self) -> &'d mut [u8] {
        // SAFETY: `filled` only grows by bytes right behind it that `fill_front` found filled.
        unsafe { assume_init(&mut self.memory[..self.filled]) }
    }
}

/// # Safety
/// Every byte must have been written.
unsafe fn assume_init(memory: &mut Uninit) -> &mut [u8] {
    // SAFETY: `MaybeUninit<u8>` has the layout of `u8`, and the caller vouches for the contents.
    unsafe { &mut *(std::ptr::from_mut(memory) as *mut [u8]) }
}

/// Uninitialised memory as a target of the C zstd.
#[cfg(feature = "zstd")]
pub(crate) struct ZstdTarget<'d> {
    memory: &'d mut Uninit,
    filled: usize,
}

#[cfg(feature = "zstd")]
impl<'d> ZstdTarget<'d> {
    pub(crate) fn new(memory: &'d mut Uninit) -> Self {
        Self { memory, filled: 0 }
    }

    /// What zstd wrote.
    pub(crate) fn into_filled(self) -> &'d mut [u8] {
        // SAFETY: zstd said through `filled_until` that it wrote the first `filled` bytes.
        unsafe { assume_init(&mut self.memory[..self.filled]) }
    }
}

// SAFETY: `as_slice` returns only bytes that zstd has written, and `as_mut_ptr` and `capacity`
// describe memory that is exclusively borrowed.
#[cfg(feature = "zstd")]
unsafe impl zstd::zstd_safe::WriteBuf for ZstdTarget<'_> {
    fn as_slice(&self) -> &[u8] {
        let front = &self.memory[..self.filled];
        // SAFETY: as in `into_filled`.
        unsafe { &*(std::ptr::from_ref(front) as *const [u8]) }
    }

    fn capacity(&self) -> usize {
        self.memory.len()
    }

    fn as_mut_ptr(&mut self) -> *mut u8 {
        self.memory.as_mut_ptr().cast()
    }

    // SAFETY: the caller, zstd, promises what the trait asks: the first `n` bytes are initialised.
    // Nothing unsafe is done here; a count beyond the memory cannot come from it, and is cut.
    unsafe fn filled_until(&mut self, n: usize) {
        self.filled = n.min(self.memory.len());
    }
}

/// Lets the C lz4 decode a block to the front of `memory`, and returns what it wrote: `None` where
/// `src` is no block or makes more bytes than fit, or where a length is none of C's.
#[cfg(feature = "lz4")]
pub(crate) fn lz4_decompressed<'d>(src: &[u8], memory: &'d mut Uninit) -> Option<&'d mut [u8]> {
    let (from, to) = (src.as_ptr().cast(), memory.as_mut_ptr().cast());
    let (len, max) = (src.len().try_into().ok()?, memory.len().try_into().ok()?);
    // SAFETY: lz4 reads `len` bytes from `from` at most and writes `max` to `to`, which are the
    // lengths of the slices.
    let made = unsafe { lz4::liblz4::LZ4_decompress_safe(from, to, len, max) };
    let front = memory.get_mut(..usize::try_from(made).ok()?)?;
    // SAFETY: the count that lz4 returns is that of the bytes it wrote, from the front on.
    Some(unsafe { assume_init(front) })
}

/// As [`lz4_decompressed`] the other way: `None` also where the block does not fit.
#[cfg(feature = "lz4")]
pub(crate) fn lz4_compressed<'d>(
    src: &[u8],
    memory: &'d mut Uninit,
    acceleration: i32,
) -> Option<&'d mut [u8]> {
    let (from, to) = (src.as_ptr().cast(), memory.as_mut_ptr().cast());
    let (len, max) = (src.len().try_into().ok()?, memory.len().try_into().ok()?);
    // SAFETY: as in `lz4_decompressed`; any acceleration will do.
    let made = unsafe { lz4::liblz4::LZ4_compress_fast(from, to, len, max, acceleration) };
    let made = usize::try_from(made).ok().filter(|&made| made > 0)?;
    // SAFETY: as in `lz4_decompressed`.
    Some(unsafe { assume_init(memory.get_mut(..made)?) })
}

/// A copy of memory that a test knows to be initialised.
#[cfg(test)]
pub(crate) fn to_vec_for_tests(memory: &Uninit) -> Vec<u8> {
    // SAFETY: tests call this only on memory that they made from initialised bytes.
    memory
        .iter()
        .map(|byte| unsafe { byte.assume_init() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filling_is_proved_by_the_returned_slice() {
        let mut vec = vec![9];
        append::<()>(&mut vec, 4, |memory| Ok(copied(memory, &[1, 2]))).unwrap();
        assert_eq!(vec, [9, 1, 2]);
        append(&mut vec, 4, |_| Err::<&mut [u8], _>(())).unwrap_err();
        append::<()>(&mut vec, 3, |memory| Ok(zeroed(memory))).unwrap();
        assert_eq!(vec, [9, 1, 2, 0, 0, 0]);
    }

    #[test]
    fn memory_from_elsewhere_proves_nothing() {
        let mut vec = vec![];
        append::<()>(&mut vec, 4, |_| Ok(Box::leak(Box::new([7; 4])))).unwrap();
        assert!(vec.is_empty());
    }
}
