//! `Key`: the checked name of one value. A store is only ever asked for a `Key`, so a name that could leave its root
//! is refused here, once, for every backend.

use std::{borrow::Borrow, sync::Arc};

use crate::{
    AuxiliaryFile,
    error::{KeyProblem, Op, Result, StoreError, StoreErrorKind},
};

/// The longest key that every store takes (S3 allows 1024 bytes).
const KEY_BYTES: usize = 1024;
/// The longest file name of the usual file systems.
const SEGMENT_BYTES: usize = 255;

/// The name of one value in a store: parts joined by `/`, such as `temp/c/3/0`.
///
/// Always relative, with no empty part, no `.` or `..`, no NUL and no backslash. Cheap to clone.
///
/// ```
/// use zarr_store::Key;
/// assert_eq!(Key::new("temp/c/3/0")?.name(), "0");
/// assert!(Key::new("../secret").is_err());
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<str>);

impl Key {
    /// The key spelled by `text`, which is copied.
    ///
    /// # Errors
    /// [`StoreErrorKind::InvalidKey`] says which rule `text` breaks.
    pub fn new(text: impl AsRef<str>) -> Result<Key> {
        let text = text.as_ref();
        match check(text) {
            Ok(()) => Ok(Key(Arc::from(text))),
            Err(problem) => Err(invalid(text, problem)),
        }
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

/// The rules, for a key and for a prefix without its closing slash.
pub(crate) fn check(text: &str) -> Result<(), KeyProblem> {
    if text.is_empty() {
        return Err(KeyProblem::Empty);
    }
    if text.len() > KEY_BYTES {
        return Err(KeyProblem::Long);
    }
    if text.starts_with('/') {
        return Err(KeyProblem::Absolute);
    }
    // `x:0` is a name like any other; `x:/` is where a file system begins that has drives.
    if let [letter, b':'] | [letter, b':', b'/', ..] = text.as_bytes()
        && letter.is_ascii_alphabetic()
    {
        return Err(KeyProblem::Drive);
    }
    text.split('/').try_for_each(check_segment)
}

fn check_segment(segment: &str) -> Result<(), KeyProblem> {
    if segment.is_empty() {
        Err(KeyProblem::EmptySegment)
    } else if segment == "." || segment == ".." {
        Err(KeyProblem::Dots)
    } else if segment.len() > SEGMENT_BYTES {
        Err(KeyProblem::LongSegment)
    } else if segment.bytes().any(|b| b == b'\\' || b == 0) {
        Err(KeyProblem::Character)
    } else if AuxiliaryFile::is_reserved(segment) {
        Err(KeyProblem::Reserved)
    } else {
        Ok(())
    }
}

pub(crate) fn invalid(text: &str, problem: KeyProblem) -> StoreError {
    StoreError::text(Op::Name, text, StoreErrorKind::InvalidKey(problem))
}

/// Lets a map ordered by key be searched by text.
impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// What a checked name is as text.
macro_rules! impl_text {
    ($Name:ident) => {
        impl AsRef<str> for $Name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $Name {
            type Err = $crate::StoreError;
            fn from_str(text: &str) -> $crate::Result<$Name> {
                $Name::new(text)
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

pub(crate) use impl_text;

impl_text!(Key);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_zarr_writes() {
        for text in [
            "zarr.json",
            ".zarray",
            "temp/c/3/0",
            "a b/ü",
            "a/x:1",
            "x:1",
            "q:value/c/0",
            "0.0",
            "...",
            "a..b",
        ] {
            assert_eq!(Key::new(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn refuses_what_could_leave_the_root() {
        let long = "x".repeat(256);
        let longer = "x/".repeat(513) + "x";
        let table = [
            ("", KeyProblem::Empty),
            ("/etc/passwd", KeyProblem::Absolute),
            ("a//b", KeyProblem::EmptySegment),
            ("a/", KeyProblem::EmptySegment),
            ("..", KeyProblem::Dots),
            ("a/../b", KeyProblem::Dots),
            ("a/./b", KeyProblem::Dots),
            ("a\\b", KeyProblem::Character),
            ("a\0b", KeyProblem::Character),
            ("C:/x", KeyProblem::Drive),
            ("a/.b.1-2-3.zarr-tmp", KeyProblem::Reserved),
            (".b.zarr-lock/x", KeyProblem::Reserved),
            (&long, KeyProblem::LongSegment),
            (&longer, KeyProblem::Long),
        ];
        for (text, problem) in table {
            assert_eq!(check(text), Err(problem), "{text:?}");
        }
    }
}
