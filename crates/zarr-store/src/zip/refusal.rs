//! `Refusal`: what is wrong with an archive, in code that does not know the name of the archive.

use crate::{Op, StoreError, StoreErrorKind, ZipError};

/// What is wrong, and with which entry.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) entry: Option<String>,
    pub(super) why: ZipError,
}

impl From<ZipError> for Refusal {
    fn from(why: ZipError) -> Self {
        Refusal { entry: None, why }
    }
}

/// The error for an archive that cannot be opened or written.
pub(super) fn refused(op: Op, name: &str, refusal: Refusal) -> StoreError {
    let kind = StoreErrorKind::Archive(refusal.why);
    let mut error = StoreError::new(op, name, "", kind);
    error.key = refusal.entry;
    error
}
