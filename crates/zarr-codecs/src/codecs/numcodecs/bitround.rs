//! The `bitround` filter of numcodecs: floats that keep only some bits of the mantissa, rounded to the
//! nearest, ties to even. It is lossy, and decoding changes nothing.

use zarr_metadata::Extension;

use crate::CodecError;
use crate::array::number::Number;
use crate::array::stored_number::StoredNumber;
use crate::codecs::numcodecs::filter::{Filter, FilterTypes};
use crate::codecs::setting;

#[derive(Debug)]
pub(crate) struct BitRound {
    dtype: StoredNumber,
    /// How many of the lowest bits are cleared.
    cleared: u32,
}

impl BitRound {
    /// Reads `{"keepbits": integer}` for floats of the type `given`.
    pub(crate) fn parse(
        extension: &Extension,
        given: Option<StoredNumber>,
    ) -> Result<Self, CodecError> {
        let mantissa = match given.map(|stored| stored.number) {
            Some(Number::F16) => 10,
            Some(Number::F32) => 23,
            Some(Number::F64) => 52,
            _ => {
                let why = "only floats of 16, 32 or 64 bits can be rounded";
                return Err(crate::CodecErrorKind::Input(why).of("bitround"));
            }
        };
        let kept = setting::integer(extension, "keepbits", 0..=mantissa, None)?;
        let dtype = given.unwrap_or(StoredNumber::native(Number::F32));
        let cleared = (mantissa - kept) as u32;
        Ok(Self { dtype, cleared })
    }
}

impl Filter for BitRound {
    fn name(&self) -> &'static str {
        "bitround"
    }

    fn types(&self) -> FilterTypes {
        FilterTypes {
            decoded: self.dtype,
            encoded: self.dtype,
            is_declared: false,
        }
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError> {
        let mut words = self.dtype.load(src);
        round(&mut words, self.dtype.size(), self.cleared);
        self.dtype.swap(&mut words);
        dst.append(&mut words);
        Ok(())
    }

    fn decode(&self, src: &[u8], dst: &mut [u8]) -> Result<(), CodecError> {
        dst.copy_from_slice(src);
        Ok(())
    }
}

/// Rounds the bits of native floats of `size` bytes so that the lowest `cleared` ones are zero. A
/// mantissa that overflows makes the exponent one larger, which is what rounding up means.
pub(crate) fn round(floats: &mut [u8], size: usize, cleared: u32) {
    macro_rules! round {
        ($($word:ty)*) => {$(
            if size == size_of::<$word>() {
                for float in floats.as_chunks_mut().0 {
                    let bits = <$word>::from_ne_bytes(*float);
                    let even = (bits >> cleared) & 1;
                    let up = bits.wrapping_add(even).wrapping_add((1 << (cleared - 1)) - 1);
                    *float = (up >> cleared << cleared).to_ne_bytes();
                }
            }
        )*};
    }
    if cleared > 0 {
        round!(u16 u32 u64);
    }
}
