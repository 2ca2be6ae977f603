//! The units of NumPy's dates and durations. `date.rs` computes dates.

use std::fmt;
use std::str::FromStr;

use crate::TimeError;

/// What a `datetime64` or `timedelta64` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TimeUnit {
    /// Years.
    Year,
    /// Months.
    Month,
    /// Weeks.
    Week,
    /// Days.
    Day,
    /// Hours.
    Hour,
    /// Minutes.
    Minute,
    /// Seconds.
    Second,
    /// 10^−3 seconds.
    Millisecond,
    /// 10^−6 seconds.
    Microsecond,
    /// 10^−9 seconds.
    Nanosecond,
    /// 10^−12 seconds.
    Picosecond,
    /// 10^−15 seconds.
    Femtosecond,
    /// 10^−18 seconds.
    Attosecond,
    /// No unit of its own: that of what it is combined with.
    Generic,
}

impl TimeUnit {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Year,
        Self::Month,
        Self::Week,
        Self::Day,
        Self::Hour,
        Self::Minute,
        Self::Second,
        Self::Millisecond,
        Self::Microsecond,
        Self::Nanosecond,
        Self::Picosecond,
        Self::Femtosecond,
        Self::Attosecond,
        Self::Generic,
    ];

    /// The unit as documents write it: `us`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Year => "Y",
            Self::Month => "M",
            Self::Week => "W",
            Self::Day => "D",
            Self::Hour => "h",
            Self::Minute => "m",
            Self::Second => "s",
            Self::Millisecond => "ms",
            Self::Microsecond => "us",
            Self::Nanosecond => "ns",
            Self::Picosecond => "ps",
            Self::Femtosecond => "fs",
            Self::Attosecond => "as",
            Self::Generic => "generic",
        }
    }

    /// Also the spellings of microseconds with a Greek letter, of which Unicode has two.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "\u{3bc}s" | "\u{b5}s" => Some(Self::Microsecond),
            text => Self::ALL.into_iter().find(|unit| unit.as_str() == text),
        }
    }
}

impl FromStr for TimeUnit {
    type Err = TimeError;

    /// Reads a unit as documents write it: `us`, or `μs`.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        Self::parse(text).ok_or_else(|| TimeError::Unit(text.to_owned()))
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
