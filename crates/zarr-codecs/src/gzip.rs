//! The `gzip` codec. libdeflate decodes the usual single member of known size in one pass;
//! anything else goes through zlib-rs, still bounded by the size the metadata implies.
//! Format: RFC 1952. Specification: Zarr v3 codecs, `gzip`.

use std::io::Read;

use libdeflater::{CompressionLvl, Compressor, DecompressionError, Decompressor};
use zarr_metadata::Extension;

use crate::buffer;
use crate::scratch::Scratch;
use crate::sink::Sink;
use crate::{BytesToBytes, CodecError, CodecErrorKind, Len};

const NAME: &str = "gzip";

/// gzip at one level.
#[derive(Clone, Copy, Debug)]
pub struct GzipCodec {
    level: i32,
}

/// A worker's compressor and decompressor.
#[derive(Default)]
pub(crate) struct Contexts {
    decompressor: Option<Decompressor>,
    compressor: Option<(i32, Compressor)>,
}

impl Contexts {
    pub(crate) fn decompressor(&mut self) -> &mut Decompressor {
        self.decompressor.get_or_insert_with(Decompressor::new)
    }

    /// `None` for a level that libdeflate does not offer.
    pub(crate) fn compressor(&mut self, level: i32) -> Option<&mut Compressor> {
        let kept = self.compressor.take().filter(|(made, _)| *made == level);
        let made = match kept {
            Some(kept) => kept,
            None => (level, Compressor::new(CompressionLvl::new(level).ok()?)),
        };
        Some(&mut self.compressor.insert(made).1)
    }
}

impl GzipCodec {
    /// Reads `{"level": 0 to 9}`; absent it is 5, as zarr-python has it.
    ///
    /// # Errors
    /// For other values.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        let level = match extension.configuration.get("level") {
            None => 5,
            Some(value) => match value.as_u64() {
                Some(level @ 0..=9) => level as i32,
                _ => {
                    let text = format!("`level` must be an integer of 0 to 9, found {value}");
                    return Err(CodecErrorKind::Config(text).of(NAME));
                }
            },
        };
        Ok(Self { level })
    }
}

impl BytesToBytes for GzipCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: Len) -> Len {
        // Stored blocks cost five bytes each 64 KiB at worst, header and trailer 18; other writers
        // add names and comments.
        Len::AtMost(
            decoded
                .max()
                .saturating_add(decoded.max() / 1000)
                .saturating_add(1 << 16),
        )
    }

    fn decode(&self, src: &[u8], dst: &mut Sink<'_>, cx: &mut Scratch) -> Result<(), CodecError> {
        let expected = dst.expected();
        dst.fill(NAME, expected.max(), cx, |memory, contexts| {
            let memory = buffer::zeroed(memory);
            let decompressor = contexts.gzip.decompressor();
            let len = match decompressor.gzip_decompress(src, memory) {
                Ok(written) if ends_with_size(src, written) => written,
                // More members follow, or garbage: libdeflate stops after the first member.
                Ok(_) => members(src, memory)?,
                Err(DecompressionError::BadData) => {
                    return Err(CodecErrorKind::Corrupt("not a gzip stream".to_owned()).of(NAME));
                }
                Err(DecompressionError::InsufficientSpace) => {
                    let expected = memory.len() as u64;
                    return Err(CodecErrorKind::Length {
                        expected,
                        found: expected + 1,
                    }
                    .of(NAME));
                }
            };
            Ok(&mut memory[..len])
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, cx: &mut Scratch) -> Result<(), CodecError> {
        let compressor = cx.contexts.gzip.compressor(self.level).ok_or_else(|| {
            CodecErrorKind::Config(format!("level {} is not offered", self.level)).of(NAME)
        })?;
        let max = compressor.gzip_compress_bound(src.len());
        buffer::append(dst, max, |memory| {
            let memory = buffer::zeroed(memory);
            let len = compressor
                .gzip_compress(src, memory)
                .map_err(|error| CodecErrorKind::Backend(Box::new(error)).of(NAME))?;
            Ok(&mut memory[..len])
        })
    }
}

/// Whether the stream ends with the trailer of a member of that size.
fn ends_with_size(src: &[u8], written: usize) -> bool {
    src.last_chunk::<4>()
        .is_some_and(|size| u32::from_le_bytes(*size) == written as u32)
}

/// Decodes all members of a stream, and refuses more bytes than `memory` holds.
fn members(src: &[u8], memory: &mut [u8]) -> Result<usize, CodecError> {
    let corrupt = |e: std::io::Error| CodecErrorKind::Corrupt(e.to_string()).of(NAME);
    let mut decoder = flate2::read::MultiGzDecoder::new(src);
    let mut len = 0;
    while len < memory.len() {
        match decoder.read(&mut memory[len..]).map_err(corrupt)? {
            0 => return Ok(len),
            n => len += n,
        }
    }
    let expected = memory.len() as u64;
    match decoder.read(&mut [0]).map_err(corrupt)? {
        0 => Ok(len),
        _ => Err(CodecErrorKind::Length {
            expected,
            found: expected + 1,
        }
        .of(NAME)),
    }
}
