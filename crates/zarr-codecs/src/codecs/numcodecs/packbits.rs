//! The `packbits` filter of numcodecs: bools as single bits, the first in the highest bit of a byte,
//! after a byte that counts the bits of padding. This is not the `packbits` that is registered for v3.

use crate::array::number::Number;
use crate::array::stored_number::StoredNumber;
use crate::codecs::numcodecs::filter::{Filter, FilterTypes};
use crate::{CodecError, CodecErrorKind};

#[derive(Debug)]
pub(crate) struct PackBits;

const NAME: &str = "packbits";

impl Filter for PackBits {
    fn name(&self) -> &'static str {
        NAME
    }

    fn types(&self) -> FilterTypes {
        FilterTypes {
            decoded: StoredNumber::native(Number::Bool),
            encoded: StoredNumber::native(Number::U8),
            is_declared: false,
        }
    }

    fn encoded_count(&self, count: usize) -> usize {
        1 + count.div_ceil(8)
    }

    fn decoded_count(&self, src: &[u8]) -> Result<usize, CodecError> {
        let corrupt = |text: &str| CodecErrorKind::Corrupt(text.to_owned()).of(NAME);
        let Some((&padding, bits)) = src.split_first() else {
            return Err(corrupt("the byte that counts the padding is missing"));
        };
        let bits = bits.len().saturating_mul(8);
        match bits.checked_sub(usize::from(padding)) {
            Some(count) if padding < 8 => Ok(count),
            _ => Err(corrupt("more bits of padding than there can be")),
        }
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError> {
        let padding = src.len().next_multiple_of(8) - src.len();
        dst.push(padding as u8);
        dst.extend(src.chunks(8).map(|flags| {
            let bits = flags.iter().zip((0..8).rev());
            bits.fold(0, |byte, (&flag, bit)| byte | u8::from(flag != 0) << bit)
        }));
        Ok(())
    }

    fn decode(&self, src: &[u8], dst: &mut [u8]) -> Result<(), CodecError> {
        let bytes = src.get(1..).unwrap_or_default();
        for (flags, byte) in dst.chunks_mut(8).zip(bytes) {
            for (flag, bit) in flags.iter_mut().zip((0..8).rev()) {
                *flag = byte >> bit & 1;
            }
        }
        Ok(())
    }
}
