//! Options of remote stores as text pairs: which are ours, what they mean, and which go on to the
//! service's client. It makes no request.

use std::time::Duration;

use object_store::{BackoffConfig, RetryConfig};

use crate::StoreErrorKind;

/// What is ours to decide, whatever the service.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) retry: RetryConfig,
    /// Statuses besides 404 that mean "not there", because whoever opened the store said so.
    pub(super) missing: Vec<u16>,
    /// Within which one whole call must end, retries included.
    pub(super) timeout: Option<Duration>,
    /// The largest value written by one request.
    pub(super) put_limit: usize,
    /// Whether conditional writes may be trusted, where the service has them.
    pub(super) conditional: bool,
    /// Ask without credentials.
    pub(super) anonymous: bool,
    /// Nobody vouches for the address.
    pub(super) untrusted: bool,
    /// The header of that name, for plain HTTP.
    pub(super) authorization: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            retry: RetryConfig::default(),
            missing: Vec::new(),
            timeout: None,
            put_limit: 64 << 20,
            conditional: true,
            anonymous: false,
            untrusted: false,
            authorization: None,
        }
    }
}

/// Options by their names, in lower case.
pub(super) type Pairs = Vec<(String, String)>;

impl Settings {
    /// Takes what is ours out of `pairs`; the rest is the service's.
    pub(super) fn take(pairs: Pairs) -> Result<(Settings, Pairs), StoreErrorKind> {
        let mut settings = Settings::default();
        let mut rest = Pairs::new();
        for (name, value) in pairs {
            if !settings.set(&name, &value)? {
                rest.push((name, value));
            }
        }
        Ok((settings, rest))
    }

    /// A builder that takes what no option says from the environment, unless the address is
    /// untrusted: whoever wrote it has no right to what this process may read.
    pub(super) fn begin<B>(&self, plain: fn() -> B, from_env: fn() -> B) -> B {
        match self.untrusted {
            true => plain(),
            false => from_env(),
        }
    }

    /// The pauses before each further try.
    pub(super) fn pauses(&self) -> impl Iterator<Item = Duration> {
        let BackoffConfig {
            init_backoff,
            max_backoff,
            base,
        } = self.retry.backoff;
        let pause = move |n: usize| {
            let factor = base.powi(i32::try_from(n).unwrap_or(i32::MAX));
            let pause = Duration::try_from_secs_f64(init_backoff.as_secs_f64() * factor);
            pause.unwrap_or(max_backoff).min(max_backoff)
        };
        (0..self.retry.max_retries).map(pause)
    }

    /// Whether the option is one of ours.
    fn set(&mut self, name: &str, value: &str) -> Result<bool, StoreErrorKind> {
        let BackoffConfig {
            init_backoff,
            max_backoff,
            base,
        } = &mut self.retry.backoff;
        match name {
            "max_retries" => self.retry.max_retries = number(name, value)?,
            "retry_timeout" => self.retry.retry_timeout = time(name, value)?,
            "init_backoff" => *init_backoff = time(name, value)?,
            "max_backoff" => *max_backoff = time(name, value)?,
            "backoff_base" => *base = number(name, value)?,
            "operation_timeout" => self.timeout = Some(time(name, value)?),
            "put_limit" => self.put_limit = number(name, value)?,
            "anonymous" | "anon" => self.anonymous = truth(name, value)?,
            "untrusted" => self.untrusted = truth(name, value)?,
            "authorization" => self.authorization = Some(value.to_owned()),
            "missing_statuses" => self.missing = statuses(name, value)?,
            "conditional_put" | "aws_conditional_put" => {
                self.conditional = match value {
                    "etag" => true,
                    "disabled" => false,
                    _ => return Err(wrong(name, "`etag` or `disabled`")),
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The error for an option whose value cannot be read. The value is not shown: it may be a secret
/// under the wrong name.
pub(super) fn wrong(name: &str, wanted: &str) -> StoreErrorKind {
    StoreErrorKind::Option(format!("the option `{name}` needs {wanted}"))
}

/// The error for an option that means nothing here.
pub(crate) fn unknown(name: &str, kind: &str) -> StoreErrorKind {
    let name = name.escape_debug();
    StoreErrorKind::Option(format!("the option `{name}` means nothing to {kind}"))
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, StoreErrorKind> {
    value.trim().parse().map_err(|_| wrong(name, "a number"))
}

pub(super) fn truth(name: &str, value: &str) -> Result<bool, StoreErrorKind> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(wrong(name, "`true` or `false`")),
    }
}

fn statuses(name: &str, value: &str) -> Result<Vec<u16>, StoreErrorKind> {
    let one = |text: &str| match text.trim().parse() {
        Ok(status @ (401 | 403 | 404 | 410)) => Ok(status),
        _ => Err(wrong(
            name,
            "statuses among 401, 403, 404 and 410, as in `403,410`",
        )),
    };
    value.split(',').map(one).collect()
}

fn time(name: &str, value: &str) -> Result<Duration, StoreErrorKind> {
    duration(value).ok_or_else(|| wrong(name, "a time, as in `30s`, `250ms` or `1m 30s`"))
}

/// A time as text: numbers with units, added up; a bare number is seconds.
pub(super) fn duration(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let mut total = Duration::ZERO;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let (number, behind) = rest.split_at(digits);
        let behind = behind.trim_start();
        let unit = behind
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(unit);
        let scale = match unit {
            "ns" => 1e-9,
            "us" => 1e-6,
            "ms" => 1e-3,
            "s" | "sec" | "second" | "seconds" => 1.0,
            "m" | "min" | "minute" | "minutes" => 60.0,
            "h" | "hour" | "hours" => 3600.0,
            _ => return None,
        };
        let seconds = number.parse::<f64>().ok()? * scale;
        total = total.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
        rest = behind.trim_start();
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Pairs {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        list.iter().map(own).collect()
    }

    #[test]
    fn times() {
        let table = [
            ("30", Some(30_000)),
            ("0.5", Some(500)),
            ("250ms", Some(250)),
            ("1m 30s", Some(90_000)),
            ("2 minutes", Some(120_000)),
            ("", None),
            ("soon", None),
            ("3 parsecs", None),
            ("-1s", None),
            ("1e300", None),
        ];
        for (text, want) in table {
            let want = want.map(Duration::from_millis);
            let got = duration(text).filter(|_| !text.is_empty());
            assert_eq!(got, want, "{text:?}");
        }
    }

    #[test]
    fn the_plan_of_retries_is_the_documented_one() {
        let RetryConfig {
            backoff,
            max_retries,
            retry_timeout,
        } = Settings::default().retry;
        assert_eq!((max_retries, retry_timeout.as_secs()), (10, 180));
        assert_eq!(backoff.init_backoff, Duration::from_millis(100));
        assert_eq!((backoff.max_backoff.as_secs(), backoff.base), (15, 2.0));
    }

    #[test]
    fn ours_are_taken_and_the_rest_goes_on() {
        let given = pairs(&[
            ("max_retries", "3"),
            ("region", "eu"),
            ("missing_statuses", "403, 410"),
            ("operation_timeout", "2s"),
            ("conditional_put", "disabled"),
        ]);
        let (settings, rest) = Settings::take(given).unwrap();
        assert_eq!(settings.retry.max_retries, 3);
        assert_eq!(settings.missing, [403, 410]);
        assert_eq!(settings.timeout, Some(Duration::from_secs(2)));
        assert!(!settings.conditional);
        assert_eq!(rest, pairs(&[("region", "eu")]));
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_its_name() {
        for (name, value) in [
            ("max_retries", "many"),
            ("retry_timeout", "soon"),
            ("missing_statuses", "500"),
            ("anonymous", "perhaps"),
            ("conditional_put", "maybe"),
        ] {
            let e = Settings::take(pairs(&[(name, value)])).unwrap_err();
            assert!(e.to_string().contains(name), "{e}");
            assert!(!e.to_string().contains(value), "{e}");
        }
    }
}
