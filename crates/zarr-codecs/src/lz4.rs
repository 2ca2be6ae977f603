//! The `lz4` codec of numcodecs: the size of the data as four little-endian bytes, then one block.

use zarr_metadata::Extension;

use crate::error::check_len;
use crate::lz4_block::Effort;
use crate::scratch::Scratch;
use crate::sink::Sink;
use crate::{BytesToBytes, CodecError, CodecErrorKind, Len, buffer, lz4_block, setting};

const NAME: &str = "lz4";
const HEADER: usize = 4;

/// LZ4 at one speed.
#[derive(Clone, Copy, Debug)]
pub struct Lz4Codec {
    acceleration: i32,
}

impl Lz4Codec {
    /// Reads `{"acceleration": integer}`; absent it is 1.
    ///
    /// # Errors
    /// For other values.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        let range = i64::from(i32::MIN)..=i64::from(i32::MAX);
        let acceleration = setting::integer(extension, "acceleration", range, Some(1))? as i32;
        Ok(Self { acceleration })
    }
}

impl BytesToBytes for Lz4Codec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: Len) -> Len {
        Len::AtMost(bound(decoded.max()).saturating_add(HEADER))
    }

    fn decode(&self, src: &[u8], dst: &mut Sink<'_>, cx: &mut Scratch) -> Result<(), CodecError> {
        let Some((header, block)) = src.split_first_chunk::<HEADER>() else {
            let (expected, found) = (HEADER as u64, src.len() as u64);
            return Err(CodecErrorKind::Length { expected, found }.of(NAME));
        };
        let len = u32::from_le_bytes(*header) as usize;
        let expected = dst.expected().max();
        if len > expected {
            return check_len(NAME, expected, len);
        }
        dst.fill(NAME, len, cx, |memory, _| {
            let memory = buffer::zeroed(memory);
            let decoded = lz4_block::decompress(block, memory)
                .map_err(|e| CodecErrorKind::Corrupt(e.to_string()).of(NAME))?;
            check_len(NAME, len, decoded)?;
            Ok(memory)
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        let len = u32::try_from(src.len()).ok();
        let Some(len) = len.filter(|_| src.len() <= lz4_block::MAX_DECODED) else {
            let (asked, limit) = (src.len() as u64, lz4_block::MAX_DECODED as u64);
            let what = "a chunk for lz4";
            return Err(CodecErrorKind::Limit { what, asked, limit }.of(NAME));
        };
        dst.extend_from_slice(&len.to_le_bytes());
        let start = dst.len();
        dst.resize(start + bound(src.len()), 0);
        let effort = Effort::Fast(self.acceleration);
        let written = lz4_block::compress(src, &mut dst[start..], effort)
            .map_err(|e| CodecErrorKind::Backend(Box::new(e)).of(NAME))?;
        dst.truncate(start + written);
        Ok(())
    }
}

/// The most that a block of this many bytes can take.
fn bound(len: usize) -> usize {
    len.saturating_add(len / 255).saturating_add(16)
}
