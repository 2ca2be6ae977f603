//! Dates and durations beside NumPy's. Values: numpy 2.5.5.

use super::*;

fn date(text: &str) -> Datetime64 {
    text.parse().unwrap()
}

/// C8: `d = np.datetime64(text)`: `d.view("i8")`, `d.dtype`, `str(d)`.
#[test]
fn texts_are_read_and_printed() {
    use TimeUnit as U;
    for (text, value, unit, printed) in [
        ("2020", 50, U::Year, "2020"),
        ("2020-01", 600, U::Month, "2020-01"),
        ("2020-01-01", 18_262, U::Day, "2020-01-01"),
        ("2020-01-01T00", 438_288, U::Hour, "2020-01-01T00"),
        (
            "2020-01-01T12:30",
            26_298_030,
            U::Minute,
            "2020-01-01T12:30",
        ),
        (
            "2020-01-01T00:00Z",
            26_297_280,
            U::Minute,
            "2020-01-01T00:00",
        ),
        (
            "2020-01-01T12:30:15",
            1_577_881_815,
            U::Second,
            "2020-01-01T12:30:15",
        ),
        (
            "2020-01-01 12:30:15",
            1_577_881_815,
            U::Second,
            "2020-01-01T12:30:15",
        ),
        (
            "2020-01-01T12:30:15.5",
            1_577_881_815_500,
            U::Millisecond,
            "2020-01-01T12:30:15.500",
        ),
        (
            "2020-01-01T12:30:15.1234",
            1_577_881_815_123_400,
            U::Microsecond,
            "2020-01-01T12:30:15.123400",
        ),
        (
            "2020-01-01T12:30:15.123456789",
            1_577_881_815_123_456_789,
            U::Nanosecond,
            "2020-01-01T12:30:15.123456789",
        ),
        (
            "1969-12-31T23:59:59.999999999999",
            -1,
            U::Picosecond,
            "1969-12-31T23:59:59.999999999999",
        ),
        (
            "1970-01-01T00:00:00.000000000000000001",
            1,
            U::Attosecond,
            "1970-01-01T00:00:00.000000000000000001",
        ),
        ("NaT", i64::MIN, U::Generic, "NaT"),
        ("nat", i64::MIN, U::Generic, "NaT"),
        ("", i64::MIN, U::Generic, "NaT"),
        ("-001-12-31", -719_529, U::Day, "-001-12-31"),
        ("-0044-03-15", -735_525, U::Day, "-044-03-15"),
        ("0000-01-01", -719_528, U::Day, "0000-01-01"),
        ("12345-01-01", 3_789_391, U::Day, "12345-01-01"),
        ("20200101", 20_198_131, U::Year, "20200101"),
    ] {
        let read = date(text);
        assert_eq!(
            (read.value(), read.unit(), read.scale()),
            (value, unit, 1),
            "{text}"
        );
        assert_eq!(read.to_string(), printed);
    }
}

/// `np.datetime64(text)` raises `ValueError`; the last one overflows without notice there.
#[test]
fn what_is_no_date() {
    for text in [
        "2020-02-30",
        "2020-1-1",
        "2020-01-01Z",
        "2020-01-01T24",
        "2020-01-01T00:00:60",
        "2020-13",
        "abc",
        "2020-",
        "2020-01-01T",
        "2020-01-01T00:00:00.",
        "+2020",
        "2020-01T00",
        "99999999999999999999999",
        "2020-01-01T00:00:00.0000000000000000000",
        "2020-01-01T00:00:00.0000000000001",
    ] {
        let error = text.parse::<Datetime64>().unwrap_err();
        assert!(error.to_string().contains("as NumPy writes them"), "{text}");
    }
}

/// `a == b`, `a.astype("M8[unit]").view("i8")`.
#[test]
fn units_are_converted_exactly_or_not_at_all() {
    assert_eq!(date("2020-01-01"), date("2020-01-01T00:00:00"));
    assert_eq!(date("2020"), date("2020-01-01"));
    assert_ne!(date("2020"), date("2020-01-02"));
    assert_eq!(
        Datetime64::new(3, TimeUnit::Second).with_scale(25),
        date("1970-01-01T00:01:15")
    );
    let value = |text: &str, unit| date(text).to_unit(unit).map(Datetime64::value);
    assert_eq!(value("2020-03-01", TimeUnit::Month), Ok(602));
    assert_eq!(
        value("2020", TimeUnit::Nanosecond),
        Ok(1_577_836_800_000_000_000)
    );
    assert_eq!(value("NaT", TimeUnit::Nanosecond), Ok(i64::MIN));
    let error = date("2020-03-02").to_unit(TimeUnit::Month).unwrap_err();
    let text = "2020-03-02 cannot be counted in steps of M, exactly and in 64 bits";
    assert_eq!(error.to_string(), text);
    // Beyond 2262.
    assert!(date("2300").to_unit(TimeUnit::Nanosecond).is_err());
    assert!(date("2020-01-01").to_steps(TimeUnit::Day, 7).is_err());
    assert!(
        Datetime64::new(1, TimeUnit::Generic)
            .to_unit(TimeUnit::Day)
            .is_err()
    );
}

#[test]
fn order() {
    assert!(date("2020-01-02") > date("2020-01-01T23:59"));
    assert!(date("1969") < date("1970-01-01"));
    assert_eq!(Datetime64::NAT, Datetime64::new(i64::MIN, TimeUnit::Day));
    assert_eq!(date("2020").partial_cmp(&Datetime64::NAT), None);
    let length = |value, unit| Timedelta64::new(value, unit);
    assert!(length(25, TimeUnit::Hour) > length(1, TimeUnit::Day));
    assert_eq!(length(24, TimeUnit::Month), length(2, TimeUnit::Year));
    assert_eq!(
        length(1, TimeUnit::Year).partial_cmp(&length(365, TimeUnit::Day)),
        None
    );
}

/// `str(np.datetime64("2020-01") + np.timedelta64(5, "D"))`, and so on.
#[test]
fn arithmetic() {
    let length = |value, unit| Timedelta64::new(value, unit);
    let sum = |text: &str, by| date(text).checked_add(by).map(|sum| sum.to_string());
    assert_eq!(
        sum("2020-01", length(5, TimeUnit::Day)).unwrap(),
        "2020-01-06"
    );
    assert_eq!(sum("2020", length(3, TimeUnit::Month)).unwrap(), "2020-04");
    assert_eq!(
        sum("2020-01-31", length(3, TimeUnit::Generic)).unwrap(),
        "2020-02-03"
    );
    assert_eq!(sum("2020", Timedelta64::NAT).unwrap(), "NaT");
    // Cannot cast from dtype('<m8[M]') to dtype('<m8[D]')
    assert_eq!(sum("2020-01-31", length(1, TimeUnit::Month)), None);
    assert_eq!(sum("2020", length(i64::MAX, TimeUnit::Second)), None);
    let earlier = date("2020-03-01").checked_sub(length(1, TimeUnit::Hour));
    assert_eq!(earlier.unwrap().to_string(), "2020-02-29T23");
    let since = date("2020-03-01").since(date("2020-02-01T12")).unwrap();
    assert_eq!(since.to_string(), "684 hours");
    assert_eq!(date("2020").since(Datetime64::NAT), Some(Timedelta64::NAT));
}

/// `str(np.timedelta64(5, "s"))`, and so on.
#[test]
fn durations_are_printed() {
    let check = |duration: Timedelta64, text: &str| assert_eq!(duration.to_string(), text);
    check(Timedelta64::new(5, TimeUnit::Second), "5 seconds");
    check(Timedelta64::new(1, TimeUnit::Day), "1 days");
    check(Timedelta64::NAT, "NaT");
    check(
        Timedelta64::new(7, TimeUnit::Generic),
        "7 generic time units",
    );
    check(
        Timedelta64::new(3, TimeUnit::Second).with_scale(25),
        "75 seconds",
    );
    check(Timedelta64::new(-2, TimeUnit::Year), "-2 years");
}

#[test]
fn units_from_text() {
    assert_eq!("ns".parse(), Ok(TimeUnit::Nanosecond));
    let text = "sec".parse::<TimeUnit>().unwrap_err().to_string();
    assert!(
        text.starts_with("`sec` is no unit of time; there are Y, M, W, D, h"),
        "{text}"
    );
}

/// `np.array([a, b]).dtype`, but of months and weeks, where NumPy takes weeks and cuts months off.
#[test]
fn steps_of_two() {
    use TimeUnit as U;
    let check = |a, b, common| {
        assert_eq!(TimeUnit::common_step(a, b), common);
        assert_eq!(TimeUnit::common_step(b, a), common);
    };
    check((U::Day, 1), (U::Second, 1), (U::Second, 1));
    check((U::Second, 25), (U::Second, 10), (U::Second, 5));
    check((U::Day, 1), (U::Generic, 1), (U::Day, 1));
    check((U::Month, 1), (U::Week, 1), (U::Day, 1));
    check((U::Generic, 1), (U::Generic, 1), (U::Generic, 1));
}

#[test]
fn times_of_the_standard_library() {
    use std::time::{Duration, SystemTime};
    let time = SystemTime::UNIX_EPOCH - Duration::from_nanos(1_500_000_000);
    let moment = Datetime64::try_from(time).unwrap();
    assert_eq!(moment.to_string(), "1969-12-31T23:59:58.500000000");
    assert_eq!(SystemTime::try_from(moment), Ok(time));
    let far = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 36);
    let moment = Datetime64::try_from(far).unwrap();
    assert_eq!(
        (moment.value(), moment.unit()),
        (1_000_000 << 36, TimeUnit::Microsecond)
    );
    assert!(SystemTime::try_from(Datetime64::NAT).is_err());
    let minute = Timedelta64::new(1, TimeUnit::Minute);
    assert_eq!(Duration::try_from(minute), Ok(Duration::from_secs(60)));
    assert!(Duration::try_from(Timedelta64::new(-1, TimeUnit::Second)).is_err());
    assert!(Timedelta64::try_from(Duration::MAX).is_err());
}

#[cfg(feature = "chrono")]
#[test]
fn times_of_chrono() {
    use ::chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
    let time: NaiveDateTime = "2020-01-01T12:30:15.123456789".parse().unwrap();
    let moment = Datetime64::try_from(time).unwrap();
    assert_eq!(moment, date("2020-01-01T12:30:15.123456789"));
    assert_eq!(NaiveDateTime::try_from(moment), Ok(time));
    assert_eq!(DateTime::<Utc>::try_from(moment), Ok(time.and_utc()));
    let day = NaiveDate::from_ymd_opt(-44, 3, 15).unwrap();
    assert_eq!(Datetime64::from(day), date("-044-03-15"));
    assert_eq!(NaiveDate::try_from(date("-044-03-15")), Ok(day));
    assert!(NaiveDate::try_from(Datetime64::NAT).is_err());
    assert!(NaiveDate::try_from(date("999999-01-01")).is_err());
    // The last day of all that chrono has.
    assert_eq!(
        NaiveDate::try_from(Datetime64::from(NaiveDate::MAX)),
        Ok(NaiveDate::MAX)
    );
    let delta = TimeDelta::milliseconds(-1_500);
    assert_eq!(
        Timedelta64::try_from(delta).unwrap(),
        Timedelta64::new(-1_500, TimeUnit::Millisecond)
    );
    assert_eq!(
        TimeDelta::try_from(Timedelta64::new(-1_500, TimeUnit::Millisecond)),
        Ok(delta)
    );
}

#[cfg(feature = "jiff")]
#[test]
fn times_of_jiff() {
    use ::jiff::civil::{self, Date};
    use ::jiff::{SignedDuration, Timestamp};
    let time: Timestamp = "2020-01-01T12:30:15.123456789Z".parse().unwrap();
    let moment = Datetime64::try_from(time).unwrap();
    assert_eq!(moment, date("2020-01-01T12:30:15.123456789"));
    assert_eq!(Timestamp::try_from(moment), Ok(time));
    let civil: civil::DateTime = "2020-01-01T12:30:15.5".parse().unwrap();
    let moment = Datetime64::try_from(civil).unwrap();
    assert_eq!(moment, date("2020-01-01T12:30:15.5"));
    assert_eq!(civil::DateTime::try_from(moment), Ok(civil));
    for day in [Date::MIN, Date::MAX, civil::date(-44, 3, 15)] {
        assert_eq!(Date::try_from(Datetime64::from(day)), Ok(day));
    }
    assert_eq!(
        Datetime64::from(civil::date(-44, 3, 15)),
        date("-044-03-15")
    );
    assert!(Timestamp::try_from(Datetime64::NAT).is_err());
    assert!(Timestamp::try_from(date("10001")).is_err());
    let delta = SignedDuration::from_millis(-1_500);
    let duration = Timedelta64::new(-1_500, TimeUnit::Millisecond);
    assert_eq!(Timedelta64::try_from(delta).unwrap(), duration);
    assert_eq!(SignedDuration::try_from(duration), Ok(delta));
}

proptest::proptest! {
    /// What is printed is read as the same moment, and no text panics.
    #[test]
    fn what_is_printed_is_read(value: i64, unit in 0..13_usize, text in "[-0-9T:. ZNa]{0,30}") {
        let unit = TimeUnit::ALL[unit];
        let date = Datetime64::new(value, unit);
        // Weeks are printed as days, of which 64 bits do not count as many.
        if unit != TimeUnit::Week {
            proptest::prop_assert_eq!(date.to_string().parse(), Ok(date));
        }
        let _ = text.parse::<Datetime64>();
    }
}
