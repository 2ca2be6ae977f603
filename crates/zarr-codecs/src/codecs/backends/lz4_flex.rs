//! Blocks of LZ4 by `lz4_flex`, in safe Rust. It has one way to encode, which is LZ4's own. Callers check the lengths
//! before.

use lz4_flex::block::{compress_into, decompress_into};

use crate::array::buffer::Byte;
use crate::codecs::lz4_block::Effort;

/// More than any block takes.
pub(crate) fn bound(len: usize) -> usize {
    len.saturating_add(len / 10).saturating_add(20)
}

/// Decodes one block to the front of `dst`: `None` if `src` is none, or makes more bytes.
pub(crate) fn decompressed<'d, B: Byte>(src: &[u8], dst: &'d mut [B]) -> Option<&'d mut [u8]> {
    let dst = B::readable(dst);
    let made = decompress_into(src, dst).ok()?;
    dst.get_mut(..made)
}

/// Encodes `src` to the front of `dst`, whatever the effort: `None` if it does not fit.
pub(crate) fn compressed<'d, B: Byte>(
    src: &[u8],
    dst: &'d mut [B],
    _: Effort,
) -> Option<&'d mut [u8]> {
    let dst = B::readable(dst);
    if dst.len() < bound(src.len()) {
        // The library refuses less room than the worst block takes.
        let mut block = vec![0; bound(src.len())];
        let made = compress_into(src, &mut block).ok()?;
        let front = dst.get_mut(..made)?;
        front.copy_from_slice(block.get(..made)?);
        return Some(front);
    }
    let made = compress_into(src, dst).ok()?;
    dst.get_mut(..made)
}

/// Why there is no such effort, where there is none. A fast one may be less fast.
pub(crate) fn check_effort(effort: Effort) -> Result<(), &'static str> {
    match effort {
        Effort::Fast(_) => Ok(()),
        Effort::High(_) => {
            Err("LZ4 in Rust (feature `lz4-rust`) reads what LZ4HC made and does not have it")
        }
    }
}
