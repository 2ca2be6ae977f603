//! The `crc32c` codec: the data, then its CRC-32C as four little-endian bytes.
//! Specification: Zarr v3 codecs, `crc32c`.

use zarr_metadata::Extension;

use crate::scratch::Scratch;
use crate::sink::Sink;
use crate::{BytesToBytes, CodecError, CodecErrorKind, Len};

const NAME: &str = "crc32c";
const SIZE: usize = 4;

/// The data, then its checksum.
#[derive(Clone, Copy, Debug)]
pub struct Crc32cCodec;

impl Crc32cCodec {
    /// There is nothing to configure.
    ///
    /// # Errors
    /// Never; the signature is that of every codec.
    pub fn parse(_: &Extension) -> Result<Self, CodecError> {
        Ok(Self)
    }
}

impl BytesToBytes for Crc32cCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn strip<'s>(&self, src: &'s [u8]) -> Option<Result<&'s [u8], CodecError>> {
        let Some((data, sum)) = src.split_last_chunk::<SIZE>() else {
            let length = CodecErrorKind::Length {
                expected: SIZE as u64,
                found: src.len() as u64,
            };
            return Some(Err(length.of(NAME)));
        };
        let (stored, computed) = (u32::from_le_bytes(*sum), crc32c::crc32c(data));
        let checked = if stored == computed {
            Ok(data)
        } else {
            Err(CodecErrorKind::Checksum { stored, computed }.of(NAME))
        };
        Some(checked)
    }

    fn encoded_len(&self, decoded: Len) -> Len {
        decoded.map(|len| len.saturating_add(SIZE))
    }

    fn decode(&self, src: &[u8], dst: &mut Sink<'_>, _: &mut Scratch) -> Result<(), CodecError> {
        match self.strip(src) {
            Some(data) => dst.put(NAME, data?),
            None => dst.put(NAME, src),
        }
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        dst.extend_from_slice(src);
        dst.extend_from_slice(&crc32c::crc32c(src).to_le_bytes());
        Ok(())
    }
}
