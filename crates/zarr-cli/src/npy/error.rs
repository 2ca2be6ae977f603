//! Why an `.npy` file cannot be read or written.

use std::fmt;
use std::io;
use std::path::Path;

use crate::address::foreign_formats;
use crate::failure::{Exit, Failure};

/// Why something is not an array that can be read, or cannot be written as one.
#[derive(Debug)]
pub(crate) enum Error {
    /// The bytes break the format.
    Corrupt(String),
    /// The format can say it, but not here, or the other way round.
    Unsupported(String),
    /// It does not fit into memory.
    TooLarge(u64),
    /// Reading or writing failed.
    Io(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Corrupt(text) | Self::Unsupported(text) => f.write_str(text),
            Self::TooLarge(bytes) => write!(f, "its {bytes} bytes of data do not fit into memory"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl Error {
    /// Why a command fails that reads or writes a file, and what to do if the file is not as it should be.
    pub(crate) fn failure(&self, doing: &str, place: &str, advice: &str) -> Failure {
        match self {
            Self::Io(error) => Failure::io(doing, place, error),
            Self::Corrupt(_) => match foreign_formats::in_place_of_npy(Path::new(place)) {
                Some(what) => Failure::new(Exit::Unsupported, doing, place, what),
                None => Failure::new(Exit::Corrupt, doing, place, self).advice(advice),
            },
            Self::Unsupported(_) => Failure::new(Exit::Unsupported, doing, place, self),
            Self::TooLarge(_) => Failure::new(Exit::Limit, doing, place, self),
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Corrupt("it ends within its header".to_owned()),
            _ => Self::Io(error),
        }
    }
}
