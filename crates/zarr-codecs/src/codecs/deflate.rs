//! The codecs `gzip` and `zlib`: deflate streams in two formats, by a library that tells where each ends.
//! Formats: RFC 1950, 1951, 1952.

use zarr_metadata::Extension;

use crate::array::buffer::{self, FilledFront, InflateError, Uninit};
use crate::codecs::backends::deflate::{Deflater, Inflater};
use crate::codecs::setting;
use crate::{ByteLen, BytesToBytesCodec, CodecError, CodecErrorKind, DecodeTarget, Scratch};

/// The format around a deflate stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DeflateFormat {
    Gzip,
    Zlib,
}

/// The codecs `gzip` and `zlib`: one format, at one level.
#[derive(Clone, Copy, Debug)]
pub struct DeflateCodec {
    format: DeflateFormat,
    level: i32,
}

/// A worker's compressor and decompressor.
#[derive(Default)]
pub(crate) struct DeflateContexts {
    inflater: Option<Inflater>,
    deflater: Option<(i32, Deflater)>,
}

impl DeflateContexts {
    /// `None` if there is not enough memory.
    pub(crate) fn inflater(&mut self) -> Option<&mut Inflater> {
        Some(match &mut self.inflater {
            Some(inflater) => inflater,
            none => none.insert(Inflater::new()?),
        })
    }

    /// `None` for a level that the library does not offer.
    pub(crate) fn deflater(&mut self, level: i32) -> Option<&mut Deflater> {
        let kept = self.deflater.take().filter(|(made, _)| *made == level);
        let made = match kept {
            Some(kept) => kept,
            None => (level, Deflater::new(level)?),
        };
        Some(&mut self.deflater.insert(made).1)
    }
}

impl DeflateCodec {
    /// `gzip` of v3: reads `{"level": 0 to 9}`; the default is 5, as in zarr-python.
    ///
    /// # Errors
    /// If a setting has another value.
    pub fn gzip(extension: &Extension) -> Result<Self, CodecError> {
        Self::parse(DeflateFormat::Gzip, extension, 0..=9, 5)
    }

    /// `gzip` of numcodecs: reads `{"level": -1 to 9}`; the default is 1.
    ///
    /// # Errors
    /// If a setting has another value.
    pub fn gzip_numcodecs(extension: &Extension) -> Result<Self, CodecError> {
        Self::parse(DeflateFormat::Gzip, extension, -1..=9, 1)
    }

    /// `zlib` of numcodecs: reads `{"level": -1 to 9}`; the default is 1.
    ///
    /// # Errors
    /// If a setting has another value.
    pub fn zlib(extension: &Extension) -> Result<Self, CodecError> {
        Self::parse(DeflateFormat::Zlib, extension, -1..=9, 1)
    }

    /// The level -1 is zlib's default, 6.
    fn parse(
        format: DeflateFormat,
        extension: &Extension,
        range: std::ops::RangeInclusive<i64>,
        default: i64,
    ) -> Result<Self, CodecError> {
        let level = match setting::integer(extension, "level", range, Some(default))? {
            -1 => 6,
            level => level as i32,
        };
        Ok(Self { format, level })
    }

    fn label(self) -> &'static str {
        match self.format {
            DeflateFormat::Gzip => "gzip",
            DeflateFormat::Zlib => "zlib",
        }
    }

    /// Decodes one stream to the front of `memory`, and tells how much of `src` it is.
    fn stream<'d>(
        self,
        src: &[u8],
        memory: &'d mut Uninit,
        inflater: &mut Inflater,
    ) -> Result<(&'d mut [u8], usize), CodecError> {
        let (name, expected) = (self.label(), memory.len() as u64);
        let inflated = match self.format {
            DeflateFormat::Gzip => inflater.gzip(src, memory),
            DeflateFormat::Zlib => inflater.zlib(src, memory),
        };
        inflated.map_err(|stopped| match stopped {
            InflateError::Full => {
                let found = expected + 1;
                CodecErrorKind::Length { expected, found }.of(name)
            }
            InflateError::Corrupt => {
                CodecErrorKind::Corrupt(format!("not a {name} stream")).of(name)
            }
        })
    }

    /// Decodes all members of a gzip file, or the one stream that zlib may hold.
    fn streams<'d>(
        self,
        mut src: &[u8],
        memory: &'d mut Uninit,
        inflater: &mut Inflater,
    ) -> Result<&'d mut [u8], CodecError> {
        let mut front = FilledFront::new(memory);
        loop {
            front.fill(usize::MAX, |memory| {
                let (made, used) = self.stream(src, memory, inflater)?;
                src = src.get(used..).unwrap_or_default();
                Ok(made)
            })?;
            if src.is_empty() {
                return Ok(front.into_filled());
            }
            if self.format == DeflateFormat::Zlib {
                let text = "bytes follow the end of the stream".to_owned();
                return Err(CodecErrorKind::Corrupt(text).of(self.label()));
            }
        }
    }
}

impl BytesToBytesCodec for DeflateCodec {
    fn name(&self) -> &str {
        self.label()
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        // Stored blocks cost five bytes each 64 KiB at worst, header and trailer 18. Other writers add names and
        // comments, and zlib-ng codes bytes with nine bits at its fastest level.
        let max = decoded.max();
        ByteLen::AtMost(max.saturating_add(max / 8).saturating_add(1 << 16))
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let name = self.label();
        dst.fill_to_end(name, src, cx, |memory, contexts| {
            let contexts = contexts.get::<DeflateContexts>();
            let inflater = contexts.inflater().ok_or_else(|| {
                let error = std::io::Error::from(std::io::ErrorKind::OutOfMemory);
                CodecErrorKind::Backend(Box::new(error)).of(name)
            })?;
            self.streams(src, memory, inflater)
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, cx: &mut Scratch) -> Result<(), CodecError> {
        let name = self.label();
        let contexts = cx.contexts.get::<DeflateContexts>();
        let deflater = contexts.deflater(self.level).ok_or_else(|| {
            setting::error(name, "level", format!("{} is not offered", self.level))
        })?;
        buffer::append(dst, deflater.bound(src.len()), |memory| {
            let memory = buffer::zeroed(memory);
            let made = match self.format {
                DeflateFormat::Gzip => deflater.gzip(src, memory),
                DeflateFormat::Zlib => deflater.zlib(src, memory),
            };
            let front = made.and_then(|len| memory.get_mut(..len));
            front.ok_or_else(|| {
                let error = std::io::Error::other("the stream does not fit its bound");
                CodecErrorKind::Backend(Box::new(error)).of(name)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(format: DeflateFormat, src: &[u8], len: ByteLen) -> Result<Vec<u8>, CodecError> {
        let mut out = vec![];
        let codec = DeflateCodec { format, level: 1 };
        codec.decode(
            src,
            &mut DecodeTarget::grow(&mut out, len),
            &mut Scratch::default(),
        )?;
        Ok(out)
    }

    fn encode(format: DeflateFormat, data: &[u8]) -> Vec<u8> {
        let (mut out, codec) = (vec![], DeflateCodec { format, level: 1 });
        codec
            .encode(data, &mut out, &mut Scratch::default())
            .unwrap();
        out
    }

    #[test]
    fn members_are_joined_and_garbage_is_refused() {
        let data: Vec<u8> = (0..4000_u32).map(|i| (i / 5) as u8).collect();
        // Halves of one size: the trailer of the second fits the first.
        for middle in [2000, 0, 1, 4000] {
            let (first, second) = data.split_at(middle);
            let parts = [
                encode(DeflateFormat::Gzip, first),
                encode(DeflateFormat::Gzip, second),
            ]
            .concat();
            for len in [
                ByteLen::Exact(4000),
                ByteLen::AtMost(4000),
                ByteLen::AtMost(7000),
            ] {
                assert!(
                    decode(DeflateFormat::Gzip, &parts, len).unwrap() == data,
                    "{middle}"
                );
            }
            decode(DeflateFormat::Gzip, &parts, ByteLen::Exact(3999)).unwrap_err();
        }
        for format in [DeflateFormat::Gzip, DeflateFormat::Zlib] {
            let good = encode(format, &data);
            for garbage in [&[0][..], b"garbage", &[0; 8]] {
                let bad = [&good, garbage].concat();
                for len in [ByteLen::Exact(4000), ByteLen::AtMost(7000)] {
                    assert!(decode(format, &good, len).unwrap() == data);
                    decode(format, &bad, len).unwrap_err();
                }
            }
        }
    }

    #[test]
    fn a_member_that_fills_the_memory_lent_first_is_not_the_end() {
        let half = encode(DeflateFormat::Gzip, &vec![7; 64 << 10]);
        let both = [&half[..], &half].concat();
        assert!(both.len() * 8 < 64 << 10);
        for len in [ByteLen::AtMost(1 << 20), ByteLen::Exact(128 << 10)] {
            assert!(decode(DeflateFormat::Gzip, &both, len).unwrap() == vec![7; 128 << 10]);
        }
    }
}
