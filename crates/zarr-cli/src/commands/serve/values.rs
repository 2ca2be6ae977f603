//! The values of a store over HTTP: whole or a range, by version, and conditional (RFC 9110).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use hyper::header::{self, HeaderMap};
use hyper::{Method, Request, StatusCode};
use zarr::tools::{ByteRange, Found, Key, Op, Reserved, StoreError, StoreErrorKind, Version};

use super::body::{self, Body};
use super::responses::{HttpResponse, empty, failed, of_length, plain, set};
use super::served_store::{PIECE, ServedStore};
use crate::failure::Failure;
use zarr::tools::documents;

/// The value at a path below the served location.
pub(super) async fn value<B>(
    served: &Arc<ServedStore>,
    path: &str,
    request: &Request<B>,
) -> HttpResponse {
    // Other names that begin with a dot belong to editors or version control.
    let hidden = |name: &str| name.starts_with('.') && !documents::ALL.contains(&name);
    if path.split('/').any(hidden) {
        return plain(StatusCode::NOT_FOUND, "not found\n");
    }
    let Ok(key) = served.location.key(path) else {
        return plain(StatusCode::BAD_REQUEST, "this is not a key\n");
    };
    let fail = |error: StoreError| failed(&Failure::zarr("cannot read", path, &error.into()));
    // The value may be replaced between the requests for its version and its bytes.
    for _ in 0..3 {
        let head = match ValueVersion::find(served, &key).await {
            Ok(Some(head)) => head,
            Ok(None) => return plain(StatusCode::NOT_FOUND, "not found\n"),
            Err(error) => return fail(error),
        };
        let size = head.size;
        let tag = tag(&head);
        if matches(request.headers(), tag.as_deref()) {
            let mut answer = empty(StatusCode::NOT_MODIFIED);
            describe(&mut answer, tag.as_deref());
            return answer;
        }
        let range = range(request.headers(), tag.as_deref());
        let Ok(bytes) = range.clone().unwrap_or_default().resolve(size) else {
            let mut answer = plain(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "the value has fewer bytes\n",
            );
            let text = format!("bytes */{size}");
            set(&mut answer, header::CONTENT_RANGE, &text);
            describe(&mut answer, tag.as_deref());
            return answer;
        };
        let writing = ValueVersion {
            served: Arc::clone(served),
            key: key.clone(),
            head,
        };
        let data = match *request.method() {
            Method::HEAD => body::ready(Bytes::new()),
            _ => match writing.body(bytes.clone()).await {
                Ok(Some(body)) => body,
                Ok(None) => continue,
                Err(error) => return fail(error),
            },
        };
        let kind = match documents::ALL.contains(&key.name()) {
            true => "application/json",
            false => "application/octet-stream",
        };
        let mut answer = of_length(data, bytes.end - bytes.start, kind);
        if range.is_some() {
            *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
            let last = bytes.end.saturating_sub(1);
            let text = format!("bytes {}-{last}/{size}", bytes.start);
            set(&mut answer, header::CONTENT_RANGE, &text);
        }
        describe(&mut answer, tag.as_deref());
        return answer;
    }
    plain(
        StatusCode::SERVICE_UNAVAILABLE,
        "the value keeps changing; try again\n",
    )
}

/// One version of a value. All bytes that are read are of this version.
struct ValueVersion {
    served: Arc<ServedStore>,
    key: Key,
    head: Found<()>,
}

impl ValueVersion {
    /// The current version.
    async fn find(served: &Arc<ServedStore>, key: &Key) -> Result<Option<Found<()>>, StoreError> {
        let (store, name) = (Arc::clone(served.location.store()), key.clone());
        let asked = async move { store.head(&name).await };
        to_its_end(served, key, asked).await
    }

    /// A body with a part of the value, of which the first piece is read already; `None` if there is another version
    /// now.
    async fn body(self, part: Range<u64>) -> Result<Option<Body>, StoreError> {
        let (step, cost) = self.pace(&part)?;
        let first = next(&part, step);
        let rest = first.end..part.end;
        let Some(first) = self.piece(first, cost).await? else {
            return Ok(None);
        };
        if rest.is_empty() {
            return Ok(Some(body::ready(first)));
        }
        let rest = stream::try_unfold((self, rest), move |(writing, rest)| async move {
            if rest.is_empty() {
                return Ok(None);
            }
            let piece = next(&rest, step);
            let rest = piece.end..rest.end;
            match writing.piece(piece, cost).await? {
                Some(bytes) => Ok(Some((bytes, (writing, rest)))),
                // What has been sent is of another version, and must not look complete.
                None => Err(writing.error(StoreErrorKind::Conflict)),
            }
        });
        let all = stream::once(async { Ok(first) }).chain(rest);
        Ok(Some(body::in_pieces(all)))
    }

    /// How many bytes are read at a time, and how much memory that takes. There is one piece if no version proves
    /// that pieces belong together, or if each piece costs as much as the whole.
    fn pace(&self, part: &Range<u64>) -> Result<(u64, u64), StoreError> {
        let (length, piece) = (part.end - part.start, PIECE);
        let whole = self.served.location.store().hints().whole_values;
        let (step, cost) = match &self.head.version {
            _ if whole => (length, self.head.size),
            None => (length, length),
            Some(_) => (length.min(piece), length.min(piece)),
        };
        match cost <= self.served.work.total() {
            true => Ok((step, cost)),
            false => Err(self.error(StoreErrorKind::Unsupported(
                "a value this large that cannot be read in consistent pieces, since its server gives no versions or its \
                 archive is compressed; ask for a part, or copy it into a directory first",
            ))),
        }
    }

    /// Some of its bytes, whose memory is reserved until the client has them; `None` if there is another version now.
    async fn piece(&self, range: Range<u64>, cost: u64) -> Result<Option<Bytes>, StoreError> {
        let room: Reserved = self.served.room(cost).take(cost).await;
        let (store, key) = (Arc::clone(self.served.location.store()), self.key.clone());
        let version = self.head.version.clone();
        let asked = async move {
            let length = range.end - range.start;
            let wanted = ByteRange::Bounded(range);
            match store.get(&key, wanted, version.as_ref()).await {
                Ok(Some(found)) if found.data.len() as u64 == length => {
                    Ok(Some(body::hold(found.data, room)))
                }
                Ok(_) => Ok(None),
                Err(error) if matches!(error.kind, StoreErrorKind::Conflict) => Ok(None),
                Err(error) => Err(error),
            }
        };
        to_its_end(&self.served, &self.key, asked).await
    }

    fn error(&self, kind: StoreErrorKind) -> StoreError {
        StoreError::new(Op::Get, self.served.location.store(), &self.key, kind)
    }
}

/// The first piece of a part.
fn next(part: &Range<u64>, step: u64) -> Range<u64> {
    part.start..part.end.min(part.start.saturating_add(step))
}

/// Runs a call to the store within the limit of concurrent calls, and to its end even if the client is gone: a call
/// that has begun cannot be taken back, so its place and its memory are not free before.
async fn to_its_end<T: Send + 'static>(
    served: &ServedStore,
    key: &Key,
    question: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    let place = served.reads.take(1).await;
    let asked = tokio::spawn(async move {
        let answer = question.await;
        drop(place);
        answer
    });
    asked.await.unwrap_or_else(|gone| {
        let kind = StoreErrorKind::Io(std::io::Error::other(gone));
        Err(StoreError::new(Op::Get, served.location.store(), key, kind))
    })
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

/// The requested range. Requests for several ranges, and malformed ones, get the whole value, as RFC 9110 allows.
fn range(headers: &HeaderMap, tag: Option<&str>) -> Option<ByteRange> {
    if let Some(asked) = headers.get(header::IF_RANGE)
        && asked.to_str().ok() != tag
    {
        return None;
    }
    let text = headers.get(header::RANGE)?.to_str().ok()?;
    let (first, last) = text.strip_prefix("bytes=")?.trim().split_once('-')?;
    if first.is_empty() {
        // The last 0 bytes cannot be satisfied.
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
