//! The `shuffle` filter of numcodecs: all first bytes of the elements, then all second ones, and so
//! on, so that bytes that are alike stand together.

use zarr_metadata::Extension;

use crate::scratch::Scratch;
use crate::sink::Sink;
use crate::{BytesToBytes, CodecError, CodecErrorKind, Len, buffer, setting};

const NAME: &str = "shuffle";

/// Bytes of elements, sorted by their place in the element.
#[derive(Clone, Copy, Debug)]
pub struct ShuffleCodec {
    elementsize: usize,
}

impl ShuffleCodec {
    /// Reads `{"elementsize": integer}`; where it is not given, it is `default`.
    ///
    /// # Errors
    /// For sizes that no element has.
    pub fn parse(extension: &Extension, default: usize) -> Result<Self, CodecError> {
        let size = setting::integer(extension, "elementsize", 0..=1 << 20, Some(default as i64))?;
        Ok(Self {
            elementsize: size as usize,
        })
    }

    /// numcodecs has no rule for bytes that are left over.
    fn check(&self, bytes: &[u8]) -> Result<(), CodecError> {
        if self.elementsize <= 1 || bytes.len().is_multiple_of(self.elementsize) {
            return Ok(());
        }
        let (len, size) = (bytes.len(), self.elementsize);
        let text = format!("{len} bytes are no whole number of elements of {size}");
        Err(CodecErrorKind::Corrupt(text).of(NAME))
    }
}

impl BytesToBytes for ShuffleCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: Len) -> Len {
        decoded
    }

    fn decode(&self, src: &[u8], dst: &mut Sink<'_>, cx: &mut Scratch) -> Result<(), CodecError> {
        self.check(src)?;
        if self.elementsize <= 1 {
            return dst.put(NAME, src);
        }
        dst.fill(NAME, src.len(), cx, |memory, _| {
            let memory = buffer::zeroed(memory);
            transpose(src, memory, src.len() / self.elementsize);
            Ok(memory)
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        self.check(src)?;
        if self.elementsize <= 1 {
            dst.extend_from_slice(src);
            return Ok(());
        }
        let start = dst.len();
        dst.resize(start + src.len(), 0);
        transpose(src, &mut dst[start..], self.elementsize);
        Ok(())
    }
}

/// Reads `src` as rows of `width` bytes and writes them as columns.
fn transpose(src: &[u8], dst: &mut [u8], width: usize) {
    let rows = src.len().checked_div(width).unwrap_or(0);
    if rows <= width {
        // Few long rows: each is written a column apart.
        for (i, row) in src.chunks_exact(width.max(1)).enumerate() {
            for (to, from) in dst.iter_mut().skip(i).step_by(rows.max(1)).zip(row) {
                *to = *from;
            }
        }
        return;
    }
    for (i, column) in dst.chunks_exact_mut(rows.max(1)).enumerate() {
        for (to, from) in column.iter_mut().zip(src.iter().skip(i).step_by(width)) {
            *to = *from;
        }
    }
}
