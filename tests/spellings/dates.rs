//! Dates and durations.

use std::time::{Duration, SystemTime};

use zarr::blocking::Wait;
use zarr::*;

/// An array of three dates, in seconds.
fn dates() -> Result<Array> {
    zarr::create_array(Target::Memory, 3, "M8[s]").wait()
}

/// The first of these dates as text, after a write.
fn of(data: impl Into<Source>) -> Result<String> {
    let a = dates()?;
    a.write(0, data).wait()?;
    Ok(a.read_scalar::<Datetime64>(0).wait()?.to_string())
}

forms! {
    date_parsed => { assert_eq!(of("2020-01-31".parse::<Datetime64>()?)?, "2020-01-31T00:00:00"); }
    date_as_a_number => { assert_eq!(of(86_400_i64)?, "1970-01-02T00:00:00"); }
    date_of_chrono => {
        let date = chrono::NaiveDate::from_ymd_opt(2020, 1, 31).unwrap();
        assert_eq!(of(Datetime64::from(date))?, "2020-01-31T00:00:00");
    }
    date_of_chrono_with_a_time => {
        let time = chrono::DateTime::from_timestamp(86_400, 0).unwrap();
        assert_eq!(of(Datetime64::try_from(time.naive_utc())?)?, "1970-01-02T00:00:00");
    }
    date_of_jiff => { assert_eq!(of(Datetime64::from(jiff::civil::date(2020, 1, 31)))?, "2020-01-31T00:00:00"); }
    date_of_std => { assert_eq!(of(Datetime64::try_from(SystemTime::UNIX_EPOCH)?)?, "1970-01-01T00:00:00"); }
    dates_read_as_chrono => {
        let a = dates()?;
        a.write(.., 0_i64).wait()?;
        let date = chrono::NaiveDateTime::try_from(a.read_scalar::<Datetime64>(0).wait()?)?;
        assert_eq!(date.to_string(), "1970-01-01 00:00:00");
    }
    dates_as_numbers => { let a = dates()?; a.write(.., [1_i64, 2, 3]).wait()?; assert_eq!(a.read::<i64>(..).wait()?.sum(), 6); }
    date_in_another_unit => { assert_eq!("2020-01-31".parse::<Datetime64>()?.to_unit(TimeUnit::Hour)?.to_string(), "2020-01-31T00"); }
    not_a_time => { assert!(dates()?.read_scalar::<Datetime64>(0).wait()?.is_nat()); }
    duration_of_std => {
        let a = zarr::create_array(Target::Memory, 1, "m8[s]").wait()?;
        a.write(.., Timedelta64::try_from(Duration::from_secs(90))?).wait()?;
        assert_eq!(a.read_scalar::<i64>(0).wait()?, 90);
    }
    duration_of_a_number => {
        let a = zarr::create_array(Target::Memory, 1, "m8[s]").wait()?;
        a.write(.., Timedelta64::new(2, TimeUnit::Minute)).wait()?;
        assert_eq!(a.read_scalar::<i64>(0).wait()?, 120);
    }
    unit_as_a_text => { assert_eq!("ns".parse::<TimeUnit>()?, TimeUnit::Nanosecond); }
}
