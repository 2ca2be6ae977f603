//! Bodies under watch: one that trickles is given up, one that does not end is an error, and one that
//! is more than was asked for is cut. It knows bytes and time, not what they are for.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use object_store::client::{HttpError, HttpResponse, HttpResponseBody};
use reqwest::header::{self, HeaderMap};
use tokio::time::{Instant, timeout_at};

use super::errors::{broken, endless, late};

/// How much must arrive in each period of waiting, so that one byte now and then does not count.
const LEAST: usize = 1024;

/// How much of a body is taken.
#[derive(Debug, Clone, Copy)]
pub(super) enum BodyLimit {
    /// So much as whoever asked takes of it.
    AsAsked,
    /// All of it, which is an error where it has more bytes.
    All(usize),
    /// Its first bytes: of a text about what went wrong.
    First(usize),
}

/// The response, with a body that fails where fewer than [`LEAST`] bytes come within `idle`, and ends
/// with the last of the bytes that were announced, whatever becomes of the connection then. No more of
/// it comes than `most` says.
pub(super) fn watched(response: HttpResponse, idle: Duration, most: BodyLimit) -> HttpResponse {
    let left = size_of(response.headers());
    let (parts, body) = response.into_parts();
    let watch = WatchedBody {
        body,
        idle,
        left,
        most,
        until: None,
        missing: LEAST,
    };
    let frames = stream::try_unfold(watch, |mut watch| async move {
        Ok::<_, HttpError>(watch.next().await?.map(|frame| (frame, watch)))
    });
    HttpResponse::from_parts(parts, HttpResponseBody::new(StreamBody::new(frames)))
}

struct WatchedBody {
    body: HttpResponseBody,
    idle: Duration,
    left: Option<u64>,
    most: BodyLimit,
    until: Option<Instant>,
    missing: usize,
}

impl WatchedBody {
    async fn next(&mut self) -> Result<Option<Frame<Bytes>>, HttpError> {
        if self.left == Some(0) || matches!(self.most, BodyLimit::First(0)) {
            return Ok(None);
        }
        // Time counts only while somebody waits: a slow reader is not the server's fault.
        let asked = Instant::now();
        let until = self.until.take().unwrap_or(asked + self.idle);
        let Ok(frame) = timeout_at(until, self.body.frame()).await else {
            return Err(late("the answer stopped half way"));
        };
        let Some(frame) = frame.transpose()? else {
            return Ok(None);
        };
        let came = frame.data_ref().map_or(0, Bytes::len);
        self.left = self.left.map(|left| left.saturating_sub(came as u64));
        self.most = match self.most {
            BodyLimit::AsAsked => BodyLimit::AsAsked,
            BodyLimit::First(left) => BodyLimit::First(left.saturating_sub(came)),
            BodyLimit::All(left) => BodyLimit::All(left.checked_sub(came).ok_or_else(endless)?),
        };
        if came < self.missing {
            self.missing -= came;
            self.until = Some(until);
        } else {
            self.missing = LEAST;
        }
        Ok(Some(frame))
    }
}

/// The `take` bytes behind the first `skip` of a body; its rest is not waited for.
pub(super) fn cut(body: HttpResponseBody, skip: u64, take: u64) -> HttpResponseBody {
    let frames = stream::try_unfold(
        (body, skip, take),
        |(mut body, mut skip, mut take)| async move {
            while take > 0 {
                let Some(frame) = body.frame().await.transpose()? else {
                    return Err(broken("the answer ended too early"));
                };
                let Ok(mut data) = frame.into_data() else {
                    continue;
                };
                let over = skip.min(data.len() as u64);
                skip -= over;
                let data = data.split_off(over as usize);
                let kept = data.slice(..take.min(data.len() as u64) as usize);
                if kept.is_empty() {
                    continue;
                }
                take -= kept.len() as u64;
                return Ok::<_, HttpError>(Some((Frame::data(kept), (body, skip, take))));
            }
            Ok(None)
        },
    );
    HttpResponseBody::new(StreamBody::new(frames))
}

/// The length that an answer announces.
pub(super) fn size_of(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many bytes come of a body of 8 MiB that announces a terabyte, in pieces of 1000.
    async fn taken(most: BodyLimit) -> Result<usize, HttpError> {
        let pieces = std::iter::repeat_n(Bytes::from(vec![b' '; 1000]), 8 << 10);
        let frames = stream::iter(pieces.map(|piece| Ok::<_, HttpError>(Frame::data(piece))));
        let mut response = HttpResponse::new(HttpResponseBody::new(StreamBody::new(frames)));
        let length = reqwest::header::HeaderValue::from_static("1099511627776");
        response.headers_mut().insert("content-length", length);
        let body = watched(response, Duration::from_secs(1), most).into_body();
        let body = body.collect().await?;
        Ok(body.to_bytes().len())
    }

    #[tokio::test]
    async fn no_more_is_taken_than_is_wanted() {
        assert_eq!(taken(BodyLimit::First(64_500)).await.unwrap(), 65_000);
        assert!(taken(BodyLimit::All(1 << 20)).await.is_err());
        assert_eq!(taken(BodyLimit::All(8 << 20)).await.unwrap(), 8_192_000);
        assert_eq!(taken(BodyLimit::AsAsked).await.unwrap(), 8_192_000);
    }
}
