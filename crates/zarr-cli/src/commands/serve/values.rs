//! The values of a store over HTTP: found, read in pieces or at once, all bytes of an answer from one version.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use hyper::{Method, Request, StatusCode};
use zarr::tools::{ByteRange, Found, Key, Op, Reserved, StoreError, StoreErrorKind, documents};

use super::body::{self, Body};
use super::responses::{HttpResponse, failed, plain};
use super::served_store::{PIECE, ServedStore};
use super::wanted::Wanted;
use crate::failure::Failure;

/// How often a value is looked for again that is replaced between the requests for its version and its bytes.
const TRIES: usize = 16;

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
    let answered = answered(served, &key, request).await;
    answered.unwrap_or_else(|error| failed(&Failure::zarr("cannot read", path, &error.into())))
}

async fn answered<B>(
    served: &Arc<ServedStore>,
    key: &Key,
    request: &Request<B>,
) -> Result<HttpResponse, StoreError> {
    let mut known = None;
    for _ in 0..TRIES {
        let head = match known.take() {
            Some(head) => head,
            None => match find(served, key).await? {
                Some(head) => head,
                None => return Ok(plain(StatusCode::NOT_FOUND, "not found\n")),
            },
        };
        let wanted = match Wanted::of(request, &head) {
            Ok(wanted) => wanted,
            Err(answer) => return Ok(*answer),
        };
        if *request.method() == Method::HEAD {
            return Ok(wanted.answer(key, &head, body::ready(Bytes::new())));
        }
        let version = ValueVersion {
            served: Arc::clone(served),
            key: key.clone(),
            head: head.clone(),
        };
        let (step, cost) = version.pace(&wanted.bytes)?;
        if step < wanted.bytes.end - wanted.bytes.start {
            if let Some(body) = version.body(&wanted.bytes, step, cost).await? {
                return Ok(wanted.answer(key, &head, body));
            }
        } else if let Some(found) = version.current(&wanted, cost).await? {
            // Perhaps of another version by now, which is as good if the request means the same bytes of it.
            let (now, data) = (found.clone().map(drop), found.data);
            let of_now = Wanted::of(request, &now);
            if let Ok(wanted_now) = &of_now
                && wanted_now.is(&wanted, data.len())
            {
                return Ok(wanted_now.answer(key, &now, body::ready(data)));
            }
            known = Some(now);
        }
    }
    let why = "the value keeps changing; try again\n";
    Ok(plain(StatusCode::SERVICE_UNAVAILABLE, why))
}

/// The current version of a value.
async fn find(served: &Arc<ServedStore>, key: &Key) -> Result<Option<Found<()>>, StoreError> {
    let (store, name) = (Arc::clone(served.location.store()), key.clone());
    let asked = async move { store.head(&name).await };
    to_its_end(served, key, asked).await
}

/// One version of a value.
struct ValueVersion {
    served: Arc<ServedStore>,
    key: Key,
    head: Found<()>,
}

impl ValueVersion {
    /// A body with a part of the value, piece by piece and all of this version, of which the first piece is read
    /// already; `None` if there is another version now.
    async fn body(
        self,
        part: &Range<u64>,
        step: u64,
        cost: u64,
    ) -> Result<Option<Body>, StoreError> {
        let first = next(part, step);
        let rest = first.end..part.end;
        let Some(first) = self.piece(first, cost).await? else {
            return Ok(None);
        };
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

    /// Some of its bytes; `None` if there is another version now.
    async fn piece(&self, range: Range<u64>, cost: u64) -> Result<Option<Bytes>, StoreError> {
        let length = range.end - range.start;
        let found = self.get(ByteRange::Bounded(range), true, cost).await?;
        let bytes = found.map(|found| found.data);
        Ok(bytes.filter(|bytes| bytes.len() as u64 == length))
    }

    /// The bytes that are wanted, of the version that is there now; `None` if it has none like these.
    async fn current(
        &self,
        wanted: &Wanted,
        cost: u64,
    ) -> Result<Option<Found<Bytes>>, StoreError> {
        let room = cost.max(PIECE);
        let range = match wanted.is_part {
            true => ByteRange::Bounded(wanted.bytes.clone()),
            false => ByteRange::AtMost(room),
        };
        self.get(range, false, room).await
    }

    /// Bytes whose memory is reserved until the client has them; `None` if they are not there any more.
    async fn get(
        &self,
        range: ByteRange,
        is_same: bool,
        cost: u64,
    ) -> Result<Option<Found<Bytes>>, StoreError> {
        let room: Reserved = self.served.room(cost).take(cost).await;
        let (store, key) = (Arc::clone(self.served.location.store()), self.key.clone());
        let version = self.head.version.clone().filter(|_| is_same);
        let asked = async move {
            use StoreErrorKind::{Conflict, OutOfRange, TooLarge};
            match store.get(&key, range, version.as_ref()).await {
                Ok(found) => Ok(found.map(|found| found.map(|bytes| body::hold(bytes, room)))),
                Err(error) => match error.kind {
                    Conflict | OutOfRange { .. } | TooLarge { .. } => Ok(None),
                    _ => Err(error),
                },
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
