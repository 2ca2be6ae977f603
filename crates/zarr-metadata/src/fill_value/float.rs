//! The bits of floating point numbers of each format: to and from `f64`, and the canonical NaN.
//!
//! By hand, one algorithm for all formats. The crate `half` has two of the thirteen short ones, and drops half
//! the digits of an `f64` before it rounds; no crate has the floats of eight bits and fewer that Zarr names.

use crate::data_type::SmallFloat;

/// A binary floating point format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Float {
    /// Of at most 16 bits.
    Short(ShortFloat),
    Single,
    Double,
}

/// A format of at most 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ShortFloat {
    name: &'static str,
    /// How many bits the exponent has.
    exponent: u32,
    /// How many bits the mantissa has.
    mantissa: u32,
    bias: i32,
    special: Special,
}

/// Which bit patterns are not numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Special {
    /// The largest exponent is for infinity and NaN, as IEEE 754 has it.
    Ieee,
    /// All bits but the sign is NaN; there is no infinity.
    LastIsNan,
    /// The sign alone is NaN; there are neither infinity nor −0.0.
    MinusZeroIsNan,
    /// None.
    Finite,
    /// Bits are an exponent alone: no sign, no zero; the last is NaN.
    Scale,
}

const fn short(
    name: &'static str,
    exponent: u32,
    mantissa: u32,
    bias: i32,
    special: Special,
) -> Float {
    Float::Short(ShortFloat {
        name,
        exponent,
        mantissa,
        bias,
        special,
    })
}

impl Float {
    pub(super) const HALF: Self = short("float16", 5, 10, 15, Special::Ieee);
    pub(super) const BRAIN: Self = short("bfloat16", 8, 7, 127, Special::Ieee);

    pub(super) fn small(float: SmallFloat) -> Self {
        use SmallFloat as S;
        let (exponent, mantissa, bias, special) = match float {
            S::Float8E3M4 => (3, 4, 3, Special::Ieee),
            S::Float8E4M3 => (4, 3, 7, Special::Ieee),
            S::Float8E4M3B11Fnuz => (4, 3, 11, Special::MinusZeroIsNan),
            S::Float8E4M3Fn => (4, 3, 7, Special::LastIsNan),
            S::Float8E4M3Fnuz => (4, 3, 8, Special::MinusZeroIsNan),
            S::Float8E5M2 => (5, 2, 15, Special::Ieee),
            S::Float8E5M2Fnuz => (5, 2, 16, Special::MinusZeroIsNan),
            S::Float8E8M0Fnu => (8, 0, 127, Special::Scale),
            S::Float6E2M3Fn => (2, 3, 1, Special::Finite),
            S::Float6E3M2Fn => (3, 2, 3, Special::Finite),
            S::Float4E2M1Fn => (2, 1, 1, Special::Finite),
        };
        short(float.name(), exponent, mantissa, bias, special)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Short(short) => short.name,
            Self::Single => "float32",
            Self::Double => "float64",
        }
    }

    /// Bytes of one number.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Short(short) if short.bits() > 8 => 2,
            Self::Short(_) => 1,
            Self::Single => 4,
            Self::Double => 8,
        }
    }

    fn bits(self) -> u32 {
        match self {
            Self::Short(short) => short.bits(),
            Self::Single => 32,
            Self::Double => 64,
        }
    }

    /// How many hexadecimal digits spell the bytes of a number; one of four bits takes a byte too.
    pub(super) fn digits(self) -> usize {
        self.bits().div_ceil(8) as usize * 2
    }

    /// Whether these are bits of a number of this format.
    pub(super) fn has(self, bits: u64) -> bool {
        bits.checked_shr(self.bits()).unwrap_or(0) == 0
    }

    /// The quiet NaN that `"NaN"` stands for.
    pub(super) fn nan(self) -> Option<u64> {
        match self {
            Self::Short(short) => short.nan().map(u64::from),
            Self::Single => Some(0x7fc0_0000),
            Self::Double => Some(0x7ff8_0000_0000_0000),
        }
    }

    pub(super) fn infinity(self, negative: bool) -> Option<u64> {
        match self {
            Self::Short(short) => short.infinity(negative).map(u64::from),
            Self::Single => Some(0x7f80_0000 | u64::from(negative) << 31),
            Self::Double => Some(0x7ff0_0000_0000_0000 | u64::from(negative) << 63),
        }
    }

    /// The bits of the number nearest to a finite one, ties to even; `None` when it is beyond the
    /// largest.
    pub(super) fn nearest(self, value: f64) -> Option<u64> {
        match self {
            Self::Short(short) => short.nearest(value).map(u64::from),
            // `as` rounds to nearest, ties to even.
            Self::Single => {
                let value = value as f32;
                value.is_finite().then(|| u64::from(value.to_bits()))
            }
            Self::Double => Some(value.to_bits()),
        }
    }

    /// The number with these bits; exact, except that a NaN may lose its payload.
    pub(super) fn value(self, bits: u64) -> f64 {
        match self {
            Self::Short(short) => short.value(bits as u16),
            Self::Single => f64::from(f32::from_bits(bits as u32)),
            Self::Double => f64::from_bits(bits),
        }
    }

    /// The bits of one number in memory; `None` when there are not exactly enough bytes.
    pub(super) fn bits_in(self, bytes: &[u8]) -> Option<u64> {
        Some(match self.size() {
            1 => u64::from(u8::from_ne_bytes(bytes.try_into().ok()?)),
            2 => u64::from(u16::from_ne_bytes(bytes.try_into().ok()?)),
            4 => u64::from(u32::from_ne_bytes(bytes.try_into().ok()?)),
            _ => u64::from_ne_bytes(bytes.try_into().ok()?),
        })
    }

    /// Appends the number as it lies in memory.
    pub(super) fn push(self, bits: u64, bytes: &mut Vec<u8>) {
        match self.size() {
            1 => bytes.push(bits as u8),
            2 => bytes.extend((bits as u16).to_ne_bytes()),
            4 => bytes.extend((bits as u32).to_ne_bytes()),
            _ => bytes.extend(bits.to_ne_bytes()),
        }
    }
}

impl SmallFloat {
    /// The number that these bits are. It is exact, and NaN is NaN.
    ///
    /// ```
    /// use zarr_metadata::SmallFloat;
    /// assert_eq!(SmallFloat::Float8E5M2.to_f32(0x3e), 1.5);
    /// assert_eq!(SmallFloat::Float8E5M2.from_f32(1.4), Some(0x3e));
    /// ```
    #[must_use]
    pub fn to_f32(self, bits: u8) -> f32 {
        Float::small(self).value(u64::from(self.normal(bits))) as f32
    }

    /// The bits of the nearest number, ties to even. `None` if it is beyond the largest, and for an infinity or NaN
    /// if there is none.
    #[must_use]
    pub fn from_f32(self, number: f32) -> Option<u8> {
        let float = Float::small(self);
        let bits = match number {
            number if number.is_nan() => float.nan(),
            number if number.is_infinite() => float.infinity(number < 0.0),
            number => float.nearest(number.into()),
        };
        bits.and_then(|bits| u8::try_from(bits).ok())
    }
}

impl ShortFloat {
    const fn bits(self) -> u32 {
        let sign = !matches!(self.special, Special::Scale);
        sign as u32 + self.exponent + self.mantissa
    }

    /// All bits but the sign.
    const fn unsigned(self) -> u16 {
        (1 << (self.exponent + self.mantissa)) - 1
    }

    const fn sign(self) -> u16 {
        self.unsigned() + 1
    }

    /// The largest exponent, in its place.
    const fn top(self) -> u16 {
        self.unsigned() >> self.mantissa << self.mantissa
    }

    const fn nan(self) -> Option<u16> {
        match self.special {
            Special::Ieee => Some(self.top() | 1 << (self.mantissa - 1)),
            Special::LastIsNan | Special::Scale => Some(self.unsigned()),
            Special::MinusZeroIsNan => Some(self.sign()),
            Special::Finite => None,
        }
    }

    fn infinity(self, negative: bool) -> Option<u16> {
        let sign = if negative { self.sign() } else { 0 };
        (self.special == Special::Ieee).then(|| self.top() | sign)
    }

    /// The bits of the largest number.
    const fn largest(self) -> u16 {
        match self.special {
            Special::Ieee => self.top() - 1,
            Special::LastIsNan | Special::Scale => self.unsigned() - 1,
            Special::MinusZeroIsNan | Special::Finite => self.unsigned(),
        }
    }

    /// The exponent of the smallest number that is not subnormal.
    const fn least(self) -> i32 {
        1 - self.bias
    }

    fn nearest(self, value: f64) -> Option<u16> {
        if self.special == Special::Scale {
            return self.nearest_scale(value);
        }
        let size = value.abs();
        // The step between neighbours at this size: a power of two, so that scaling by it is exact.
        let exponent = exponent(size).max(self.least());
        let steps = size / power_of_two(exponent - self.mantissa as i32);
        // At most twice as many as the mantissa counts: adding the whole steps to the exponent's
        // bits carries into the exponent by itself.
        let steps = steps.round_ties_even() as u32;
        let bits = ((exponent - self.least()) as u32).checked_shl(self.mantissa)?;
        let bits = bits.checked_add(steps)?;
        let bits = u16::try_from(bits).ok().filter(|b| *b <= self.largest())?;
        let signed =
            value.is_sign_negative() && !(bits == 0 && self.special == Special::MinusZeroIsNan);
        Some(if signed { bits | self.sign() } else { bits })
    }

    /// No mantissa, so the number in the middle of two powers has no even neighbour: it goes up, as in
    /// ml_dtypes. Nothing is rounded down to zero, which the format does not have.
    fn nearest_scale(self, value: f64) -> Option<u16> {
        let least = power_of_two(-self.bias);
        if value < least {
            return None;
        }
        let exponent = exponent(value);
        let up = value / power_of_two(exponent) >= 1.5;
        let bits = u16::try_from(exponent + self.bias + i32::from(up)).ok()?;
        (bits <= self.largest()).then_some(bits)
    }

    fn value(self, bits: u16) -> f64 {
        if self.special == Special::Scale {
            return match Some(bits) == self.nan() {
                true => f64::NAN,
                false => power_of_two(i32::from(bits) - self.bias),
            };
        }
        let unsigned = bits & self.unsigned();
        let negative = bits & self.sign() != 0;
        let special = match self.special {
            Special::Ieee => unsigned >= self.top(),
            Special::LastIsNan => unsigned == self.unsigned(),
            Special::MinusZeroIsNan => Some(bits) == self.nan(),
            Special::Finite | Special::Scale => false,
        };
        let exponent = i32::from(unsigned >> self.mantissa);
        let fraction = unsigned & ((1 << self.mantissa) - 1);
        let size = match exponent {
            _ if special => match Some(unsigned) == self.infinity(false) {
                true => f64::INFINITY,
                false => f64::NAN,
            },
            0 => f64::from(fraction) * power_of_two(self.least() - self.mantissa as i32),
            exponent => {
                let steps = f64::from(fraction | 1 << self.mantissa);
                steps * power_of_two(exponent - self.bias - self.mantissa as i32)
            }
        };
        if negative { -size } else { size }
    }
}

/// The exponent of a number that is not negative; far below any short format's for subnormal ones.
fn exponent(value: f64) -> i32 {
    (value.to_bits() >> 52) as i32 - 1023
}

/// For exponents of normal numbers, as those of short formats all are.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = ShortFloat> {
        let small = SmallFloat::ALL.into_iter().map(Float::small);
        let all = [Float::HALF, Float::BRAIN].into_iter().chain(small);
        all.filter_map(|float| match float {
            Float::Short(short) => Some(short),
            _ => None,
        })
    }

    fn codes(short: ShortFloat) -> impl Iterator<Item = u16> {
        (0..1u32 << short.bits()).map(|bits| bits as u16)
    }

    /// `np.float16(1 + 2**-11 + 2**-40)` of NumPy, which is above the middle, and that without the last bit.
    #[test]
    fn every_digit_counts_in_rounding() {
        let middle = 1.0 + power_of_two(-11);
        assert_eq!(Float::HALF.nearest(middle), Some(0x3c00));
        assert_eq!(
            Float::HALF.nearest(middle + power_of_two(-40)),
            Some(0x3c01)
        );
    }

    #[test]
    fn every_number_comes_back() {
        for short in all() {
            for bits in codes(short) {
                let value = short.value(bits);
                if value.is_finite() {
                    assert_eq!(short.nearest(value), Some(bits), "{} {value}", short.name);
                }
            }
        }
    }

    #[test]
    fn numbers_round_to_the_nearest_even() {
        for short in all().filter(|short| short.special != Special::Scale) {
            for low in 0..short.largest() {
                let (a, b) = (short.value(low), short.value(low + 1));
                let even = if low % 2 == 0 { low } else { low + 1 };
                let middle = (a + b) / 2.0;
                let name = short.name;
                assert_eq!(short.nearest(middle), Some(even), "{name} {middle}");
                assert_eq!(short.nearest(middle.next_down()), Some(low), "{name}");
                assert_eq!(short.nearest(middle.next_up()), Some(low + 1), "{name}");
            }
            let last = short.value(short.largest());
            let step = last - short.value(short.largest() - 1);
            assert_eq!(short.nearest(last + step), None, "{}", short.name);
            assert_eq!(short.nearest(-1e300), None, "{}", short.name);
            assert_eq!(short.nearest(f64::MIN_POSITIVE), Some(0), "{}", short.name);
        }
    }

    #[test]
    fn scales_have_neither_zero_nor_sign() {
        let scale = Float::small(SmallFloat::Float8E8M0Fnu);
        for (value, bits) in [
            (1.0, Some(127)),
            (1.4, Some(127)),
            (1.5, Some(128)),
            (0.0, None),
            (-1.0, None),
            (2f64.powi(127), Some(254)),
            (2f64.powi(128), None),
            (2f64.powi(-127), Some(0)),
        ] {
            assert_eq!(scale.nearest(value), bits, "{value}");
        }
    }

    #[test]
    fn known_numbers() {
        for (float, bits, value) in [
            (Float::HALF, 0x3c00, 1.0),
            (Float::HALF, 0xc000, -2.0),
            (Float::HALF, 1, 2f64.powi(-24)),
            (Float::HALF, 0x7bff, 65504.0),
            (Float::BRAIN, 0x3f80, 1.0),
            (Float::BRAIN, 0x0001, 2f64.powi(-133)),
            (Float::BRAIN, 0x7f7f, f64::from(f32::from_bits(0x7f7f_0000))),
        ] {
            assert_eq!(float.value(bits), value);
        }
        assert_eq!(Float::HALF.nearest(65519.999), Some(0x7bff));
        assert_eq!(Float::HALF.nearest(65520.0), None);
    }

    /// The row "NaN" of every format, as registered.
    #[test]
    fn canonical_nans() {
        for (name, nan) in [
            ("float8_e3m4", Some(0x78)),
            ("float8_e4m3", Some(0x7c)),
            ("float8_e4m3b11fnuz", Some(0x80)),
            ("float8_e4m3fn", Some(0x7f)),
            ("float8_e4m3fnuz", Some(0x80)),
            ("float8_e5m2", Some(0x7e)),
            ("float8_e5m2fnuz", Some(0x80)),
            ("float8_e8m0fnu", Some(0xff)),
            ("float6_e2m3fn", None),
            ("float6_e3m2fn", None),
            ("float4_e2m1fn", None),
            ("float16", Some(0x7e00)),
            ("bfloat16", Some(0x7fc0)),
        ] {
            let short = all().find(|short| short.name == name).unwrap();
            assert_eq!(short.nan(), nan, "{name}");
        }
    }

    /// Every pattern of every small format is the number ml_dtypes says it is.
    #[test]
    fn numbers_are_those_of_ml_dtypes() {
        let table = include_str!("../../tests/fixtures/small_floats.json");
        let table: serde_json::Value = serde_json::from_str(table).unwrap();
        for row in table.as_array().unwrap() {
            let short = all().find(|short| row["name"] == short.name).unwrap();
            let values = row["values"].as_array().unwrap();
            assert_eq!(codes(short).count(), values.len());
            for (bits, expected) in codes(short).zip(values) {
                let expected = match expected.as_str() {
                    Some(special) => special.parse().unwrap(),
                    None => expected.as_f64().unwrap(),
                };
                let value = short.value(bits);
                let same =
                    value.to_bits() == expected.to_bits() || value.is_nan() && expected.is_nan();
                assert!(same, "{} {bits:#x}: {value} {expected}", short.name);
            }
        }
    }
}
