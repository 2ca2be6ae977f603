//! The date that a number of time units since 1970 stands for, as NumPy prints it: ISO 8601, as far as the
//! unit goes.

use super::TimeUnit;
use crate::datetime::civil_from_days;

impl TimeUnit {
    /// The moment `count` steps of `scale` units after the beginning of 1970, in ISO 8601 as NumPy prints it:
    /// only as precise as the unit. The lowest value is `NaT`; for units without a length the number itself
    /// is given.
    ///
    /// ```
    /// use zarr_metadata::TimeUnit;
    /// assert_eq!(TimeUnit::Day.date(18_262, 1), "2020-01-01");
    /// assert_eq!(TimeUnit::Millisecond.date(-1, 1), "1969-12-31T23:59:59.999");
    /// assert_eq!(TimeUnit::Nanosecond.date(i64::MIN, 1), "NaT");
    /// ```
    #[must_use]
    pub fn date(self, count: i64, scale: u32) -> String {
        if count == i64::MIN {
            return "NaT".to_owned();
        }
        // Below 2^95, whatever is counted.
        let count = i128::from(count) * i128::from(scale);
        let second = match self {
            Self::Generic => return count.to_string(),
            Self::Year => return format!("{:04}", 1970 + count),
            Self::Month => {
                return format!(
                    "{:04}-{:02}",
                    1970 + count.div_euclid(12),
                    1 + count.rem_euclid(12)
                );
            }
            Self::Week => return day(count * 7),
            Self::Day => return day(count),
            Self::Hour => {
                return format!("{}T{:02}", day(count.div_euclid(24)), count.rem_euclid(24));
            }
            Self::Minute => return minute(count),
            Self::Second => 0,
            Self::Millisecond => 3,
            Self::Microsecond => 6,
            Self::Nanosecond => 9,
            Self::Picosecond => 12,
            Self::Femtosecond => 15,
            Self::Attosecond => 18,
        };
        let (digits, in_second) = (second as usize, 10_i128.pow(second));
        let (seconds, fraction) = (count.div_euclid(in_second), count.rem_euclid(in_second));
        let text = format!(
            "{}:{:02}",
            minute(seconds.div_euclid(60)),
            seconds.rem_euclid(60)
        );
        match digits {
            0 => text,
            digits => format!("{text}.{fraction:0digits$}"),
        }
    }
}

/// So many minutes after the beginning of 1970.
fn minute(count: i128) -> String {
    let (hours, minute) = (count.div_euclid(60), count.rem_euclid(60));
    let (days, hour) = (hours.div_euclid(24), hours.rem_euclid(24));
    format!("{}T{hour:02}:{minute:02}", day(days))
}

/// So many days after the first of 1970.
fn day(days: i128) -> String {
    let (year, month, day) = civil_from_days(days);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// numpy 2.5.5, `str(np.array([count], "i8").view("M8[...]")[0])`.
    #[test]
    fn dates() {
        let check =
            |unit: TimeUnit, count: i64, expected: &str| assert_eq!(unit.date(count, 1), expected);
        check(TimeUnit::Year, 0, "1970");
        check(TimeUnit::Year, -2_i64.pow(40), "-1099511625806");
        check(TimeUnit::Month, -1, "1969-12");
        check(TimeUnit::Month, -719_529, "-57991-04");
        check(TimeUnit::Week, -1, "1969-12-25");
        check(TimeUnit::Week, 18_262, "2320-01-01");
        check(TimeUnit::Day, 18_262, "2020-01-01");
        check(TimeUnit::Day, -719_529, "-001-12-31");
        check(TimeUnit::Day, 2_i64.pow(40), "3010362559-12-15");
        check(TimeUnit::Day, -2_i64.pow(62), "-12626367463881308-09-18");
        check(TimeUnit::Hour, 18_262, "1972-01-31T22");
        check(TimeUnit::Minute, -719_529, "1968-08-19T07:51");
        check(
            TimeUnit::Second,
            2_i64.pow(62),
            "146138514283-06-19T07:45:04",
        );
        check(TimeUnit::Second, -719_529, "1969-12-23T16:07:51");
        check(
            TimeUnit::Millisecond,
            -2_i64.pow(40),
            "1935-02-28T04:06:12.224",
        );
        check(TimeUnit::Microsecond, 0, "1970-01-01T00:00:00.000000");
        check(
            TimeUnit::Nanosecond,
            2_i64.pow(62),
            "2116-02-20T23:53:38.427387904",
        );
        check(TimeUnit::Picosecond, -1, "1969-12-31T23:59:59.999999999999");
        check(
            TimeUnit::Femtosecond,
            2_i64.pow(40),
            "1970-01-01T00:00:00.001099511627776",
        );
        check(
            TimeUnit::Attosecond,
            -2_i64.pow(62),
            "1969-12-31T23:59:55.388313981572612096",
        );
        check(TimeUnit::Second, i64::MIN, "NaT");
        check(TimeUnit::Generic, 5, "5");
        assert_eq!(TimeUnit::Second.date(3, 25), "1970-01-01T00:01:15");
        assert_eq!(TimeUnit::Year.date(-300, 10), "-1030");
        assert_eq!(TimeUnit::Month.date(5, 3), "1971-04");
        assert_eq!(TimeUnit::Day.date(2, 7), "1970-01-15");
    }

    /// The 29th of February in years that have one, and the day after in others.
    #[test]
    fn leap_years() {
        let after = |year: i64| -> (String, String) {
            let days = (year - 1970) * 365 + (year - 1969).div_euclid(4)
                - (year - 1901).div_euclid(100)
                + (year - 1601).div_euclid(400);
            (
                TimeUnit::Day.date(days, 1),
                TimeUnit::Day.date(days + 59, 1),
            )
        };
        for year in 1..4000 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let day = if leap { "02-29" } else { "03-01" };
            assert_eq!(
                after(year),
                (format!("{year:04}-01-01"), format!("{year:04}-{day}"))
            );
        }
    }
}
