//! `StoreError`: what was asked, of which store, for which key, and why it failed. Each backend maps its own errors to
//! a [`StoreErrorKind`].

mod archive;
mod key_problem;

use std::{fmt, io, ops::Range};

pub use self::{archive::ZipError, key_problem::KeyProblem};

use crate::{ByteRange, without_secrets};

/// What every fallible call of this crate returns.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A store could not do what it was asked.
///
/// Printed, it reads *put `temp/c/3/0` in /data/t.zarr: no space left on device*.
#[derive(Debug)]
pub struct StoreError {
    /// What was asked.
    pub op: Op,
    /// Which store was asked, as it prints itself; empty where no store was involved.
    pub store: String,
    /// The key or prefix concerned, as text: it need not be a valid key.
    pub key: Option<String>,
    /// Why it failed.
    pub kind: StoreErrorKind,
    /// Whether the same call may succeed when it is made again.
    pub retry: bool,
}

impl StoreError {
    /// An error of `store`; `key` is the key or prefix concerned.
    pub fn new(
        op: Op,
        store: &(impl fmt::Display + ?Sized),
        key: impl AsRef<str>,
        kind: StoreErrorKind,
    ) -> Self {
        let retry = kind.may_pass_later();
        StoreError {
            op,
            store: store.to_string(),
            key: Some(key.as_ref().to_owned()),
            kind,
            retry,
        }
    }

    /// The error for text that is not a key, a prefix or an address: no store was asked. Whatever it was meant to be,
    /// no secret in it is shown.
    pub(crate) fn text(op: Op, text: &str, kind: StoreErrorKind) -> Self {
        StoreError {
            op,
            store: String::new(),
            key: Some(without_secrets(text)),
            kind,
            retry: false,
        }
    }

    /// Whether somebody else changed the value first: read it again and decide again.
    pub fn is_conflict(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Conflict)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.op.verb())?;
        if let Some(key) = &self.key {
            // Escaped: a hostile name must not reach a terminal as control characters.
            write!(f, " `{}`", key.escape_debug())?;
        }
        if !self.store.is_empty() {
            write!(f, " in {}", self.store)?;
        }
        write!(f, ": {}", self.kind)
    }
}

/// The text of a store error ends with that of its cause, since an error is often shown alone. So the chain goes on
/// behind the cause, and nothing is said twice.
impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            StoreErrorKind::Permission(e) | StoreErrorKind::Io(e) => e.source(),
            StoreErrorKind::Backend(e) => e.source(),
            _ => None,
        }
    }
}

/// What was asked of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Op {
    /// Make a key or prefix from text.
    Name,
    /// Find a store by its address.
    OpenStore,
    /// Open a value for reading.
    Open,
    /// Read a value or parts of it.
    Get,
    /// Ask for a value's size and version.
    Head,
    /// Write a value.
    Put,
    /// Copy a value to this key, inside the store.
    Copy,
    /// Delete a value.
    Delete,
    /// Delete everything below a prefix.
    DeletePrefix,
    /// List keys.
    List,
    /// Take the lock of a key.
    Lock,
    /// Read a value, change it, write it.
    Update,
    /// Make writes durable.
    Sync,
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb())
    }
}

impl Op {
    fn verb(self) -> &'static str {
        match self {
            Op::Name => "name",
            Op::OpenStore => "open the store",
            Op::Open => "open",
            Op::Get => "get",
            Op::Head => "get the size of",
            Op::Put => "put",
            Op::Copy => "copy to",
            Op::Delete => "delete",
            Op::DeletePrefix => "delete all below",
            Op::List => "list",
            Op::Lock => "lock",
            Op::Update => "update",
            Op::Sync => "sync",
        }
    }
}

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store was opened read-only.
    #[error("the store is read-only; open it for writing to change it")]
    ReadOnly,
    /// The store is there and refuses: permissions, or a read-only file system.
    #[error("{}", refused(.0))]
    Permission(io::Error),
    /// There is no such bucket or container, which proves nothing about the values in it.
    #[error("there is no such bucket or container: {0}")]
    NoContainer(String),
    /// An option of the store is not known, cannot be read, or does not go with its address.
    #[error("{0}")]
    Option(String),
    /// This store cannot do that; the text says what, and what to do instead.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
    /// [`PutMode::Create`](crate::PutMode::Create) met a value.
    #[error("a value is already there; read it, or overwrite it on purpose")]
    AlreadyExists,
    /// The value is no longer the version that was named.
    #[error("somebody else changed the value meanwhile; read it again and decide again")]
    Conflict,
    /// A read-modify-write met a newer value each time it tried.
    #[error(
        "somebody else changed the value {tries} times in a row; let fewer writers change it at once"
    )]
    Contended {
        /// How often it was read and merged.
        tries: u32,
    },
    /// The text is not a key or prefix.
    #[error(transparent)]
    InvalidKey(KeyProblem),
    /// The range begins beyond the end of the value.
    #[error(
        "{asked} lies outside the value of {size} bytes; it was cut short, or is not what was expected"
    )]
    OutOfRange {
        /// The range asked for.
        asked: ByteRange,
        /// The size of the whole value.
        size: u64,
    },
    /// The value is larger than the caller accepts.
    #[error(
        "it has {size} bytes where at most {limit} are read; check what was put there, or allow more"
    )]
    TooLarge {
        /// The size of the value, as far as it is known: at least this.
        size: u64,
        /// The most it may have.
        limit: u64,
    },
    /// The value is not in memory, and was asked for [at once](crate::BlockingStore::open_at_once).
    #[error("it is not in memory; read it where a thread may wait")]
    WouldWait,
    /// No answer in time.
    #[error("no answer in time; try again, or allow more time")]
    Timeout,
    /// The operating system failed.
    #[error("{0}")]
    Io(io::Error),
    /// A zip archive, or an entry of one, is not as it should be, or somebody else has it.
    #[error(transparent)]
    Archive(ZipError),
    /// A backend failed in a way of its own.
    #[error("{0}")]
    Backend(Box<dyn std::error::Error + Send + Sync>),
}

/// With what to do where the system refuses; a service's own words say more.
fn refused(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(_) => format!("{error}; check who owns the store, and who may read and write there"),
        None => error.to_string(),
    }
}

impl StoreErrorKind {
    /// For a range that does not lie inside a value of `size` bytes.
    pub(crate) fn out_of_range(range: Range<u64>, size: u64) -> Self {
        let asked = ByteRange::Bounded(range);
        Self::OutOfRange { asked, size }
    }

    fn may_pass_later(&self) -> bool {
        use io::ErrorKind as E;
        match self {
            Self::Conflict | Self::Timeout => true,
            Self::Io(e) => matches!(
                e.kind(),
                E::TimedOut | E::WouldBlock | E::ResourceBusy | E::StaleNetworkFileHandle
            ),
            _ => false,
        }
    }
}

impl From<io::Error> for StoreErrorKind {
    fn from(e: io::Error) -> Self {
        use io::ErrorKind as E;
        match e.kind() {
            E::PermissionDenied | E::ReadOnlyFilesystem => Self::Permission(e),
            _ => Self::Io(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_where_and_why() {
        let e = StoreError::new(
            Op::Put,
            "/data/t.zarr",
            "temp/c/3/0",
            StoreErrorKind::ReadOnly,
        );
        assert_eq!(
            e.to_string(),
            "put `temp/c/3/0` in /data/t.zarr: the store is read-only; open it for writing to change \
             it"
        );
    }

    #[test]
    fn hostile_names_do_not_reach_the_terminal() {
        let e = StoreError::text(
            Op::Name,
            "\u{1b}[2J",
            StoreErrorKind::InvalidKey(KeyProblem::Dots),
        );
        assert!(!e.to_string().contains('\u{1b}'));
    }

    #[test]
    fn is_small_enough_for_every_result() {
        assert!(size_of::<StoreError>() <= 96, "{}", size_of::<StoreError>());
    }
}
