//! From and to the types of the crate `chrono`. Its times are of nanoseconds, its dates of days.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::calendar::Moment;
use super::{Datetime64, TimeError, Timedelta64};
use crate::TimeUnit;

const SECOND: i128 = 1_000_000_000;

impl TryFrom<DateTime<Utc>> for Datetime64 {
    type Error = TimeError;

    /// In nanoseconds, or in the finest unit up to seconds that holds it.
    fn try_from(time: DateTime<Utc>) -> Result<Self, TimeError> {
        time.naive_utc().try_into()
    }
}

impl TryFrom<Datetime64> for DateTime<Utc> {
    type Error = TimeError;

    fn try_from(moment: Datetime64) -> Result<Self, TimeError> {
        let name = "chrono::DateTime";
        let nanoseconds = moment.nanoseconds(name)?;
        let seconds = i64::try_from(nanoseconds.div_euclid(SECOND)).ok();
        let rest = u32::try_from(nanoseconds.rem_euclid(SECOND)).ok();
        let time = seconds
            .zip(rest)
            .and_then(|(s, n)| Self::from_timestamp(s, n));
        time.ok_or_else(|| TimeError::range(&moment, name))
    }
}

impl TryFrom<NaiveDateTime> for Datetime64 {
    type Error = TimeError;

    /// In nanoseconds, or in the finest unit up to seconds that holds it.
    fn try_from(time: NaiveDateTime) -> Result<Self, TimeError> {
        let time = time.and_utc();
        let rest = i128::from(time.timestamp_subsec_nanos());
        Self::from_nanoseconds(i128::from(time.timestamp()) * SECOND + rest)
    }
}

impl TryFrom<Datetime64> for NaiveDateTime {
    type Error = TimeError;

    fn try_from(moment: Datetime64) -> Result<Self, TimeError> {
        Ok(DateTime::<Utc>::try_from(moment)?.naive_utc())
    }
}

impl From<NaiveDate> for Datetime64 {
    /// In days.
    fn from(date: NaiveDate) -> Self {
        let days = date.signed_duration_since(DateTime::UNIX_EPOCH.date_naive());
        Self::new(days.num_days(), TimeUnit::Day)
    }
}

impl TryFrom<Datetime64> for NaiveDate {
    type Error = TimeError;

    fn try_from(moment: Datetime64) -> Result<Self, TimeError> {
        let whole = moment.to_unit(TimeUnit::Day)?;
        let out_of_range = || TimeError::range(&moment, "chrono::NaiveDate");
        let Some(Moment { days, .. }) = whole.moment() else {
            return Err(out_of_range());
        };
        let days = i64::try_from(days).ok().and_then(TimeDelta::try_days);
        let start = DateTime::UNIX_EPOCH.date_naive();
        days.and_then(|days| start.checked_add_signed(days))
            .ok_or_else(out_of_range)
    }
}

impl TryFrom<TimeDelta> for Timedelta64 {
    type Error = TimeError;

    /// In nanoseconds, or in the finest unit up to seconds that holds it.
    fn try_from(duration: TimeDelta) -> Result<Self, TimeError> {
        let rest = i128::from(duration.subsec_nanos());
        Self::from_nanoseconds(i128::from(duration.num_seconds()) * SECOND + rest)
    }
}

impl TryFrom<Timedelta64> for TimeDelta {
    type Error = TimeError;

    fn try_from(duration: Timedelta64) -> Result<Self, TimeError> {
        let name = "chrono::TimeDelta";
        let nanoseconds = duration.nanoseconds(name)?;
        let seconds = i64::try_from(nanoseconds.div_euclid(SECOND)).ok();
        let rest = u32::try_from(nanoseconds.rem_euclid(SECOND)).ok();
        let delta = seconds.zip(rest).and_then(|(s, n)| Self::new(s, n));
        delta.ok_or_else(|| TimeError::range(&duration, name))
    }
}
