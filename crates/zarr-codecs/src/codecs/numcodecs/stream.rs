//! Decoders that are readers, bounded by the memory they fill.

use std::io::Read;

use crate::{CodecError, CodecErrorKind};

/// Reads to the end, and refuses more bytes than `memory` holds.
pub(crate) fn read_all(
    name: &str,
    mut decoder: impl Read,
    memory: &mut [u8],
) -> Result<usize, CodecError> {
    let corrupt = |e: std::io::Error| CodecErrorKind::Corrupt(e.to_string()).of(name);
    let mut len = 0;
    while len < memory.len() {
        match decoder.read(&mut memory[len..]).map_err(corrupt)? {
            0 => return Ok(len),
            n => len += n,
        }
    }
    match decoder.read(&mut [0]).map_err(corrupt)? {
        0 => Ok(len),
        _ => Err(too_long(name, memory)),
    }
}

/// The error of a stream that goes on where `memory` is full.
pub(crate) fn too_long(name: &str, memory: &[u8]) -> CodecError {
    let expected = memory.len() as u64;
    let found = expected + 1;
    CodecErrorKind::Length { expected, found }.of(name)
}
