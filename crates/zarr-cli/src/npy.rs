//! NumPy's `.npy` files: arrays of elements whose type the file names, read and written whole or box by box; and files
//! of raw elements, whose type and shape the caller names. Knows no Zarr nodes.
//!
//! By hand, since the crates that read such files lack what is needed here. `npyz` 0.9.1 and `ndarray-npy` 0.10
//! take elements as Rust types that are known when a program is compiled; a record's fields are known when its file is
//! opened. Of `npyz`, tried with the 141 files of NumPy in `tests/fixtures/npy.json`:
//! - it reads 134 headers: not dates and durations in multiples of a unit (`M8[25s]`) or of none, nor names of fields
//!   in Latin 1, in which versions 1 and 2 of the format are written; and neither `=f8`, `?`, nor headers of Python 2;
//! - it writes 4 of these as NumPy does, byte for byte;
//! - it allocates the length that a header claims, up to 4 GiB;
//! - padding in aligned records is a field to it;
//! - what it says of a wrong header takes several lines, and a command's failure is one.

mod element;
mod error;
mod file;
mod fortran_order;
mod header;
mod length;
mod pipe;
mod python_literal;
mod raw;
#[cfg(test)]
pub(crate) mod tests;

use serde_json::Value;
use zarr::DataType;

pub(crate) use self::error::Error;
pub(crate) use self::file::{ArrayFile, load, open, open_raw};
use self::header::Header;
use self::python_literal::Parser;
pub(crate) use self::raw::RawLayout;

/// A data type as NumPy prints it, `'<i4'` or `[('a', '<i4'), ('b', 'S5')]`: lists and tuples become lists.
///
/// # Errors
/// What it is not.
pub(crate) fn descr(text: &str) -> Result<Value, Error> {
    let mut parser = Parser::new(text);
    let descr = parser.descr()?;
    parser.end()?;
    Ok(descr)
}

/// What stands before the elements of an array in C order: format 1.0 where that is enough, and byte for byte
/// what numpy would write.
pub(crate) fn header(data_type: &DataType, shape: &[u64]) -> Result<Vec<u8>, Error> {
    let Some(descr) = element::descr(data_type) else {
        let text = format!("an .npy file cannot hold elements of type {data_type}");
        return Err(Error::Unsupported(text));
    };
    let (fortran_order, shape) = (false, shape.to_vec());
    Ok(Header {
        descr,
        fortran_order,
        shape,
    }
    .to_bytes())
}
