//! What errors of the system mean for a store: which prove that a value is absent, which call for another try, and how
//! the others are told.

use std::{fmt::Display, io};

use super::system;
use crate::{Op, StoreError, StoreErrorKind};

/// An error of the system as one of the store.
pub(super) fn store_error(
    store: &impl Display,
    op: Op,
    name: impl AsRef<str>,
    e: io::Error,
) -> StoreError {
    if is_outside(&e) {
        let kind = StoreErrorKind::Unsupported(
            "a symbolic link on the way leads out of the store; if whoever made the store is to \
             be trusted, let links be followed (`Symlinks::Follow`)",
        );
        return StoreError::new(op, store, name, kind);
    }
    let retry = system::is_shortage(&e);
    let mut error = StoreError::new(op, store, name, e.into());
    error.retry |= retry;
    error
}

/// Whether a link leads out of the store. This is how Linux says so.
pub(super) fn is_outside(e: &io::Error) -> bool {
    e.kind() == io::ErrorKind::CrossesDevices
}

/// The only two ways of a path to be proved absent: no such name, or a parent that is a file.
pub(super) fn is_absent(e: &io::Error) -> bool {
    matches!(
        e.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Calls again if a signal came first: then nothing was done.
pub(super) fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

pub(super) fn if_absent(e: io::Error) -> io::Result<()> {
    if is_absent(&e) { Ok(()) } else { Err(e) }
}
