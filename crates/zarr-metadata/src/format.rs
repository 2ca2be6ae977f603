//! The small closed vocabularies of the format: its version, byte order, memory order and key separator.

use std::convert::Infallible;
use std::fmt;

/// A version of the Zarr format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ZarrFormat {
    /// Version 2: `.zarray`, `.zgroup`, `.zattrs`.
    V2,
    /// Version 3: `zarr.json`.
    V3,
}

impl ZarrFormat {
    /// The other of the two formats.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::V2 => Self::V3,
            Self::V3 => Self::V2,
        }
    }
}

impl fmt::Display for ZarrFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V2 => "2",
            Self::V3 => "3",
        })
    }
}

/// The order of the bytes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endian {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl Endian {
    /// The byte order of this machine.
    pub const NATIVE: Endian = if cfg!(target_endian = "big") {
        Endian::Big
    } else {
        Endian::Little
    };

    /// The name the `bytes` codec uses: `"little"` or `"big"`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Little => "little",
            Self::Big => "big",
        }
    }
}

impl fmt::Display for Endian {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the elements of a v2 chunk follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// The last axis varies fastest, as in C.
    #[default]
    C,
    /// The first axis varies fastest, as in Fortran.
    F,
}

impl Order {
    /// The letter used in documents: `"C"` or `"F"`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::F => "F",
        }
    }
}

/// The separator between the numbers of a chunk's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Separator {
    /// `/`: one directory per axis.
    Slash,
    /// `.`: all chunks in one directory.
    Dot,
}

impl Separator {
    /// The separator itself.
    #[must_use]
    pub fn as_char(self) -> char {
        match self {
            Self::Slash => '/',
            Self::Dot => '.',
        }
    }

    /// The separator as documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Slash => "/",
            Self::Dot => ".",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "/" => Some(Self::Slash),
            "." => Some(Self::Dot),
            _ => None,
        }
    }
}

/// Why a word or a number is none of the format's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct WordError {
    expected: &'static str,
    found: String,
}

impl WordError {
    /// What is expected, and what was found instead.
    pub fn new(expected: &'static str, found: impl fmt::Debug) -> Self {
        let found = format!("{found:?}");
        Self { expected, found }
    }
}

impl From<Infallible> for WordError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// From 2 or 3.
macro_rules! format_from {
    ($($number:ty),*) => {$(
        impl TryFrom<$number> for ZarrFormat {
            type Error = WordError;

            fn try_from(number: $number) -> Result<Self, WordError> {
                match number {
                    2 => Ok(Self::V2),
                    3 => Ok(Self::V3),
                    other => Err(WordError::new("format 2 or 3", other)),
                }
            }
        }
    )*};
}
format_from!(u8, u16, u32, u64, usize, i32, i64);

/// From `"C"` or `"F"`.
impl TryFrom<&str> for Order {
    type Error = WordError;

    fn try_from(letter: &str) -> Result<Self, WordError> {
        match letter {
            "C" => Ok(Self::C),
            "F" => Ok(Self::F),
            other => Err(WordError::new("the order \"C\" or \"F\"", other)),
        }
    }
}

impl TryFrom<char> for Order {
    type Error = WordError;

    fn try_from(letter: char) -> Result<Self, WordError> {
        Self::try_from(&*letter.encode_utf8(&mut [0; 4]))
    }
}

/// From `"/"` or `"."`.
impl TryFrom<&str> for Separator {
    type Error = WordError;

    fn try_from(text: &str) -> Result<Self, WordError> {
        let wrong = || WordError::new("the separator \"/\" or \".\"", text);
        Self::parse(text).ok_or_else(wrong)
    }
}

impl TryFrom<char> for Separator {
    type Error = WordError;

    fn try_from(character: char) -> Result<Self, WordError> {
        Self::try_from(&*character.encode_utf8(&mut [0; 4]))
    }
}
