//! Arrays in numpy's `.npy` format, to and from untyped elements, whole or in boxes. Knows no Zarr nodes.

mod file;
mod header;
mod literal;
mod order;
#[cfg(test)]
pub(crate) mod tests;
mod types;

use std::io;

use serde_json::Value;
use zarr::DataType;

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
