//! The `gzip` codec. Specification: Zarr v3 codecs, `gzip`; numcodecs `gzip` writes the same.

use zarr_metadata::Extension;

use crate::deflate::{Deflate, Wrapper};
use crate::scratch::Scratch;
use crate::sink::Sink;
use crate::{BytesToBytes, CodecError, Len};

/// gzip at one level.
#[derive(Clone, Copy, Debug)]
pub struct GzipCodec(Deflate);

impl GzipCodec {
    /// Reads `{"level": 0 to 9}`; absent it is 5, as zarr-python has it.
    ///
    /// # Errors
    /// For other values.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        Deflate::parse(Wrapper::Gzip, extension, 0..=9, 5).map(Self)
    }

    /// Reads the settings of numcodecs, where an absent level is 1.
    ///
    /// # Errors
    /// For other values.
    pub fn parse_numcodecs(extension: &Extension) -> Result<Self, CodecError> {
        Deflate::parse(Wrapper::Gzip, extension, -1..=9, 1).map(Self)
    }
}

impl BytesToBytes for GzipCodec {
    fn name(&self) -> &str {
        "gzip"
    }

    fn encoded_len(&self, decoded: Len) -> Len {
        Deflate::encoded_len(decoded)
    }

    fn decode(&self, src: &[u8], dst: &mut Sink<'_>, cx: &mut Scratch) -> Result<(), CodecError> {
        self.0.decode(src, dst, cx)
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, cx: &mut Scratch) -> Result<(), CodecError> {
        self.0.encode(src, dst, cx)
    }
}
