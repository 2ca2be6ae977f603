//! `Connection`: a client with all that its requests need, and the errors of those requests.

use std::{fmt, sync::Arc};

use object_store::{ObjectStore as Client, path::Path};

use super::{failure::Failure, options::Settings, service::Service};
use crate::{Identity, Key, LockName, Op, Prefix, Result, StoreError, StoreErrorKind};

/// A client with what is known about it.
#[derive(Clone)]
pub(super) struct Connection {
    pub(super) client: Arc<dyn Client>,
    pub(super) service: Service,
    pub(super) settings: Settings,
    /// The address, fit to be shown.
    pub(super) name: String,
    /// Which container it is, whatever part of it the store is: for locks, which may meet too often.
    pub(super) identity: Identity,
    /// The same, and of which service: for real paths.
    pub(super) container: Identity,
    /// The endpoint and the container, spelled out: connections of one service to one container have the same.
    pub(super) bucket: String,
    /// Where in the container the store lies.
    pub(super) root: Prefix,
    /// Texts that must never be shown.
    pub(super) secrets: Vec<String>,
}

impl Connection {
    /// The same lock for one value, whichever part of the container the handle is on.
    pub(super) fn lock_name(&self, key: &Key) -> LockName {
        LockName::new(self.identity, [self.root.as_str(), key.as_str()].concat())
    }

    /// Whether both are connected to one container.
    pub(super) fn shares_container(&self, other: &Connection) -> bool {
        self.service == other.service && self.bucket == other.bucket
    }

    /// Where in the container a key lies.
    pub(super) fn path(&self, op: Op, key: &Key) -> Result<Path> {
        self.named(
            op,
            key.as_str(),
            &[self.root.as_str(), key.as_str()].concat(),
        )
    }

    pub(super) fn named(&self, op: Op, name: &str, whole: &str) -> Result<Path> {
        Path::parse(whole).map_err(|_| {
            let why = "names with control characters, which services do not take";
            self.error(op, name, StoreErrorKind::Unsupported(why))
        })
    }

    pub(super) fn error(&self, op: Op, name: impl AsRef<str>, kind: StoreErrorKind) -> StoreError {
        StoreError::new(op, self, name, kind)
    }

    pub(super) fn failed(&self, op: Op, name: impl AsRef<str>, failure: &Failure) -> StoreError {
        let (kind, retry) = failure.tell(self.service, &self.secrets);
        StoreError {
            retry,
            ..self.error(op, name, kind)
        }
    }

    /// The answer to a read, with its failure told.
    pub(super) fn settle<T>(&self, op: Op, key: &Key, answer: Result<T, Failure>) -> Result<T> {
        answer.map_err(|failure| match failure.is_conflict() {
            true => self.error(op, key, StoreErrorKind::Conflict),
            false => self.failed(op, key, &failure),
        })
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
