//! The `shuffle` filter of numcodecs: the first bytes of all elements, then the second bytes, and so on, so
//! that similar bytes come together.

use zarr_metadata::Extension;

use crate::array::buffer::{self, FilledFront};
use crate::codecs::setting;
use crate::codecs::shuffle_kernels;
use crate::{ByteLen, BytesToBytesCodec, CodecError, CodecErrorKind, DecodeTarget, Scratch};

const NAME: &str = "shuffle";

/// Bytes of elements, sorted by their place in the element.
#[derive(Clone, Copy, Debug)]
pub struct ShuffleCodec {
    elementsize: usize,
}

impl ShuffleCodec {
    /// Reads `{"elementsize": integer}`, whose default is `default`. With 0 or 1 nothing is shuffled.
    ///
    /// # Errors
    /// For sizes that elements cannot have.
    pub fn parse(extension: &Extension, default: usize) -> Result<Self, CodecError> {
        let size = setting::integer(extension, "elementsize", 0..=1 << 20, Some(default as i64))?;
        Ok(Self {
            elementsize: size as usize,
        })
    }

    /// Reads a filter of v2 for elements of `item` bytes. The default of the size is 4, as in numcodecs; 0 is
    /// the size of the elements, as netCDF-C means it.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_v2(extension: &Extension, item: usize) -> Result<Self, CodecError> {
        let codec = Self::parse(extension, 4)?;
        Ok(match codec.elementsize {
            0 => Self { elementsize: item },
            _ => codec,
        })
    }

    /// numcodecs has no rule for bytes that are left over.
    fn check(&self, bytes: &[u8]) -> Result<(), CodecError> {
        if self.elementsize <= 1 || bytes.len().is_multiple_of(self.elementsize) {
            return Ok(());
        }
        let (len, size) = (bytes.len(), self.elementsize);
        let text = format!("{len} bytes are not a whole number of elements of {size}");
        Err(CodecErrorKind::Corrupt(text).of(NAME))
    }
}

impl BytesToBytesCodec for ShuffleCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        decoded
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        self.check(src)?;
        if self.elementsize <= 1 {
            return dst.put(NAME, src);
        }
        dst.fill(NAME, src.len(), cx, |memory, _| {
            let mut front = FilledFront::new(memory);
            shuffle_kernels::unshuffle(self.elementsize, src, &mut front);
            Ok(front.into_filled())
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        self.check(src)?;
        if self.elementsize <= 1 {
            dst.extend_from_slice(src);
            return Ok(());
        }
        buffer::append(dst, src.len(), |memory| {
            Ok(shuffle_kernels::shuffled(self.elementsize, src, memory))
        })
    }
}
