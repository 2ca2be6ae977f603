//! Floats of two bytes, as codecs convert them to wider ones and back. There is no arithmetic here: codecs
//! compute in wider floats, as NumPy does.
//!
//! The crate `half` does not do: it rounds a double to a single float first (2.7.1, on machines with F16C),
//! or ignores its lower half (on others). So a double just above the middle of two halves becomes the lower
//! one, and NumPy makes it the upper one: see `a_double_is_rounded_once`.

/// A float of IEEE 754 half precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct F16(u16);

const SIGN: u16 = 0x8000;
const INFINITY: u16 = 0x7C00;
/// From here on a value rounds to infinity; the tie itself does too, since infinity is the even neighbour.
const TOO_LARGE: f64 = 65520.0;

impl F16 {
    pub(crate) const MAX: Self = Self(0x7BFF);

    pub(crate) const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    pub(crate) const fn to_bits(self) -> u16 {
        self.0
    }

    pub(crate) const fn from_ne_bytes(bytes: [u8; 2]) -> Self {
        Self(u16::from_ne_bytes(bytes))
    }

    pub(crate) const fn to_ne_bytes(self) -> [u8; 2] {
        self.0.to_ne_bytes()
    }

    pub(crate) fn to_f64(self) -> f64 {
        let (exponent, mantissa) = (u64::from(self.0 >> 10 & 31), u64::from(self.0 & 0x3FF));
        let magnitude = match exponent {
            0 => mantissa as f64 / f64::from(1 << 24),
            31 => f64::from_bits(0x7FF << 52 | mantissa << 42),
            _ => f64::from_bits((exponent + 1023 - 15) << 52 | mantissa << 42),
        };
        if self.0 & SIGN == 0 {
            magnitude
        } else {
            -magnitude
        }
    }

    /// Exact for every half float.
    pub(crate) fn to_f32(self) -> f32 {
        self.to_f64() as f32
    }

    /// The nearest, ties to the even one.
    pub(crate) fn from_f64(value: f64) -> Self {
        let bits = value.to_bits();
        let sign = if value.is_sign_negative() { SIGN } else { 0 };
        let magnitude = value.abs();
        if value.is_nan() {
            let payload = (bits >> 42) as u16 & 0x3FF;
            return Self(sign | INFINITY | if payload == 0 { 1 } else { payload });
        }
        if magnitude >= TOO_LARGE {
            return Self(sign | INFINITY);
        }
        // Counted in units of the last place, the mantissa with its leading bit is a whole number;
        // where rounding makes it too long, the exponent becomes one larger by the same sum.
        let exponent = ((bits >> 52 & 0x7FF) as i32 - 1023).max(-14);
        let unit = f64::from_bits(((1023 + 10 - exponent) as u64) << 52);
        let mantissa = (magnitude * unit).round_ties_even() as u16;
        Self(sign | ((((exponent + 14) as u16) << 10) + mantissa))
    }

    /// The nearest, ties to the even one.
    pub(crate) fn from_f32(value: f32) -> Self {
        Self::from_f64(f64::from(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_comes_back() {
        for bits in 0..=u16::MAX {
            let half = F16::from_bits(bits);
            assert_eq!(F16::from_f64(half.to_f64()), half, "{bits:#06x}");
            // Machines make quiet those that signal when they shorten them.
            if !half.to_f64().is_nan() {
                assert_eq!(F16::from_f32(half.to_f32()), half, "{bits:#06x}");
            }
        }
    }

    /// `numpy.float16(numpy.float64(1 + 2**-11 + 2**-40))` of NumPy 2.5.
    #[test]
    fn a_double_is_rounded_once() {
        let above_the_middle = 1.0 + 2_f64.powi(-11) + 2_f64.powi(-40);
        assert_eq!(F16::from_f64(above_the_middle).to_f64(), 1.0009765625);
    }

    #[test]
    fn values_between_two_halves_go_to_the_nearer_or_even_one() {
        for bits in 0..F16::MAX.to_bits() {
            let (below, above) = (F16::from_bits(bits), F16::from_bits(bits + 1));
            let middle = f64::midpoint(below.to_f64(), above.to_f64());
            let even = if bits % 2 == 0 { below } else { above };
            for sign in [1.0, -1.0] {
                let round = |x: f64| F16::from_bits(F16::from_f64(x * sign).to_bits() & !SIGN);
                assert_eq!(round(middle), even);
                assert_eq!(round(middle.next_down()), below);
                assert_eq!(round(middle.next_up()), above);
            }
        }
        assert_eq!(F16::from_f64(65519.99), F16::MAX);
        assert_eq!(F16::from_f64(65520.0).to_f64(), f64::INFINITY);
    }
}
