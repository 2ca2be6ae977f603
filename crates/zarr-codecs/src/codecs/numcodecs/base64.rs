//! The `base64` filter of numcodecs: Base64 of the standard alphabet, with padding.

use base64::prelude::{BASE64_STANDARD, Engine as _};

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
        let corrupt = |_| CodecErrorKind::Corrupt("not base64".to_owned()).of(NAME);
        dst.put(NAME, &BASE64_STANDARD.decode(src).map_err(corrupt)?)
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        dst.extend_from_slice(BASE64_STANDARD.encode(src).as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of RFC 4648 and what it lets a decoder refuse; `base64.standard_b64encode` gives the same.
    #[test]
    fn text_is_read_as_strictly_as_it_is_written() {
        let decode = |text: &str, len: usize| {
            let mut bytes = Vec::new();
            let mut target = DecodeTarget::grow(&mut bytes, ByteLen::Exact(len));
            let decoded = Base64Codec.decode(text.as_bytes(), &mut target, &mut Scratch::default());
            decoded.map(|()| bytes)
        };
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(
                decode(text, bytes.len()).unwrap(),
                bytes.as_bytes(),
                "{text}"
            );
            let mut encoded = Vec::new();
            Base64Codec
                .encode(bytes.as_bytes(), &mut encoded, &mut Scratch::default())
                .unwrap();
            assert_eq!(encoded, text.as_bytes());
        }
        for text in [
            "Z", "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm-v", "é",
        ] {
            assert!(decode(text, 1).is_err(), "{text}");
        }
    }
}
