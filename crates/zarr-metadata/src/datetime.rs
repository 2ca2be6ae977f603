//! `Datetime64` and `Timedelta64`: NumPy's moments and durations as values, a number with its unit. Conversions
//! are exact or fail; `datetime/calendar.rs` has the arithmetic of days.

mod calendar;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
mod parse;
mod std_time;
mod timedelta;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::TimeUnit;

use calendar::Moment;
pub(crate) use calendar::civil_from_days;
pub use timedelta::Timedelta64;

/// What stands for "not a time".
const NAT: i64 = i64::MIN;

/// A moment, as NumPy's `datetime64` has it: the number of steps of some units since the beginning of 1970, or
/// "not a time". There are no time zones.
///
/// A text is read, and printed, as NumPy does it: its precision is the unit. Moments of different units are equal
/// if they are the same moment. Unlike NumPy's, "not a time" equals itself; it is neither before nor after any
/// moment.
///
/// ```
/// use zarr_metadata::{Datetime64, TimeUnit, Timedelta64};
///
/// let day: Datetime64 = "2020-01-31".parse()?;
/// assert_eq!((day.value(), day.unit()), (18_292, TimeUnit::Day));
/// assert_eq!(day, "2020-01-31T00:00:00".parse()?);
/// let noon = day.checked_add(Timedelta64::new(12, TimeUnit::Hour));
/// assert_eq!(noon.unwrap().to_string(), "2020-01-31T12");
/// assert_eq!(day.to_unit(TimeUnit::Second)?.value(), 1_580_428_800);
/// assert!(day.to_unit(TimeUnit::Month).is_err());
/// # Ok::<(), zarr_metadata::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Datetime64 {
    value: i64,
    unit: TimeUnit,
    scale: u32,
}

/// A date or duration cannot be what it is asked to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// A text is not a date.
    #[error("`{0}` is no date as NumPy writes them: `2020-01-31`, `2020-01-31T12:30:00.5`, `NaT`")]
    Text(String),
    /// A text is not a unit.
    #[error("`{0}` is no unit of time; there are {units}", units = units())]
    Unit(String),
    /// It is not a whole number of steps, or too many of them for 64 bits.
    #[error("{value} cannot be counted in steps of {step}, exactly and in 64 bits")]
    Inexact {
        /// The date or duration.
        value: String,
        /// The step: `ns`, `25s`.
        step: String,
    },
    /// A type of another library has no such value.
    #[error("{value} is beyond what `{other}` can be")]
    Range {
        /// The date or duration.
        value: String,
        /// The type.
        other: &'static str,
    },
}

/// What a moment and a duration have alike: a number of steps, each of so many units.
macro_rules! steps_of_units {
    ($type:ty) => {
        impl $type {
            /// "Not a time", of no unit.
            pub const NAT: Self = Self::new(NAT, TimeUnit::Generic);

            /// So many units; of a moment, after the beginning of 1970. The lowest value is "not a time".
            #[must_use]
            pub const fn new(value: i64, unit: TimeUnit) -> Self {
                let scale = 1;
                Self { value, unit, scale }
            }

            /// The same number of steps, each of so many units; of none is taken for one.
            #[must_use]
            pub const fn with_scale(mut self, scale: u32) -> Self {
                self.scale = if scale == 0 { 1 } else { scale };
                self
            }

            /// The number of steps; of a moment, since the beginning of 1970.
            #[must_use]
            pub const fn value(self) -> i64 {
                self.value
            }

            /// The unit.
            #[must_use]
            pub const fn unit(self) -> TimeUnit {
                self.unit
            }

            /// How many units a step has; 1 but for few arrays.
            #[must_use]
            pub const fn scale(self) -> u32 {
                self.scale
            }

            /// Whether it is "not a time".
            #[must_use]
            pub const fn is_nat(self) -> bool {
                self.value == NAT
            }
        }
    };
}
use steps_of_units;

steps_of_units!(Datetime64);

impl Datetime64 {
    /// The same moment in another unit.
    ///
    /// # Errors
    /// [`TimeError::Inexact`] if it is between two steps of that unit, or too many for 64 bits.
    pub fn to_unit(self, unit: TimeUnit) -> Result<Self, TimeError> {
        self.to_steps(unit, 1)
    }

    /// The same moment in steps of so many units. See [`to_unit`](Self::to_unit).
    ///
    /// # Errors
    /// [`TimeError::Inexact`] as there.
    pub fn to_steps(self, unit: TimeUnit, scale: u32) -> Result<Self, TimeError> {
        let same = Self::new(self.value, unit).with_scale(scale);
        if self.is_nat() || (self.unit, self.scale) == (unit, scale) {
            return Ok(same);
        }
        let moment = self.moment();
        let value = moment.and_then(|moment| steps(unit.count_until(moment)?, scale));
        let value = value.ok_or_else(|| TimeError::inexact(&self, unit, scale))?;
        Ok(Self { value, ..same })
    }

    /// The moment so much later, in the finer unit of both. `None` if there is no such moment: of days and months
    /// together, or beyond 64 bits. What has no unit is of the other's, as in NumPy.
    #[must_use]
    pub fn checked_add(self, duration: Timedelta64) -> Option<Self> {
        self.moved(duration, i64::checked_add)
    }

    /// The moment so much earlier. See [`checked_add`](Self::checked_add).
    #[must_use]
    pub fn checked_sub(self, duration: Timedelta64) -> Option<Self> {
        self.moved(duration, i64::checked_sub)
    }

    /// How much later this is than another moment, in the finer unit of both. `None` if it is beyond 64 bits.
    #[must_use]
    pub fn since(self, earlier: Self) -> Option<Timedelta64> {
        let (unit, scale) =
            TimeUnit::common_step((self.unit, self.scale), (earlier.unit, earlier.scale));
        let difference = |value| Timedelta64::new(value, unit).with_scale(scale);
        if self.is_nat() || earlier.is_nat() {
            return Some(difference(NAT));
        }
        let value = |moment: Self| Some(moment.to_steps(unit, scale).ok()?.value);
        let between = value(self)?.checked_sub(value(earlier)?)?;
        (between != NAT).then(|| difference(between))
    }

    fn moved(self, duration: Timedelta64, by: fn(i64, i64) -> Option<i64>) -> Option<Self> {
        let step = (duration.unit(), duration.scale());
        let (unit, scale) = TimeUnit::common_step((self.unit, self.scale), step);
        let new = |value| Self::new(value, unit).with_scale(scale);
        if self.is_nat() || duration.is_nat() {
            return Some(new(NAT));
        }
        let start = self.to_steps(unit, scale).ok()?.value;
        let by_steps = duration.to_steps(unit, scale).ok()?.value();
        let value = by(start, by_steps)?;
        (value != NAT).then(|| new(value))
    }

    /// `None` for "not a time", and without a unit.
    fn moment(self) -> Option<Moment> {
        if self.is_nat() {
            return None;
        }
        let count = i128::from(self.value) * i128::from(self.scale);
        self.unit.moment(count)
    }

    /// What equal moments have in common.
    fn key(self) -> (bool, Option<Moment>, i64) {
        match self.moment() {
            Some(moment) => (false, Some(moment), 0),
            None if self.is_nat() => (true, None, 0),
            None => (false, None, self.value.saturating_mul(self.scale.into())),
        }
    }

    /// Nanoseconds since the beginning of 1970.
    fn nanoseconds(self, other: &'static str) -> Result<i128, TimeError> {
        let moment = self
            .moment()
            .ok_or_else(|| TimeError::range(&self, other))?;
        let count = TimeUnit::Nanosecond.count_until(moment);
        count.ok_or_else(|| TimeError::inexact(&self, TimeUnit::Nanosecond, 1))
    }

    /// In the finest unit, from nanoseconds to seconds, that holds it.
    fn from_nanoseconds(count: i128) -> Result<Self, TimeError> {
        let (count, unit) = finest(count)?;
        Ok(Self::new(count, unit))
    }
}

/// The finest unit, from nanoseconds to seconds, that holds so many nanoseconds exactly.
fn finest(nanoseconds: i128) -> Result<(i64, TimeUnit), TimeError> {
    let units = [
        (1, TimeUnit::Nanosecond),
        (1_000, TimeUnit::Microsecond),
        (1_000_000, TimeUnit::Millisecond),
        (1_000_000_000, TimeUnit::Second),
    ];
    let found = units.into_iter().find_map(|(in_unit, unit)| {
        let exact = nanoseconds % in_unit == 0;
        let count = i64::try_from(nanoseconds / in_unit).ok()?;
        (exact && count != NAT).then_some((count, unit))
    });
    let value = || format!("{nanoseconds} ns since 1970");
    found.ok_or_else(|| TimeError::inexact(&value(), TimeUnit::Nanosecond, 1))
}

/// So many units in steps of `scale`, if that is exact.
fn steps(count: i128, scale: u32) -> Option<i64> {
    let scale = i128::from(scale.max(1));
    let steps = i64::try_from(count / scale).ok()?;
    (count % scale == 0 && steps != NAT).then_some(steps)
}

impl TimeUnit {
    /// The longest step that both are whole numbers of, each being so many units; days if the one is of months and
    /// the other of weeks. What has no unit takes the other's.
    ///
    /// ```
    /// use zarr_metadata::TimeUnit;
    /// let common = TimeUnit::common_step((TimeUnit::Day, 1), (TimeUnit::Second, 1));
    /// assert_eq!(common, (TimeUnit::Second, 1));
    /// ```
    #[must_use]
    pub fn common_step(a: (Self, u32), b: (Self, u32)) -> (Self, u32) {
        let ((coarse, _), (fine, _)) = (a.min(b), a.max(b));
        match (coarse, fine) {
            (coarse, Self::Generic) if coarse != Self::Generic => a.min(b),
            (coarse, fine) if coarse == fine => (fine, greatest_common_divisor(a.1, b.1)),
            (coarse, Self::Week) if coarse.months().is_some() => (Self::Day, 1),
            (_, fine) => (fine, 1),
        }
    }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    match b {
        0 => a.max(1),
        b => greatest_common_divisor(b, a % b),
    }
}

/// The units, as an error names them.
fn units() -> String {
    TimeUnit::ALL.map(TimeUnit::as_str).join(", ")
}

impl TimeError {
    fn inexact(value: &impl ToString, unit: TimeUnit, scale: u32) -> Self {
        let step = match scale {
            1 => unit.to_string(),
            scale => format!("{scale}{unit}"),
        };
        Self::Inexact {
            value: value.to_string(),
            step,
        }
    }

    fn range(value: &impl ToString, other: &'static str) -> Self {
        Self::Range {
            value: value.to_string(),
            other,
        }
    }
}

impl fmt::Display for Datetime64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.unit.date(self.value, self.scale))
    }
}

impl PartialEq for Datetime64 {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Datetime64 {}

impl Hash for Datetime64 {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

/// `None` beside "not a time", and of a moment beside a number without a unit.
impl PartialOrd for Datetime64 {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let (a, b) = (self.key(), other.key());
        let alike = a.0 == b.0 && a.1.is_some() == b.1.is_some();
        alike.then(|| a.cmp(&b))
    }
}

#[cfg(test)]
mod tests;
