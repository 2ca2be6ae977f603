//! The `zstd` codec, over the C library with contexts kept per worker.
//! Format: RFC 8878. Specification: Zarr v3 codecs, `zstd`; numcodecs `zstd` writes the same.

use zarr_metadata::Extension;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe;

use crate::buffer::{self, ZstdTarget};
use crate::scratch::Scratch;
use crate::sink::Sink;
use crate::{BytesToBytes, CodecError, CodecErrorKind, Len};

const NAME: &str = "zstd";

/// Zstandard at one level.
#[derive(Clone, Copy, Debug)]
pub struct ZstdCodec {
    level: i32,
    checksum: bool,
}

/// A worker's compressor and decompressor. The compressor is made for one setting at a time:
/// one array is written with one setting.
#[derive(Default)]
pub(crate) struct Contexts {
    decompressor: Option<Decompressor<'static>>,
    compressor: Option<(i32, bool, Compressor<'static>)>,
}

impl Contexts {
    pub(crate) fn decompressor(&mut self) -> std::io::Result<&mut Decompressor<'static>> {
        Ok(match &mut self.decompressor {
            Some(decompressor) => decompressor,
            none => none.insert(Decompressor::new()?),
        })
    }

    pub(crate) fn compressor(
        &mut self,
        level: i32,
        checksum: bool,
    ) -> std::io::Result<&mut Compressor<'static>> {
        let kept = self.compressor.take();
        let made = match kept.filter(|(l, c, _)| (*l, *c) == (level, checksum)) {
            Some(kept) => kept,
            None => {
                let mut compressor = Compressor::new(level)?;
                compressor.include_checksum(checksum)?;
                (level, checksum, compressor)
            }
        };
        Ok(&mut self.compressor.insert(made).2)
    }
}

impl ZstdCodec {
    /// Reads `{"level": -131072 to 22, "checksum": bool}`; level 0 is the library's default (3),
    /// and both may be absent, as numcodecs writes them.
    ///
    /// # Errors
    /// For other values.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        let level = match extension.configuration.get("level") {
            None => 0,
            Some(value) => value
                .as_i64()
                .and_then(|level| i32::try_from(level).ok())
                .filter(|level| zstd::compression_level_range().contains(level))
                .ok_or_else(|| bad("level", "an integer of -131072 to 22", value))?,
        };
        let checksum = match extension.configuration.get("checksum") {
            None => false,
            Some(value) => value
                .as_bool()
                .ok_or_else(|| bad("checksum", "true or false", value))?,
        };
        Ok(Self { level, checksum })
    }
}

fn bad(key: &str, expected: &str, found: &serde_json::Value) -> CodecError {
    CodecErrorKind::Config(format!("`{key}` must be {expected}, found {found}")).of(NAME)
}

fn corrupt(error: &std::io::Error) -> CodecError {
    CodecErrorKind::Corrupt(error.to_string()).of(NAME)
}

fn backend(error: std::io::Error) -> CodecError {
    CodecErrorKind::Backend(Box::new(error)).of(NAME)
}

impl BytesToBytes for ZstdCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: Len) -> Len {
        Len::AtMost(zstd_safe::compress_bound(decoded.max()))
    }

    fn decode(&self, src: &[u8], dst: &mut Sink<'_>, cx: &mut Scratch) -> Result<(), CodecError> {
        let len = match dst.expected() {
            Len::Exact(len) => len,
            // The frame's own size is only believed up to what may come.
            Len::AtMost(max) => match zstd_safe::get_frame_content_size(src) {
                Ok(Some(size)) => usize::try_from(size).map_or(max, |size| size.min(max)),
                _ => max,
            },
        };
        dst.fill(NAME, len, cx, |memory, contexts| {
            let decompressor = contexts.zstd.decompressor().map_err(backend)?;
            let mut target = ZstdTarget::new(memory);
            decompressor
                .decompress_to_buffer(src, &mut target)
                .map_err(|e| corrupt(&e))?;
            Ok(target.into_filled())
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, cx: &mut Scratch) -> Result<(), CodecError> {
        let contexts = &mut cx.contexts.zstd;
        let compressor = contexts
            .compressor(self.level, self.checksum)
            .map_err(backend)?;
        buffer::append(dst, zstd_safe::compress_bound(src.len()), |memory| {
            let mut target = ZstdTarget::new(memory);
            compressor
                .compress_to_buffer(src, &mut target)
                .map_err(backend)?;
            Ok(target.into_filled())
        })
    }
}
