//! What an answer says by its status and headers: whether it is the value, how much of its body is wanted, which version it
//! is. Pure.
//!
//! A page sees only some headers of a server of another origin, unless that server exposes more: the length and the type,
//! not the tag and the range. So each of those may be absent from a good answer.

use std::{io, ops::Range};

use bytes::Bytes;

use crate::{
    ByteRange, Found, StoreErrorKind, Version,
    http_rules::{FURTHEST, is_page_type, is_weak},
};

/// Why there is no value to return, and whether the same request may succeed later.
#[derive(Debug)]
pub(super) struct FetchError {
    pub(super) kind: StoreErrorKind,
    pub(super) retry: bool,
}

impl From<StoreErrorKind> for FetchError {
    fn from(kind: StoreErrorKind) -> Self {
        let retry = matches!(kind, StoreErrorKind::Conflict);
        Self { kind, retry }
    }
}

impl FetchError {
    /// No answer, or one that broke off.
    pub(super) fn broken(why: String) -> Self {
        let kind = StoreErrorKind::Backend(why.into());
        Self { kind, retry: true }
    }

    /// An answer that cannot be the value.
    pub(super) fn unfit(why: impl Into<String>) -> Self {
        StoreErrorKind::Backend(why.into().into()).into()
    }
}

/// An answer before its body: the status, and the headers that a page may see.
#[derive(Debug, Default, Clone)]
pub(super) struct AnswerHead {
    pub(super) status: u16,
    pub(super) length: Option<u64>,
    pub(super) range: Option<String>,
    pub(super) tag: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) coding: Option<String>,
}

/// What a request for bytes was answered with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// There is no such value.
    Absent,
    /// The range lies outside of the value, or is not understood.
    OtherRange,
    /// The body is the value.
    Whole,
    /// The body is the part that was asked for, of a value of this size, if that can be seen.
    Part(Option<u64>),
}

impl AnswerHead {
    /// What an answer to a request for `range` is; `name` is that of the value.
    pub(super) fn judge(&self, range: &ByteRange, name: &str) -> Result<Verdict, FetchError> {
        match self.status {
            404 => return Ok(Verdict::Absent),
            416 => return Ok(Verdict::OtherRange),
            200 | 206 => {}
            status => return Err(refused(status)),
        }
        if let Some(kind) = self.kind.as_deref().filter(|kind| is_page_type(kind))
            && !name.ends_with("ml")
        {
            return Err(FetchError::unfit(format!(
                "the server sent a page (`{kind}`) in place of the value; it may answer so for what is not there"
            )));
        }
        if self.status == 200 {
            return Ok(Verdict::Whole);
        }
        // The browser undoes the compression of a whole value; a part of compressed bytes is nothing.
        if let Some(coding) = self
            .coding
            .as_deref()
            .filter(|&coding| coding != "identity")
        {
            return Err(FetchError::unfit(format!(
                "the server sent a part of the value compressed by `{coding}`; store values without a content encoding"
            )));
        }
        let Some((part, size)) = self.range.as_deref().and_then(content_range) else {
            return Ok(Verdict::Part(None));
        };
        match range.resolve(size) {
            Ok(wanted) if wanted == part => Ok(Verdict::Part(Some(size))),
            _ => Err(FetchError::unfit(format!(
                "the server sent bytes {}..{} of {size} where {range} were asked for",
                part.start, part.end
            ))),
        }
    }

    /// Size and version, from the answer to `HEAD` for all bytes; `None` if there is no such value.
    pub(super) fn found(&self) -> Result<Option<Found<()>>, FetchError> {
        let size = match (self.status, self.length) {
            (404, _) => return Ok(None),
            // Of an empty value there is no such range.
            (416, _) => 0,
            (200 | 206, Some(length)) => length,
            (200 | 206, None) => {
                return Err(FetchError::unfit(
                    "the server does not tell the size of the value",
                ));
            }
            (status, _) => return Err(refused(status)),
        };
        if self
            .coding
            .as_deref()
            .is_some_and(|coding| coding != "identity")
        {
            let why = "the server tells the size of the compressed value; store values without a content encoding";
            return Err(FetchError::unfit(why));
        }
        let version = self.version();
        Ok(Some(Found {
            data: (),
            size,
            version,
        }))
    }

    /// The strong tag, if there is one to be seen: others prove nothing about bytes.
    pub(super) fn version(&self) -> Option<Version> {
        let tag = self.tag.as_deref().filter(|tag| !is_weak(tag));
        tag.map(Version::from)
    }

    /// How many bytes are wanted of the body that `verdict` says this is; `None` for a body that is not the value.
    pub(super) fn wanted(
        &self,
        verdict: &Verdict,
        range: &ByteRange,
    ) -> Result<Option<u64>, FetchError> {
        match (verdict, range) {
            (Verdict::Absent | Verdict::OtherRange, _) => Ok(None),
            (Verdict::Whole, _) => {
                check_length(range, self.length.unwrap_or(0))?;
                Ok(Some(longest(range)))
            }
            (Verdict::Part(_), ByteRange::Bounded(Range { start, end })) => {
                Ok(Some(end.saturating_sub(*start)))
            }
            (Verdict::Part(_), _) => Ok(Some(u64::MAX)),
        }
    }

    /// The bytes that were asked for, out of the body of an answer about a value of `size` bytes.
    pub(super) fn bytes(
        &self,
        range: &ByteRange,
        size: u64,
        body: Bytes,
    ) -> Result<Found<Bytes>, FetchError> {
        let is_whole = self.status == 200;
        if is_whole {
            check_length(range, size)?;
        }
        let part = range.resolve(size)?;
        let came = body.len();
        let within = |at: u64| usize::try_from(at).map_or(came, |at| at.min(came));
        let data = match is_whole {
            true => body.slice(within(part.start)..within(part.end)),
            false => body,
        };
        if data.len() as u64 != part.end - part.start {
            let wanted = part.end - part.start;
            return Err(FetchError::broken(format!(
                "{came} bytes came instead of {wanted}"
            )));
        }
        let version = self.version();
        Ok(Found {
            data,
            size,
            version,
        })
    }
}

/// The most bytes that are taken of a whole value for a range of it.
fn longest(range: &ByteRange) -> u64 {
    match range {
        ByteRange::AtMost(limit) => *limit,
        ByteRange::Bounded(_) | ByteRange::From(1..) => FURTHEST,
        _ => u64::MAX,
    }
}

/// Refuses a whole value of more bytes than are taken.
fn check_length(range: &ByteRange, size: u64) -> Result<(), FetchError> {
    match range {
        _ if size <= longest(range) => Ok(()),
        &ByteRange::AtMost(limit) => Err(StoreErrorKind::TooLarge { size, limit }.into()),
        _ => Err(FetchError::unfit(format!(
            "the server knows no ranges: it sent {size} bytes or more where {range} were asked for"
        ))),
    }
}

/// Any other status is neither the value nor a proof that there is none.
fn refused(status: u16) -> FetchError {
    let why = format!("the server answered with status {status}");
    match status {
        401 | 403 => {
            let cause = io::Error::new(io::ErrorKind::PermissionDenied, why);
            StoreErrorKind::Permission(cause).into()
        }
        408 | 429 | 500.. => FetchError::broken(why),
        _ => FetchError::unfit(why),
    }
}

/// The part and the size in `bytes 0-3/10`.
fn content_range(text: &str) -> Option<(Range<u64>, u64)> {
    let (part, size) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = part.split_once('-')?;
    let end = last.parse::<u64>().ok()?.checked_add(1)?;
    Some((first.parse().ok()?..end, size.parse().ok()?))
}

/// A server answers with whatever is there: it is compared here with the version that was asked for. A page may send
/// `If-Match` to no server of another origin that has not allowed it.
pub(super) fn same_version<T>(
    same: Option<&Version>,
    found: Found<T>,
) -> Result<Found<T>, FetchError> {
    match same.is_none() || same == found.version.as_ref() {
        true => Ok(found),
        false => Err(StoreErrorKind::Conflict.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: u16) -> AnswerHead {
        AnswerHead {
            status,
            ..AnswerHead::default()
        }
    }

    fn part(range: &str) -> AnswerHead {
        AnswerHead {
            range: Some(range.to_owned()),
            ..head(206)
        }
    }

    #[test]
    fn only_404_says_that_there_is_no_value() {
        let judged = |status| head(status).judge(&ByteRange::All, "zarr.json");
        assert_eq!(judged(404).unwrap(), Verdict::Absent);
        assert_eq!(judged(200).unwrap(), Verdict::Whole);
        for (status, retry) in [
            (204, false),
            (301, false),
            (400, false),
            (410, false),
            (429, true),
            (503, true),
        ] {
            let error = judged(status).unwrap_err();
            assert!(error.kind.to_string().contains(&status.to_string()));
            assert_eq!(error.retry, retry, "{status}");
            assert!(head(status).found().is_err(), "{status}");
        }
        for status in [401, 403] {
            let error = judged(status).unwrap_err();
            assert!(
                matches!(error.kind, StoreErrorKind::Permission(_)),
                "{status}"
            );
        }
        assert_eq!(head(404).found().unwrap(), None);
    }

    #[test]
    fn a_part_is_the_one_that_was_asked_for() {
        let asked = ByteRange::Bounded(2..6);
        let judged = |text: &str| part(text).judge(&asked, "c/0");
        assert_eq!(judged("bytes 2-5/10").unwrap(), Verdict::Part(Some(10)));
        // Clipped to the value.
        assert_eq!(judged("bytes 2-4/5").unwrap(), Verdict::Part(Some(5)));
        for wrong in [
            "bytes 2-4/10",
            "bytes 0-3/10",
            "bytes 2-6/10",
            "bytes 2-5/2",
        ] {
            assert!(judged(wrong).is_err(), "{wrong}");
        }
        // What is hidden from the page is asked for otherwise.
        assert_eq!(judged("bytes 2-5/*").unwrap(), Verdict::Part(None));
        assert_eq!(head(206).judge(&asked, "c/0").unwrap(), Verdict::Part(None));
        let compressed = AnswerHead {
            coding: Some("gzip".to_owned()),
            ..part("bytes 2-5/10")
        };
        assert!(compressed.judge(&asked, "c/0").is_err());
    }

    #[test]
    fn a_page_is_no_value() {
        let page = AnswerHead {
            kind: Some("text/html; charset=utf-8".to_owned()),
            ..head(200)
        };
        assert!(page.judge(&ByteRange::All, "zarr.json").is_err());
        assert!(page.judge(&ByteRange::All, "index.html").is_ok());
    }

    #[test]
    fn no_more_is_taken_than_is_wanted() {
        let long = |status, length| AnswerHead {
            length: Some(length),
            ..head(status)
        };
        let most = |head: &AnswerHead, range: ByteRange| {
            let wanted = head.wanted(&head.judge(&range, "c/0")?, &range)?;
            Ok::<_, FetchError>(wanted.unwrap())
        };
        assert_eq!(most(&long(200, 10), ByteRange::All).unwrap(), u64::MAX);
        assert_eq!(most(&long(200, 10), ByteRange::AtMost(10)).unwrap(), 10);
        let error = most(&long(200, 11), ByteRange::AtMost(10)).unwrap_err();
        assert!(matches!(
            error.kind,
            StoreErrorKind::TooLarge {
                size: 11,
                limit: 10
            }
        ));
        assert_eq!(most(&long(206, 4), ByteRange::Bounded(2..6)).unwrap(), 4);
        assert_eq!(most(&long(200, 10), ByteRange::From(2)).unwrap(), FURTHEST);
        assert!(most(&long(200, FURTHEST + 1), ByteRange::From(2)).is_err());
        assert_eq!(
            most(&long(200, FURTHEST + 1), ByteRange::From(0)).unwrap(),
            u64::MAX
        );
    }

    #[test]
    fn a_body_is_cut_to_the_range() {
        let body = Bytes::from_static(b"0123456789");
        let bytes =
            |head: AnswerHead, range, size, body: &Bytes| head.bytes(&range, size, body.clone());
        let found = bytes(head(200), ByteRange::Bounded(2..6), 10, &body).unwrap();
        assert_eq!((&found.data[..], found.size), (&b"2345"[..], 10));
        let found = bytes(head(206), ByteRange::Bounded(2..6), 10, &body.slice(2..6)).unwrap();
        assert_eq!((&found.data[..], found.size), (&b"2345"[..], 10));
        let short = bytes(head(206), ByteRange::Bounded(2..6), 10, &body.slice(2..5)).unwrap_err();
        assert!(short.retry, "{}", short.kind);
        assert!(bytes(head(206), ByteRange::Bounded(2..6), 10, &body).is_err());
        // Its length was not told beforehand.
        let long = bytes(head(200), ByteRange::AtMost(9), 10, &body).unwrap_err();
        assert!(matches!(
            long.kind,
            StoreErrorKind::TooLarge { size: 10, limit: 9 }
        ));
        let out = bytes(head(200), ByteRange::From(10), 10, &body).unwrap_err();
        assert!(matches!(
            out.kind,
            StoreErrorKind::OutOfRange { size: 10, .. }
        ));
    }

    #[test]
    fn sizes_and_versions_are_told_by_the_head() {
        let told = AnswerHead {
            length: Some(7),
            tag: Some("\"a\"".to_owned()),
            ..head(200)
        };
        let found = told.found().unwrap().unwrap();
        assert_eq!(
            (found.size, found.version.clone()),
            (7, Some("\"a\"".into()))
        );
        assert!(same_version(Some(&"\"b\"".into()), found.clone()).is_err());
        assert!(same_version(Some(&"\"a\"".into()), found).is_ok());
        let weak = AnswerHead {
            tag: Some("W/\"a\"".to_owned()),
            ..told.clone()
        };
        assert_eq!(weak.version(), None);
        assert_eq!(head(416).found().unwrap().unwrap().size, 0);
        assert!(head(200).found().is_err());
        let compressed = AnswerHead {
            coding: Some("br".to_owned()),
            ..told
        };
        assert!(compressed.found().is_err());
    }
}
