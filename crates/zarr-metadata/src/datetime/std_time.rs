//! From and to the types of `std::time`.

use std::time::{Duration, SystemTime};

use super::{Datetime64, TimeError, Timedelta64};

impl TryFrom<SystemTime> for Datetime64 {
    type Error = TimeError;

    /// In nanoseconds, or in the finest unit up to seconds that holds it.
    fn try_from(time: SystemTime) -> Result<Self, TimeError> {
        let signed = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
        Self::from_nanoseconds(match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => signed(after),
            Err(before) => -signed(before.duration()),
        })
    }
}

impl TryFrom<Datetime64> for SystemTime {
    type Error = TimeError;

    fn try_from(moment: Datetime64) -> Result<Self, TimeError> {
        let name = "SystemTime";
        let nanoseconds = moment.nanoseconds(name)?;
        let time = duration(nanoseconds.abs()).and_then(|duration| match nanoseconds < 0 {
            true => Self::UNIX_EPOCH.checked_sub(duration),
            false => Self::UNIX_EPOCH.checked_add(duration),
        });
        time.ok_or_else(|| TimeError::range(&moment, name))
    }
}

impl TryFrom<Duration> for Timedelta64 {
    type Error = TimeError;

    /// In nanoseconds, or in the finest unit up to seconds that holds it.
    fn try_from(duration: Duration) -> Result<Self, TimeError> {
        Self::from_nanoseconds(i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX))
    }
}

impl TryFrom<Timedelta64> for Duration {
    type Error = TimeError;

    fn try_from(given: Timedelta64) -> Result<Self, TimeError> {
        let name = "Duration";
        let nanoseconds = given.nanoseconds(name)?;
        duration(nanoseconds).ok_or_else(|| TimeError::range(&given, name))
    }
}

fn duration(nanoseconds: i128) -> Option<Duration> {
    const SECOND: i128 = 1_000_000_000;
    let seconds = u64::try_from(nanoseconds.div_euclid(SECOND)).ok()?;
    let rest = u32::try_from(nanoseconds.rem_euclid(SECOND)).ok()?;
    Some(Duration::new(seconds, rest))
}
