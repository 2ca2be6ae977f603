//! One part of a block: from bytes to bytes, by one of the compressors, each with its own meaning of Blosc's
//! levels.

use super::blosclz;
use super::config::{BloscSettings, Compressor};
use super::header::Format;
use super::snappy;
use crate::array::buffer::Byte;
use crate::chain::scratch::CodecContexts;
use crate::codecs::backends::{deflate::Deflater, zstd};
use crate::codecs::deflate::DeflateContexts;
use crate::codecs::lz4_block::{self, Effort};
use crate::codecs::zstd::{LEVELS, ZstdContexts, ZstdError};

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
            let decoded = decompressor.decompress(src, dst);
            decoded.map_err(|error| match error {
                ZstdError::Full => "a frame that is too long".to_owned(),
                ZstdError::Checksum(text) | ZstdError::Corrupt(text) => text,
            })
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

/// How a part is encoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoding {
    pub(super) compressor: Compressor,
    /// 1 to 9; or 0, where nothing is encoded.
    pub(super) level: u8,
    /// Whether blocks are split, which BloscLZ likes to know.
    pub(super) split: bool,
}

impl Encoding {
    /// That of these settings.
    pub(super) fn of(settings: &BloscSettings, split: bool) -> Self {
        Self {
            compressor: settings.compressor,
            level: settings.level,
            split,
        }
    }

    /// zstd's own level, of more than Blosc has.
    fn zstd_level(self) -> i32 {
        match self.level {
            level @ 0..9 => 2 * i32::from(level) - 1,
            _ => *LEVELS.end(),
        }
    }

    /// What LZ4HC is asked for.
    fn high(self) -> Effort {
        Effort::High(i32::from(self.level))
    }

    /// Which setting is why the libraries of this build do not encode like that, and the reason, where they do not.
    pub(super) fn check(self) -> Result<(), (&'static str, String)> {
        let level = self.level;
        match self.compressor {
            Compressor::Zstd => zstd::check_level(self.zstd_level()).map_err(|why| {
                let text = format!(
                    "{level} is not offered for \"zstd\": {why}; use 1, or build with the feature `blosc`"
                );
                ("clevel", text)
            }),
            Compressor::Lz4Hc => lz4_block::check_effort(self.high()).map_err(|why| {
                let text = format!(
                    "\"lz4hc\" is not offered: {why}; use \"lz4\", or build with the feature `blosc`"
                );
                ("cname", text)
            }),
            _ => Ok(()),
        }
    }
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
        Compressor::Lz4Hc => lz4(src, dst, how.high()),
        Compressor::Zlib => {
            let level = Deflater::level_like_zlib(how.level)?;
            cx.get::<DeflateContexts>().deflater(level)?.zlib(src, dst)
        }
        Compressor::Zstd => {
            let contexts = cx.get::<ZstdContexts>();
            let compressor = contexts.compressor(how.zstd_level(), false).ok()?;
            let frame = compressor.compress(src, dst).ok()?;
            Some(frame.len())
        }
        Compressor::Snappy => None,
    }
}

fn lz4(src: &[u8], dst: &mut [u8], effort: Effort) -> Option<usize> {
    let block = lz4_block::compressed(src, dst, effort).ok()?;
    Some(block.len())
}
