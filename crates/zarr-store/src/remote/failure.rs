//! A request that failed: what it means, and how it is told. This is the one place that decides what counts as absent.

use std::{error::Error, io};

use object_store::client::{HttpError, HttpErrorKind};

use super::{
    cause::{Cause, NO_CONTAINER},
    last_status::LastStatus,
    scrub::scrub,
    service::Service,
};
use crate::StoreErrorKind;

/// An error of the client, and the status of the answer behind it where that is known.
#[derive(Debug)]
pub(super) struct Failure {
    error: object_store::Error,
    status: Option<u16>,
}

/// Of a stream, where no status is known.
impl From<object_store::Error> for Failure {
    fn from(error: object_store::Error) -> Self {
        Failure {
            error,
            status: None,
        }
    }
}

fn generic(why: String) -> object_store::Error {
    object_store::Error::Generic {
        store: "answer",
        source: why.into(),
    }
}

impl Failure {
    /// Runs one request.
    pub(super) async fn watch<T>(
        request: impl Future<Output = object_store::Result<T>>,
    ) -> Result<T, Failure> {
        let answer = LastStatus::default();
        let result = answer.of(request).await;
        result.map_err(|error| Failure {
            error,
            status: answer.status(),
        })
    }

    /// An answer that cannot be the value.
    pub(super) fn unfit(why: String) -> Failure {
        // Not about the range: asking for another one would not help.
        Failure {
            error: generic(why),
            status: Some(502),
        }
    }

    /// An answer of another length than it said.
    pub(super) fn cut_short(came: usize, wanted: u64) -> Failure {
        Failure::unfit(format!("{came} bytes came instead of {wanted}"))
    }

    /// An answer of another version than was asked for.
    pub(super) fn changed() -> Failure {
        Failure {
            error: object_store::Error::Precondition {
                path: String::new(),
                source: "the service sent another version than was asked for".into(),
            },
            status: None,
        }
    }

    fn status(&self) -> Option<u16> {
        use object_store::Error as E;
        self.status.or(match self.error {
            E::NotFound { .. } => Some(404),
            E::PermissionDenied { .. } => Some(403),
            E::Unauthenticated { .. } => Some(401),
            E::Precondition { .. } => Some(412),
            E::NotModified { .. } => Some(304),
            _ => None,
        })
    }

    /// Whether it proves that the value is not there. `missing` are the statuses that whoever
    /// opened the store declared to mean that, too.
    pub(super) fn is_absence(&self, missing: &[u16]) -> bool {
        let proof = match &self.error {
            object_store::Error::NotFound { source, .. } => {
                let words = source.to_string();
                // No proof that a key is absent: the address may be wrong. And the client takes 405 for "not found", too. In an answer about many keys, the status is
                // that of the whole.
                self.status != Some(405) && !NO_CONTAINER.iter().any(|name| words.contains(name))
            }
            _ => false,
        };
        proof || self.broken().is_none() && self.status().is_some_and(|s| missing.contains(&s))
    }

    /// Whether the value is another version than the one that was named.
    pub(super) fn is_conflict(&self) -> bool {
        matches!(
            self.error,
            object_store::Error::Precondition { .. } | object_store::Error::NotModified { .. }
        )
    }

    /// Whether the service refused because of what is there, as opposed to failing.
    pub(super) fn is_refusal(&self) -> bool {
        self.is_conflict() || matches!(self.error, object_store::Error::AlreadyExists { .. })
    }

    /// Whether an answer came, and it was about the range rather than about the value.
    pub(super) fn is_about_range(&self) -> bool {
        let answered = matches!(
            self.status,
            None | Some(200 | 206 | 400 | 405 | 416 | 500 | 501)
        );
        use object_store::Error as E;
        let kind = matches!(self.error, E::Generic { .. } | E::NotSupported { .. });
        kind && answered && self.broken().is_none()
    }

    /// Whether nobody can tell if the request was carried out.
    pub(super) fn is_unknown(&self) -> bool {
        self.broken().is_some() || self.status().is_none_or(|status| status >= 500)
    }

    /// Whether the service, or its client, has no such request.
    pub(super) fn is_inability(&self) -> bool {
        use object_store::Error as E;
        let kind = matches!(
            self.error,
            E::NotSupported { .. } | E::NotImplemented { .. }
        );
        kind || self.status() == Some(501)
    }

    /// Whether an answer began and did not come to its end.
    pub(super) fn broke_off(&self) -> bool {
        self.broken().is_some()
    }

    /// How the connection failed, if that is what happened.
    fn broken(&self) -> Option<HttpErrorKind> {
        let mut cause: Option<&(dyn Error + 'static)> = Some(&self.error);
        while let Some(error) = cause {
            if let Some(http) = error.downcast_ref::<HttpError>() {
                return Some(http.kind());
            }
            cause = error.source();
        }
        None
    }

    /// The cause to show, and whether the same call may pass when made again.
    pub(super) fn tell(&self, service: Service, secrets: &[String]) -> (StoreErrorKind, bool) {
        let words = self.words();
        let cause = Cause::of(service, &words, self.status());
        let mut words = scrub(&words, secrets);
        if let Some(advice) = cause.advice(service) {
            words = format!("{words}; {advice}");
        }
        match (cause, self.broken(), self.status()) {
            (Cause::NoCredentials, ..) | (_, None, Some(401 | 403)) => {
                let cause = io::Error::new(io::ErrorKind::PermissionDenied, words);
                (StoreErrorKind::Permission(cause), false)
            }
            (Cause::NoContainer, ..) => (StoreErrorKind::NoContainer(words), false),
            (_, Some(HttpErrorKind::Timeout), _) => (StoreErrorKind::Timeout, true),
            (_, Some(_), _) => (StoreErrorKind::Backend(words.into()), true),
            (_, None, status) => {
                let retry = status.is_some_and(|s| s >= 500 || s == 429 || s == 408);
                (StoreErrorKind::Backend(words.into()), retry)
            }
        }
    }

    /// The error with its causes, each said once.
    fn words(&self) -> String {
        let mut words = self.error.to_string();
        let mut cause = self.error.source();
        while let Some(error) = cause {
            let more = error.to_string();
            if !words.contains(&more) {
                words = format!("{words}: {more}");
            }
            cause = error.source();
        }
        words
    }
}
