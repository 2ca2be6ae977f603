//! Streams that are readers: decoders bounded by the memory they fill, and encoders.

use std::io::Read;

use crate::array::buffer::{self, Uninit};
use crate::{CodecError, CodecErrorKind};

/// Decodes to the end, and refuses more bytes than `memory` holds.
pub(crate) fn decode_all<'d>(
    name: &str,
    mut decoder: impl Read,
    memory: &'d mut Uninit,
) -> Result<&'d mut [u8], CodecError> {
    let memory = buffer::zeroed(memory);
    let corrupt = |e: std::io::Error| CodecErrorKind::Corrupt(e.to_string()).of(name);
    let mut len = 0;
    while len < memory.len() {
        match decoder.read(&mut memory[len..]).map_err(corrupt)? {
            0 => return Ok(&mut memory[..len]),
            n => len += n,
        }
    }
    match decoder.read(&mut [0]).map_err(corrupt)? {
        0 => Ok(memory),
        _ => {
            let expected = memory.len() as u64;
            let found = expected + 1;
            Err(CodecErrorKind::Length { expected, found }.of(name))
        }
    }
}

/// Appends all that `encoder` makes.
pub(crate) fn encode_all(
    name: &str,
    mut encoder: impl Read,
    dst: &mut Vec<u8>,
) -> Result<(), CodecError> {
    let backend = |e| CodecErrorKind::Backend(Box::new(e)).of(name);
    encoder.read_to_end(dst).map(drop).map_err(backend)
}
