//! The `blosc` codec: Blosc 1 frames, read and written in Rust. A chunk is cut into blocks that fit a
//! cache; each is shuffled, split into parts, and every part compressed.
//! Format: c-blosc, `README_CHUNK_FORMAT.rst`. Specification: Zarr v3 codecs, `blosc`; numcodecs
//! `blosc` writes the same.

mod block_buffers;
mod blosclz;
mod config;
mod decode;
mod encode;
mod header;
mod part;
mod shuffle;
mod snappy;

use std::ops::Range;

use zarr_metadata::Extension;

use self::config::{BloscSettings, Compressor};
use self::header::{Header, NAME};
use self::part::Encoding;
use crate::array::buffer::{self, FilledFront};
use crate::codecs::setting;
use crate::error::check_limit;
use crate::{ByteLen, BytesToBytesCodec, ChunkSpec, CodecError, DecodeTarget, Scratch};

/// Blosc 1 with one compressor, level and shuffle.
#[derive(Clone, Copy, Debug)]
pub struct BloscCodec {
    settings: BloscSettings,
}

impl BloscCodec {
    /// Reads `{"cname", "clevel": 0 to 9, "shuffle", "typesize", "blocksize"}` for such chunks.
    ///
    /// `cname` is `"blosclz"`, `"lz4"`, `"lz4hc"`, `"snappy"` (read only), `"zlib"` or `"zstd"`;
    /// `shuffle` is `"noshuffle"`, `"shuffle"` or `"bitshuffle"`, or a number of numcodecs (0, 1, 2,
    /// or -1 for bit shuffle of single bytes and byte shuffle of other elements). The default of `typesize`
    /// is the size of an element; other defaults are those of zarr-python (`"zstd"`, 5, -1, 0).
    ///
    /// # Errors
    /// If a setting has another value.
    pub fn parse(extension: &Extension, spec: &ChunkSpec) -> Result<Self, CodecError> {
        let settings = BloscSettings::parse(extension, spec, &config::V3)?;
        Ok(Self { settings })
    }

    /// As [`parse`](Self::parse), with the defaults of numcodecs (`"lz4"`, 5, 1, 0).
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_numcodecs(extension: &Extension, spec: &ChunkSpec) -> Result<Self, CodecError> {
        let settings = BloscSettings::parse(extension, spec, &config::NUMCODECS)?;
        Ok(Self { settings })
    }
}

impl BytesToBytesCodec for BloscCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        // What c-blosc writes is never larger than stored bytes behind a header, but snappy's parts
        // may be, by a sixth.
        ByteLen::AtMost(
            decoded
                .max()
                .saturating_add(decoded.max() / 6)
                .saturating_add(1024),
        )
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let (header, frame) = Header::read(src, dst.expected())?;
        dst.fill_blocks(
            NAME,
            header.len,
            header.block,
            cx,
            |blocks, front, contexts| decode::blocks(frame, &header, blocks, front, contexts),
        )
    }

    fn decode_range(
        &self,
        src: &[u8],
        decoded: ByteLen,
        range: Range<usize>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Option<Result<usize, CodecError>> {
        let run = |(header, frame): (Header, &[u8])| {
            let blocks = header.blocks_of(&range);
            let start = blocks.start * header.block;
            let end = header.len.min(blocks.end * header.block);
            buffer::append(dst, end.saturating_sub(start), |memory| {
                let mut front = FilledFront::new(memory);
                decode::blocks(frame, &header, blocks, &mut front, &mut cx.contexts)?;
                Ok(front.into_filled())
            })?;
            Ok(start)
        };
        Some(Header::read(src, decoded).and_then(run))
    }

    fn check_encode(&self, decoded: ByteLen) -> Result<(), CodecError> {
        if let ByteLen::Exact(len) = decoded {
            // Sizes in a frame are signed 32-bit numbers.
            let (what, limit) = ("a chunk for one Blosc frame", header::MAX_DECODED as u64);
            check_limit(NAME, what, len as u64, limit)?;
        }
        if self.settings.compressor == Compressor::Snappy {
            let problem = "\"snappy\" is only read; write with \"lz4\" or \"zstd\" instead";
            return Err(setting::error(NAME, "cname", problem));
        }
        let how = Encoding::of(&self.settings, false);
        // At level 0 nothing is compressed.
        match how.level {
            0 => Ok(()),
            _ => how
                .check()
                .map_err(|(key, why)| setting::error(NAME, key, why)),
        }
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, cx: &mut Scratch) -> Result<(), CodecError> {
        self.check_encode(ByteLen::Exact(src.len()))?;
        encode::encode(&self.settings, src, dst, &mut cx.contexts);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
