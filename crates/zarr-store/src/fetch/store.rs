//! The store itself: which requests a call makes, and what they prove.

use std::fmt;

use bytes::Bytes;

use super::{
    answer::{AnswerHead, FetchError, Verdict, same_version},
    browser::{self, FetchRequest},
    request::{BaseUrl, RangeHeader},
};
use crate::{
    BoxFuture, BoxStream, ByteRange, Entry, Found, Identity, IoHints, Key, Listing, Op, Payload,
    Prefix, PutMode, Result, Store, StoreError, StoreErrorKind, Version, http_rules::NO_LISTING,
};

/// The values of a web server, to read from, by the `fetch` of the browser that the program runs in. Only on
/// `wasm32-unknown-unknown`, with the feature `fetch`; [`open_store`](crate::open_store) makes it of `http:` and `https:`
/// addresses.
///
/// It runs in windows and in workers, with what the browser does for every request: its connections, cache and redirects,
/// and cookies for the page's own origin. What the browser has kept of a value it asks about before it is used again.
/// Dropping a future ends its request; there is no other time limit, and nothing is tried again.
///
/// A server of another origin must allow the page to read (CORS: `Access-Control-Allow-Origin`), as `zarr serve` does. Its
/// leave is never asked beforehand. Where it exposes `Content-Range`, a range takes one request instead of two; where it
/// exposes `ETag`, values have versions.
///
/// HTTP cannot list: open nodes by their paths, or consolidate the metadata. Only status 404 means that a value is absent;
/// all other failures are errors.
#[derive(Debug)]
pub struct FetchStore {
    base: BaseUrl,
    identity: Identity,
}

impl FetchStore {
    /// The store at a whole address: `https://host/path`. A query, such as a signature, is part of each request, and is
    /// never shown. Asks nothing.
    ///
    /// # Errors
    /// `Unsupported` for any other address, and for one with a name and password in it.
    pub fn new(url: &str) -> Result<Self> {
        let base =
            BaseUrl::parse(url).map_err(|kind| StoreError::text(Op::OpenStore, url, kind))?;
        let identity = Identity::named(("fetch", base.shown()));
        Ok(Self { base, identity })
    }

    async fn read(
        &self,
        key: &Key,
        range: &ByteRange,
        same: Option<&Version>,
    ) -> Result<Option<Found<Bytes>>, FetchError> {
        let header = match RangeHeader::of(range) {
            RangeHeader::None => None,
            RangeHeader::Part(text) => Some(text),
            RangeHeader::AfterSize => return self.read_sized(key, range, same).await,
        };
        match self.ask(key, range, header, None).await? {
            Asked::Absent => Ok(None),
            Asked::OtherRange => self.read_sized(key, range, same).await,
            Asked::Bytes(found) => same_version(same, found).map(Some),
        }
    }

    /// The same after a request for the size.
    async fn read_sized(
        &self,
        key: &Key,
        range: &ByteRange,
        same: Option<&Version>,
    ) -> Result<Option<Found<Bytes>>, FetchError> {
        let Some(head) = self.look(key).await? else {
            return Ok(None);
        };
        let head = same_version(same, head)?;
        let wanted = range.resolve(head.size)?;
        if wanted.is_empty() {
            return Ok(Some(head.map(|()| Bytes::new())));
        }
        let header = format!("bytes={}-{}", wanted.start, wanted.end - 1);
        let bounded = ByteRange::Bounded(wanted);
        match self.ask(key, &bounded, Some(header), Some(&head)).await? {
            Asked::Absent => Ok(None),
            Asked::OtherRange => Err(FetchError::unfit(format!(
                "the server does not send {range} of {} bytes",
                head.size
            ))),
            // Without versions, the size is what tells two writings apart.
            Asked::Bytes(found) if found.size != head.size => Err(StoreErrorKind::Conflict.into()),
            Asked::Bytes(found) => same_version(head.version.as_ref(), found).map(Some),
        }
    }

    /// One request for bytes. The size of the value is asked for beside it, if the answer hides it and it is not `known`.
    async fn ask(
        &self,
        key: &Key,
        range: &ByteRange,
        header: Option<String>,
        known: Option<&Found<()>>,
    ) -> Result<Asked, FetchError> {
        let request = FetchRequest {
            method: "GET",
            url: self.base.of(key),
            range: header,
        };
        let (wanted, name) = (range.clone(), key.name().to_owned());
        let body = move |head: &AnswerHead| head.wanted(&head.judge(&wanted, &name)?, &wanted);
        let (head, body) = browser::answer(request, body).await?;
        let size = match head.judge(range, key.name())? {
            Verdict::Absent => None,
            Verdict::OtherRange => return Ok(Asked::OtherRange),
            Verdict::Whole => Some(body.len() as u64),
            Verdict::Part(Some(size)) => Some(size),
            Verdict::Part(None) => match known {
                Some(known) => Some(known.size),
                None => self.size_of(key, head.version()).await?,
            },
        };
        match size {
            None => Ok(Asked::Absent),
            Some(size) => head.bytes(range, size, body.into()).map(Asked::Bytes),
        }
    }

    /// The size of the value, of which a part of this version has come.
    async fn size_of(
        &self,
        key: &Key,
        version: Option<Version>,
    ) -> Result<Option<u64>, FetchError> {
        match self.look(key).await? {
            Some(found) if found.version != version => Err(StoreErrorKind::Conflict.into()),
            found => Ok(found.map(|found| found.size)),
        }
    }

    /// Size and version. The range is all of the value: a browser that asks for one accepts no compressed answer, whose
    /// length would be another.
    async fn look(&self, key: &Key) -> Result<Option<Found<()>>, FetchError> {
        let request = FetchRequest {
            method: "HEAD",
            url: self.base.of(key),
            range: Some("bytes=0-".to_owned()),
        };
        browser::answer(request, |_| Ok(None)).await?.0.found()
    }

    fn error(&self, op: Op, name: impl AsRef<str>, error: FetchError) -> StoreError {
        StoreError {
            retry: error.retry,
            ..StoreError::new(op, self, name, error.kind)
        }
    }

    fn refuse<T>(&self, op: Op, name: impl AsRef<str>, kind: StoreErrorKind) -> Result<T> {
        Err(StoreError::new(op, self, name, kind))
    }
}

/// What a request for bytes came to.
enum Asked {
    Absent,
    OtherRange,
    Bytes(Found<Bytes>),
}

impl Store for FetchStore {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        Box::pin(async move {
            let found = self.read(key, &range, same).await;
            found.map_err(|error| self.error(Op::Get, key, error))
        })
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        Box::pin(async move {
            let found = self.look(key).await;
            found.map_err(|error| self.error(Op::Head, key, error))
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        _: Payload,
        _: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        Box::pin(async move { self.refuse(Op::Put, key, StoreErrorKind::ReadOnly) })
    }

    fn delete<'a>(&'a self, key: &'a Key, _: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.refuse(Op::Delete, key, StoreErrorKind::ReadOnly) })
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.refuse(Op::DeletePrefix, prefix, StoreErrorKind::ReadOnly) })
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        Box::pin(async move { self.refuse(Op::List, prefix, NO_LISTING) })
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        let refused = self.refuse(Op::List, prefix, NO_LISTING);
        Box::pin(futures_util::stream::iter([refused]))
    }

    fn hints(&self) -> IoHints {
        IoHints {
            writable: false,
            listable: false,
            absence_is_certain: false,
            ..IoHints::remote(self.identity)
        }
    }
}

impl fmt::Display for FetchStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base.shown())
    }
}
