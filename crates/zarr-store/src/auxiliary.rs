//! `AuxiliaryFile`: the names of files that a store keeps beside the values while somebody writes. They are spelled
//! here alone: no key may have such a name, and no listing shows one.

/// A file that a writer keeps beside a value for a while, and leaves behind if it is killed.
///
/// ```
/// use zarr_store::{AuxiliaryFile, Key};
/// assert_eq!(AuxiliaryFile::of(".0.zarr-lock"), Some(AuxiliaryFile::Lock));
/// assert_eq!(AuxiliaryFile::of("zarr.json"), None);
/// assert!(Key::new("c/.0.zarr-lock").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuxiliaryFile {
    /// A value, or an archive, that is not in its place yet.
    Temporary,
    /// What the system locks while a value is changed in part, or an archive is written.
    Lock,
}

impl AuxiliaryFile {
    const ALL: [AuxiliaryFile; 2] = [AuxiliaryFile::Temporary, AuxiliaryFile::Lock];

    /// What the names of such files end in.
    pub const fn suffix(self) -> &'static str {
        match self {
            AuxiliaryFile::Temporary => ".zarr-tmp",
            AuxiliaryFile::Lock => ".zarr-lock",
        }
    }

    /// What a file of this name is, if it is one of these.
    pub fn of(name: &str) -> Option<AuxiliaryFile> {
        let hidden = name.starts_with('.').then_some(name)?;
        Self::ALL
            .into_iter()
            .find(|kind| hidden.ends_with(kind.suffix()))
    }

    /// Whether no key may have a part of this name.
    pub(crate) fn is_reserved(name: &str) -> bool {
        Self::ALL.iter().any(|kind| name.ends_with(kind.suffix()))
    }
}
