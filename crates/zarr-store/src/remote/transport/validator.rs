//! What tells one writing of a value from another where an answer has no strong ETag. It knows the
//! headers of answers, nothing of values.
//!
//! A weak ETag (`W/"…"`) proves nothing about bytes and is never sent in `If-Match` (RFC 9110, 13.1.1).
//! The second of the last change does, unless the answer was given in that very second (8.8.2.2).

use std::sync::atomic::{AtomicU64, Ordering};

use object_store::client::HttpResponse;
use reqwest::header::{self, HeaderValue};

use crate::http_rules::is_weak;

/// When the value was last changed, with the weak ETag if there was one: two answers with the same are
/// of one writing.
#[derive(Debug, Clone)]
pub(in crate::remote) struct LastModified(pub(in crate::remote) String);

/// The answer with its date noted beside it, where it has no strong ETag.
///
/// A weak tag is made one that no other answer has: the client above goes on in the middle of a value
/// wherever two tags are the same.
pub(super) fn noted(mut response: HttpResponse) -> HttpResponse {
    let text = |name| response.headers().get(name)?.to_str().ok();
    let tag = text(header::ETAG);
    if tag.is_some_and(|tag| !is_weak(tag)) {
        return response;
    }
    let changed = text(header::LAST_MODIFIED);
    let dated = changed
        .filter(|changed| text(header::DATE).is_some_and(|now| now != *changed))
        .map(|changed| LastModified(format!("{} {changed}", tag.unwrap_or_default())));
    let unlike_any = tag.and_then(|_| HeaderValue::from_str(&next_tag()).ok());
    if let Some(dated) = dated {
        response.extensions_mut().insert(dated);
    }
    if let Some(tag) = unlike_any {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn next_tag() -> String {
    static TAGS: AtomicU64 = AtomicU64::new(0);
    format!("W/\"{}\"", TAGS.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use object_store::client::HttpResponseBody;

    use super::*;

    fn answer(headers: &[(&'static str, &str)]) -> HttpResponse {
        let mut response = HttpResponse::new(HttpResponseBody::from(Vec::new()));
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).unwrap();
            response.headers_mut().insert(*name, value);
        }
        noted(response)
    }

    #[test]
    fn only_a_second_that_is_over_tells_writings_apart() {
        const THEN: (&str, &str) = ("last-modified", "Mon, 23 Nov 2026 00:00:00 GMT");
        const NOW: (&str, &str) = ("date", "Mon, 23 Nov 2026 00:00:01 GMT");
        let table: [(&[_], bool); 6] = [
            (&[THEN, NOW], true),
            (&[THEN, NOW, ("etag", "W/\"1\"")], true),
            (&[THEN, NOW, ("etag", "\"1\"")], false),
            (&[THEN, ("date", THEN.1)], false),
            (&[THEN], false),
            (&[NOW, ("etag", "W/\"1\"")], false),
        ];
        for (headers, want) in table {
            let dated = answer(headers).extensions().get::<LastModified>().is_some();
            assert_eq!(dated, want, "{headers:?}");
        }
    }

    #[test]
    fn weak_tags_are_never_the_same() {
        let tag = |text| answer(&[("etag", text)]).headers()["etag"].clone();
        assert_ne!(tag("W/\"1\""), tag("W/\"1\""));
        assert_eq!(tag("\"1\""), tag("\"1\""));
    }
}
