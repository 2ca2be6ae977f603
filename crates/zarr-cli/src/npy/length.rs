//! How many bytes the elements of a file take, and whether there are so many.

use super::element::Element;
use super::error::Error;

/// The bytes of all elements, and what says how many they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct DataLength {
    pub(super) bytes: u64,
    announced_by: &'static str,
}

impl DataLength {
    /// # Errors
    /// Where they are more than a file can have.
    pub(super) fn new(
        shape: &[u64],
        element: &Element,
        announced_by: &'static str,
    ) -> Result<Self, Error> {
        let size = element.stored_size() as u64;
        let bytes = match shape.contains(&0) {
            true => Some(0),
            false => shape
                .iter()
                .try_fold(size, |bytes, n| bytes.checked_mul(*n)),
        };
        let too_large = || Error::Corrupt(format!("its shape {shape:?} is larger than any file"));
        Ok(Self {
            bytes: bytes.ok_or_else(too_large)?,
            announced_by,
        })
    }

    /// # Errors
    /// Where there are more bytes or fewer.
    pub(super) fn check(&self, found: u64) -> Result<(), Error> {
        let Self {
            bytes,
            announced_by,
        } = self;
        if found < *bytes {
            let text = format!("it is cut short: {found} bytes of data, {announced_by} {bytes}");
            return Err(Error::Corrupt(text));
        }
        if found > *bytes {
            // numpy would read the first of several arrays and leave the rest: here nothing is left out
            // in silence.
            let text = format!("more follows the {bytes} bytes of data that {announced_by}");
            return Err(Error::Corrupt(text));
        }
        Ok(())
    }
}
