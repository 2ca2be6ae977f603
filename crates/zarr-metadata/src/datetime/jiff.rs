//! From and to the types of the crate `jiff`. Its times are of nanoseconds, its dates of days.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

use super::{Datetime64, TimeError, Timedelta64};
use crate::TimeUnit;

/// The first day of 1970.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

impl TryFrom<Timestamp> for Datetime64 {
    type Error = TimeError;

    /// In nanoseconds, or in the finest unit up to seconds that holds it.
    fn try_from(time: Timestamp) -> Result<Self, TimeError> {
        Self::from_nanoseconds(time.as_nanosecond())
    }
}

impl TryFrom<Datetime64> for Timestamp {
    type Error = TimeError;

    fn try_from(moment: Datetime64) -> Result<Self, TimeError> {
        let name = "jiff::Timestamp";
        let nanoseconds = moment.nanoseconds(name)?;
        Self::from_nanosecond(nanoseconds).map_err(|_| TimeError::range(&moment, name))
    }
}

impl TryFrom<DateTime> for Datetime64 {
    type Error = TimeError;

    /// In nanoseconds, or in the finest unit up to seconds that holds it.
    fn try_from(time: DateTime) -> Result<Self, TimeError> {
        Self::from_nanoseconds(time.duration_since(EPOCH.at(0, 0, 0, 0)).as_nanos())
    }
}

impl TryFrom<Datetime64> for DateTime {
    type Error = TimeError;

    fn try_from(moment: Datetime64) -> Result<Self, TimeError> {
        let name = "jiff::civil::DateTime";
        let since = signed(moment.nanoseconds(name)?);
        let time = since.and_then(|since| EPOCH.at(0, 0, 0, 0).checked_add(since).ok());
        time.ok_or_else(|| TimeError::range(&moment, name))
    }
}

impl From<Date> for Datetime64 {
    /// In days.
    fn from(date: Date) -> Self {
        let days = date.duration_since(EPOCH).as_hours() / 24;
        Self::new(days, TimeUnit::Day)
    }
}

impl TryFrom<Datetime64> for Date {
    type Error = TimeError;

    fn try_from(moment: Datetime64) -> Result<Self, TimeError> {
        let days = moment.to_unit(TimeUnit::Day)?;
        Ok(DateTime::try_from(days)?.date())
    }
}

impl TryFrom<SignedDuration> for Timedelta64 {
    type Error = TimeError;

    /// In nanoseconds, or in the finest unit up to seconds that holds it.
    fn try_from(duration: SignedDuration) -> Result<Self, TimeError> {
        Self::from_nanoseconds(duration.as_nanos())
    }
}

impl TryFrom<Timedelta64> for SignedDuration {
    type Error = TimeError;

    fn try_from(duration: Timedelta64) -> Result<Self, TimeError> {
        let name = "jiff::SignedDuration";
        signed(duration.nanoseconds(name)?).ok_or_else(|| TimeError::range(&duration, name))
    }
}

fn signed(nanoseconds: i128) -> Option<SignedDuration> {
    const SECOND: i128 = 1_000_000_000;
    let seconds = i64::try_from(nanoseconds / SECOND).ok()?;
    let rest = i32::try_from(nanoseconds % SECOND).ok()?;
    Some(SignedDuration::new(seconds, rest))
}
