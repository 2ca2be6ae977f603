//! The `zlib` codec of numcodecs. Format: RFC 1950.

use zarr_metadata::Extension;

use crate::deflate::{Deflate, Wrapper};
use crate::scratch::Scratch;
use crate::sink::Sink;
use crate::{BytesToBytes, CodecError, Len};

/// zlib at one level.
#[derive(Clone, Copy, Debug)]
pub struct ZlibCodec(Deflate);

impl ZlibCodec {
    /// Reads `{"level": -1 to 9}`; absent it is 1, as numcodecs has it.
    ///
    /// # Errors
    /// For other values.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        Deflate::parse(Wrapper::Zlib, extension, -1..=9, 1).map(Self)
    }
}

impl BytesToBytes for ZlibCodec {
    fn name(&self) -> &str {
        "zlib"
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
