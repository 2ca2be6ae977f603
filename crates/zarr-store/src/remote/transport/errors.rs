//! The errors of an answer, as the client above us reads them: by their kind it decides whether to try again.

use object_store::client::{HttpError, HttpErrorKind};

/// Something took too long.
pub(super) fn late(why: &'static str) -> HttpError {
    HttpError::new(HttpErrorKind::Timeout, UnusableAnswer(why.to_owned()))
}

/// An answer that cannot be used. Not tried again by the client: it would come again.
pub(super) fn unfit(why: impl Into<String>) -> HttpError {
    HttpError::new(HttpErrorKind::Decode, UnusableAnswer(why.into()))
}

/// An answer that broke off.
pub(super) fn broken(why: impl Into<String>) -> HttpError {
    HttpError::new(HttpErrorKind::Interrupted, UnusableAnswer(why.into()))
}

/// An answer with more bytes than any such answer has.
pub(super) fn endless() -> HttpError {
    unfit("the answer does not end")
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct UnusableAnswer(String);
