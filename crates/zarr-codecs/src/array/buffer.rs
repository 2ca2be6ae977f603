//! Memory that is not initialised yet, and the few steps that initialise it. The adapters through which
//! the C libraries zstd, lz4 and libdeflate write into such memory are here, too.
//!
//! Code that fills memory *returns the slice it filled*. Safe code cannot make a `&mut [u8]` out of
//! uninitialised bytes, so that slice is a proof, and no decoder needs to be trusted.

use std::mem::MaybeUninit;

/// Bytes that may be uninitialised.
pub type Uninit = [MaybeUninit<u8>];

/// One byte of memory to be written, initialised or not: code that works for either is written once.
///
/// # Safety
/// For types that have the layout of `u8` and allow any value.
pub(crate) unsafe trait Byte: Copy {
    #[cfg_attr(
        not(target_arch = "x86_64"),
        allow(dead_code, reason = "only kernels of that machine need it")
    )]
    const ZERO: Self;
    /// The memory as readable bytes. It is zeroed first only where it may be uninitialised.
    fn readable(memory: &mut [Self]) -> &mut [u8];
}

// SAFETY: it is `u8`.
unsafe impl Byte for u8 {
    const ZERO: Self = 0;
    fn readable(memory: &mut [Self]) -> &mut [u8] {
        memory
    }
}

// SAFETY: it has the layout of `u8` and allows even more.
unsafe impl Byte for MaybeUninit<u8> {
    const ZERO: Self = Self::new(0);
    fn readable(memory: &mut [Self]) -> &mut [u8] {
        zeroed(memory)
    }
}

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
/// for whatever reason, a panic among them, the memory is zeroed: what was initialised before stays
/// so.
pub(crate) fn fill_exact<E>(
    memory: &mut Uninit,
    fill: impl for<'d> FnOnce(&'d mut Uninit) -> Result<&'d mut [u8], E>,
) -> Result<bool, E> {
    /// Zeroes however the scope is left.
    struct Unproved<'m>(&'m mut Uninit);
    impl Drop for Unproved<'_> {
        fn drop(&mut self) {
            zeroed(self.0);
        }
    }
    let unproved = Unproved(memory);
    let filled = fill_front(unproved.0, fill)?;
    let complete = filled == unproved.0.len();
    if complete {
        std::mem::forget(unproved);
    }
    Ok(complete)
}

/// Memory that is filled from its front on, step by step. Each step returns what it filled as proof, so
/// that in the end the front is one initialised slice.
#[derive(Debug)]
pub struct FilledFront<'d> {
    memory: &'d mut Uninit,
    filled: usize,
}

impl<'d> FilledFront<'d> {
    /// Nothing is filled yet.
    pub fn new(memory: &'d mut Uninit) -> Self {
        Self { memory, filled: 0 }
    }

    /// Lends the next `max` bytes, or what is left of them, to `fill`, and returns how many of them
    /// it filled.
    ///
    /// # Errors
    /// Whatever `fill` returns; nothing is then filled by it.
    pub fn fill<E>(
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
    pub fn push(
        &mut self,
        max: usize,
        fill: impl for<'m> FnOnce(&'m mut Uninit) -> &'m mut [u8],
    ) -> usize {
        let Ok(filled) = self.fill(max, |m| Ok::<_, std::convert::Infallible>(fill(m)));
        filled
    }

    /// All that was filled.
    pub fn into_filled(self) -> &'d mut [u8] {
        // SAFETY: `filled` only grows by bytes right behind it that `fill_front` found filled.
        unsafe { assume_init(&mut self.memory[..self.filled]) }
    }
}

/// # Safety
/// Every byte must have been written.
pub(crate) unsafe fn assume_init<B: Byte>(memory: &mut [B]) -> &mut [u8] {
    // SAFETY: a `Byte` has the layout of `u8`, and the caller vouches for the contents.
    unsafe { &mut *(std::ptr::from_mut(memory) as *mut [u8]) }
}

/// Memory of either kind as a target of the C zstd.
#[cfg(feature = "zstd")]
pub(crate) struct ZstdTarget<'d, B> {
    memory: &'d mut [B],
    filled: usize,
}

#[cfg(feature = "zstd")]
impl<'d, B: Byte> ZstdTarget<'d, B> {
    pub(crate) fn new(memory: &'d mut [B]) -> Self {
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
unsafe impl<B: Byte> zstd::zstd_safe::WriteBuf for ZstdTarget<'_, B> {
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

/// Decodes a block to the front of `memory` with the C library, and returns what it wrote. `None` where
/// `src` is not a block, where it makes more bytes than fit, or where a length does not fit C's `int`.
#[cfg(feature = "lz4")]
pub(crate) fn lz4_decompressed<'d, B: Byte>(
    src: &[u8],
    memory: &'d mut [B],
) -> Option<&'d mut [u8]> {
    let (from, to) = (src.as_ptr().cast(), memory.as_mut_ptr().cast());
    let (len, max) = (src.len().try_into().ok()?, memory.len().try_into().ok()?);
    // SAFETY: lz4 reads `len` bytes from `from` at most and writes `max` to `to`, which are the
    // lengths of the slices.
    let made = unsafe { lz4::liblz4::LZ4_decompress_safe(from, to, len, max) };
    let front = memory.get_mut(..usize::try_from(made).ok()?)?;
    // SAFETY: the count that lz4 returns is that of the bytes it wrote, from the front on.
    Some(unsafe { assume_init(front) })
}

/// Encodes `src` as a block, as [`lz4_decompressed`] decodes one. `None` also where the block does not fit.
#[cfg(feature = "lz4")]
pub(crate) fn lz4_compressed<'d, B: Byte>(
    src: &[u8],
    memory: &'d mut [B],
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

/// The state of libdeflate's decoder, which writes to memory of either kind.
#[cfg(feature = "gzip")]
pub(crate) struct Inflater(std::ptr::NonNull<libdeflate_sys::libdeflate_decompressor>);

/// Why a library stopped decoding deflate.
#[cfg(any(feature = "gzip", feature = "gzip-rust"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InflateError {
    /// The input is not a stream, or is cut off.
    Corrupt,
    /// The memory is full and the stream goes on.
    Full,
}

/// What came, and how much of the input that took.
#[cfg(any(feature = "gzip", feature = "gzip-rust"))]
pub(crate) type Inflated<'d> = Result<(&'d mut [u8], usize), InflateError>;

/// The shape of libdeflate's functions, one of which is for each wrapping of a stream: state, input,
/// output, and where to put how much of either was used.
///
/// # Safety
/// Pointers and lengths must be those of memory, and the state of a decoder.
#[cfg(feature = "gzip")]
type Inflate = unsafe extern "C" fn(
    *mut libdeflate_sys::libdeflate_decompressor,
    *const std::ffi::c_void,
    usize,
    *mut std::ffi::c_void,
    usize,
    *mut usize,
    *mut usize,
) -> libdeflate_sys::libdeflate_result;

#[cfg(feature = "gzip")]
impl Inflater {
    /// `None` if there is not enough memory.
    pub(crate) fn new() -> Option<Self> {
        // SAFETY: it takes nothing, and returns null or what `drop` frees.
        let made = unsafe { libdeflate_sys::libdeflate_alloc_decompressor() };
        std::ptr::NonNull::new(made).map(Self)
    }

    /// Decodes the member of a gzip file that `src` begins with to the front of `memory`. Returns
    /// what that made, and where in `src` the member ends.
    pub(crate) fn gzip<'d, B: Byte>(&mut self, src: &[u8], memory: &'d mut [B]) -> Inflated<'d> {
        // SAFETY: it is the function of libdeflate for that.
        unsafe { self.run(libdeflate_sys::libdeflate_gzip_decompress_ex, src, memory) }
    }

    /// As [`gzip`](Self::gzip), for the zlib stream that `src` begins with.
    pub(crate) fn zlib<'d, B: Byte>(&mut self, src: &[u8], memory: &'d mut [B]) -> Inflated<'d> {
        // SAFETY: as above.
        unsafe { self.run(libdeflate_sys::libdeflate_zlib_decompress_ex, src, memory) }
    }

    /// # Safety
    /// `inflate` must be one of libdeflate's.
    unsafe fn run<'d, B: Byte>(
        &mut self,
        inflate: Inflate,
        src: &[u8],
        memory: &'d mut [B],
    ) -> Inflated<'d> {
        let (state, from, to) = (self.0.as_ptr(), src.as_ptr(), memory.as_mut_ptr());
        let (len, max, mut used, mut made) = (src.len(), memory.len(), 0, 0);
        // SAFETY: the state is borrowed alone, libdeflate reads at most `len` bytes from `from` and
        // writes at most `max` to `to`, which are the lengths of the slices, and both counts live on.
        let result = unsafe {
            inflate(
                state,
                from.cast(),
                len,
                to.cast(),
                max,
                &raw mut used,
                &raw mut made,
            )
        };
        match result {
            libdeflate_sys::libdeflate_result_LIBDEFLATE_SUCCESS => {
                let front = memory.get_mut(..made).ok_or(InflateError::Full)?;
                // SAFETY: on success libdeflate has written as many bytes as it says, from the front on.
                Ok((unsafe { assume_init(front) }, used))
            }
            libdeflate_sys::libdeflate_result_LIBDEFLATE_INSUFFICIENT_SPACE => {
                Err(InflateError::Full)
            }
            _ => Err(InflateError::Corrupt),
        }
    }
}

#[cfg(feature = "gzip")]
impl Drop for Inflater {
    fn drop(&mut self) {
        // SAFETY: `new` got it, and nobody has it any more.
        unsafe { libdeflate_sys::libdeflate_free_decompressor(self.0.as_ptr()) };
    }
}

// SAFETY: the state belongs to no thread, and is used through `&mut` only.
#[cfg(feature = "gzip")]
unsafe impl Send for Inflater {}
// SAFETY: as above; a shared one can do nothing.
#[cfg(feature = "gzip")]
unsafe impl Sync for Inflater {}

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
    fn what_was_initialised_stays_so() {
        type Fill = for<'d> fn(&'d mut Uninit) -> Result<&'d mut [u8], ()>;
        fn undone(memory: &mut Uninit) {
            memory.fill(MaybeUninit::uninit());
        }
        let fills: [(Fill, bool); 5] = [
            (|memory| Ok(copied(memory, &[5; 4])), true),
            (|memory| Ok(&mut zeroed(memory)[..3]), false),
            (
                |memory| {
                    undone(memory);
                    Err(())
                },
                false,
            ),
            (
                |memory| {
                    undone(memory);
                    Ok(Box::leak(Box::new([7; 4])))
                },
                false,
            ),
            (
                |memory| {
                    undone(memory);
                    panic!("gives up")
                },
                false,
            ),
        ];
        for (fill, complete) in fills {
            let mut memory = [MaybeUninit::new(9); 4];
            let filling = std::panic::AssertUnwindSafe(|| fill_exact(&mut memory, fill));
            let found = std::panic::catch_unwind(filling);
            assert_eq!(matches!(found, Ok(Ok(true))), complete);
            let expected = if complete { 5 } else { 0 };
            assert_eq!(to_vec_for_tests(&memory), [expected; 4]);
        }
    }

    #[test]
    fn memory_from_elsewhere_proves_nothing() {
        let mut vec = vec![];
        append::<()>(&mut vec, 4, |_| Ok(Box::leak(Box::new([7; 4])))).unwrap();
        assert!(vec.is_empty());
    }
}
