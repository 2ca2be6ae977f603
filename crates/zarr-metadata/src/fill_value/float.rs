//! The bits of floating point numbers of each width: to and from `f64`, the canonical NaN. Knows no
//! JSON.

/// A binary floating point format of IEEE 754.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Float {
    Half,
    Single,
    Double,
}

impl Float {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Half => "float16",
            Self::Single => "float32",
            Self::Double => "float64",
        }
    }

    /// Bytes of one number.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Half => 2,
            Self::Single => 4,
            Self::Double => 8,
        }
    }

    /// The quiet NaN that `"NaN"` stands for.
    pub(super) fn nan(self) -> u64 {
        match self {
            Self::Half => 0x7e00,
            Self::Single => 0x7fc0_0000,
            Self::Double => 0x7ff8_0000_0000_0000,
        }
    }

    /// The bits of the nearest number, ties to even; infinite when there is none so large.
    pub(super) fn bits(self, value: f64) -> u64 {
        match self {
            Self::Half => u64::from(half_from(value)),
            // `as` rounds to nearest, ties to even.
            Self::Single => u64::from((value as f32).to_bits()),
            Self::Double => value.to_bits(),
        }
    }

    /// The number with these bits; exact, except that a NaN may lose its payload.
    pub(super) fn value(self, bits: u64) -> f64 {
        match self {
            Self::Half => half_value(bits as u16),
            Self::Single => f64::from(f32::from_bits(bits as u32)),
            Self::Double => f64::from_bits(bits),
        }
    }

    /// The bits of one number in memory; `None` when there are not exactly enough bytes.
    pub(super) fn bits_in(self, bytes: &[u8]) -> Option<u64> {
        Some(match self {
            Self::Half => u64::from(u16::from_ne_bytes(bytes.try_into().ok()?)),
            Self::Single => u64::from(u32::from_ne_bytes(bytes.try_into().ok()?)),
            Self::Double => u64::from_ne_bytes(bytes.try_into().ok()?),
        })
    }

    /// Appends the number as it lies in memory.
    pub(super) fn push(self, bits: u64, bytes: &mut Vec<u8>) {
        match self {
            Self::Half => bytes.extend((bits as u16).to_ne_bytes()),
            Self::Single => bytes.extend((bits as u32).to_ne_bytes()),
            Self::Double => bytes.extend(bits.to_ne_bytes()),
        }
    }
}

/// Steps between neighbouring half precision numbers below 2^-14, and so for all subnormal ones.
const HALF_STEP: f64 = 1.0 / 16_777_216.0;

fn half_from(value: f64) -> u16 {
    let sign = ((value.to_bits() >> 48) & 0x8000) as u16;
    let size = value.abs();
    if size.is_nan() {
        return sign | Float::Half.nan() as u16;
    }
    // 65504 is the largest number, 65520 half a step above it: from there on the nearest is
    // infinity.
    if size >= 65520.0 {
        return sign | 0x7c00;
    }
    // The step between neighbours at this size: a power of two, so that scaling by it is exact.
    let exponent = ((size.to_bits() >> 52) as i32 - 1023).max(-14);
    let steps = size / (HALF_STEP * f64::from(1u32 << (exponent + 14)));
    // At most 2^11: adding the whole steps to the exponent's bits carries into the exponent by
    // itself.
    let exponent = ((exponent + 14) as u16) << 10;
    sign | (exponent + steps.round_ties_even() as u16)
}

fn half_value(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff);
    let size = match bits >> 10 & 0x1f {
        0 => fraction * HALF_STEP,
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        exponent => (fraction + 1024.0) * HALF_STEP * f64::from(1u32 << (exponent - 1)),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_number_comes_back() {
        for bits in 0..=u16::MAX {
            let value = half_value(bits);
            if !value.is_nan() {
                assert_eq!(half_from(value), bits, "{value}");
            }
        }
    }

    #[test]
    fn half_rounds_to_the_nearest_even() {
        for low in 0..0x7bffu16 {
            let (a, b) = (half_value(low), half_value(low + 1));
            let even = if low % 2 == 0 { low } else { low + 1 };
            let middle = (a + b) / 2.0;
            assert_eq!(half_from(middle), even, "{middle}");
            assert_eq!(half_from(middle.next_down()), low);
            assert_eq!(half_from(middle.next_up()), low + 1);
        }
        assert_eq!(half_from(65519.999), 0x7bff);
        assert_eq!(half_from(65520.0), 0x7c00);
        assert_eq!(half_from(f64::MIN_POSITIVE), 0);
        assert_eq!(half_from(-1e300), 0xfc00);
    }

    #[test]
    fn known_numbers() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (1, 2f64.powi(-24)),
            (0x7bff, 65504.0),
        ] {
            assert_eq!(Float::Half.value(bits), value);
        }
    }
}
