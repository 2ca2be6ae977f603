//! From a frame to its elements, block by block. Offsets and lengths in the frame are only followed
//! where they lie inside of it. Knows the order of steps, no format of a compressor.

use std::ops::Range;

use super::header::{self, Header};
use super::shuffle::{self, Shuffle};
use super::{NAME, part};
use crate::buffer::{self, Front};
use crate::scratch::Contexts;
use crate::{CodecError, CodecErrorKind};

fn corrupt(text: String) -> CodecError {
    CodecErrorKind::Corrupt(text).of(NAME)
}

/// Appends the decoded blocks `blocks` to `dst`.
///
/// # Errors
/// Where the frame is damaged.
pub(super) fn blocks(
    frame: &[u8],
    header: &Header,
    blocks: Range<usize>,
    dst: &mut Front<'_>,
    cx: &mut Contexts,
) -> Result<(), CodecError> {
    let mut scratch = std::mem::take(&mut cx.blosc);
    // No byte of a frame belongs to two blocks, so that together they cannot have more than it has.
    let mut left = frame.len().saturating_sub(header.front());
    let mut blocks = blocks;
    let result = blocks.try_for_each(|i| {
        let used = block(frame, header, i, dst, &mut scratch, cx)?;
        let overlap = || corrupt(format!("block {i} overlaps another one"));
        left = left.checked_sub(used).ok_or_else(overlap)?;
        Ok(())
    });
    cx.blosc = scratch.trimmed();
    result
}

/// Appends block `i` to `dst` and returns how many bytes of the frame it is.

fn block(
    frame: &[u8],
    header: &Header,
    i: usize,
    dst: &mut Front<'_>,
    scratch: &mut super::Buffers,
    cx: &mut Contexts,
) -> Result<usize, CodecError> {
    let len = header.block_len(i);
    if header.stored {
        let start = header::LEN + i * header.block;
        let bytes = frame.get(start..start + len).unwrap_or_default();
        dst.push(len, |memory| buffer::copied(memory, bytes));
        return Ok(len);
    }
    let start = header::LEN + 4 * i;
    let parts = offset(frame, start)
        .filter(|&at| at >= header.front())
        .and_then(|at| frame.get(at..))
        .ok_or_else(|| corrupt(format!("block {i} would begin outside of the frame")))?;
    let shuffle = header.shuffle.of_block(header.typesize, len);
    if shuffle == Shuffle::None {
        let mut used = 0;
        dst.fill(len, |memory| {
            let memory = buffer::zeroed(memory);
            used = decode_parts(parts, header, i, memory, cx)?;
            Ok(memory)
        })?;
        return Ok(used);
    }
    scratch.block.resize(len, 0);
    let used = decode_parts(parts, header, i, &mut scratch.block, cx)?;
    match shuffle {
        Shuffle::Bit => {
            shuffle::bit_unshuffle(header.typesize, &scratch.block, dst, &mut scratch.planes);
        }
        _ => shuffle::unshuffle(header.typesize, &scratch.block, dst),
    }
    Ok(used)
}

/// A length or an offset: negative ones are beyond every frame.
fn offset(bytes: &[u8], at: usize) -> Option<usize> {
    let word = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*word) as usize)
}

/// Decodes all parts of block `i` into `block` and returns how many bytes of `src` they are. `src`
/// begins with the first part's length.
fn decode_parts(
    src: &[u8],
    header: &Header,
    i: usize,
    block: &mut [u8],
    cx: &mut Contexts,
) -> Result<usize, CodecError> {
    let mut rest = src;
    let parts = header.parts(block.len());
    let len = block.len() / parts;
    if len * parts != block.len() {
        let text = format!(
            "block {i} of {} bytes is no whole number of elements",
            block.len()
        );
        return Err(corrupt(text));
    }
    for part in block.chunks_exact_mut(len) {
        let bytes = offset(rest, 0).and_then(|encoded| rest.get(4..)?.get(..encoded));
        let bytes = bytes.ok_or_else(|| corrupt(format!("block {i} is cut off")))?;
        if bytes.len() == len {
            part.copy_from_slice(bytes);
        } else {
            let found = part::decode(header.format, bytes, part, cx)
                .map_err(|text| corrupt(format!("block {i}: {text}")))?;
            if found != len {
                let text = format!("block {i}: {found} bytes come where {len} must");
                return Err(corrupt(text));
            }
        }
        rest = rest.get(4 + bytes.len()..).unwrap_or_default();
    }
    Ok(src.len() - rest.len())
}
