//! The `lz4` codec of numcodecs: the size of the data as four little-endian bytes, then one block.

use zarr_metadata::Extension;

use crate::array::buffer;
use crate::codecs::lz4_block::{self, Effort};
use crate::codecs::setting;
use crate::error::check_len;
use crate::{ByteLen, BytesToBytesCodec, CodecError, CodecErrorKind, DecodeTarget, Scratch};

const NAME: &str = "lz4";
const HEADER: usize = 4;

/// LZ4. More acceleration is faster and compresses less.
#[derive(Clone, Copy, Debug)]
pub struct Lz4Codec {
    acceleration: i32,
}

impl Lz4Codec {
    /// Reads `{"acceleration": integer}`; the default, and the least, is 1.
    ///
    /// # Errors
    /// If a setting has another value.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        let range = i64::from(i32::MIN)..=i64::from(i32::MAX);
        let acceleration = setting::integer(extension, "acceleration", range, Some(1))?;
        Ok(Self {
            acceleration: (acceleration as i32).max(1),
        })
    }
}

/// The header for this many bytes, which one block must hold.
fn header(len: usize) -> Result<u32, CodecError> {
    let (asked, limit) = (len as u64, lz4_block::MAX_DECODED as u64);
    let found = u32::try_from(len).ok().filter(|_| asked <= limit);
    let what = "a chunk for lz4";
    found.ok_or_else(|| CodecErrorKind::Limit { what, asked, limit }.of(NAME))
}

impl BytesToBytesCodec for Lz4Codec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        ByteLen::AtMost(lz4_block::bound(decoded.max()).saturating_add(HEADER))
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let Some((header, block)) = src.split_first_chunk::<HEADER>() else {
            let (expected, found) = (HEADER as u64, src.len() as u64);
            return Err(CodecErrorKind::Length { expected, found }.of(NAME));
        };
        let len = u32::from_le_bytes(*header) as usize;
        let expected = dst.expected().max();
        // No block holds more than 255 times its own bytes, whatever the header says.
        let expected = expected.min(block.len().saturating_mul(255));
        if len > expected {
            return check_len(NAME, expected, len);
        }
        dst.fill(NAME, len, cx, |memory, _| {
            let corrupt = |e: std::io::Error| CodecErrorKind::Corrupt(e.to_string()).of(NAME);
            let decoded = lz4_block::decompressed(block, memory).map_err(corrupt)?;
            check_len(NAME, len, decoded.len())?;
            Ok(decoded)
        })
    }

    fn check_encode(&self, decoded: ByteLen) -> Result<(), CodecError> {
        match decoded {
            ByteLen::Exact(len) => header(len).map(|_| ()),
            // It may be less.
            ByteLen::AtMost(_) => Ok(()),
        }
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        let len = header(src.len())?;
        dst.extend_from_slice(&len.to_le_bytes());
        buffer::append(dst, lz4_block::bound(src.len()), |memory| {
            let backend = |e| CodecErrorKind::Backend(Box::new(e)).of(NAME);
            lz4_block::compressed(src, memory, Effort::Fast(self.acceleration)).map_err(backend)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_block_holds_is_refused_before_there_is_an_array() {
        let codec = Lz4Codec { acceleration: 1 };
        codec.check_encode(ByteLen::Exact(0x7E00_0000)).unwrap();
        codec.check_encode(ByteLen::AtMost(usize::MAX)).unwrap();
        let error = codec.check_encode(ByteLen::Exact(0x7E00_0001)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "codec `lz4`: a chunk for lz4 of 2113929217 bytes is more than can be handled \
             (2113929216 bytes)"
        );
    }
}
