//! One LZ4 block, in safe Rust. Knows neither headers nor frames.

use crate::{CodecError, CodecErrorKind};

/// The most bytes that a block may hold.
pub(crate) const MAX: usize = 0x7E00_0000;

/// Decodes a block into memory of its size; tells how many bytes it held.
pub(crate) fn decode(name: &str, src: &[u8], dst: &mut [u8]) -> Result<usize, CodecError> {
    lz4_flex::block::decompress_into(src, dst)
        .map_err(|e| CodecErrorKind::Corrupt(e.to_string()).of(name))
}

/// The most that a block of this many bytes can take.
pub(crate) fn bound(len: usize) -> usize {
    len.saturating_add(len / 255).saturating_add(16)
}

/// Appends the block.
pub(crate) fn encode(name: &str, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError> {
    let start = dst.len();
    dst.resize(
        start + lz4_flex::block::get_maximum_output_size(src.len()),
        0,
    );
    let len = lz4_flex::block::compress_into(src, &mut dst[start..])
        .map_err(|e| CodecErrorKind::Backend(Box::new(e)).of(name))?;
    dst.truncate(start + len);
    Ok(())
}
