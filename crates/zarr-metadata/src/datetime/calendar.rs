//! Moments as days and a part of a day, and the calendar: of today for all times, as NumPy has it. Numbers are
//! of 128 bits, since 2^63 steps of 2^31 years are dates too.

use crate::TimeUnit;

const ATTOSECONDS_PER_DAY: i128 = 86_400 * 1_000_000_000_000_000_000;

/// Days since the beginning of 1970, and attoseconds since the beginning of the day. Also a length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Moment {
    pub(super) days: i128,
    pub(super) attoseconds: i128,
}

impl Moment {
    pub(super) const fn at_midnight(days: i128) -> Self {
        let attoseconds = 0;
        Self { days, attoseconds }
    }
}

impl TimeUnit {
    /// How many of these a day has; `None` where a day is none, or not always as many.
    const fn per_day(self) -> Option<i128> {
        Some(match self {
            Self::Year | Self::Month | Self::Week | Self::Generic => return None,
            Self::Day => 1,
            Self::Hour => 24,
            Self::Minute => 24 * 60,
            Self::Second => 86_400,
            Self::Millisecond => 86_400_000,
            Self::Microsecond => 86_400_000_000,
            Self::Nanosecond => 86_400_000_000_000,
            Self::Picosecond => 86_400_000_000_000_000,
            Self::Femtosecond => 86_400_000_000_000_000_000,
            Self::Attosecond => ATTOSECONDS_PER_DAY,
        })
    }

    /// How many months one of these is, if it is so many.
    pub(super) const fn months(self) -> Option<i128> {
        match self {
            Self::Year => Some(12),
            Self::Month => Some(1),
            _ => None,
        }
    }

    /// So many of these, counted from the beginning of 1970; `None` for months and years, and without a unit.
    pub(super) fn length(self, count: i128) -> Option<Moment> {
        if self == Self::Week {
            return Some(Moment::at_midnight(count.checked_mul(7)?));
        }
        let per_day = self.per_day()?;
        Some(Moment {
            days: count.div_euclid(per_day),
            attoseconds: count.rem_euclid(per_day) * (ATTOSECONDS_PER_DAY / per_day),
        })
    }

    /// The inverse of [`length`](Self::length); `None` also if it is no whole number.
    pub(super) fn count_in(self, length: Moment) -> Option<i128> {
        let whole = |number: i128, of: i128| (number % of == 0).then_some(number / of);
        if self == Self::Week {
            let weeks = whole(length.days, 7)?;
            return (length.attoseconds == 0).then_some(weeks);
        }
        let per_day = self.per_day()?;
        let part = whole(length.attoseconds, ATTOSECONDS_PER_DAY / per_day)?;
        length.days.checked_mul(per_day)?.checked_add(part)
    }

    /// The moment that so many of these after the beginning of 1970 are; `None` without a unit.
    pub(super) fn moment(self, count: i128) -> Option<Moment> {
        let Some(months) = self.months() else {
            return self.length(count);
        };
        let months = count.checked_mul(months)?;
        let (year, month) = (1970 + months.div_euclid(12), 1 + months.rem_euclid(12));
        Some(Moment::at_midnight(days_from_civil((year, month, 1))))
    }

    /// The inverse of [`moment`](Self::moment); `None` also if it is no whole number.
    pub(super) fn count_until(self, moment: Moment) -> Option<i128> {
        let Some(months) = self.months() else {
            return self.count_in(moment);
        };
        let (year, month, day) = civil_from_days(moment.days);
        let since = (year - 1970) * 12 + month - 1;
        let whole = day == 1 && moment.attoseconds == 0 && since % months == 0;
        whole.then_some(since / months)
    }
}

/// Years begin in March below, so that the day that leap years have more is the last; the calendar repeats itself
/// after 400 of them. The first of March of the year 0 was so many days before 1970.
const MARCH_OF_YEAR_0: i128 = 719_468;
const DAYS_IN_400_YEARS: i128 = 146_097;

/// Year, month and day of the date so many days after the first of 1970.
pub(crate) fn civil_from_days(days: i128) -> (i128, i128, i128) {
    let days = days + MARCH_OF_YEAR_0;
    let (era, day) = (
        days.div_euclid(DAYS_IN_400_YEARS),
        days.rem_euclid(DAYS_IN_400_YEARS),
    );
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Of the five months from March to July, and from August on again, three have 31 days and two 30.
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, (month + 2) % 12 + 1);
    (era * 400 + year + i128::from(month <= 2), month, day)
}

/// The inverse of [`civil_from_days`].
pub(super) fn days_from_civil((year, month, day): (i128, i128, i128)) -> i128 {
    let year = year - i128::from(month <= 2);
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day = year * 365 + year / 4 - year / 100 + day;
    era * DAYS_IN_400_YEARS + day - MARCH_OF_YEAR_0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// numpy 2.5.5: `np.datetime64("2020-03-01").astype("i8")`, and so on.
    #[test]
    fn days() {
        for (date, days) in [
            ((1970, 1, 1), 0),
            ((2020, 2, 29), 18_321),
            ((2020, 3, 1), 18_322),
            ((-1, 12, 31), -719_529),
            ((0, 1, 1), -719_528),
            ((-44, 3, 15), -735_525),
            ((12345, 1, 1), 3_789_391),
        ] {
            assert_eq!(days_from_civil(date), days, "{date:?}");
            assert_eq!(civil_from_days(days), date);
        }
        for days in (-800_000..800_000).step_by(7) {
            assert_eq!(days_from_civil(civil_from_days(days)), days);
        }
    }

    #[test]
    fn the_largest_counts_are_moments_too() {
        let most = i128::from(i64::MAX) * i128::from(i32::MAX);
        for unit in TimeUnit::ALL {
            for count in [most, -most, 0] {
                let back = unit.moment(count).and_then(|m| unit.count_until(m));
                let wanted = (unit != TimeUnit::Generic).then_some(count);
                assert_eq!(back, wanted, "{unit} {count}");
            }
        }
    }
}
