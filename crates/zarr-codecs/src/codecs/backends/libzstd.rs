//! Zstandard by the C library libzstd. Its contexts can be used again and again.

use std::io;

use zstd::bulk;
use zstd::zstd_safe::{self, DParameter};

use crate::array::buffer::{Byte, ZstdTarget};
use crate::codecs::zstd::ZstdError;

/// The state of a decoder.
pub(crate) struct ZstdDecoder(bulk::Decompressor<'static>);

impl ZstdDecoder {
    /// Fails if there is not enough memory.
    pub(crate) fn new() -> io::Result<Self> {
        bulk::Decompressor::new().map(Self)
    }

    /// Whether frames decode from now on whose checksum does not match.
    pub(crate) fn ignore_checksums(&mut self, is_ignored: bool) -> io::Result<()> {
        self.0
            .set_parameter(DParameter::ForceIgnoreChecksum(is_ignored))
    }

    /// Decodes all frames to the front of `memory`.
    pub(crate) fn decompress<'d, B: Byte>(
        &mut self,
        src: &[u8],
        memory: &'d mut [B],
    ) -> Result<&'d mut [u8], ZstdError> {
        let mut target = ZstdTarget::new(memory);
        let decoded = self.0.decompress_to_buffer(src, &mut target);
        decoded.map_err(|error| refusal(&error))?;
        Ok(target.into_filled())
    }
}

/// Why the library stopped.
fn refusal(error: &io::Error) -> ZstdError {
    const CHECKSUM_WRONG: usize = 22;
    const TARGET_TOO_SMALL: usize = 70;
    // Error codes are the negatives of these numbers.
    let is =
        |code: usize| error.to_string() == zstd_safe::get_error_name(0_usize.wrapping_sub(code));
    if is(TARGET_TOO_SMALL) {
        ZstdError::Full
    } else if is(CHECKSUM_WRONG) {
        ZstdError::Checksum(error.to_string())
    } else {
        ZstdError::Corrupt(error.to_string())
    }
}

/// The state of an encoder, for one setting.
pub(crate) struct ZstdEncoder(bulk::Compressor<'static>);

impl ZstdEncoder {
    /// Fails if there is not enough memory.
    pub(crate) fn new(level: i32, checksum: bool) -> io::Result<Self> {
        let mut compressor = bulk::Compressor::new(level)?;
        compressor.include_checksum(checksum)?;
        Ok(Self(compressor))
    }

    /// Encodes `src` as one frame to the front of `memory`; it fails if that does not fit.
    pub(crate) fn compress<'d, B: Byte>(
        &mut self,
        src: &[u8],
        memory: &'d mut [B],
    ) -> io::Result<&'d mut [u8]> {
        let mut target = ZstdTarget::new(memory);
        self.0.compress_to_buffer(src, &mut target)?;
        Ok(target.into_filled())
    }
}

/// The room that any frame of so many bytes fits.
pub(crate) fn bound(len: usize) -> usize {
    zstd_safe::compress_bound(len)
}

/// All levels are there.
#[allow(clippy::unnecessary_wraps, reason = "its twin lacks some")]
pub(crate) fn check_level(_: i32) -> Result<(), &'static str> {
    Ok(())
}
