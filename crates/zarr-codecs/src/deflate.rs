//! What `gzip` and `zlib` share: deflate streams in two wrappings. libdeflate decodes the usual
//! single stream of known size in one pass; anything else goes through zlib-rs, still bounded by
//! the size the metadata implies. Formats: RFC 1950, 1951, 1952.

use libdeflater::{CompressionLvl, Compressor, DecompressionError, Decompressor};
use zarr_metadata::Extension;

use crate::scratch::Scratch;
use crate::sink::Sink;
use crate::stream::{read_all, too_long};
use crate::{CodecError, CodecErrorKind, Len, buffer, setting};

/// What stands around a deflate stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrapper {
    Gzip,
    Zlib,
}

/// One wrapping at one level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deflate {
    pub(crate) wrapper: Wrapper,
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

impl Deflate {
    /// Reads `{"level": -1 to 9}`; -1 is zlib's default, 6.
    pub(crate) fn parse(
        wrapper: Wrapper,
        extension: &Extension,
        range: std::ops::RangeInclusive<i64>,
        default: i64,
    ) -> Result<Self, CodecError> {
        let level = match setting::integer(extension, "level", range, Some(default))? {
            -1 => 6,
            level => level as i32,
        };
        Ok(Self { wrapper, level })
    }

    fn name(self) -> &'static str {
        match self.wrapper {
            Wrapper::Gzip => "gzip",
            Wrapper::Zlib => "zlib",
        }
    }

    /// The most that may become of so many bytes.
    pub(crate) fn encoded_len(decoded: Len) -> Len {
        // Stored blocks cost five bytes each 64 KiB at worst, header and trailer 18; other writers
        // add names and comments.
        let max = decoded.max();
        Len::AtMost(max.saturating_add(max / 1000).saturating_add(1 << 16))
    }

    pub(crate) fn decode(
        self,
        src: &[u8],
        dst: &mut Sink<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let name = self.name();
        dst.fill_to_end(name, src, cx, |memory, contexts| {
            let memory = buffer::zeroed(memory);
            let decompressor = contexts.deflate.decompressor();
            let decoded = match self.wrapper {
                Wrapper::Gzip => decompressor.gzip_decompress(src, memory),
                Wrapper::Zlib => decompressor.zlib_decompress(src, memory),
            };
            let len = match decoded {
                Ok(written) if self.is_all(src, memory, written) => written,
                // More streams follow, or garbage: libdeflate stops after the first stream.
                Ok(_) => self.streams(src, memory)?,
                Err(DecompressionError::BadData) => {
                    let text = format!("not a {name} stream");
                    return Err(CodecErrorKind::Corrupt(text).of(name));
                }
                Err(DecompressionError::InsufficientSpace) => return Err(too_long(name, memory)),
            };
            Ok(&mut memory[..len])
        })
    }

    pub(crate) fn encode(
        self,
        src: &[u8],
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let name = self.name();
        let compressor = cx.contexts.deflate.compressor(self.level).ok_or_else(|| {
            CodecErrorKind::Config(format!("level {} is not offered", self.level)).of(name)
        })?;
        let max = match self.wrapper {
            Wrapper::Gzip => compressor.gzip_compress_bound(src.len()),
            Wrapper::Zlib => compressor.zlib_compress_bound(src.len()),
        };
        buffer::append(dst, max, |memory| {
            let memory = buffer::zeroed(memory);
            let compressed = match self.wrapper {
                Wrapper::Gzip => compressor.gzip_compress(src, memory),
                Wrapper::Zlib => compressor.zlib_compress(src, memory),
            };
            let backend = |error| CodecErrorKind::Backend(Box::new(error)).of(name);
            let len = compressed.map_err(backend)?;
            Ok(&mut memory[..len])
        })
    }

    /// Whether the input ends with the trailer of a stream of the front of `memory`. A member of a
    /// gzip file that fills the memory is told by its size alone: no other can follow it.
    fn is_all(self, src: &[u8], memory: &[u8], written: usize) -> bool {
        let words = src.as_rchunks::<4>().1;
        let (Some([sum, size]), Some(data)) = (words.last_chunk(), memory.get(..written)) else {
            return false;
        };
        match self.wrapper {
            Wrapper::Gzip => {
                let full = written == memory.len();
                *size == (written as u32).to_le_bytes()
                    && (full || *sum == crc32fast::hash(data).to_le_bytes())
            }
            Wrapper::Zlib => *size == simd_adler32::adler32(&data).to_be_bytes(),
        }
    }

    /// Decodes all members of a gzip file, or refuses what stands behind a zlib stream.
    fn streams(self, src: &[u8], memory: &mut [u8]) -> Result<usize, CodecError> {
        let name = self.name();
        match self.wrapper {
            Wrapper::Gzip => read_all(name, flate2::read::MultiGzDecoder::new(src), memory),
            Wrapper::Zlib => {
                let mut decoder = flate2::read::ZlibDecoder::new(src);
                let len = read_all(name, &mut decoder, memory)?;
                if decoder.total_in() == src.len() as u64 {
                    return Ok(len);
                }
                let text = "bytes follow the end of the stream".to_owned();
                Err(CodecErrorKind::Corrupt(text).of(name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(wrapper: Wrapper, src: &[u8], len: Len) -> Result<Vec<u8>, CodecError> {
        let mut out = vec![];
        let codec = Deflate { wrapper, level: 1 };
        codec.decode(src, &mut Sink::grow(&mut out, len), &mut Scratch::default())?;
        Ok(out)
    }

    fn encode(wrapper: Wrapper, data: &[u8]) -> Vec<u8> {
        let (mut out, codec) = (vec![], Deflate { wrapper, level: 1 });
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
            let parts = [encode(Wrapper::Gzip, first), encode(Wrapper::Gzip, second)].concat();
            for len in [Len::Exact(4000), Len::AtMost(4000), Len::AtMost(7000)] {
                assert!(
                    decode(Wrapper::Gzip, &parts, len).unwrap() == data,
                    "{middle}"
                );
            }
            decode(Wrapper::Gzip, &parts, Len::Exact(3999)).unwrap_err();
        }
        for wrapper in [Wrapper::Gzip, Wrapper::Zlib] {
            let good = encode(wrapper, &data);
            for garbage in [&[0][..], b"garbage", &[0; 8]] {
                let bad = [&good, garbage].concat();
                for len in [Len::Exact(4000), Len::AtMost(7000)] {
                    assert!(decode(wrapper, &good, len).unwrap() == data);
                    decode(wrapper, &bad, len).unwrap_err();
                }
            }
        }
    }
}
