//! How one number is cast to another type: exactly where possible, else rounded and then brought into range.

use std::cmp::Ordering;
use std::fmt;

use crate::array::f16::F16;
use crate::array::number::Number;

/// A number of any type, without loss.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar {
    Whole(i128),
    Float(f64),
}

impl Scalar {
    /// Where this stands among values of one kind: equal are those that are the same value. Not-a-number
    /// is itself here, and minus zero is zero.
    pub(crate) fn order(self, other: Self) -> Ordering {
        // Adding zero takes the sign of zeros away.
        let plain = |x: f64| if x.is_nan() { f64::NAN } else { x + 0.0 };
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a.cmp(&b),
            (Self::Float(a), Self::Float(b)) => plain(a).total_cmp(&plain(b)),
            (Self::Whole(_), Self::Float(_)) => Ordering::Less,
            (Self::Float(_), Self::Whole(_)) => Ordering::Greater,
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(n) => n.fmt(f),
            Self::Float(x) => write!(f, "{x:?}"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    NearestEven,
    TowardsZero,
    TowardsPositive,
    TowardsNegative,
    NearestAway,
}

impl Rounding {
    /// Their words in the metadata, the default first.
    pub(crate) const WORDS: [(&'static str, Self); 5] = [
        ("nearest-even", Self::NearestEven),
        ("towards-zero", Self::TowardsZero),
        ("towards-positive", Self::TowardsPositive),
        ("towards-negative", Self::TowardsNegative),
        ("nearest-away", Self::NearestAway),
    ];

    fn to_whole(self, x: f64) -> f64 {
        match self {
            Self::NearestEven => x.round_ties_even(),
            Self::TowardsZero => x.trunc(),
            Self::TowardsPositive => x.ceil(),
            Self::TowardsNegative => x.floor(),
            Self::NearestAway => x.round(),
        }
    }

    /// Which of two neighbours a value between them becomes: `true` for the upper one. `middle` says
    /// how it lies to their middle, `even` whether the upper one is the even one.
    fn up(self, negative: bool, middle: Ordering, even: bool) -> bool {
        match self {
            Self::TowardsPositive => true,
            Self::TowardsNegative => false,
            Self::TowardsZero => negative,
            Self::NearestEven => middle.is_gt() || middle.is_eq() && even,
            Self::NearestAway => middle.is_gt() || middle.is_eq() && !negative,
        }
    }
}

/// What becomes of values outside the range of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutOfRange {
    Refuse,
    Clamp,
    Wrap,
}

impl OutOfRange {
    /// Their words in the metadata.
    pub(crate) const WORDS: [(&'static str, Self); 2] =
        [("clamp", Self::Clamp), ("wrap", Self::Wrap)];
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) rounding: Rounding,
    pub(crate) out_of_range: OutOfRange,
}

/// Beyond this not every integer is a float.
const EXACT: u128 = 1 << f64::MANTISSA_DIGITS;

impl Rules {
    /// The value as one that `to` has; `None` if these rules do not make it one.
    pub(crate) fn cast(self, value: Scalar, to: Number) -> Option<Scalar> {
        if let Some((bits, signed)) = integer(to) {
            return self.to_integer(value, bits, signed).map(Scalar::Whole);
        }
        let x = match value {
            Scalar::Float(x) => self.to_float(x, to),
            Scalar::Whole(n) if n.unsigned_abs() <= EXACT => self.to_float(n as f64, to),
            Scalar::Whole(n) => self.large_to_float(n, to),
        };
        x.map(Scalar::Float)
    }

    fn to_integer(self, value: Scalar, bits: u32, signed: bool) -> Option<i128> {
        let count = 1_i128 << bits;
        let min = if signed { -count / 2 } else { 0 };
        let max = min + count - 1;
        let n = match value {
            Scalar::Whole(n) => n,
            Scalar::Float(x) if !x.is_finite() => return None,
            Scalar::Float(x) => {
                let whole = self.rounding.to_whole(x);
                match self.out_of_range {
                    // Floats of any size are multiples of powers of two, and the rest is exact.
                    OutOfRange::Wrap => (whole % count as f64) as i128,
                    // Saturates far beyond any range.
                    _ => whole as i128,
                }
            }
        };
        match self.out_of_range {
            _ if (min..=max).contains(&n) => Some(n),
            OutOfRange::Refuse => None,
            OutOfRange::Clamp => Some(n.clamp(min, max)),
            OutOfRange::Wrap => Some((n - min).rem_euclid(count) + min),
        }
    }

    fn to_float(self, x: f64, to: Number) -> Option<f64> {
        if to == Number::F64 || !x.is_finite() || x == 0.0 {
            return Some(x);
        }
        let (max, beyond) = match to {
            Number::F32 => (f64::from(f32::MAX), 2_f64.powi(128)),
            _ => (F16::MAX.to_f64(), 2_f64.powi(16)),
        };
        if x.abs() >= beyond {
            return self.overflow(x);
        }
        let negative = x < 0.0;
        if x.abs() > max {
            // Between the largest number and the one that would follow, which is even.
            let middle = x.abs().total_cmp(&f64::midpoint(max, beyond));
            let middle = if negative { middle.reverse() } else { middle };
            let up = self.rounding.up(negative, middle, !negative);
            return if up == negative {
                Some(max.copysign(x))
            } else {
                self.overflow(x)
            };
        }
        let (nearest, below, above) = neighbours(x, to);
        if nearest == x {
            return Some(x);
        }
        let middle = (x - below).total_cmp(&(above - x));
        let up = self.rounding.up(negative, middle, nearest == above);
        let rounded = if up { above } else { below };
        Some(if rounded == 0.0 {
            0_f64.copysign(x)
        } else {
            rounded
        })
    }

    /// Integers that are too large to be floats themselves.
    fn large_to_float(self, n: i128, to: Number) -> Option<f64> {
        let nearest = match to {
            Number::F64 => n as f64,
            Number::F32 => f64::from(n as f32),
            _ => return self.overflow(if n < 0 { -1.0 } else { 1.0 }),
        };
        let whole = nearest as i128;
        let (below, above) = match whole.cmp(&n) {
            Ordering::Equal => return Some(nearest),
            Ordering::Less => (nearest, next(nearest, to, true)),
            Ordering::Greater => (next(nearest, to, false), nearest),
        };
        let middle = (n - below as i128).cmp(&(above as i128 - n));
        let up = self.rounding.up(n < 0, middle, nearest == above);
        Some(if up { above } else { below })
    }

    fn overflow(self, x: f64) -> Option<f64> {
        let clamp = self.out_of_range == OutOfRange::Clamp;
        clamp.then(|| f64::INFINITY.copysign(x))
    }
}

/// The bits of an integer type and whether it has a sign.
fn integer(number: Number) -> Option<(u32, bool)> {
    let bits = 8 * number.size() as u32;
    match number {
        Number::I8 | Number::I16 | Number::I32 | Number::I64 => Some((bits, true)),
        Number::U8 | Number::U16 | Number::U32 | Number::U64 | Number::Bool => Some((bits, false)),
        Number::F16 | Number::F32 | Number::F64 => None,
    }
}

/// The number of a float type that is nearest to a value in its range, ties to even, and those right
/// below and above the value.
fn neighbours(x: f64, to: Number) -> (f64, f64, f64) {
    let nearest = match to {
        Number::F32 => f64::from(x as f32),
        _ => F16::from_f64(x).to_f64(),
    };
    if nearest < x {
        (nearest, nearest, next(nearest, to, true))
    } else {
        (nearest, next(nearest, to, false), nearest)
    }
}

/// The neighbour of a number within its type.
fn next(x: f64, within: Number, up: bool) -> f64 {
    match (within, up) {
        (Number::F64, true) => x.next_up(),
        (Number::F64, false) => x.next_down(),
        (Number::F32, true) => f64::from((x as f32).next_up()),
        (Number::F32, false) => f64::from((x as f32).next_down()),
        _ => {
            let bits = F16::from_f64(x.abs()).to_bits();
            // Away from zero the bits count up; next to zero lies the smallest number of either sign.
            match (bits, (x > 0.0) == up) {
                (0, _) => F16::from_bits(1).to_f64() * if up { 1.0 } else { -1.0 },
                (_, true) => F16::from_bits(bits + 1).to_f64().copysign(x),
                (_, false) => F16::from_bits(bits - 1).to_f64().copysign(x),
            }
        }
    }
}
