//! The codec `conditional`: codecs from bytes to bytes that each chunk may leave out, as bits in front of it say.
//! Specification: zarr-extensions, `codecs/conditional`.
//!
//! When it writes, all of them are applied if that makes the chunk smaller, and none otherwise. When it reads, any
//! choice is understood.

use std::sync::Arc;

use zarr_metadata::Extension;

use crate::codecs::registry::{Codec, Setting};
use crate::codecs::setting;
use crate::{ByteLen, BytesToBytesCodec, CodecError, CodecErrorKind, DecodeTarget, Scratch};

const NAME: &str = "conditional";
/// How deep they may nest: each level is a level of recursion.
const MAX_DEPTH: usize = 4;

/// Codecs that are applied where they help.
#[derive(Clone, Debug)]
pub struct ConditionalCodec {
    codecs: Vec<Arc<dyn BytesToBytesCodec>>,
    /// The bytes of the bits in front: the lowest bit of the first byte is that of the first codec.
    header_len: usize,
}

impl ConditionalCodec {
    /// Reads `{"codecs": [zstd, …], "header_bits": 8}`.
    pub(crate) fn parse(setting: &Setting<'_>) -> Result<Self, CodecError> {
        if setting.depth >= MAX_DEPTH {
            return Err(CodecErrorKind::Order("is nested in more than four codecs").of(NAME));
        }
        let extension = setting.extension;
        let given = extension.get::<Vec<Extension>>("codecs");
        let given = given.map_err(|e| CodecErrorKind::Backend(Box::new(e)).of(NAME))?;
        let given = given.ok_or_else(|| setting::error(NAME, "codecs", "is missing"))?;
        let codecs = given.iter().map(|extension| build(extension, setting));
        let codecs = codecs.collect::<Result<Vec<_>, _>>()?;
        let least = codecs.len().next_multiple_of(8);
        let most = i64::from(i32::MAX);
        let bits = setting::integer(extension, "header_bits", 0..=most, Some(least as i64))?;
        let bits = usize::try_from(bits).unwrap_or(usize::MAX);
        if bits % 8 != 0 || bits < codecs.len() {
            let expected = format!("a multiple of 8, at least {least}");
            return Err(setting::bad(extension, "header_bits", &expected));
        }
        Ok(Self {
            codecs,
            header_len: bits / 8,
        })
    }

    /// Which of the codecs are applied to a chunk, and its data.
    fn split<'s>(&self, src: &'s [u8]) -> Result<(Vec<bool>, &'s [u8]), CodecError> {
        let Some((header, data)) = src.split_at_checked(self.header_len) else {
            let (expected, found) = (self.header_len as u64, src.len() as u64);
            return Err(CodecErrorKind::Length { expected, found }.of(NAME));
        };
        let mut bits = header
            .iter()
            .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1));
        let applied = bits.by_ref().take(self.codecs.len()).collect();
        if bits.any(|bit| bit) {
            let text = "a bit in front of the chunk names a codec that the document does not have";
            return Err(CodecErrorKind::Corrupt(text.to_owned()).of(NAME));
        }
        Ok((applied, data))
    }

    /// The data, encoded by all codecs; `None` where it does not become smaller.
    fn smaller(&self, src: &[u8], cx: &mut Scratch) -> Result<Option<Vec<u8>>, CodecError> {
        let mut encoded: Option<Vec<u8>> = None;
        for codec in &self.codecs {
            let mut next = cx.buffers.take();
            codec.encode(encoded.as_deref().unwrap_or(src), &mut next, cx)?;
            let last = encoded.replace(next);
            last.into_iter().for_each(|buffer| cx.buffers.give(buffer));
        }
        Ok(encoded.filter(|encoded| encoded.len() < src.len()))
    }
}

/// A codec among those that may be left out.
fn build(
    extension: &Extension,
    setting: &Setting<'_>,
) -> Result<Arc<dyn BytesToBytesCodec>, CodecError> {
    let nested = Setting {
        extension,
        depth: setting.depth + 1,
        ..*setting
    };
    match setting.registry.build(&nested)? {
        (Codec::BytesToBytes(codec), _) => Ok(codec),
        _ => {
            let problem = format!(
                "must have codecs from bytes to bytes; `{}` is none",
                extension.name
            );
            Err(setting::error(NAME, "codecs", problem))
        }
    }
}

impl BytesToBytesCodec for ConditionalCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        let largest = self.codecs.iter().fold(decoded.max(), |len, codec| {
            len.max(codec.encoded_len(ByteLen::AtMost(len)).max())
        });
        ByteLen::AtMost(largest.saturating_add(self.header_len))
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let (applied, data) = self.split(src)?;
        let mut len = dst.expected();
        let mut stages = vec![];
        for (codec, _) in self
            .codecs
            .iter()
            .zip(applied)
            .filter(|(_, applied)| *applied)
        {
            stages.push((codec, len));
            len = codec.encoded_len(len);
        }
        let mut decoded: Option<Vec<u8>> = None;
        for (codec, len) in stages.into_iter().rev() {
            // Codecs of users are among them, whom no output is lent.
            let mut next = cx.buffers.take();
            let mut target = DecodeTarget::grow(&mut next, len);
            codec.decode(decoded.as_deref().unwrap_or(data), &mut target, cx)?;
            let last = decoded.replace(next);
            last.into_iter().for_each(|buffer| cx.buffers.give(buffer));
        }
        dst.put(NAME, decoded.as_deref().unwrap_or(data))?;
        decoded
            .into_iter()
            .for_each(|buffer| cx.buffers.give(buffer));
        Ok(())
    }

    fn check_encode(&self, decoded: ByteLen) -> Result<(), CodecError> {
        let mut len = decoded;
        self.codecs.iter().try_for_each(|codec| {
            let of = len;
            len = codec.encoded_len(len);
            codec.check_encode(of)
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, cx: &mut Scratch) -> Result<(), CodecError> {
        let smaller = self.smaller(src, cx)?;
        let applied = if smaller.is_some() {
            self.codecs.len()
        } else {
            0
        };
        dst.extend((0..self.header_len).map(|byte| {
            let bits = applied.saturating_sub(8 * byte).min(8);
            // The lowest `bits` bits.
            (0..bits).fold(0, |header, bit| header | 1_u8 << bit)
        }));
        dst.extend_from_slice(smaller.as_deref().unwrap_or(src));
        smaller
            .into_iter()
            .for_each(|buffer| cx.buffers.give(buffer));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use zarr_metadata::{DataType, FillValue};

    use super::*;
    use crate::{ChunkSpec, CodecChain, CodecRegistry, NdView, NdViewMut};

    fn chain(configuration: &Value) -> Result<CodecChain, CodecError> {
        let fill = FillValue::default_for(&DataType::UInt8).unwrap();
        let spec = ChunkSpec::new(&[64], DataType::UInt8, fill).unwrap();
        let conditional = json!({"name": "conditional", "configuration": configuration});
        let codecs = json!(["bytes", conditional, "crc32c"]);
        let codecs: Vec<Extension> = serde_json::from_value(codecs).unwrap();
        CodecChain::new(&codecs, spec, &CodecRegistry::default())
    }

    fn encode(chain: &CodecChain, cells: &[u8]) -> Vec<u8> {
        let (mut encoded, mut cx) = (vec![], Scratch::default());
        let view = NdView::new(cells, &[64], 1).unwrap();
        chain.encode(&view, &mut encoded, &mut cx).unwrap();
        // Without the checksum behind it.
        encoded.truncate(encoded.len() - 4);
        encoded
    }

    fn decode(chain: &CodecChain, encoded: &[u8]) -> Result<Vec<u8>, CodecError> {
        let mut cells = vec![0; 64];
        let sum = crc32c::crc32c(encoded).to_le_bytes();
        let view = NdViewMut::over(&mut cells, &[64], 1).unwrap();
        chain.decode(&[encoded, &sum].concat(), view, &mut Scratch::default())?;
        Ok(cells)
    }

    /// D15: the bits are those of the specification: `ceil(len(codecs) / 8)` bytes, bit 0 is the first codec's.
    #[test]
    fn codecs_are_applied_where_they_help() {
        let chain =
            chain(&json!({"codecs": ["numcodecs.adler32", "numcodecs.fletcher32"]})).unwrap();
        let cells: Vec<u8> = (0..64).collect();
        // Checksums make nothing smaller.
        assert_eq!(encode(&chain, &cells), [&[0][..], &cells].concat());
        assert_eq!(decode(&chain, &encode(&chain, &cells)).unwrap(), cells);
        // Other writers choose otherwise.
        let sum = simd_adler32::adler32(&&cells[..]).to_le_bytes();
        let first = [&[1][..], &sum, &cells].concat();
        assert_eq!(decode(&chain, &first).unwrap(), cells);
        let wrong = [&[1][..], &[0; 4], &cells].concat();
        decode(&chain, &wrong).unwrap_err();
        // The bit of a third codec, which there is not.
        decode(&chain, &[&[4][..], &cells].concat()).unwrap_err();
        decode(&chain, &[]).unwrap_err();
        decode(&chain, &[0]).unwrap_err();
    }

    #[cfg(any(feature = "zstd", feature = "zstd-rust"))]
    #[test]
    fn what_compresses_is_compressed() {
        let configuration = json!({"codecs": ["numcodecs.shuffle", "zstd"], "header_bits": 16});
        let chain = chain(&configuration).unwrap();
        let encoded = encode(&chain, &[7; 64]);
        assert_eq!(encoded[..2], [0b11, 0]);
        assert!(encoded.len() < 40);
        assert_eq!(decode(&chain, &encoded).unwrap(), [7; 64]);
    }

    #[test]
    fn settings_that_it_refuses() {
        for (configuration, words) in [
            (json!({}), "`codecs` is missing"),
            (json!({"codecs": ["bytes"]}), "`bytes` is none"),
            (json!({"codecs": [], "header_bits": 4}), "a multiple of 8"),
            (
                json!({"codecs": vec!["crc32c"; 9], "header_bits": 8}),
                "at least 16",
            ),
        ] {
            let error = chain(&configuration).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        let mut nested = json!({"codecs": []});
        for _ in 0..6 {
            nested = json!({"codecs": [{"name": "conditional", "configuration": nested}]});
        }
        let error = chain(&nested).unwrap_err().to_string();
        assert!(error.contains("four"), "{error}");
    }
}
