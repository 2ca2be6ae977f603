//! The three kinds of codec of the specification, as traits that users can implement.

use std::fmt::Debug;
use std::ops::Range;

use zarr_metadata::Swap;

use crate::{
    ByteLen, ChunkSpec, CodecError, CodecErrorKind, DecodeTarget, NdView, NdViewMut, Region,
    Scratch, StridedLayout,
};

/// A codec from arrays to arrays: `transpose`, and codecs that change values.
pub trait ArrayToArrayCodec: Debug + Send + Sync + 'static {
    /// The name in the metadata.
    fn name(&self) -> &str;
    /// The shape, data type and fill value of an encoded chunk.
    ///
    /// # Errors
    /// If this codec cannot work on such a chunk.
    fn encoded_spec(&self, decoded: &ChunkSpec) -> Result<ChunkSpec, CodecError>;
    /// For codecs that only reorder axes: axis `i` of the encoded array is axis `axes()[i]` of the decoded
    /// one. The chain then permutes strides, and `decode` and `encode` are never called.
    fn axes(&self) -> Option<&[usize]> {
        None
    }
    /// Decodes `src` into `dst`, which `decoded` describes.
    ///
    /// # Errors
    /// If a value cannot be decoded.
    fn decode(
        &self,
        decoded: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError>;
    /// Encodes `src`, which `decoded` describes, into `dst`.
    ///
    /// # Errors
    /// If a value cannot be encoded.
    fn encode(
        &self,
        decoded: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError>;
}

/// A codec from arrays to bytes: `bytes`, `vlen-utf8`, … Every chain has exactly one.
pub trait ArrayToBytesCodec: Debug + Send + Sync + 'static {
    /// The name in the metadata.
    fn name(&self) -> &str;
    /// How many bytes a chunk becomes.
    ///
    /// # Errors
    /// If this codec cannot work on such a chunk.
    fn encoded_len(&self, spec: &ChunkSpec) -> Result<ByteLen, CodecError>;
    /// Decodes a whole chunk into `dst`.
    ///
    /// # Errors
    /// If `src` is not what [`encode`](Self::encode) makes.
    fn decode(
        &self,
        spec: &ChunkSpec,
        src: &[u8],
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError>;
    /// Appends the encoded chunk to `dst`.
    ///
    /// # Errors
    /// If a value cannot be encoded.
    fn encode(
        &self,
        spec: &ChunkSpec,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError>;
    /// For codecs that write the elements in C order and at most swap bytes: which bytes to swap when the elements are in
    /// place. A compressor then decodes straight into the output.
    fn placed(&self, spec: &ChunkSpec) -> Option<Swap> {
        let _ = spec;
        None
    }
    /// The counterpart of [`placed`](Self::placed): the memory of `src`, if it is what `encode` would write.
    fn borrow<'a>(&self, spec: &ChunkSpec, src: &NdView<'a>) -> Option<&'a [u8]> {
        let _ = (spec, src);
        None
    }
    /// Decodes only the cells of `part` into `dst`, which has their shape.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    fn decode_part(
        &self,
        spec: &ChunkSpec,
        src: &[u8],
        part: &Region,
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        with_whole(
            self.name(),
            spec,
            cx,
            |whole, cx| self.decode(spec, src, whole, cx),
            |whole, _| copy_part(self.name(), whole, part, dst),
        )
    }
    /// Where the cells of `part` lie in the encoded chunk, if this is known without the data.
    fn locate(&self, spec: &ChunkSpec, part: &Region) -> Option<StridedLayout> {
        let _ = (spec, part);
        None
    }
}

/// A codec from bytes to bytes: compressors and checksums.
pub trait BytesToBytesCodec: Debug + Send + Sync + 'static {
    /// The name in the metadata.
    fn name(&self) -> &str;
    /// For codecs that only add bytes around the data, such as checksums: checks these bytes and returns the
    /// data within `src`, so that nothing is copied. `None` for all others.
    fn strip<'s>(&self, src: &'s [u8]) -> Option<Result<&'s [u8], CodecError>> {
        let _ = src;
        None
    }
    /// How many bytes `decoded` bytes become.
    fn encoded_len(&self, decoded: ByteLen) -> ByteLen;
    /// Decodes `src` into the target, which tells how many bytes must come out.
    ///
    /// # Errors
    /// If `src` is damaged or has another length.
    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError>;
    /// For codecs that can decode a part alone: appends a run of decoded bytes to `dst` that contains
    /// `range` and little else, and returns the position of its first byte. `decoded` is the length of all
    /// decoded bytes. `None` for all others.
    fn decode_range(
        &self,
        src: &[u8],
        decoded: ByteLen,
        range: Range<usize>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Option<Result<usize, CodecError>> {
        let _ = (src, decoded, range, dst, cx);
        None
    }
    /// Checks that the codec can encode so many bytes with its settings. It is called before an array is
    /// created.
    ///
    /// # Errors
    /// If its settings can only be decoded, or if it cannot encode so many bytes.
    fn check_encode(&self, decoded: ByteLen) -> Result<(), CodecError> {
        let _ = decoded;
        Ok(())
    }
    /// Appends the encoded bytes to `dst`.
    ///
    /// # Errors
    /// If the library behind the codec fails.
    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, cx: &mut Scratch) -> Result<(), CodecError>;
}

/// Decodes a whole chunk into scratch memory, then lends it to `take`.
pub(crate) fn with_whole(
    codec: &str,
    spec: &ChunkSpec,
    cx: &mut Scratch,
    decode: impl FnOnce(NdViewMut<'_>, &mut Scratch) -> Result<(), CodecError>,
    take: impl FnOnce(&NdView<'_>, &mut Scratch) -> Result<(), CodecError>,
) -> Result<(), CodecError> {
    let unfit = || CodecErrorKind::DataType(Box::new(spec.dtype.clone())).of(codec);
    let (len, elem) = (spec.byte_len().ok_or_else(unfit)?, spec.elem());
    let mut memory = cx.buffers.take();
    memory.resize(len, 0);
    let whole = NdViewMut::over(&mut memory, &spec.shape, elem).ok_or_else(unfit)?;
    decode(whole, cx)?;
    let whole = NdView::new(&memory, &spec.shape, elem).ok_or_else(unfit)?;
    let taken = take(&whole, cx);
    cx.buffers.give(memory);
    taken
}

/// Copies the cells of `part` of a whole chunk.
pub(crate) fn copy_part(
    codec: &str,
    whole: &NdView<'_>,
    part: &Region,
    mut dst: NdViewMut<'_>,
) -> Result<(), CodecError> {
    let cells = whole.region(part);
    if cells.is_some_and(|cells| dst.copy_from(&cells)) {
        return Ok(());
    }
    Err(outside(codec, part, whole.shape()))
}

/// The error where `part` does not lie within a chunk of this shape.
pub(crate) fn outside(codec: &str, part: &Region, shape: impl Debug) -> CodecError {
    let part = part.shape();
    let text = format!("a region of {part:?} does not lie within a chunk of {shape:?}");
    CodecErrorKind::Mismatch(text).of(codec)
}
