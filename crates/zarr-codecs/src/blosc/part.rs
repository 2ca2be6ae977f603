//! One part of a block: from bytes to bytes, by one of the compressors. A table, and each one's
//! meaning of Blosc's levels; knows no block.

use super::blosclz;
use super::config::Compressor;
use super::header::Format;
use super::snappy;
use crate::lz4_block::{self, Effort};
use crate::scratch::Contexts;

/// Decodes `src` into the front of `dst` and returns how many bytes that made.
///
/// # Errors
/// Says what is wrong where `src` is damaged or does not fit.
pub(super) fn decode(
    format: Format,
    src: &[u8],
    dst: &mut [u8],
    cx: &mut Contexts,
) -> Result<usize, String> {
    match format {
        Format::BloscLz => blosclz::decode(src, dst).map_err(str::to_owned),
        Format::Lz4 => lz4_block::decompress(src, dst).map_err(|e| e.to_string()),
        Format::Snappy => snappy::decode(src, dst).map_err(str::to_owned),
        Format::Zlib => {
            let decompressor = cx.deflate.decompressor();
            decompressor
                .zlib_decompress(src, dst)
                .map_err(|e| e.to_string())
        }
        Format::Zstd => {
            let decompressor = cx.zstd.decompressor().map_err(|e| e.to_string())?;
            decompressor
                .decompress_to_buffer(src, dst)
                .map_err(|e| e.to_string())
        }
    }
}

/// For each level of zlib the one of libdeflate whose parts are no larger, by more than a hair. It
/// takes no longer for them.
const DEFLATE_LEVELS: [i32; 10] = [0, 2, 4, 5, 5, 5, 7, 8, 9, 11];

/// How a part is encoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoding {
    pub(super) compressor: Compressor,
    /// 1 to 9.
    pub(super) level: u8,
    /// Whether blocks are split, which BloscLZ likes to know.
    pub(super) split: bool,
}

/// Encodes `src` into the front of `dst` and returns how many bytes that made. `None` where it does
/// not fit, which is no error: the part is stored then.
pub(super) fn encode(
    how: Encoding,
    src: &[u8],
    dst: &mut [u8],
    table: &mut blosclz::Table,
    cx: &mut Contexts,
) -> Option<usize> {
    let level = i32::from(how.level);
    match how.compressor {
        Compressor::BloscLz => blosclz::encode(how.level, how.split, src, dst, table),
        Compressor::Lz4 => lz4_block::compress(src, dst, Effort::Fast(10 - level)).ok(),
        Compressor::Lz4Hc => lz4_block::compress(src, dst, Effort::High(level)).ok(),
        Compressor::Zlib => {
            let level = *DEFLATE_LEVELS.get(usize::from(how.level))?;
            cx.deflate.compressor(level)?.zlib_compress(src, dst).ok()
        }
        Compressor::Zstd => {
            let best = *zstd::compression_level_range().end();
            let level = if level < 9 { 2 * level - 1 } else { best };
            let compressor = cx.zstd.compressor(level, false).ok()?;
            compressor.compress_to_buffer(src, dst).ok()
        }
        Compressor::Snappy => None,
    }
}
