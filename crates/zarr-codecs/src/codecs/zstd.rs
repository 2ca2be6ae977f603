//! The `zstd` codec. Each worker keeps its contexts.
//! Format: RFC 8878. Specification: Zarr v3 codecs, `zstd`; numcodecs `zstd` writes the same.

use std::ops::RangeInclusive;

use zarr_metadata::Extension;

use crate::array::buffer::{self, Uninit};
use crate::codecs::backends::zstd::{self as library, ZstdDecoder, ZstdEncoder};
use crate::codecs::setting;
use crate::error::IGNORE_CHECKSUMS;
use crate::events;
use crate::{
    ByteLen, BytesToBytesCodec, CodecContexts, CodecError, CodecErrorKind, DecodeTarget, Scratch,
};

const NAME: &str = "zstd";

/// The levels of the format's own library.
pub(crate) const LEVELS: RangeInclusive<i32> = -131_072..=22;

/// Zstandard at one level.
#[derive(Clone, Copy, Debug)]
pub struct ZstdCodec {
    level: i32,
    checksum: bool,
    ignores_checksum: bool,
}

/// Why a library stopped decoding.
#[derive(Debug)]
pub(crate) enum ZstdError {
    /// More bytes come than there is room for.
    Full,
    /// All bytes came, and their checksum is another one.
    Checksum(String),
    /// These are no frames.
    Corrupt(String),
}

/// A worker's compressor and decompressor. The compressor is made for one setting at a time:
/// one array is written with one setting.
#[derive(Default)]
pub(crate) struct ZstdContexts {
    decompressor: Option<ZstdDecoder>,
    compressor: Option<(i32, bool, ZstdEncoder)>,
}

impl ZstdContexts {
    pub(crate) fn decompressor(&mut self) -> std::io::Result<&mut ZstdDecoder> {
        Ok(match &mut self.decompressor {
            Some(decompressor) => decompressor,
            none => none.insert(ZstdDecoder::new()?),
        })
    }

    pub(crate) fn compressor(
        &mut self,
        level: i32,
        checksum: bool,
    ) -> std::io::Result<&mut ZstdEncoder> {
        let kept = self.compressor.take();
        let made = match kept.filter(|(l, c, _)| (*l, *c) == (level, checksum)) {
            Some(kept) => kept,
            None => (level, checksum, ZstdEncoder::new(level, checksum)?),
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
                .filter(|level| LEVELS.contains(level))
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
    let decoded = decompressor.decompress(src, memory);
    decoded.map_err(|error| refusal(error, expected))
}

/// As [`frames`], whatever the checksums are.
fn frames_of_any_checksum<'d>(
    src: &[u8],
    memory: &'d mut Uninit,
    decompressor: &mut ZstdDecoder,
) -> Result<&'d mut [u8], CodecError> {
    let expected = memory.len();
    if let Err(error) = decompressor.decompress(src, memory) {
        events::ignored(&refusal(error, expected));
    }
    decompressor.ignore_checksums(true).map_err(backend)?;
    let decoded = decompressor.decompress(src, memory);
    decompressor.ignore_checksums(false).map_err(backend)?;
    decoded.map_err(|error| refusal(error, expected))
}

/// Whether the first frame ends in a checksum: RFC 8878, 3.1.1.1.1.
fn has_checksum(src: &[u8]) -> bool {
    src.get(4).is_some_and(|descriptor| descriptor & 4 != 0)
}

/// Why the library stopped, with so many bytes of memory for what it decodes.
fn refusal(error: ZstdError, expected: usize) -> CodecError {
    let kind = match error {
        ZstdError::Full => {
            let expected = expected as u64;
            let found = expected + 1;
            CodecErrorKind::Length { expected, found }
        }
        ZstdError::Checksum(text) => CodecErrorKind::Corrupt(format!("{text}{IGNORE_CHECKSUMS}")),
        ZstdError::Corrupt(text) => CodecErrorKind::Corrupt(text),
    };
    kind.of(NAME)
}

impl BytesToBytesCodec for ZstdCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        ByteLen::AtMost(library::bound(decoded.max()))
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

    fn check_encode(&self, _: ByteLen) -> Result<(), CodecError> {
        library::check_level(self.level).map_err(|why| {
            let level = self.level;
            let text = format!(
                "{level} is not offered: {why}; use 0 or 1, or build with the feature `zstd`"
            );
            setting::error(NAME, "level", text)
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, cx: &mut Scratch) -> Result<(), CodecError> {
        self.check_encode(ByteLen::Exact(src.len()))?;
        let contexts = cx.contexts.get::<ZstdContexts>();
        let compressor = contexts
            .compressor(self.level, self.checksum)
            .map_err(backend)?;
        buffer::append(dst, library::bound(src.len()), |memory| {
            compressor.compress(src, memory).map_err(backend)
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
        let unsaid = ::zstd::zstd_safe::get_frame_content_size(&streamed(&data));
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

    #[test]
    #[cfg(not(feature = "zstd"))]
    fn levels_that_rust_does_not_offer_are_refused_with_what_to_do() {
        let codec = |level: i32| ZstdCodec::parse(&Extension::new("zstd").with("level", level));
        for level in [2, 3, 22, -1] {
            let codec = codec(level).unwrap();
            let error = codec
                .check_encode(ByteLen::Exact(1))
                .unwrap_err()
                .to_string();
            let why = format!("`level` {level} is not offered: ");
            assert!(
                error.contains(&why) && error.contains("use 0 or 1, or build with"),
                "{error}"
            );
        }
        for level in [0, 1] {
            codec(level)
                .unwrap()
                .check_encode(ByteLen::Exact(1))
                .unwrap();
        }
    }

    #[test]
    fn a_frame_says_how_much_it_holds() {
        // Some readers refuse others.
        for (len, checksum) in [(0, false), (1, true), (300, false), (70_000, true)] {
            let extension = Extension::new("zstd").with("checksum", checksum);
            let codec = ZstdCodec::parse(&extension).unwrap();
            let (data, mut frame) = (vec![5; len], vec![]);
            codec
                .encode(&data, &mut frame, &mut Scratch::default())
                .unwrap();
            let said = ::zstd::zstd_safe::get_frame_content_size(&frame).unwrap();
            assert_eq!(said, Some(len as u64));
            assert_eq!(frame[4] & 4 != 0, checksum);
            assert_eq!(::zstd::bulk::decompress(&frame, len).unwrap(), data);
        }
    }
}
