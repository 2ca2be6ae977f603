//! `KeyProblem`: why a text is not a key.

use crate::AuxiliaryFile;

/// Why a text is not a [`Key`](crate::Key).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyProblem {
    /// Nothing at all.
    #[error("a key may not be empty")]
    Empty,
    /// It begins with a slash.
    #[error("a key is relative to its store: it may not begin with `/`")]
    Absolute,
    /// Two slashes in a row, or one at the end.
    #[error("a key may not have an empty part: no `//` and no `/` at the end")]
    EmptySegment,
    /// A part is `.` or `..`.
    #[error("a key may not have a part `.` or `..`: it would leave its place in the store")]
    Dots,
    /// A byte that some file system or protocol reads as something else.
    #[error("a key may not contain a backslash or a NUL character")]
    Character,
    /// It begins like `C:`.
    #[error("a key may not begin with a drive letter")]
    Drive,
    /// A name that stores keep for files of their own.
    #[error(
        "names ending in `{}` or `{}` are kept for the store's own files",
        AuxiliaryFile::Temporary.suffix(),
        AuxiliaryFile::Lock.suffix()
    )]
    Reserved,
    /// A part longer than file systems can store.
    #[error("a part of a key may have at most 255 bytes")]
    LongSegment,
    /// Longer than object stores can store.
    #[error("a key may have at most 1024 bytes")]
    Long,
}
