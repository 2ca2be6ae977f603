//! The `base64` filter of numcodecs: Base64 of the standard alphabet, with padding.

use zarr_metadata::base64;

use crate::{ByteLen, BytesToBytesCodec, CodecError, CodecErrorKind, DecodeTarget, Scratch};

const NAME: &str = "base64";

/// Bytes as text.
#[derive(Clone, Copy, Debug)]
pub struct Base64Codec;

impl BytesToBytesCodec for Base64Codec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        decoded.map(|len| len.div_ceil(3).saturating_mul(4))
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let bytes = std::str::from_utf8(src).ok().and_then(base64::decode);
        let corrupt = || CodecErrorKind::Corrupt("not base64".to_owned()).of(NAME);
        dst.put(NAME, &bytes.ok_or_else(corrupt)?)
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        dst.extend_from_slice(base64::encode(src).as_bytes());
        Ok(())
    }
}
