//! The numbers of at most eight bits, one byte each in memory: their names and widths. `fill_value/float.rs`
//! has what their bits mean.

use std::fmt;

/// An integer of fewer than eight bits, in the low bits of its byte; the others have no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SmallInt {
    /// From −2 to 1.
    Int2,
    /// From −8 to 7.
    Int4,
    /// From 0 to 3.
    UInt2,
    /// From 0 to 15.
    UInt4,
}

impl SmallInt {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Int2, Self::Int4, Self::UInt2, Self::UInt4];

    /// The name in v3 documents: `int4`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Int2 => "int2",
            Self::Int4 => "int4",
            Self::UInt2 => "uint2",
            Self::UInt4 => "uint4",
        }
    }

    /// How many bits a number has.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Int2 | Self::UInt2 => 2,
            Self::Int4 | Self::UInt4 => 4,
        }
    }

    /// Whether there are negative numbers.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::Int2 | Self::Int4)
    }

    /// The byte with its meaningless bits set as in the same number of eight bits.
    #[must_use]
    pub const fn normal(self, byte: u8) -> u8 {
        let spare = 8 - self.bits();
        match self.is_signed() {
            true => ((byte << spare) as i8 >> spare) as u8,
            false => byte << spare >> spare,
        }
    }
}

impl fmt::Display for SmallInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A floating point number of at most eight bits, in the low bits of its byte; the others have no meaning.
///
/// The names count bits of exponent and mantissa. Then `fn` is for finite, without infinities;
/// `uz` for a zero without a sign, its other pattern being the one NaN; `u` for no sign at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SmallFloat {
    /// 8 bits, as IEEE 754 would have it.
    Float8E3M4,
    /// 8 bits, as IEEE 754 would have it.
    Float8E4M3,
    /// 8 bits, bias 11, no infinities, one NaN.
    Float8E4M3B11Fnuz,
    /// 8 bits, no infinities, NaN where all bits but the sign are set. The name is not registered, but
    /// tensorstore writes it; the format differs from [`Float8E4M3`](Self::Float8E4M3).
    Float8E4M3Fn,
    /// 8 bits, bias 8, no infinities, one NaN.
    Float8E4M3Fnuz,
    /// 8 bits, as IEEE 754 would have it.
    Float8E5M2,
    /// 8 bits, bias 16, no infinities, one NaN.
    Float8E5M2Fnuz,
    /// Powers of two from 2^−127 to 2^127 and NaN: neither zero nor sign.
    Float8E8M0Fnu,
    /// 6 bits, finite numbers only.
    Float6E2M3Fn,
    /// 6 bits, finite numbers only.
    Float6E3M2Fn,
    /// 4 bits, finite numbers only.
    Float4E2M1Fn,
}

impl SmallFloat {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Float8E3M4,
        Self::Float8E4M3,
        Self::Float8E4M3B11Fnuz,
        Self::Float8E4M3Fn,
        Self::Float8E4M3Fnuz,
        Self::Float8E5M2,
        Self::Float8E5M2Fnuz,
        Self::Float8E8M0Fnu,
        Self::Float6E2M3Fn,
        Self::Float6E3M2Fn,
        Self::Float4E2M1Fn,
    ];

    /// The name in v3 documents: `float8_e4m3`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        let (_, name) = self.complex_name().split_at("complex_".len());
        name
    }

    /// The name of the complex numbers made of two of these: `complex_float8_e4m3`.
    pub(crate) const fn complex_name(self) -> &'static str {
        match self {
            Self::Float8E3M4 => "complex_float8_e3m4",
            Self::Float8E4M3 => "complex_float8_e4m3",
            Self::Float8E4M3B11Fnuz => "complex_float8_e4m3b11fnuz",
            Self::Float8E4M3Fn => "complex_float8_e4m3fn",
            Self::Float8E4M3Fnuz => "complex_float8_e4m3fnuz",
            Self::Float8E5M2 => "complex_float8_e5m2",
            Self::Float8E5M2Fnuz => "complex_float8_e5m2fnuz",
            Self::Float8E8M0Fnu => "complex_float8_e8m0fnu",
            Self::Float6E2M3Fn => "complex_float6_e2m3fn",
            Self::Float6E3M2Fn => "complex_float6_e3m2fn",
            Self::Float4E2M1Fn => "complex_float4_e2m1fn",
        }
    }

    /// How many bits a number has.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Float6E2M3Fn | Self::Float6E3M2Fn => 6,
            Self::Float4E2M1Fn => 4,
            _ => 8,
        }
    }

    /// The byte with its meaningless bits cleared.
    pub(crate) const fn normal(self, byte: u8) -> u8 {
        byte & (0xff >> (8 - self.bits()))
    }
}

impl fmt::Display for SmallFloat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spare_bits_say_nothing() {
        for (int, byte, normal) in [
            (SmallInt::Int4, 0x0f, 0xff),
            (SmallInt::Int4, 0xa7, 0x07),
            (SmallInt::Int2, 0x02, 0xfe),
            (SmallInt::UInt2, 0xff, 0x03),
            (SmallInt::UInt4, 0xf5, 0x05),
        ] {
            assert_eq!(int.normal(byte), normal, "{int} {byte:#x}");
        }
        assert_eq!(SmallFloat::Float4E2M1Fn.normal(0xff), 0x0f);
        assert_eq!(SmallFloat::Float6E2M3Fn.normal(0xff), 0x3f);
        assert_eq!(SmallFloat::Float8E4M3.normal(0xff), 0xff);
    }
}
