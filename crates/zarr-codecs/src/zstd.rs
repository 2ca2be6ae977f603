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

fn is_one_frame(src: &[u8]) -> bool {
    zstd_safe::find_frame_compressed_size(src).is_ok_and(|len| len == src.len())
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
            // The frame's own size is only believed up to what may come, and where no other follows.
            Len::AtMost(max) => match zstd_safe::get_frame_content_size(src) {
                Ok(Some(size)) if is_one_frame(src) => {
                    usize::try_from(size).map_or(max, |size| size.min(max))
                }
                _ => max,
            },
        };
        dst.fill(NAME, len, cx, |memory, contexts| {
            let decompressor = match &mut contexts.zstd.decompressor {
                Some(decompressor) => decompressor,
                none => none.insert(Decompressor::new().map_err(backend)?),
            };
            let mut target = ZstdTarget::new(memory);
            decompressor
                .decompress_to_buffer(src, &mut target)
                .map_err(|e| corrupt(&e))?;
            Ok(target.into_filled())
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, cx: &mut Scratch) -> Result<(), CodecError> {
        let contexts = &mut cx.contexts.zstd;
        let compressor = match &mut contexts.compressor {
            Some((level, checksum, compressor))
                if (*level, *checksum) == (self.level, self.checksum) =>
            {
                compressor
            }
            other => {
                let mut compressor = Compressor::new(self.level).map_err(backend)?;
                compressor
                    .include_checksum(self.checksum)
                    .map_err(backend)?;
                &mut other.insert((self.level, self.checksum, compressor)).2
            }
        };
        buffer::append(dst, zstd_safe::compress_bound(src.len()), |memory| {
            let mut target = ZstdTarget::new(memory);
            compressor
                .compress_to_buffer(src, &mut target)
                .map_err(backend)?;
            Ok(target.into_filled())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// A frame that does not say how much it holds, as streaming writers make them.
    fn streamed(data: &[u8]) -> Vec<u8> {
        let mut encoder = zstd::stream::Encoder::new(vec![], 1).unwrap();
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn decode(src: &[u8], len: Len) -> Result<Vec<u8>, CodecError> {
        let mut out = vec![];
        let codec = ZstdCodec::parse(&Extension::new("zstd"))?;
        codec.decode(src, &mut Sink::grow(&mut out, len), &mut Scratch::default())?;
        Ok(out)
    }

    #[test]
    fn frames_of_every_kind() {
        let data: Vec<u8> = (0..5000_u32).map(|i| (i / 7) as u8).collect();
        let (first, second) = data.split_at(1234);
        let sized = |data: &[u8]| zstd::bulk::compress(data, 1).unwrap();
        let skipped = *b"\x53\x2a\x4d\x18\x04\0\0\0skip";
        let unsaid = zstd_safe::get_frame_content_size(&streamed(&data));
        assert!(matches!(unsaid, Ok(None)));
        let cases = [
            sized(&data),
            streamed(&data),
            [sized(first), sized(second)].concat(),
            [streamed(first), sized(second)].concat(),
            [&skipped[..], &sized(&data)].concat(),
            [&sized(first)[..], &skipped, &streamed(second), &skipped].concat(),
        ];
        for src in &cases {
            for len in [Len::Exact(5000), Len::AtMost(5000), Len::AtMost(9999)] {
                assert!(decode(src, len).unwrap() == data);
            }
            decode(src, Len::Exact(4999)).unwrap_err();
            decode(src, Len::AtMost(4999)).unwrap_err();
            decode(&[src, &b"garbage"[..]].concat(), Len::Exact(5000)).unwrap_err();
        }
    }
}
