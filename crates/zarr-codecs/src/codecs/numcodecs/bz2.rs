//! The `bz2` codec of numcodecs: one or more bzip2 streams.

use bzip2::Compression;
use bzip2::read::{BzEncoder, MultiBzDecoder};
use zarr_metadata::Extension;

use crate::codecs::numcodecs::stream::{decode_all, encode_all};
use crate::codecs::setting;
use crate::{ByteLen, BytesToBytesCodec, CodecError, DecodeTarget, Scratch};

const NAME: &str = "bz2";

/// bzip2 at one level.
#[derive(Clone, Copy, Debug)]
pub struct Bz2Codec {
    level: u32,
}

impl Bz2Codec {
    /// Reads `{"level": 1 to 9}`; absent it is 1, as numcodecs has it.
    ///
    /// # Errors
    /// If a setting has another value.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        let level = setting::integer(extension, "level", 1..=9, Some(1))? as u32;
        Ok(Self { level })
    }
}

impl BytesToBytesCodec for Bz2Codec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        // One percent and 600 bytes is what the manual of bzip2 promises.
        let max = decoded.max();
        ByteLen::AtMost(max.saturating_add(max / 100).saturating_add(600))
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        dst.fill_to_end(NAME, src, cx, |memory, _| {
            decode_all(NAME, MultiBzDecoder::new(src), memory)
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        encode_all(NAME, BzEncoder::new(src, Compression::new(self.level)), dst)
    }
}
