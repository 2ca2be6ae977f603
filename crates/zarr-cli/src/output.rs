//! What commands write: text, colours and progress on a terminal, and files.

pub(crate) mod atomic_file;
pub(crate) mod colors;
pub(crate) mod progress;
pub(crate) mod terminal;
pub(crate) mod text;
pub(crate) mod warnings;

use std::io::Write;

use crate::failure::Failure;

/// Writes the output of a command.
pub(crate) fn print(out: &mut impl Write, text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let written = out.write_all(text.as_ref());
    written.map_err(|error| Failure::output(&error))
}
