//! `Content`: what a file is filled with: bytes that are handed in, another file, or first one and then the other.

use std::{
    fs::File,
    io::{self, IoSlice, Seek, Write},
};

use crate::Payload;

/// The content of a new file.
pub(super) enum Content<'a> {
    Payload(&'a Payload),
    /// All of a file, copied by the system: without copying a byte where the file system can share blocks. It is open for
    /// the copy alone, since an open file may be in the way of the one that replaces it.
    File(&'a dyn Fn() -> io::Result<File>),
    /// The same, and these bytes behind it.
    Appended(&'a dyn Fn() -> io::Result<File>, &'a Payload),
}

impl Content<'_> {
    /// Whether it must survive a power failure, whatever the store promises.
    pub(super) fn is_durable(&self) -> bool {
        match self {
            Content::Payload(value) | Content::Appended(_, value) => value.is_durable(),
            Content::File(_) => false,
        }
    }

    /// Writes all of it.
    pub(super) fn write_to(&self, file: &mut File) -> io::Result<()> {
        match *self {
            Content::Payload(value) => write_parts(file, value),
            Content::File(source) => write_file(file, &source()?),
            Content::Appended(source, value) => {
                write_file(file, &source()?)?;
                write_parts(file, value)
            }
        }
    }
}

fn write_file(file: &mut File, mut source: &File) -> io::Result<()> {
    // An earlier try may have read it to its end.
    source.rewind()?;
    io::copy(&mut source, file).map(drop)
}

/// Writes all parts with as few calls as the system allows.
fn write_parts(file: &mut File, value: &Payload) -> io::Result<()> {
    if let [part] = value.parts() {
        return file.write_all(part);
    }
    let mut slices: Vec<IoSlice<'_>> = value
        .parts()
        .iter()
        .map(|part| IoSlice::new(part))
        .collect();
    let mut rest = &mut slices[..];
    while !rest.is_empty() {
        match file.write_vectored(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut rest, written),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}
