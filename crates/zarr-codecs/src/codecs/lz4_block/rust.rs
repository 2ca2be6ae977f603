//! LZ4 by `lz4_flex`, which is safe Rust, for builds without the C library. It decodes at half the
//! speed, and has only one way to encode. Callers check the lengths before.

use lz4_flex::block::{compress_into, decompress_into};

use super::Effort;
use crate::array::buffer::Byte;

/// More than any block takes; `lz4_flex` asks for it before it encodes anything.
pub(crate) fn bound(len: usize) -> usize {
    len.saturating_add(len / 10).saturating_add(20)
}

/// Decodes one block to the front of `dst`: `None` if `src` is none, or makes more bytes.
pub(super) fn decompressed<'d, B: Byte>(src: &[u8], dst: &'d mut [B]) -> Option<&'d mut [u8]> {
    let dst = B::readable(dst);
    let made = decompress_into(src, dst).ok()?;
    dst.get_mut(..made)
}

/// Encodes `src` to the front of `dst`, whatever the effort: `None` if it does not fit.
pub(super) fn compressed<'d, B: Byte>(
    src: &[u8],
    dst: &'d mut [B],
    _: Effort,
) -> Option<&'d mut [u8]> {
    let dst = B::readable(dst);
    let made = compress_into(src, dst).ok()?;
    dst.get_mut(..made)
}
