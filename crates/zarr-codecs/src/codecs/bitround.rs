//! The `bitround` codec registered for v3: numbers that keep only some of their bits, rounded to the nearest,
//! ties to even. It is lossy, and decoding changes nothing.

use zarr_metadata::{DataType, Extension, Swap};

use crate::codecs::numcodecs::bitround::round;
use crate::codecs::setting;
use crate::{
    ArrayToArrayCodec, ChunkSpec, CodecError, CodecErrorKind, DecodeTarget, NdView, NdViewMut,
    Scratch,
};

const NAME: &str = "bitround";

/// Rounds numbers to fewer bits.
#[derive(Clone, Copy, Debug)]
pub struct BitroundCodec {
    /// Bytes of one number. A complex element has two.
    size: usize,
    bits: KeptBits,
}

#[derive(Clone, Copy, Debug)]
enum KeptBits {
    /// This many of the lowest bits of a float are cleared.
    Cleared(u32),
    /// This many bits of an integer are kept, from its highest bit on.
    Kept(u32),
}

impl BitroundCodec {
    /// Reads `{"keepbits": integer}`: bits of the mantissa of a float, or bits of an integer from its highest
    /// set bit on.
    ///
    /// # Errors
    /// If the type does not have so many bits, or is not a type of numbers.
    pub fn parse(extension: &Extension, data_type: &DataType) -> Result<Self, CodecError> {
        let (size, mantissa) = match data_type {
            DataType::Float16 | DataType::ComplexFloat16 => (2, Some(10)),
            DataType::BFloat16 | DataType::ComplexBFloat16 => (2, Some(7)),
            DataType::Float32 | DataType::Complex64 => (4, Some(23)),
            DataType::Float64 | DataType::Complex128 => (8, Some(52)),
            DataType::Int8 | DataType::UInt8 => (1, None),
            DataType::Int16 | DataType::UInt16 => (2, None),
            DataType::Int32 | DataType::UInt32 => (4, None),
            DataType::Int64 | DataType::UInt64 => (8, None),
            DataType::DateTime64 { .. } | DataType::TimeDelta64 { .. } => (8, None),
            _ => return Err(CodecErrorKind::DataType(Box::new(data_type.clone())).of(NAME)),
        };
        let most = mantissa.unwrap_or(64);
        let kept = setting::integer(extension, "keepbits", 1..=most, None)?;
        let bits = match mantissa {
            Some(mantissa) => KeptBits::Cleared((mantissa - kept) as u32),
            None => KeptBits::Kept(kept as u32),
        };
        Ok(Self { size, bits })
    }

    fn round(&self, numbers: &mut [u8]) {
        match self.bits {
            KeptBits::Cleared(cleared) => round(numbers, self.size, cleared),
            KeptBits::Kept(kept) => round_integers(numbers, self.size, kept),
        }
    }
}

/// Rounds native integers of `size` bytes, taken as unsigned. Where rounding up would overflow, bits are cut
/// off instead.
fn round_integers(integers: &mut [u8], size: usize, kept: u32) {
    macro_rules! round {
        ($($word:ty)*) => {$(
            if size == size_of::<$word>() {
                for integer in integers.as_chunks_mut().0 {
                    let bits = <$word>::from_ne_bytes(*integer);
                    let cleared = (<$word>::BITS - bits.leading_zeros()).saturating_sub(kept);
                    if cleared > 0 {
                        let up = ((bits >> cleared) & 1) + ((1 << (cleared - 1)) - 1);
                        *integer = (bits.saturating_add(up) >> cleared << cleared).to_ne_bytes();
                    }
                }
            }
        )*};
    }
    round!(u8 u16 u32 u64);
}

impl ArrayToArrayCodec for BitroundCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_spec(&self, decoded: &ChunkSpec) -> Result<ChunkSpec, CodecError> {
        let mut fill = decoded.fill.as_bytes().to_vec();
        self.round(&mut fill);
        ChunkSpec::from_fill_bytes(NAME, &decoded.shape, decoded.dtype.clone(), &fill)
    }

    fn decode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        mut dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        crate::error::check_copied(NAME, dst.copy_from(src))
    }

    fn encode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let mut numbers = src.to_vec();
        self.round(&mut numbers);
        DecodeTarget::elements(dst, Swap::None).put(NAME, &numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_keep_their_highest_bits() {
        // Two bits are kept; 5 and 7 lie halfway, and 255 has nowhere to go up to.
        let mut bytes = [0, 1, 3, 5, 7, 11, 18, 128, 255];
        round_integers(&mut bytes, 1, 2);
        assert_eq!(bytes, [0, 1, 3, 4, 8, 12, 16, 128, 192]);
        let mut bytes: Vec<u8> = [0_u32, 0x0123_4567, 0x0018_0000, 0x001C_0000, u32::MAX]
            .iter()
            .flat_map(|w| w.to_ne_bytes())
            .collect();
        round_integers(&mut bytes, 4, 2);
        let rounded: Vec<u32> = bytes
            .as_chunks()
            .0
            .iter()
            .map(|w| u32::from_ne_bytes(*w))
            .collect();
        assert_eq!(
            rounded,
            [0, 0x0100_0000, 0x0018_0000, 0x0020_0000, 0xC000_0000]
        );
    }

    #[test]
    fn keepbits_are_those_of_the_type() {
        let parse = |keep: i64, dtype| {
            let extension = Extension::new(NAME).with("keepbits", keep);
            BitroundCodec::parse(&extension, &dtype).map(|_| ())
        };
        parse(7, DataType::BFloat16).unwrap();
        parse(8, DataType::BFloat16).unwrap_err();
        parse(0, DataType::Int8).unwrap_err();
        parse(64, DataType::Int64).unwrap();
        parse(1, DataType::Bool).unwrap_err();
    }
}
