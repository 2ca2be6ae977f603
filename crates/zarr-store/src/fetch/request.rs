//! What is asked: the address of a value, and the header for a part of it. Pure.

use std::{fmt::Write, ops::Range};

use crate::{
    ByteRange, Key, StoreErrorKind, http_rules::LARGEST, location::redact::without_secrets,
};

/// The address of a store: where it lies, and the query that each request has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BaseUrl {
    /// Without a slash at its end.
    place: String,
    /// With its question mark; empty without one.
    query: String,
}

impl BaseUrl {
    pub(super) fn parse(url: &str) -> Result<Self, StoreErrorKind> {
        let url = url.split('#').next().unwrap_or_default();
        let (place, query) = url.split_at(url.find('?').unwrap_or(url.len()));
        let rest = ["http://", "https://"]
            .iter()
            .find_map(|scheme| place.strip_prefix(scheme));
        let host = rest.and_then(|rest| rest.split('/').next());
        match host {
            None | Some("") => Err(StoreErrorKind::Unsupported(
                "this kind of address; a browser reads `http:` and `https:`, by the whole address with its host",
            )),
            Some(host) if host.contains('@') => Err(StoreErrorKind::Unsupported(
                "a name and password in an address, which no browser takes",
            )),
            Some(_) => Ok(Self {
                place: place.trim_end_matches('/').to_owned(),
                query: query.to_owned(),
            }),
        }
    }

    /// The address of a value. What could mean anything else in an address is escaped.
    pub(super) fn of(&self, key: &Key) -> String {
        let mut url = format!("{}/", self.place);
        for byte in key.as_str().bytes() {
            match byte {
                b'/' | b'-' | b'.' | b'_' | b'~' => url.push(char::from(byte)),
                _ if byte.is_ascii_alphanumeric() => url.push(char::from(byte)),
                _ => drop(write!(url, "%{byte:02X}")),
            }
        }
        url.push_str(&self.query);
        url
    }

    /// What may be shown of it.
    pub(super) fn shown(&self) -> String {
        without_secrets(&[self.place.as_str(), &self.query].concat())
    }
}

/// How a server is asked for a range.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RangeHeader {
    /// For all of the value: the answer says how much there is before its bytes come.
    None,
    /// For this part.
    Part(String),
    /// Not before the size of the value is known. The end of a value is found so too: a page asks servers of other origins
    /// for `bytes=-n` only after another request that allows it, and not all do.
    AfterSize,
}

impl RangeHeader {
    pub(super) fn of(range: &ByteRange) -> Self {
        match *range {
            ByteRange::All | ByteRange::AtMost(_) | ByteRange::From(0) => Self::None,
            ByteRange::From(start) if start <= LARGEST => Self::Part(format!("bytes={start}-")),
            ByteRange::Bounded(Range { start, end }) if start < end && start < LARGEST => {
                Self::Part(format!("bytes={start}-{}", (end - 1).min(LARGEST)))
            }
            _ => Self::AfterSize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_below_the_path_and_before_the_query() {
        let table = [
            ("http://h", "a/zarr.json", "http://h/a/zarr.json"),
            ("https://h:1/x.zarr//", "c/0", "https://h:1/x.zarr/c/0"),
            ("https://h/x?sig=a/b#c", "c/0", "https://h/x/c/0?sig=a/b"),
            (
                "https://h",
                "a b/%2f?#+ü",
                "https://h/a%20b/%252f%3F%23%2B%C3%BC",
            ),
        ];
        for (base, key, want) in table {
            let base = BaseUrl::parse(base).unwrap();
            assert_eq!(base.of(&Key::new(key).unwrap()), want);
        }
    }

    #[test]
    fn other_addresses_are_refused_and_queries_are_not_shown() {
        for url in [
            "",
            "x.zarr",
            "s3://b/x",
            "http://",
            "https:///x",
            "https://me:pw@h/x",
        ] {
            assert!(BaseUrl::parse(url).is_err(), "{url}");
        }
        let signed = BaseUrl::parse("https://h/x?sig=abc").unwrap();
        assert_eq!(signed.shown(), "https://h/x?…");
    }

    #[test]
    fn ranges_are_those_that_need_no_leave() {
        let part = |text: &str| RangeHeader::Part(text.to_owned());
        let table = [
            (ByteRange::All, RangeHeader::None),
            (ByteRange::AtMost(3), RangeHeader::None),
            (ByteRange::From(0), RangeHeader::None),
            (ByteRange::From(7), part("bytes=7-")),
            (ByteRange::Bounded(2..5), part("bytes=2-4")),
            (
                ByteRange::Bounded(2..u64::MAX),
                part("bytes=2-9223372036854775807"),
            ),
            (ByteRange::Bounded(2..2), RangeHeader::AfterSize),
            (ByteRange::From(u64::MAX), RangeHeader::AfterSize),
            (ByteRange::Last(4), RangeHeader::AfterSize),
        ];
        for (range, want) in table {
            assert_eq!(RangeHeader::of(&range), want, "{range}");
        }
    }
}
