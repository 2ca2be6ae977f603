//! `Refusal`: what is wrong with an archive, in code that does not know the name of the archive.

use crate::ZipError;

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
