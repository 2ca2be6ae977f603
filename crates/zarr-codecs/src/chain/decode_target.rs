//! Where decoded bytes go: into the output itself wherever that is possible.

#[cfg(any(feature = "blosc", feature = "blosc-rust"))]
use std::ops::Range;

use zarr_metadata::Swap;

#[cfg(any(feature = "blosc", feature = "blosc-rust"))]
use crate::array::buffer::FilledFront;
use crate::array::buffer::{self, Uninit};
use crate::array::kernels;
use crate::error::check_len;
use crate::{ByteLen, CodecContexts, CodecError, CodecErrorKind, NdView, NdViewMut, Scratch};

/// Shorter rows than this are placed all at once: one by one they cost more than the cache saves.
#[cfg(any(feature = "blosc", feature = "blosc-rust"))]
const LONG_ROW: usize = 64;

/// The target of a decoder. It lends memory, which the decoder fills, and places what comes.
#[derive(Debug)]
pub struct DecodeTarget<'a> {
    target: Target<'a>,
    /// Applied to the decoded bytes, once they are where they belong.
    swap: Swap,
    /// Whether the decoder has delivered: one may forget to.
    done: bool,
}

#[derive(Debug)]
enum Target<'a> {
    /// Contiguous output: the decoder writes it directly.
    Slice(&'a mut Uninit, usize),
    /// Strided output: the decoder writes a scratch buffer, still in cache when it is scattered.
    Rows(NdViewMut<'a>),
    /// The input of the next codec.
    Grow(&'a mut Vec<u8>, ByteLen),
}

impl<'a> DecodeTarget<'a> {
    /// Decoded bytes become the elements of `view`, in C order, after swapping.
    pub fn elements(view: NdViewMut<'a>, swap: Swap) -> Self {
        let elem = view.elem();
        let target = if view.is_contiguous() {
            Target::Slice(view.into_slice().unwrap_or_default(), elem)
        } else {
            Target::Rows(view)
        };
        Self {
            target,
            swap,
            done: false,
        }
    }

    /// Decoded bytes are appended to `buffer`, which the next codec reads.
    pub(crate) fn grow(buffer: &'a mut Vec<u8>, len: ByteLen) -> Self {
        Self {
            target: Target::Grow(buffer, len),
            swap: Swap::None,
            done: false,
        }
    }

    /// How many bytes the decoder must produce. A decoder compares sizes in its input with this
    /// and never allocates by them.
    pub fn expected(&self) -> ByteLen {
        match &self.target {
            Target::Slice(slice, _) => ByteLen::Exact(slice.len()),
            Target::Rows(view) => ByteLen::Exact(view.byte_len()),
            Target::Grow(_, len) => *len,
        }
    }

    /// Lends `max` bytes to `decode`, which returns the front part that it filled. `codec` is the name
    /// for an error where that is not what the metadata implies.
    ///
    /// # Errors
    /// The error of `decode`, and a length error if too few or too many bytes come.
    pub fn fill(
        &mut self,
        codec: &str,
        max: usize,
        cx: &mut Scratch,
        decode: impl for<'d> FnOnce(
            &'d mut Uninit,
            &mut CodecContexts,
        ) -> Result<&'d mut [u8], CodecError>,
    ) -> Result<(), CodecError> {
        if let ByteLen::Exact(expected) = self.expected() {
            check_len(codec, expected, max)?;
        }
        let contexts = &mut cx.contexts;
        match &mut self.target {
            Target::Slice(slice, elem) => {
                let mut found = 0;
                let complete = buffer::fill_exact(slice, |memory| {
                    let filled = decode(memory, contexts)?;
                    found = filled.len();
                    Ok(filled)
                })?;
                if !complete {
                    let expected = slice.len() as u64;
                    let found = found.min(slice.len().saturating_sub(1)) as u64;
                    return Err(CodecErrorKind::Length { expected, found }.of(codec));
                }
                kernels::swap(slice, *elem, &self.swap);
            }
            Target::Rows(view) => {
                let mut rows = cx.buffers.take();
                reserve(&mut rows, max, codec)?;
                buffer::append(&mut rows, max, |memory| {
                    let filled = decode(memory, contexts)?;
                    check_len(codec, max, filled.len())?;
                    Ok(filled)
                })?;
                scatter(view, &rows, codec)?;
                kernels::swap_view(view, &self.swap);
                cx.buffers.give(rows);
            }
            Target::Grow(buffer, _) => {
                reserve(buffer, max, codec)?;
                buffer::append(buffer, max, |memory| decode(memory, contexts))?;
            }
        }
        self.done = true;
        Ok(())
    }

    /// As [`fill`](Self::fill), for a decoder that learns only by decoding how many bytes come. It returns a
    /// length error if these are more than the lent memory holds, and is called again with more memory.
    /// So nothing is allocated by what a header claims.
    ///
    /// # Errors
    /// As [`fill`](Self::fill).
    pub fn fill_to_end(
        &mut self,
        codec: &str,
        src: &[u8],
        cx: &mut Scratch,
        mut decode: impl for<'d> FnMut(
            &'d mut Uninit,
            &mut CodecContexts,
        ) -> Result<&'d mut [u8], CodecError>,
    ) -> Result<(), CodecError> {
        let max = self.expected().max();
        let mut lent = match self.expected() {
            ByteLen::Exact(len) => len,
            ByteLen::AtMost(_) => src.len().saturating_mul(8).max(64 << 10).min(max),
        };
        loop {
            match self.fill(codec, lent, cx, &mut decode) {
                Err(CodecError {
                    kind: CodecErrorKind::Length { .. },
                    ..
                }) if lent < max => lent = lent.saturating_mul(8).min(max),
                end => return end,
            }
        }
    }

    /// As [`fill`](Self::fill), for a decoder that makes blocks of `block` bytes, the last one shorter.
    /// Strided output with long rows takes them one by one, while they are in cache.
    #[cfg(any(feature = "blosc", feature = "blosc-rust"))]
    pub(crate) fn fill_blocks(
        &mut self,
        codec: &str,
        max: usize,
        block: usize,
        cx: &mut Scratch,
        mut decode: impl FnMut(
            Range<usize>,
            &mut FilledFront<'_>,
            &mut CodecContexts,
        ) -> Result<(), CodecError>,
    ) -> Result<(), CodecError> {
        let blocks = max.div_ceil(block.max(1));
        let view = match &mut self.target {
            Target::Rows(view) if view.run_bytes() >= LONG_ROW => view,
            _ => {
                return self.fill(codec, max, cx, |memory, contexts| {
                    let mut front = FilledFront::new(memory);
                    decode(0..blocks, &mut front, contexts)?;
                    Ok(front.into_filled())
                });
            }
        };
        let expected = view.byte_len();
        check_len(codec, expected, max)?;
        let mut buffer = cx.buffers.take();
        let (mut next, mut used, mut placed) = (0, 0, 0);
        view.runs(|mut run| {
            while !run.is_empty() {
                if used == buffer.len() {
                    buffer.clear();
                    buffer::append(&mut buffer, block, |memory| {
                        let mut front = FilledFront::new(memory);
                        decode(next..next + 1, &mut front, &mut cx.contexts)?;
                        Ok(front.into_filled())
                    })?;
                    (next, used) = (next + 1, 0);
                    if buffer.is_empty() {
                        // A decoder that makes nothing is not asked for ever.
                        check_len(codec, expected, placed)?;
                    }
                }
                let len = run.len().min(buffer.len() - used);
                let (front, rest) = run.split_at_mut(len);
                buffer::copied(front, &buffer[used..used + len]);
                (run, used, placed) = (rest, used + len, placed + len);
            }
            Ok::<_, CodecError>(())
        })?;
        kernels::swap_view(view, &self.swap);
        cx.buffers.give(buffer);
        self.done = true;
        Ok(())
    }

    /// Places bytes that need no decoding.
    ///
    /// # Errors
    /// A length error if `bytes` is not what the metadata implies.
    pub fn put(&mut self, codec: &str, bytes: &[u8]) -> Result<(), CodecError> {
        if let ByteLen::Exact(expected) = self.expected() {
            check_len(codec, expected, bytes.len())?;
        }
        match &mut self.target {
            Target::Slice(slice, elem) => {
                buffer::copied(slice, bytes);
                kernels::swap(slice, *elem, &self.swap);
            }
            Target::Rows(view) => {
                scatter(view, bytes, codec)?;
                kernels::swap_view(view, &self.swap);
            }
            Target::Grow(buffer, _) => buffer.extend_from_slice(bytes),
        }
        self.done = true;
        Ok(())
    }

    /// Zeroes the memory, for a codec that a user registers: it may replace the target by another, so nothing
    /// that the target says proves that this memory was written.
    pub(crate) fn zero(&mut self) {
        match &mut self.target {
            Target::Slice(slice, _) => drop(buffer::zeroed(slice)),
            Target::Rows(view) => kernels::zero(view),
            Target::Grow(..) => {}
        }
    }

    /// The address of the memory, which tells this target from any other.
    pub(crate) fn place(&self) -> usize {
        match &self.target {
            Target::Slice(slice, _) => slice.as_ptr().addr(),
            Target::Rows(view) => view.addr(),
            Target::Grow(buffer, _) => std::ptr::from_ref::<Vec<u8>>(buffer).addr(),
        }
    }

    /// Whether a decoder has delivered, and to the target that had this address before.
    pub(crate) fn check_done(&self, codec: &str, place: usize) -> Result<(), CodecError> {
        if self.done && self.place() == place {
            return Ok(());
        }
        let expected = self.expected().max() as u64;
        Err(CodecErrorKind::Length { expected, found: 0 }.of(codec))
    }
}

/// Makes room for more bytes, or returns an error: a damaged header may ask for any number.
fn reserve(buffer: &mut Vec<u8>, more: usize, codec: &str) -> Result<(), CodecError> {
    buffer.try_reserve(more).map_err(|_| {
        let (asked, limit) = (more as u64, isize::MAX as u64);
        let what = "a decoded chunk that does not fit memory,";
        CodecErrorKind::Limit { what, asked, limit }.of(codec)
    })
}

/// Copies C-ordered elements into a strided view.
fn scatter(view: &mut NdViewMut<'_>, bytes: &[u8], codec: &str) -> Result<(), CodecError> {
    let shape: crate::Dims<u64> = view.shape().iter().map(|&n| n as u64).collect();
    let placed = NdView::new(bytes, &shape, view.elem()).is_some_and(|rows| view.copy_from(&rows));
    if placed {
        Ok(())
    } else {
        check_len(codec, view.byte_len(), bytes.len())
    }
}
