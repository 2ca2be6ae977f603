//! Reading: how a service is asked for a range, whether the answer is what was asked for, and what to ask next where
//! it is not.

use std::ops::Range;

use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::{
    Attribute, GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore as Client, path::Path,
};

use super::{connection::Connection, failure::Failure, service::Service, transport::LastModified};
use crate::{
    BoxStream, ByteRange, Found, Key, Op, Result, StoreErrorKind, Version,
    http_rules::{LARGEST, is_page_type},
};

/// The memory with which an answer of several pieces begins.
const FIRST: usize = 64 << 10;

/// What one request found.
type Answered<T> = Result<Option<Found<T>>, Failure>;

impl Connection {
    /// A value or part of it.
    pub(super) async fn get(
        &self,
        key: &Key,
        range: ByteRange,
        same: Option<Version>,
    ) -> Result<Option<Found<Bytes>>> {
        let path = self.path(Op::Get, key)?;
        let answer = self.get_version(key, &path, range.clone(), same.clone());
        match answer.await {
            // Some services find that what is not there is another version.
            Err(e) if e.is_conflict() && same.is_some() => match self.look(&path, None).await {
                Ok(None) => Ok(None),
                _ => Err(e),
            },
            Ok(Some(found)) => match range {
                // Of such a value nothing was read.
                ByteRange::AtMost(limit) if found.size > limit => {
                    let size = found.size;
                    let kind = StoreErrorKind::TooLarge { size, limit };
                    Err(self.error(Op::Get, key, kind))
                }
                _ => Ok(Some(found)),
            },
            answer => answer,
        }
    }

    async fn get_version(
        &self,
        key: &Key,
        path: &Path,
        range: ByteRange,
        same: Option<Version>,
    ) -> Result<Option<Found<Bytes>>> {
        let is_whole = matches!(range, ByteRange::All | ByteRange::AtMost(_));
        let most = match range {
            ByteRange::AtMost(limit) => limit,
            _ => u64::MAX,
        };
        let in_two_steps = match self.question(&range) {
            Some(question) => match self.ask(path, question, most, same.as_ref()).await {
                Err(failure) if !failure.is_about_range() || is_whole => {
                    return self.settle(Op::Get, key, Err(failure));
                }
                Err(failure) => Some(failure),
                Ok(found) => return self.settle(Op::Get, key, Ok(found)),
            },
            None => None,
        };
        // The service does not understand the range, or nothing is wanted of the value but its size.
        let head = self.look(path, same.as_ref()).await;
        let Some(head) = self.settle(Op::Get, key, head)? else {
            return Ok(None);
        };
        let Range { start, end } = range
            .resolve(head.size)
            .map_err(|kind| self.error(Op::Get, key, kind))?;
        if start == end {
            return Ok(Some(head.map(|()| Bytes::new())));
        }
        if let Some(failure) = in_two_steps
            && self.question(&ByteRange::Bounded(start..end)) == self.question(&range)
        {
            return self.settle(Op::Get, key, Err(failure));
        }
        let bounded = Some(GetRange::Bounded(start..end));
        let same = same.or(head.version);
        let found = self.ask(path, bounded, most, same.as_ref()).await;
        let found = self.settle(Op::Get, key, found)?;
        match found {
            // Without versions, the size is what tells two writings apart.
            Some(found) if found.size != head.size => {
                Err(self.error(Op::Get, key, StoreErrorKind::Conflict))
            }
            found => Ok(found),
        }
    }

    /// Size and version of a value.
    pub(super) async fn head(&self, key: &Key) -> Result<Option<Found<()>>> {
        let path = self.path(Op::Head, key)?;
        let found = self.look(&path, None).await;
        self.settle(Op::Head, key, found)
    }

    /// How the service is asked for a range: `None` inside for all bytes, `None` outside where it
    /// has no such question.
    fn question(&self, range: &ByteRange) -> Option<Option<GetRange>> {
        match *range {
            // Without a range: the answer's head says how much there is, and its body need not be read.
            ByteRange::All | ByteRange::AtMost(_) | ByteRange::From(0) => Some(None),
            ByteRange::From(start) if start <= LARGEST => Some(Some(GetRange::Offset(start))),
            ByteRange::Bounded(Range { start, end }) if start < end && end <= LARGEST => {
                Some(Some(GetRange::Bounded(start..end)))
            }
            ByteRange::Bounded(Range { start, end }) if start < end && start <= LARGEST => {
                Some(Some(GetRange::Offset(start)))
            }
            ByteRange::Last(n) if n > 0 && n <= LARGEST && self.service.knows_suffixes() => {
                Some(Some(GetRange::Suffix(n)))
            }
            _ => None,
        }
    }

    /// One request for bytes, and its answer checked. Of a value of more than `most` bytes comes its
    /// size and nothing else.
    async fn ask(
        &self,
        path: &Path,
        range: Option<GetRange>,
        most: u64,
        same: Option<&Version>,
    ) -> Answered<Bytes> {
        let options = GetOptions {
            range,
            ..self.bound_to(same)
        };
        let mut pauses = self.settings.pauses();
        let (found, wanted, data) = loop {
            let request = async {
                let answer = self.client.get_opts(path, options.clone()).await?;
                let described = self.described(&answer);
                let wanted = answer.range.end.saturating_sub(answer.range.start);
                if answer.meta.size > most {
                    return Ok((described, 0, Ok(Bytes::new())));
                }
                // Read within the request, so that a body that breaks is known to be this answer's.
                let data = gathered(answer.into_stream(), wanted).await;
                Ok((described, wanted, data))
            };
            let (described, wanted, data) = match Failure::watch(request).await {
                Ok(answer) => answer,
                Err(failure) => return self.absent_or(failure),
            };
            let found = described.map_err(Failure::unfit)?;
            match data.map_err(Failure::from) {
                Ok(data) => break (found, wanted, data),
                // The client goes on where it was, but only in what it can tell to be the same value.
                // All else is asked for anew.
                Err(failure) => match pauses.next() {
                    Some(pause) if failure.broke_off() && !is_named(found.version.as_ref()) => {
                        tokio::time::sleep(pause).await;
                    }
                    _ => return Err(failure),
                },
            }
        };
        if data.len() as u64 != wanted {
            return Err(Failure::cut_short(data.len(), wanted));
        }
        same_version(same, found.map(|()| data))
    }

    /// Size and version of a value.
    pub(super) async fn look(&self, path: &Path, same: Option<&Version>) -> Answered<()> {
        let failure = match self.look_closely(path, same).await {
            Ok((_, found)) => return same_version(same, found),
            Err(failure) => failure,
        };
        match self.absent_or(failure)? {
            // Such an answer has no text: it may be the bucket that is not there. A question for a
            // byte is told which.
            None if self.service.tags_all() => {
                let byte = Some(GetRange::Bounded(0..1));
                let found = self.ask(path, byte, u64::MAX, same).await?;
                Ok(found.map(|found| found.map(|_| ())))
            }
            answer => Ok(answer),
        }
    }

    /// The same with all that the service tells of the value.
    pub(super) async fn look_closely(
        &self,
        path: &Path,
        same: Option<&Version>,
    ) -> Result<(GetResult, Found<()>), Failure> {
        let options = GetOptions {
            head: true,
            ..self.bound_to(same)
        };
        let answer = Failure::watch(self.client.get_opts(path, options)).await?;
        let found = self.described(&answer).map_err(Failure::unfit)?;
        Ok((answer, found))
    }

    fn bound_to(&self, same: Option<&Version>) -> GetOptions {
        GetOptions {
            if_match: same.and_then(|version| self.service.parts(version).e_tag),
            ..GetOptions::default()
        }
    }

    fn absent_or<T>(&self, failure: Failure) -> Answered<T> {
        match failure.is_absence(&self.settings.missing) {
            true => Ok(None),
            false => Err(failure),
        }
    }

    /// Size and version as the answer tells them, or why it cannot be the value.
    fn described(&self, answer: &GetResult) -> Result<Found<()>, String> {
        let ObjectMeta {
            size,
            e_tag,
            version,
            ..
        } = &answer.meta;
        let told = |attribute| answer.attributes.get(&attribute).map(AsRef::<str>::as_ref);
        if let Some(coding) = told(Attribute::ContentEncoding)
            && !matches!(coding, "" | "identity" | "aws-chunked")
        {
            return Err(format!(
                "the server sent the value compressed by `{coding}`, which was not asked for; store values without a \
                 content encoding"
            ));
        }
        if self.service.tags_all() && e_tag.is_none() {
            return Err("the answer has no ETag, so it is not the value".to_owned());
        }
        if let Some(kind) = told(Attribute::ContentType)
            && is_page_type(kind)
            && !self.service.tags_all()
            && !answer.meta.location.as_ref().ends_with("ml")
        {
            return Err(format!(
                "the server sent a page (`{kind}`) in place of the value; it may answer so for what is not there"
            ));
        }
        let named = self.service.version(e_tag.as_deref(), version.as_deref());
        let dated = answer.extensions.get::<LastModified>();
        Ok(Found {
            data: (),
            size: *size,
            version: named.or_else(|| Some(Service::dated_version(&dated?.0, *size))),
        })
    }
}

/// Whether a service can be asked for this version.
fn is_named(version: Option<&Version>) -> bool {
    version.is_some_and(|version| !Service::is_dated(version))
}

/// The bytes of an answer that should have `wanted`. The memory for them grows with what comes: what an
/// answer announces is no reason to take any. What comes beyond is not read to its end.
async fn gathered(
    mut pieces: BoxStream<'static, object_store::Result<Bytes>>,
    wanted: u64,
) -> object_store::Result<Bytes> {
    let first = pieces.try_next().await?.unwrap_or_default();
    if first.len() as u64 >= wanted {
        return Ok(first);
    }
    let mut data = Vec::new();
    let mut piece = first;
    loop {
        let room = data.capacity() - data.len();
        if room < piece.len() {
            let left = usize::try_from(wanted).unwrap_or(usize::MAX) - data.len();
            // Twice as much as there is, but never more than is wanted; a piece that is too long ends it.
            let more = data.len().max(FIRST).min(left).max(piece.len());
            data.try_reserve_exact(more)
                .map_err(|_| no_memory(wanted))?;
        }
        data.extend_from_slice(&piece);
        if data.len() as u64 >= wanted {
            return Ok(data.into());
        }
        match pieces.try_next().await? {
            Some(next) => piece = next,
            None => return Ok(data.into()),
        }
    }
}

fn no_memory(wanted: u64) -> object_store::Error {
    object_store::Error::Generic {
        store: "answer",
        source: format!("no memory for {wanted} bytes; ask for a part of them").into(),
    }
}

/// A service that does not know `If-Match` answers with whatever is there.
fn same_version<T>(same: Option<&Version>, found: Found<T>) -> Answered<T> {
    match (same, &found.version) {
        (Some(same), Some(version)) if same != version => Err(Failure::changed()),
        (Some(_), None) => Err(Failure::changed()),
        _ => Ok(Some(found)),
    }
}
