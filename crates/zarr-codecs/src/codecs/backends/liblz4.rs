//! Blocks of LZ4 by the C library liblz4. Callers check the lengths before.

use lz4::block::{CompressionMode, compress_to_buffer};

use crate::array::buffer::{self, Byte};
use crate::codecs::lz4_block::Effort;

/// Any block fits this, and none is refused room it does not need.
pub(crate) fn bound(len: usize) -> usize {
    len.saturating_add(len / 255).saturating_add(16)
}

/// Decodes one block to the front of `dst`: `None` if `src` is none, or makes more bytes.
pub(crate) fn decompressed<'d, B: Byte>(src: &[u8], dst: &'d mut [B]) -> Option<&'d mut [u8]> {
    buffer::lz4_decompressed(src, dst)
}

/// Encodes `src` to the front of `dst`: `None` if it does not fit.
pub(crate) fn compressed<'d, B: Byte>(
    src: &[u8],
    dst: &'d mut [B],
    effort: Effort,
) -> Option<&'d mut [u8]> {
    match effort {
        Effort::Fast(acceleration) => buffer::lz4_compressed(src, dst, acceleration),
        Effort::High(level) => {
            let (dst, mode) = (B::readable(dst), CompressionMode::HIGHCOMPRESSION(level));
            let made = compress_to_buffer(src, Some(mode), false, dst).ok()?;
            dst.get_mut(..made)
        }
    }
}

/// All efforts are there.
#[allow(clippy::unnecessary_wraps, reason = "its twin lacks some")]
pub(crate) fn check_effort(_: Effort) -> Result<(), &'static str> {
    Ok(())
}
