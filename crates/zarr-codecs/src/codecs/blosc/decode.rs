//! From a frame to its elements, block by block. Offsets and lengths in the frame are only followed where
//! they lie inside it.

use std::ops::Range;

use super::block_buffers::BlockBuffers;
use super::header::{self, Header, corrupt};
use super::part;
use super::shuffle::Shuffle;
use crate::array::buffer::{self, Byte, FilledFront};
use crate::codecs::shuffle_kernels;
use crate::{CodecContexts, CodecError};

/// Appends the decoded blocks `blocks` to `dst`.
///
/// # Errors
/// If the frame is damaged.
pub(super) fn blocks(
    frame: &[u8],
    header: &Header,
    blocks: Range<usize>,
    dst: &mut FilledFront<'_>,
    cx: &mut CodecContexts,
) -> Result<(), CodecError> {
    let mut scratch = std::mem::take(cx.get::<BlockBuffers>());
    // No byte of a frame belongs to two blocks, so that together they cannot have more than it has.
    let mut left = frame.len().saturating_sub(header.front());
    let mut blocks = blocks;
    let result = blocks.try_for_each(|i| {
        let used = block(frame, header, i, dst, &mut scratch, cx)?;
        let overlap = || corrupt(format!("block {i} overlaps another one"));
        left = left.checked_sub(used).ok_or_else(overlap)?;
        Ok(())
    });
    *cx.get() = scratch.trimmed();
    result
}

/// Appends block `i` to `dst` and returns how many bytes of the frame it is.
fn block(
    frame: &[u8],
    header: &Header,
    i: usize,
    dst: &mut FilledFront<'_>,
    scratch: &mut BlockBuffers,
    cx: &mut CodecContexts,
) -> Result<usize, CodecError> {
    let len = header.block_len(i);
    if header.stored {
        let start = header::LEN + i * header.block;
        let bytes = frame.get(start..start + len).unwrap_or_default();
        dst.push(len, |memory| buffer::copied(memory, bytes));
        return Ok(len);
    }
    let start = offset(frame, header::LEN + 4 * i).filter(|&at| at >= header.front());
    let start = start.and_then(|at| frame.get(at..));
    let src = start.ok_or_else(|| corrupt(format!("block {i} would begin outside the frame")))?;
    let parts = header.parts(len);
    let part = len / parts;
    if part * parts != len {
        let text = format!("block {i} of {len} bytes is not a whole number of elements");
        return Err(corrupt(text));
    }
    let mut parts = BlockParts { src, block: i };
    let shuffle = header.shuffle.of_block(header.typesize, len);
    if shuffle == Shuffle::None {
        for _ in 0..len / part {
            let bytes = parts.next()?;
            dst.fill(part, |memory| {
                if bytes.len() == part {
                    return Ok(buffer::copied(memory, bytes));
                }
                parts.decode(header, bytes, memory, cx)
            })?;
        }
    } else {
        scratch.block.resize(len, 0);
        for memory in scratch.block.chunks_exact_mut(part) {
            let bytes = parts.next()?;
            if bytes.len() == part {
                memory.copy_from_slice(bytes);
            } else {
                parts.decode(header, bytes, memory, cx)?;
            }
        }
        let planes = &mut scratch.planes;
        match shuffle {
            Shuffle::Bit => {
                shuffle_kernels::bit_unshuffle(header.typesize, &scratch.block, dst, planes);
            }
            _ => shuffle_kernels::unshuffle(header.typesize, &scratch.block, dst),
        }
    }
    Ok(src.len() - parts.src.len())
}

/// A length or an offset: negative ones are beyond every frame.
fn offset(bytes: &[u8], at: usize) -> Option<usize> {
    let word = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*word) as usize)
}

/// The parts of a block, one behind the other.
struct BlockParts<'s> {
    /// From the length of the next part on.
    src: &'s [u8],
    /// Which block it is, for errors.
    block: usize,
}

impl<'s> BlockParts<'s> {
    /// The bytes of the next part.
    fn next(&mut self) -> Result<&'s [u8], CodecError> {
        let cut = || corrupt(format!("block {} is cut off", self.block));
        let len = offset(self.src, 0).ok_or_else(cut)?;
        let rest = self.src.get(4..).unwrap_or_default();
        let (bytes, rest) = rest.split_at_checked(len).ok_or_else(cut)?;
        self.src = rest;
        Ok(bytes)
    }

    /// Decodes a part that is not stored, to all of `part`.
    fn decode<'d, B: Byte>(
        &self,
        header: &Header,
        bytes: &[u8],
        part: &'d mut [B],
        cx: &mut CodecContexts,
    ) -> Result<&'d mut [u8], CodecError> {
        let expected = part.len();
        let text = match part::decode(header.format, bytes, part, cx) {
            Ok(made) if made.len() == expected => return Ok(made),
            Ok(made) => format!("{} bytes come, and {expected} are expected", made.len()),
            Err(text) => text,
        };
        Err(corrupt(format!("block {}: {text}", self.block)))
    }
}
