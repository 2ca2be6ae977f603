//! `Timedelta64`: a length of time.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::{Moment, NAT, TimeError, steps, steps_of_units};
use crate::TimeUnit;

/// A duration, as NumPy's `timedelta64` has it: a number of steps of some units, or "not a time".
///
/// Durations of different units are equal if they are equally long. Months and years are not so many days, so the
/// one is neither equal to nor longer than the other. Unlike NumPy's, "not a time" equals itself.
///
/// ```
/// use zarr_metadata::{TimeUnit, Timedelta64};
///
/// let day = Timedelta64::new(1, TimeUnit::Day);
/// assert_eq!(day, Timedelta64::new(24, TimeUnit::Hour));
/// assert_eq!(day.to_unit(TimeUnit::Second)?.to_string(), "86400 seconds");
/// # Ok::<(), zarr_metadata::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Timedelta64 {
    value: i64,
    unit: TimeUnit,
    scale: u32,
}

/// What durations are compared by.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Length {
    Months(i128),
    Time(Moment),
    Number(i128),
    NotATime,
}

steps_of_units!(Timedelta64);

impl Timedelta64 {
    /// The same duration in another unit. A number without a unit is of any.
    ///
    /// # Errors
    /// [`TimeError::Inexact`] if it is no whole number of that unit, or too many for 64 bits.
    pub fn to_unit(self, unit: TimeUnit) -> Result<Self, TimeError> {
        self.to_steps(unit, 1)
    }

    /// The same duration in steps of so many units. See [`to_unit`](Self::to_unit).
    ///
    /// # Errors
    /// [`TimeError::Inexact`] as there.
    pub fn to_steps(self, unit: TimeUnit, scale: u32) -> Result<Self, TimeError> {
        let same = Self::new(self.value, unit).with_scale(scale);
        if self.is_nat() || (self.unit, self.scale) == (unit, scale) {
            return Ok(same);
        }
        let count = match self.length() {
            Length::Months(months) => unit
                .months()
                .and_then(|each| (months % each == 0).then_some(months / each)),
            Length::Time(length) => unit.count_in(length),
            Length::Number(count) => Some(count),
            Length::NotATime => None,
        };
        let value = count.and_then(|count| steps(count, scale));
        let value = value.ok_or_else(|| TimeError::inexact(&self, unit, scale))?;
        Ok(Self { value, ..same })
    }

    fn length(self) -> Length {
        if self.is_nat() {
            return Length::NotATime;
        }
        let count = i128::from(self.value) * i128::from(self.scale);
        match (self.unit.months(), self.unit.length(count)) {
            (Some(months), _) => Length::Months(count * months),
            (None, Some(length)) => Length::Time(length),
            (None, None) => Length::Number(count),
        }
    }

    /// Nanoseconds.
    pub(super) fn nanoseconds(self, other: &'static str) -> Result<i128, TimeError> {
        let Length::Time(length) = self.length() else {
            return Err(TimeError::range(&self, other));
        };
        let count = TimeUnit::Nanosecond.count_in(length);
        count.ok_or_else(|| TimeError::inexact(&self, TimeUnit::Nanosecond, 1))
    }

    /// In the finest unit, from nanoseconds to seconds, that holds it.
    pub(super) fn from_nanoseconds(count: i128) -> Result<Self, TimeError> {
        let (count, unit) = super::finest(count)?;
        Ok(Self::new(count, unit))
    }
}

/// As NumPy prints it: `75 seconds`.
impl fmt::Display for Timedelta64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_nat() {
            return f.pad("NaT");
        }
        let unit = match self.unit {
            TimeUnit::Year => "years",
            TimeUnit::Month => "months",
            TimeUnit::Week => "weeks",
            TimeUnit::Day => "days",
            TimeUnit::Hour => "hours",
            TimeUnit::Minute => "minutes",
            TimeUnit::Second => "seconds",
            TimeUnit::Millisecond => "milliseconds",
            TimeUnit::Microsecond => "microseconds",
            TimeUnit::Nanosecond => "nanoseconds",
            TimeUnit::Picosecond => "picoseconds",
            TimeUnit::Femtosecond => "femtoseconds",
            TimeUnit::Attosecond => "attoseconds",
            TimeUnit::Generic => "generic time units",
        };
        let count = i128::from(self.value) * i128::from(self.scale);
        f.pad(&format!("{count} {unit}"))
    }
}

impl PartialEq for Timedelta64 {
    fn eq(&self, other: &Self) -> bool {
        self.length() == other.length()
    }
}

impl Eq for Timedelta64 {}

impl Hash for Timedelta64 {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.length().hash(state);
    }
}

/// `None` beside "not a time", and of lengths that have no common measure.
impl PartialOrd for Timedelta64 {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let (a, b) = (self.length(), other.length());
        let alike = std::mem::discriminant(&a) == std::mem::discriminant(&b);
        alike.then(|| a.cmp(&b))
    }
}
