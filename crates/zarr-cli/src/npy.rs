//! Arrays in numpy's `.npy` format, to and from untyped elements, whole or in boxes. Knows no Zarr nodes.

mod file;
mod header;
mod literal;
mod order;
#[cfg(test)]
pub(crate) mod tests;
mod types;

use std::io;
use std::path::Path;

use serde_json::Value;
use zarr::DataType;

use crate::address::foreign_formats;
use crate::failure::{Exit, Failure};

pub(crate) use self::file::{load, open};
use self::header::NpyHeader;
use self::literal::LiteralParser;

/// Why something is not an array that can be read, or cannot be written as one.
#[derive(Debug)]
pub(crate) enum NpyError {
    /// The bytes break the format.
    Corrupt(String),
    /// The format can say it, but not here, or the other way round.
    Unsupported(String),
    /// It does not fit into memory.
    TooLarge(u64),
    /// Reading or writing failed.
    Io(io::Error),
}

impl std::fmt::Display for NpyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Corrupt(text) | Self::Unsupported(text) => f.write_str(text),
            Self::TooLarge(bytes) => write!(f, "its {bytes} bytes of data do not fit into memory"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl NpyError {
    /// Why a command fails that reads or writes an `.npy` file.
    pub(crate) fn failure(&self, doing: &str, place: &str) -> Failure {
        match self {
            Self::Io(error) => Failure::io(doing, place, error),
            Self::Corrupt(_) => match foreign_formats::in_place_of_npy(Path::new(place)) {
                Some(what) => Failure::new(Exit::Unsupported, doing, place, what),
                None => Failure::new(Exit::Corrupt, doing, place, self)
                    .advice("save one array with `numpy.save`"),
            },
            Self::Unsupported(_) => Failure::new(Exit::Unsupported, doing, place, self),
            Self::TooLarge(_) => Failure::new(Exit::Limit, doing, place, self),
        }
    }
}

impl From<io::Error> for NpyError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Corrupt("it ends within its header".to_owned()),
            _ => Self::Io(error),
        }
    }
}

/// A data type as NumPy prints it, `'<i4'` or `[('a', '<i4'), ('b', 'S5')]`: lists and tuples become lists.
///
/// # Errors
/// What it is not.
pub(crate) fn descr(text: &str) -> Result<Value, NpyError> {
    let mut parser = LiteralParser::new(text);
    let descr = parser.descr()?;
    parser.end()?;
    Ok(descr)
}

/// What stands before the elements of an array in C order: format 1.0 where that is enough, and byte for byte
/// what numpy would write.
pub(crate) fn header(data_type: &DataType, shape: &[u64]) -> Result<Vec<u8>, NpyError> {
    let Some(descr) = types::descr(data_type) else {
        let text = format!("an .npy file cannot hold elements of type {data_type}");
        return Err(NpyError::Unsupported(text));
    };
    let (fortran_order, shape) = (false, shape.to_vec());
    Ok(NpyHeader {
        descr,
        fortran_order,
        shape,
    }
    .to_bytes())
}
