//! Arrays in numpy's `.npy` format, to and from untyped elements. Knows neither Zarr nodes nor files:
//! it is given readers and writers.

mod header;
mod load;
mod order;
#[cfg(test)]
mod tests;
mod types;

use std::io::{self, Read, Write};

use zarr::{DataType, DynData, Values};

use self::header::Header;
pub(crate) use self::load::load;

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

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Corrupt(text) | Self::Unsupported(text) => f.write_str(text),
            Self::TooLarge(bytes) => write!(f, "its {bytes} bytes of data do not fit into memory"),
            Self::Io(error) => error.fmt(f),
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

/// Whether arrays of this type can be written.
pub(crate) fn has(data_type: &DataType) -> bool {
    types::descr(data_type).is_some()
}

/// Writes an array: format 1.0 where its header is short enough, else 2.0, and byte for byte what
/// numpy would write.
pub(crate) fn write(array: &DynData, out: &mut (impl Write + ?Sized)) -> Result<(), Error> {
    let (Some(descr), Some(data)) = (types::descr(&array.dtype), array.data.as_fixed()) else {
        let text = format!("an .npy file cannot hold elements of type {}", array.dtype);
        return Err(Error::Unsupported(text));
    };
    out.write_all(
        &Header {
            descr,
            fortran_order: false,
            shape: array.shape.clone(),
        }
        .to_bytes(),
    )?;
    out.write_all(data)?;
    Ok(())
}

/// Reads an array to the end of the input: elements in this machine's byte order, in C order.
///
/// `size` is that of the whole input where it is known. Nothing is allocated on the word of a header:
/// never more than the input has, and no more than twice what has arrived where its size is unknown.
pub(crate) fn read(input: &mut impl Read, size: Option<u64>) -> Result<DynData, Error> {
    let (header, before) = Header::read(input)?;
    let element = types::parse(&header.descr)?;
    let wanted = match header.shape.contains(&0) {
        true => Some(0),
        false => {
            let element = element.data_type.size().unwrap_or_default() as u64;
            header
                .shape
                .iter()
                .try_fold(element, |bytes, n| bytes.checked_mul(*n))
        }
    };
    let Some(wanted) = wanted else {
        let text = format!("its shape {:?} is larger than any file", header.shape);
        return Err(Error::Corrupt(text));
    };
    let found = size.map(|size| size.saturating_sub(before));
    if let Some(found) = found {
        check_len(wanted, found)?;
    }
    let mut data = elements(input, wanted, found.is_some())?;

    if element.swapped {
        order::swap(&mut data, element.number);
    }
    if header.fortran_order && header.shape.len() > 1 && !data.is_empty() {
        data = order::fortran_to_c(&data, &header.shape, &element)?;
    }
    if element.data_type == DataType::Bool {
        // To numpy everything but zero is true; the library takes 0 and 1 only.
        data.iter_mut()
            .for_each(|byte| *byte = u8::from(*byte != 0));
    }
    Ok(DynData {
        dtype: element.data_type,
        shape: header.shape,
        data: Values::Fixed(data.into()),
    })
}

/// The `wanted` bytes that must be all there are. Room for them is made at once only where the input
/// is known to have them.
fn elements(input: &mut impl Read, wanted: u64, known: bool) -> Result<Vec<u8>, Error> {
    let mut data = Vec::new();
    if known {
        let room = usize::try_from(wanted).map_err(|_| Error::TooLarge(wanted))?;
        data.try_reserve_exact(room)
            .map_err(|_| Error::TooLarge(wanted))?;
    }
    let read = input.take(wanted).read_to_end(&mut data);
    match read {
        Err(error) if error.kind() == io::ErrorKind::OutOfMemory => {
            return Err(Error::TooLarge(wanted));
        }
        read => drop(read?),
    }
    check_len(wanted, data.len() as u64)?;
    // Of an input of unknown size, whether anything follows.
    match input.read(&mut [0])? {
        0 => Ok(data),
        _ => check_len(wanted, wanted.saturating_add(1)).map(|()| data),
    }
}

fn check_len(wanted: u64, found: u64) -> Result<(), Error> {
    if found < wanted {
        let text = format!("it is cut short: {found} bytes of data, its header announces {wanted}");
        return Err(Error::Corrupt(text));
    }
    if found > wanted {
        // numpy would read the first of several arrays and leave the rest: here nothing is left out
        // in silence.
        let text = format!("more follows the {wanted} bytes of data that its header announces");
        return Err(Error::Corrupt(text));
    }
    Ok(())
}
