//! Dates from text, as NumPy reads them: ISO 8601, as far as it goes.

use std::str::FromStr;

use super::calendar::{Moment, civil_from_days, days_from_civil};
use super::{Datetime64, TimeError, steps};
use crate::TimeUnit;

impl FromStr for Datetime64 {
    type Err = TimeError;

    /// Reads `2020-01-31T12:30:00.123456` or a beginning of it, with a space for the `T` if you like, and `Z` at
    /// the end of a time. The last part that is given is the unit. Other zones are not read: a `datetime64` has
    /// none.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        if text.is_empty() || text.eq_ignore_ascii_case("nat") {
            return Ok(Self::NAT);
        }
        let parsed = parse(text).and_then(|(moment, unit)| {
            let value = steps(unit.count_until(moment)?, 1)?;
            Some(Self::new(value, unit))
        });
        parsed.ok_or_else(|| TimeError::Text(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<(Moment, TimeUnit)> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time.strip_suffix('Z').unwrap_or(time))),
        None => (text, None),
    };
    let (days, unit) = parse_date(date)?;
    match time {
        None => Some((Moment::at_midnight(days), unit)),
        Some(_) if unit != TimeUnit::Day => None,
        Some(time) => {
            let (attoseconds, unit) = parse_time(time)?;
            Some((Moment { days, attoseconds }, unit))
        }
    }
}

/// The days since 1970.
fn parse_date(text: &str) -> Option<(i128, TimeUnit)> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text),
    };
    let mut parts = text.split('-');
    let year = parts.next()?;
    // A minus takes the place of the first of four digits.
    let enough = year.len() >= if sign < 0 { 3 } else { 4 };
    let year = sign * digits(year).filter(|_| enough && year.len() <= 20)?;
    let Some(month) = parts.next() else {
        return Some((days_from_civil((year, 1, 1)), TimeUnit::Year));
    };
    let month = two_digits(month, 1, 12)?;
    let Some(day) = parts.next() else {
        return Some((days_from_civil((year, month, 1)), TimeUnit::Month));
    };
    let date = (year, month, two_digits(day, 1, 31)?);
    let days = days_from_civil(date);
    // The 30th of February would be another day.
    (parts.next().is_none() && civil_from_days(days) == date).then_some((days, TimeUnit::Day))
}

/// The attoseconds since midnight.
fn parse_time(text: &str) -> Option<(i128, TimeUnit)> {
    const SECOND: i128 = 1_000_000_000_000_000_000;
    let mut parts = text.split(':');
    let hours = two_digits(parts.next()?, 0, 23)?;
    let Some(minutes) = parts.next() else {
        return Some((hours * 3_600 * SECOND, TimeUnit::Hour));
    };
    let minutes = hours * 60 + two_digits(minutes, 0, 59)?;
    let Some(seconds) = parts.next() else {
        return Some((minutes * 60 * SECOND, TimeUnit::Minute));
    };
    let (seconds, fraction) = match seconds.split_once('.') {
        Some((seconds, fraction)) => (seconds, Some(fraction)),
        None => (seconds, None),
    };
    let seconds = minutes * 60 + two_digits(seconds, 0, 59)?;
    if parts.next().is_some() {
        return None;
    }
    let Some(fraction) = fraction else {
        return Some((seconds * SECOND, TimeUnit::Second));
    };
    let unit = match fraction.len() {
        1..=3 => TimeUnit::Millisecond,
        4..=6 => TimeUnit::Microsecond,
        7..=9 => TimeUnit::Nanosecond,
        10..=12 => TimeUnit::Picosecond,
        13..=15 => TimeUnit::Femtosecond,
        16..=18 => TimeUnit::Attosecond,
        _ => return None,
    };
    let attoseconds = digits(&format!("{fraction:0<18}"))?;
    Some((seconds * SECOND + attoseconds, unit))
}

fn two_digits(text: &str, least: i128, most: i128) -> Option<i128> {
    digits(text).filter(|number| text.len() == 2 && (least..=most).contains(number))
}

fn digits(text: &str) -> Option<i128> {
    let all = text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}
