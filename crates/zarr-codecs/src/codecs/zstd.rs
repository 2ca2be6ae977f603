//! The `zstd` codec, by the C library. Each worker keeps its contexts.
//! Format: RFC 8878. Specification: Zarr v3 codecs, `zstd`; numcodecs `zstd` writes the same.

use zarr_metadata::Extension;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{self, DParameter};

use crate::array::buffer::{self, Uninit, ZstdTarget};
use crate::codecs::setting;
use crate::error::IGNORE_CHECKSUMS;
use crate::events;
use crate::{
    ByteLen, BytesToBytesCodec, CodecContexts, CodecError, CodecErrorKind, DecodeTarget, Scratch,
};

const NAME: &str = "zstd";

/// Zstandard at one level.
#[derive(Clone, Copy, Debug)]
pub struct ZstdCodec {
    level: i32,
    checksum: bool,
    ignores_checksum: bool,
}

/// A worker's compressor and decompressor. The compressor is made for one setting at a time:
/// one array is written with one setting.
#[derive(Default)]
pub(crate) struct ZstdContexts {
    decompressor: Option<Decompressor<'static>>,
    compressor: Option<(i32, bool, Compressor<'static>)>,
}

impl ZstdContexts {
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
    /// Reads `{"level": -131072 to 22, "checksum": bool}`; level 0 is the library's default (3).
    /// Both may be left out, as numcodecs does.
    ///
    /// # Errors
    /// If a setting has another value.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        let level = match setting::given(extension, "level") {
            None => 0,
            Some(value) => setting::whole(value)
                .and_then(|level| i32::try_from(level).ok())
                .filter(|level| zstd::compression_level_range().contains(level))
                .ok_or_else(|| setting::bad(extension, "level", "an integer of -131072 to 22"))?,
        };
        let checksum = match extension.configuration.get("checksum") {
            None => false,
            Some(value) => value
                .as_bool()
                .ok_or_else(|| setting::bad(extension, "checksum", "true or false"))?,
        };
        Ok(Self {
            level,
            checksum,
            ignores_checksum: false,
        })
    }

    /// Whether frames are read whose checksum does not match.
    pub(crate) const fn ignoring(mut self, is_ignored: bool) -> Self {
        self.ignores_checksum = is_ignored;
        self
    }
}

fn backend(error: std::io::Error) -> CodecError {
    CodecErrorKind::Backend(Box::new(error)).of(NAME)
}

/// Decodes all frames to the front of `memory`.
fn frames<'d>(
    src: &[u8],
    memory: &'d mut Uninit,
    contexts: &mut CodecContexts,
    ignores_checksum: bool,
) -> Result<&'d mut [u8], CodecError> {
    let contexts = contexts.get::<ZstdContexts>();
    let decompressor = contexts.decompressor().map_err(backend)?;
    if ignores_checksum && has_checksum(src) {
        return frames_of_any_checksum(src, memory, decompressor);
    }
    let expected = memory.len();
    let mut target = ZstdTarget::new(memory);
    let decoded = decompressor.decompress_to_buffer(src, &mut target);
    decoded.map_err(|error| refusal(&error, expected))?;
    Ok(target.into_filled())
}

/// As [`frames`], whatever the checksums are.
fn frames_of_any_checksum<'d>(
    src: &[u8],
    memory: &'d mut Uninit,
    decompressor: &mut Decompressor<'static>,
) -> Result<&'d mut [u8], CodecError> {
    let expected = memory.len();
    let checked = decompressor.decompress_to_buffer(src, &mut ZstdTarget::new(memory));
    if let Err(error) = checked {
        events::ignored(&refusal(&error, expected));
    }
    let ignore = DParameter::ForceIgnoreChecksum;
    decompressor.set_parameter(ignore(true)).map_err(backend)?;
    let mut target = ZstdTarget::new(memory);
    let decoded = decompressor.decompress_to_buffer(src, &mut target);
    decompressor.set_parameter(ignore(false)).map_err(backend)?;
    decoded.map_err(|error| refusal(&error, expected))?;
    Ok(target.into_filled())
}

/// Whether the first frame ends in a checksum: RFC 8878, 3.1.1.1.1.
fn has_checksum(src: &[u8]) -> bool {
    src.get(4).is_some_and(|descriptor| descriptor & 4 != 0)
}

/// Why the library stopped, with so many bytes of memory for what it decodes.
fn refusal(error: &std::io::Error, expected: usize) -> CodecError {
    // Error codes are the negatives of these numbers.
    let is =
        |code: usize| error.to_string() == zstd_safe::get_error_name(0_usize.wrapping_sub(code));
    const CHECKSUM_WRONG: usize = 22;
    const TARGET_TOO_SMALL: usize = 70;
    let kind = if is(TARGET_TOO_SMALL) {
        let expected = expected as u64;
        let found = expected + 1;
        CodecErrorKind::Length { expected, found }
    } else if is(CHECKSUM_WRONG) {
        CodecErrorKind::Corrupt(format!("{error}{IGNORE_CHECKSUMS}"))
    } else {
        CodecErrorKind::Corrupt(error.to_string())
    };
    kind.of(NAME)
}

impl BytesToBytesCodec for ZstdCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        ByteLen::AtMost(zstd_safe::compress_bound(decoded.max()))
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        dst.fill_to_end(NAME, src, cx, |memory, cx| {
            frames(src, memory, cx, self.ignores_checksum)
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, cx: &mut Scratch) -> Result<(), CodecError> {
        let contexts = cx.contexts.get::<ZstdContexts>();
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

    fn decode(src: &[u8], len: ByteLen) -> Result<Vec<u8>, CodecError> {
        let mut out = vec![];
        let codec = ZstdCodec::parse(&Extension::new("zstd"))?;
        codec.decode(
            src,
            &mut DecodeTarget::grow(&mut out, len),
            &mut Scratch::default(),
        )?;
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
            for len in [
                ByteLen::Exact(5000),
                ByteLen::AtMost(5000),
                ByteLen::AtMost(9999),
            ] {
                assert!(decode(src, len).unwrap() == data);
            }
            decode(src, ByteLen::Exact(4999)).unwrap_err();
            decode(src, ByteLen::AtMost(4999)).unwrap_err();
            decode(&[src, &b"garbage"[..]].concat(), ByteLen::Exact(5000)).unwrap_err();
        }
    }
    /// D24, H14
    #[test]
    fn a_wrong_checksum_is_an_error_unless_it_is_ignored() {
        let data = b"what is left of it";
        let parsed = ZstdCodec::parse(&Extension::new("zstd").with("checksum", true)).unwrap();
        let mut src = vec![];
        parsed
            .encode(data, &mut src, &mut Scratch::default())
            .unwrap();
        *src.last_mut().unwrap() ^= 1;
        let decode = |codec: ZstdCodec| {
            let (mut out, cx) = (vec![], &mut Scratch::default());
            let mut target = DecodeTarget::grow(&mut out, ByteLen::Exact(data.len()));
            let decoded = codec.decode(&src, &mut target, cx);
            decoded.map(|()| out)
        };
        let error = decode(parsed).unwrap_err().to_string();
        assert!(error.contains("ignore_checksums"), "{error}");
        assert_eq!(decode(parsed.ignoring(true)).unwrap(), data);
        // The setting stays with the codec, though contexts are shared.
        decode(parsed).unwrap_err();
    }
}
