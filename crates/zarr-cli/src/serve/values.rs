//! The values of a store as HTTP has them: whole or a part, by version, on condition (RFC 9110).

use std::hash::{DefaultHasher, Hash, Hasher};

use hyper::header::{self, HeaderMap};
use hyper::{Method, Request, StatusCode};
use zarr::tools::{ByteRange, Found, StoreErrorKind, Version};
use zarr::{Error, Location};

use super::answer::{Answer, failed, plain, set, with_type};
use crate::documents::NAMES;
use crate::failure::Failure;

/// The value at a path below a place.
pub(super) async fn value<B>(location: &Location, path: &str, request: &Request<B>) -> Answer {
    // Other names with a dot are somebody's own: editors', version control's.
    let hidden = |name: &str| name.starts_with('.') && !NAMES.contains(&name);
    if path.split('/').any(hidden) {
        return plain(StatusCode::NOT_FOUND, "there is nothing\n");
    }
    let Ok(key) = location.key(path) else {
        return plain(StatusCode::BAD_REQUEST, "this is no key\n");
    };
    let fail = |error: Error| failed(&Failure::zarr("cannot read", path, &error));
    // Between asking what is there and getting it, it may be replaced.
    for _ in 0..3 {
        let head = match location.store().head(&key).await {
            Ok(Some(head)) => head,
            Ok(None) => return plain(StatusCode::NOT_FOUND, "there is nothing\n"),
            Err(error) => return fail(error.into()),
        };
        let tag = tag(&head);
        if matches(request.headers(), tag.as_deref()) {
            let mut answer = plain(StatusCode::NOT_MODIFIED, "");
            answer.headers_mut().remove(header::CONTENT_TYPE);
            describe(&mut answer, tag.as_deref());
            return answer;
        }
        let range = range(request.headers(), tag.as_deref());
        let Ok(bytes) = range.clone().unwrap_or_default().resolve(head.size) else {
            let mut answer = plain(StatusCode::RANGE_NOT_SATISFIABLE, "there are fewer bytes\n");
            set(
                &mut answer,
                header::CONTENT_RANGE,
                &format!("bytes */{}", head.size),
            );
            describe(&mut answer, tag.as_deref());
            return answer;
        };
        let data = match *request.method() {
            Method::HEAD => None,
            _ => {
                let wanted = ByteRange::Bounded(bytes.clone());
                match location
                    .store()
                    .get(&key, wanted, head.version.as_ref())
                    .await
                {
                    Ok(Some(found)) => Some(found.data),
                    Ok(None) => continue,
                    Err(error) if matches!(error.kind, StoreErrorKind::Conflict) => continue,
                    Err(error) => return fail(error.into()),
                }
            }
        };
        let kind = match NAMES.contains(&key.name()) {
            true => "application/json",
            false => "application/octet-stream",
        };
        let mut answer = with_type(data.unwrap_or_default(), kind);
        if range.is_some() {
            *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
            let last = bytes.end.saturating_sub(1);
            let text = format!("bytes {}-{last}/{}", bytes.start, head.size);
            set(&mut answer, header::CONTENT_RANGE, &text);
        }
        let length = bytes.end - bytes.start;
        set(&mut answer, header::CONTENT_LENGTH, &length.to_string());
        describe(&mut answer, tag.as_deref());
        return answer;
    }
    plain(
        StatusCode::SERVICE_UNAVAILABLE,
        "it changes all the time; try again\n",
    )
}

fn describe(answer: &mut Answer, tag: Option<&str>) {
    set(answer, header::ACCEPT_RANGES, "bytes");
    set(answer, header::CACHE_CONTROL, "no-cache");
    if let Some(tag) = tag {
        set(answer, header::ETAG, tag);
    }
}

/// The label of a version: another one for another value, in stores that can tell.
fn tag(head: &Found<()>) -> Option<String> {
    let version: &Version = head.version.as_ref()?;
    let mut hasher = DefaultHasher::new();
    version.hash(&mut hasher);
    Some(format!("\"{:016x}-{:x}\"", hasher.finish(), head.size))
}

/// Whether the client has this version already.
fn matches(headers: &HeaderMap, tag: Option<&str>) -> bool {
    let asked = headers.get_all(header::IF_NONE_MATCH).iter();
    let tags = asked
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','));
    tags.map(str::trim).any(|asked| {
        asked == "*" || tag.is_some_and(|tag| asked.strip_prefix("W/").unwrap_or(asked) == tag)
    })
}

/// The part that is asked for. What asks for several parts, or makes no sense, gets everything, as is allowed.
fn range(headers: &HeaderMap, tag: Option<&str>) -> Option<ByteRange> {
    if let Some(asked) = headers.get(header::IF_RANGE)
        && asked.to_str().ok() != tag
    {
        return None;
    }
    let text = headers.get(header::RANGE)?.to_str().ok()?;
    let (first, last) = text.strip_prefix("bytes=")?.trim().split_once('-')?;
    if first.is_empty() {
        // Of the last none there are none: not to be satisfied.
        return Some(match last.parse().ok()? {
            0 => ByteRange::From(u64::MAX),
            count => ByteRange::Last(count),
        });
    }
    let first: u64 = first.parse().ok()?;
    if last.is_empty() {
        return Some(ByteRange::From(first));
    }
    let last: u64 = last.parse().ok()?;
    (first <= last).then(|| ByteRange::Bounded(first..last.saturating_add(1)))
}
