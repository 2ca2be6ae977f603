//! One part of a block: from bytes to bytes, by one of the compressors, each with its own meaning of Blosc's
//! levels.

use super::blosclz;
use super::config::Compressor;
use super::header::Format;
use super::snappy;
use crate::array::buffer::{Byte, ZstdTarget};
use crate::chain::scratch::CodecContexts;
use crate::codecs::deflate::DeflateContexts;
use crate::codecs::lz4_block::{self, Effort};
use crate::codecs::zstd::ZstdContexts;

/// Decodes `src` to the front of `dst` and returns what that made.
///
/// # Errors
/// Says what is wrong where `src` is damaged or does not fit.
pub(super) fn decode<'d, B: Byte>(
    format: Format,
    src: &[u8],
    dst: &'d mut [B],
    cx: &mut CodecContexts,
) -> Result<&'d mut [u8], String> {
    match format {
        Format::BloscLz => fill(dst, |dst| blosclz::decode(src, dst)),
        Format::Lz4 => lz4_block::decompressed(src, dst).map_err(|e| e.to_string()),
        Format::Snappy => fill(dst, |dst| snappy::decode(src, dst)),
        Format::Zlib => {
            let contexts = cx.get::<DeflateContexts>();
            let inflater = contexts.inflater().ok_or("there is not enough memory")?;
            let inflated = inflater.zlib(src, dst);
            let (made, _) = inflated.map_err(|_| "not a zlib stream, or one that is too long")?;
            Ok(made)
        }
        Format::Zstd => {
            let contexts = cx.get::<ZstdContexts>();
            let decompressor = contexts.decompressor().map_err(|e| e.to_string())?;
            let mut target = ZstdTarget::new(dst);
            decompressor
                .decompress_to_buffer(src, &mut target)
                .map_err(|e| e.to_string())?;
            Ok(target.into_filled())
        }
    }
}

/// Lends memory that can be read to a decoder which says how many bytes it made.
fn fill<B: Byte>(
    dst: &mut [B],
    decode: impl FnOnce(&mut [u8]) -> Result<usize, &'static str>,
) -> Result<&mut [u8], String> {
    let dst = B::readable(dst);
    let made = decode(dst)?;
    Ok(dst.get_mut(..made).unwrap_or_default())
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

/// Encodes `src` into the front of `dst` and returns how many bytes that made. `None` if it does
/// not fit, and the part is stored instead.
pub(super) fn encode(
    how: Encoding,
    src: &[u8],
    dst: &mut [u8],
    table: &mut blosclz::Table,
    cx: &mut CodecContexts,
) -> Option<usize> {
    let level = i32::from(how.level);
    match how.compressor {
        Compressor::BloscLz => blosclz::encode(how.level, how.split, src, dst, table),
        Compressor::Lz4 => lz4(src, dst, Effort::Fast(10 - level)),
        Compressor::Lz4Hc => lz4(src, dst, Effort::High(level)),
        Compressor::Zlib => {
            let level = *DEFLATE_LEVELS.get(usize::from(how.level))?;
            let compressor = cx.get::<DeflateContexts>().compressor(level)?;
            compressor.zlib_compress(src, dst).ok()
        }
        Compressor::Zstd => {
            let best = *zstd::compression_level_range().end();
            let level = if level < 9 { 2 * level - 1 } else { best };
            let compressor = cx.get::<ZstdContexts>().compressor(level, false).ok()?;
            compressor.compress_to_buffer(src, dst).ok()
        }
        Compressor::Snappy => None,
    }
}

fn lz4(src: &[u8], dst: &mut [u8], effort: Effort) -> Option<usize> {
    let block = lz4_block::compressed(src, dst, effort).ok()?;
    Some(block.len())
}
