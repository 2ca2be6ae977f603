//! The `lz4` codec of numcodecs: the size of the data as four little-endian bytes, then one block.

use zarr_metadata::Extension;

use crate::error::check_len;
use crate::scratch::Scratch;
use crate::sink::Sink;
use crate::{BytesToBytes, CodecError, CodecErrorKind, Len, buffer, lz4_block, setting};

const NAME: &str = "lz4";
const HEADER: usize = 4;

/// LZ4. It has one speed here: `acceleration` changes what is written, not how it is read.
#[derive(Clone, Copy, Debug)]
pub struct Lz4Codec;

impl Lz4Codec {
    /// Reads `{"acceleration": integer}`.
    ///
    /// # Errors
    /// For other values.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        let range = i64::from(i32::MIN)..=i64::from(i32::MAX);
        setting::integer(extension, "acceleration", range, Some(1))?;
        Ok(Self)
    }
}

impl BytesToBytes for Lz4Codec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: Len) -> Len {
        Len::AtMost(lz4_block::bound(decoded.max()).saturating_add(HEADER))
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
            let decoded = lz4_block::decode(NAME, block, memory)?;
            check_len(NAME, len, decoded)?;
            Ok(memory)
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        let len = u32::try_from(src.len()).ok();
        let Some(len) = len.filter(|_| src.len() <= lz4_block::MAX) else {
            let (asked, limit) = (src.len() as u64, lz4_block::MAX as u64);
            let what = "a chunk for lz4";
            return Err(CodecErrorKind::Limit { what, asked, limit }.of(NAME));
        };
        dst.extend_from_slice(&len.to_le_bytes());
        lz4_block::encode(NAME, src, dst)
    }
}
