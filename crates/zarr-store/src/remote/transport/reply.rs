//! Answers that are not what was asked for: a whole value in place of a range, a page in place of a
//! listing, a length that is missing. Those that can be mended are, the others are errors.

use std::ops::Range;

use http_body_util::BodyExt;
use object_store::client::{HttpError, HttpRequest, HttpResponse, HttpResponseBody};
use reqwest::{
    Method, StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};

use super::{
    body::{self, BodyLimit, size_of},
    errors::{endless, unfit},
};
use crate::{
    ByteRange,
    http_rules::{FURTHEST, is_page_type},
};

/// The longest text, such as a page of a listing, that is looked at whole.
const LONGEST_TEXT: usize = 64 << 20;
/// So much is taken of a text that says why a request failed.
const LONGEST_ERROR: usize = 64 << 10;

/// What a request asked for, as far as its answer can be judged by it.
pub(super) enum RequestKind {
    /// Part of a value.
    Part(ByteRange),
    /// A value, of which the length must be told.
    Whole,
    /// A page of a listing.
    Listing,
    /// Anything else.
    Other,
}

impl RequestKind {
    pub(super) fn of(request: &HttpRequest) -> RequestKind {
        if !reads(request.method()) {
            return RequestKind::Other;
        }
        if is_listing(request.uri().query().unwrap_or_default()) {
            return RequestKind::Listing;
        }
        match request.headers().get(header::RANGE) {
            Some(value) => value
                .to_str()
                .ok()
                .and_then(range_of)
                .map_or(RequestKind::Other, RequestKind::Part),
            None if request.method() == reqwest::Method::GET => RequestKind::Whole,
            None => RequestKind::Other,
        }
    }

    /// How much of an answer's body is taken. Of values that is up to whoever asked for them.
    pub(super) fn most(&self, status: StatusCode) -> BodyLimit {
        match self {
            _ if !status.is_success() => BodyLimit::First(LONGEST_ERROR),
            RequestKind::Part(_) | RequestKind::Whole => BodyLimit::AsAsked,
            RequestKind::Listing | RequestKind::Other => BodyLimit::All(LONGEST_TEXT),
        }
    }

    /// The answer as it should have been, or the error that it is.
    pub(super) async fn judge(self, response: HttpResponse) -> Result<HttpResponse, HttpError> {
        if response.status() != StatusCode::OK {
            return Ok(response);
        }
        match self {
            RequestKind::Other => Ok(response),
            RequestKind::Listing => complete_listing(response).await,
            RequestKind::Whole => with_length(response).await,
            RequestKind::Part(range) => Ok(match size_of(response.headers()) {
                Some(size) if !is_page(response.headers()) => part_of(response, &range, size),
                _ => response,
            }),
        }
    }
}

/// The answer to a question for `range` that a server answered with all of the value.
fn part_of(response: HttpResponse, range: &ByteRange, size: u64) -> HttpResponse {
    let wanted = range.resolve(size).unwrap_or(0..0);
    if wanted.end > FURTHEST {
        return response;
    }
    let (mut parts, whole) = response.into_parts();
    let Range { start, end } = wanted;
    if start == end {
        parts.status = StatusCode::RANGE_NOT_SATISFIABLE;
        return HttpResponse::from_parts(parts, HttpResponseBody::from(Vec::new()));
    }
    parts.status = StatusCode::PARTIAL_CONTENT;
    set(
        &mut parts.headers,
        header::CONTENT_RANGE,
        &format!("bytes {start}-{}/{size}", end - 1),
    );
    set(
        &mut parts.headers,
        header::CONTENT_LENGTH,
        &(end - start).to_string(),
    );
    HttpResponse::from_parts(parts, body::cut(whole, start, end - start))
}

/// A value whose length was not told beforehand is read to its end, where the protocol says where
/// that is.
async fn with_length(response: HttpResponse) -> Result<HttpResponse, HttpError> {
    let headers = response.headers();
    if headers.contains_key(header::CONTENT_LENGTH) {
        return Ok(response);
    }
    if !headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(unfit(
            "the server does not tell the length, so a value that was cut short could not be told from a whole one",
        ));
    }
    let (mut parts, body) = response.into_parts();
    let data = collected(body).await?;
    parts.headers.remove(header::TRANSFER_ENCODING);
    set(
        &mut parts.headers,
        header::CONTENT_LENGTH,
        &data.len().to_string(),
    );
    Ok(HttpResponse::from_parts(
        parts,
        HttpResponseBody::from(data),
    ))
}

/// A page of a listing that has a beginning and an end. The client would take any other document for
/// an empty page.
async fn complete_listing(response: HttpResponse) -> Result<HttpResponse, HttpError> {
    let (parts, body) = response.into_parts();
    let data = collected(body).await?;
    let text = String::from_utf8_lossy(&data);
    let known = ["ListBucketResult", "EnumerationResults"];
    let whole = |name: &&&str| {
        text.contains(&format!("<{name}")) && text.trim_end().ends_with(&format!("</{name}>"))
    };
    if known.iter().find(whole).is_none() {
        return Err(unfit(format!(
            "the answer is not a page of a listing; it begins `{}`",
            text.chars().take(200).collect::<String>()
        )));
    }
    if text.contains("<IsTruncated>true<") && !text.contains("<NextContinuationToken>") {
        return Err(unfit(
            "a page of the listing does not tell where the next one begins",
        ));
    }
    Ok(HttpResponse::from_parts(
        parts,
        HttpResponseBody::from(data),
    ))
}

async fn collected(body: HttpResponseBody) -> Result<Vec<u8>, HttpError> {
    let mut body = body;
    let mut data = Vec::new();
    while let Some(frame) = body.frame().await.transpose()? {
        if let Some(bytes) = frame.data_ref() {
            if data.len() + bytes.len() > LONGEST_TEXT {
                return Err(endless());
            }
            data.extend_from_slice(bytes);
        }
    }
    Ok(data)
}

fn is_listing(query: &str) -> bool {
    query
        .split('&')
        .any(|pair| matches!(pair, "list-type=2" | "comp=list"))
}

fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    headers.contains_key(header::CONTENT_ENCODING)
        || kind.is_some_and(|value| value.to_str().is_ok_and(is_page_type))
}

/// The range that the header `Range` names.
fn range_of(text: &str) -> Option<ByteRange> {
    let (start, end) = text.strip_prefix("bytes=")?.split_once('-')?;
    match (start, end) {
        ("", last) => last.parse().ok().map(ByteRange::Last),
        (start, "") => start.parse().ok().map(ByteRange::From),
        (start, end) => {
            let (start, end): (u64, u64) = (start.parse().ok()?, end.parse().ok()?);
            Some(ByteRange::Bounded(start..end.checked_add(1)?))
        }
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Whether a request reads and changes nothing.
pub(super) fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_written() {
        let table = [
            ("bytes=0-3", Some(ByteRange::Bounded(0..4))),
            ("bytes=7-", Some(ByteRange::From(7))),
            ("bytes=-3", Some(ByteRange::Last(3))),
            ("bytes=0-18446744073709551615", None),
            ("lines=1-2", None),
            ("bytes=a-b", None),
        ];
        for (text, want) in table {
            assert_eq!(range_of(text), want, "{text}");
        }
    }
}
