//! Bodies of responses, which hold the memory that was reserved for them until the socket has the bytes or the
//! client is gone.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use zarr::tools::StoreError;

/// All at once, or piece by piece. A body that fails ends the connection, so that no client takes it for complete.
pub(super) type Body = UnsyncBoxBody<Bytes, StoreError>;

/// A body that is ready.
pub(super) fn ready(bytes: Bytes) -> Body {
    Full::new(bytes)
        .map_err(|never: Infallible| match never {})
        .boxed_unsync()
}

/// A body whose pieces are made as the socket takes them.
pub(super) fn in_pieces(
    pieces: impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static,
) -> Body {
    StreamBody::new(pieces.map(|piece| piece.map(Frame::data))).boxed_unsync()
}

/// The same body, each piece of which also holds `held`.
pub(super) fn holding(body: Body, held: impl Clone + Send + 'static) -> Body {
    let hold = move |frame: Frame<Bytes>| frame.map_data(|bytes| hold(bytes, held.clone()));
    body.map_frame(hold).boxed_unsync()
}

/// Bytes that hold `held` as long as they exist.
pub(super) fn hold(bytes: Bytes, held: impl Send + 'static) -> Bytes {
    Bytes::from_owner(HeldBytes { bytes, _held: held })
}

struct HeldBytes<T> {
    bytes: Bytes,
    _held: T,
}

impl<T> AsRef<[u8]> for HeldBytes<T> {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
