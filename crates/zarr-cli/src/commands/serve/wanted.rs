//! What a request wants of one version of a value: its conditions and its range, by RFC 9110.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use hyper::header::{self, HeaderMap, HeaderName};
use hyper::{Method, Request, StatusCode};
use zarr::tools::{ByteRange, Found, Key, Version, documents};

use super::body::Body;
use super::responses::{HttpResponse, empty, of_length, plain, set};

/// Bytes of a value.
pub(super) struct Wanted {
    pub(super) bytes: Range<u64>,
    /// Whether the answer says which they are.
    pub(super) is_part: bool,
}

impl Wanted {
    /// What a request wants of a version, or the answer if it wants no bytes of it.
    pub(super) fn of<B>(request: &Request<B>, head: &Found<()>) -> Result<Self, Box<HttpResponse>> {
        let tag = tag(head);
        if let Some(status) = condition(request.headers(), tag.as_deref()) {
            let mut answer = empty(status);
            describe(&mut answer, tag.as_deref());
            return Err(answer.into());
        }
        let range = range(request, tag.as_deref());
        let is_part = range.is_some();
        let Ok(bytes) = range.unwrap_or_default().resolve(head.size) else {
            let status = StatusCode::RANGE_NOT_SATISFIABLE;
            let mut answer = plain(status, "the value has fewer bytes\n");
            let text = format!("bytes */{}", head.size);
            set(&mut answer, header::CONTENT_RANGE, &text);
            describe(&mut answer, tag.as_deref());
            return Err(answer.into());
        };
        // No `Content-Range` says that a part has no bytes.
        let is_part = is_part && !bytes.is_empty();
        Ok(Self { bytes, is_part })
    }

    /// Whether these are the bytes that were asked for as `other`, of which so many came.
    pub(super) fn is(&self, other: &Self, count: usize) -> bool {
        let length = self.bytes.end - self.bytes.start;
        let place = (self.is_part, self.bytes.start);
        place == (other.is_part, other.bytes.start) && length == count as u64
    }

    /// The answer with these bytes of a version.
    pub(super) fn answer(&self, key: &Key, head: &Found<()>, body: Body) -> HttpResponse {
        let kind = match documents::ALL.contains(&key.name()) {
            true => "application/json",
            false => "application/octet-stream",
        };
        let Range { start, end } = self.bytes;
        let mut answer = of_length(body, end - start, kind);
        if self.is_part {
            *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
            let text = format!("bytes {start}-{}/{}", end.saturating_sub(1), head.size);
            set(&mut answer, header::CONTENT_RANGE, &text);
        }
        describe(&mut answer, tag(head).as_deref());
        answer
    }
}

fn describe(answer: &mut HttpResponse, tag: Option<&str>) {
    set(answer, header::ACCEPT_RANGES, "bytes");
    set(answer, header::CACHE_CONTROL, "no-cache");
    if let Some(tag) = tag {
        set(answer, header::ETAG, tag);
    }
}

/// The entity tag of a version; `None` if the store gives no versions.
fn tag(head: &Found<()>) -> Option<String> {
    let version: &Version = head.version.as_ref()?;
    let mut hasher = DefaultHasher::new();
    version.hash(&mut hasher);
    Some(format!("\"{:016x}-{:x}\"", hasher.finish(), head.size))
}

/// The status of the answer to a condition that is not met, in the order of RFC 9110, 13.2.2.
fn condition(headers: &HeaderMap, tag: Option<&str>) -> Option<StatusCode> {
    let asked = header::IF_MATCH;
    if headers.contains_key(&asked) && !lists(headers, asked, |asked| Some(asked) == tag) {
        return Some(StatusCode::PRECONDITION_FAILED);
    }
    // A weak tag is enough for whoever has the value already.
    let is_known = |asked: &str| Some(asked.strip_prefix("W/").unwrap_or(asked)) == tag;
    lists(headers, header::IF_NONE_MATCH, is_known).then_some(StatusCode::NOT_MODIFIED)
}

/// Whether one of the tags in such a header is the one that is meant.
fn lists(headers: &HeaderMap, name: HeaderName, is_meant: impl Fn(&str) -> bool) -> bool {
    let asked = headers.get_all(name).iter();
    let tags = asked
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','));
    tags.map(str::trim)
        .any(|asked| asked == "*" || is_meant(asked))
}

/// The requested range. Requests for several ranges, and malformed ones, get the whole value, as RFC 9110 allows; those
/// for the head have no range.
fn range<B>(request: &Request<B>, tag: Option<&str>) -> Option<ByteRange> {
    let headers = request.headers();
    if *request.method() != Method::GET {
        return None;
    }
    if let Some(asked) = headers.get(header::IF_RANGE)
        && asked.to_str().ok() != tag
    {
        return None;
    }
    let (unit, range) = headers.get(header::RANGE)?.to_str().ok()?.split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    if first.is_empty() {
        // The last 0 bytes cannot be satisfied.
        return Some(match number(last)? {
            0 => ByteRange::From(u64::MAX),
            count => ByteRange::Last(count),
        });
    }
    let first = number(first)?;
    if last.is_empty() {
        return Some(ByteRange::From(first));
    }
    let last = number(last)?;
    (first <= last).then(|| ByteRange::Bounded(first..last.saturating_add(1)))
}

/// A number in decimal digits. One that is too large for the type lies beyond every value all the same.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}
