//! The three kinds of codec the specification knows, as traits a user can implement. No codec is
//! defined here, and no order of codecs: that is `chain.rs`.

use std::fmt::Debug;
use std::ops::Range;

use zarr_metadata::{DataType, FillValue, Layout, Swap};

use crate::chain::scratch::Scratch;
use crate::chain::sink::DecodeTarget;
use crate::{CodecError, CodecErrorKind, Dims, NdView, NdViewMut, Region, VlenHandle, volume};

/// The array that a codec sees: one chunk's shape, data type and fill value.
#[derive(Clone, Debug)]
pub struct ChunkSpec {
    /// Elements per axis.
    pub shape: Dims<u64>,
    /// The element type.
    pub dtype: DataType,
    /// The element type as memory: all that most codecs ask.
    pub layout: Layout,
    /// The value of elements that were never written.
    pub fill: FillValue,
}

impl ChunkSpec {
    /// A chunk of a data type whose layout is known.
    ///
    /// # Errors
    /// [`CodecErrorKind::DataType`] for a data type that is only a name here.
    pub fn new(shape: &[u64], dtype: DataType, fill: FillValue) -> Result<Self, CodecError> {
        match dtype.layout() {
            Some(layout) => Ok(Self {
                shape: shape.iter().copied().collect(),
                dtype,
                layout,
                fill,
            }),
            None => Err(CodecErrorKind::DataType(Box::new(dtype)).of("bytes")),
        }
    }

    /// The same element type in another shape.
    pub fn with_shape(&self, shape: &[u64]) -> Self {
        Self {
            shape: shape.iter().copied().collect(),
            ..self.clone()
        }
    }

    /// Bytes per element in an array; a [`VlenHandle`] each for elements of variable length.
    pub fn elem(&self) -> usize {
        match self.layout {
            Layout::Fixed { size, .. } => size,
            Layout::Variable => VlenHandle::SIZE,
        }
    }

    /// Bytes per element once encoded by nothing but its serializer, as compressors like to know them;
    /// 1 for elements of variable length.
    pub fn item_size(&self) -> usize {
        match self.layout {
            Layout::Fixed { size, .. } => size,
            Layout::Variable => 1,
        }
    }

    /// The fill value as an element of an array.
    pub fn fill_element(&self) -> &[u8] {
        match self.layout {
            Layout::Fixed { .. } => self.fill.as_bytes(),
            Layout::Variable => &[0; VlenHandle::SIZE],
        }
    }

    /// Bytes of the whole decoded chunk in memory, without what handles stand for, or `None` where that is not a number that fits.
    pub fn byte_len(&self) -> Option<usize> {
        usize::try_from(volume(&self.shape)?)
            .ok()?
            .checked_mul(self.elem())
    }
}

/// Where the cells of a part lie in an encoded chunk: cell `[i, j, …]` of the part begins at
/// `offset + i * strides[0] + j * strides[1] + …`, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StridedLayout {
    /// Where the first cell begins.
    pub offset: u64,
    /// From one cell to the next, per axis.
    pub strides: Dims<isize>,
}

impl StridedLayout {
    /// Where the cells from the `n`-th on along `axis` lie.
    #[must_use]
    pub fn skip(&self, axis: usize, n: usize) -> Self {
        let stride = self.strides.get(axis).copied().unwrap_or(0);
        let way = (n as i64).wrapping_mul(stride as i64);
        Self {
            offset: self.offset.wrapping_add_signed(way),
            strides: self.strides.clone(),
        }
    }

    /// The lowest and the highest place where a cell of a part of `shape` begins. `None` where there
    /// are no cells, or one would lie outside of what can be addressed.
    pub fn reach(&self, shape: &[usize]) -> Option<(u64, u64)> {
        if shape.len() != self.strides.len() {
            return None;
        }
        let (mut low, mut high) = (self.offset, self.offset);
        for (&len, &stride) in shape.iter().zip(&self.strides) {
            let way = i64::try_from(len.checked_sub(1)?)
                .ok()?
                .checked_mul(stride as i64)?;
            let end = if way < 0 { &mut low } else { &mut high };
            *end = end.checked_add_signed(way)?;
        }
        Some((low, high))
    }
}

/// What is known of a number of bytes before they are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteLen {
    /// Precisely this many.
    Exact(usize),
    /// This many or fewer: a decoder stops here.
    AtMost(usize),
}

impl ByteLen {
    /// The most there can be.
    pub const fn max(self) -> usize {
        match self {
            Self::Exact(len) | Self::AtMost(len) => len,
        }
    }

    /// The same kind of knowledge about another number.
    pub(crate) fn map(self, f: impl FnOnce(usize) -> usize) -> Self {
        match self {
            Self::Exact(len) => Self::Exact(f(len)),
            Self::AtMost(len) => Self::AtMost(f(len)),
        }
    }
}

/// A codec from arrays to arrays: `transpose`, and the value-changing ones.
pub trait ArrayToArrayCodec: Debug + Send + Sync + 'static {
    /// The name in the metadata.
    fn name(&self) -> &str;
    /// What a chunk looks like once encoded.
    ///
    /// # Errors
    /// Where this codec cannot work on such a chunk.
    fn encoded_spec(&self, decoded: &ChunkSpec) -> Result<ChunkSpec, CodecError>;
    /// A pure relabelling: axis `i` of the encoded array is axis `axes()[i]` of the decoded one.
    /// The chain then permutes strides, no data moves and `decode` and `encode` are never called.
    fn axes(&self) -> Option<&[usize]> {
        None
    }
    /// Turns the encoded `src` into `dst`. `decoded` describes `dst`.
    ///
    /// # Errors
    /// Where a value cannot be turned back.
    fn decode(
        &self,
        decoded: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError>;
    /// Turns `src`, which `decoded` describes, into the encoded `dst`.
    ///
    /// # Errors
    /// Where a value cannot be encoded.
    fn encode(
        &self,
        decoded: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError>;
}

/// The codec of every chain that turns an array into bytes: `bytes`, `vlen-utf8`, …
pub trait ArrayToBytesCodec: Debug + Send + Sync + 'static {
    /// The name in the metadata.
    fn name(&self) -> &str;
    /// How many bytes a chunk becomes.
    ///
    /// # Errors
    /// Where this codec cannot work on such a chunk.
    fn encoded_len(&self, spec: &ChunkSpec) -> Result<ByteLen, CodecError>;
    /// Decodes a whole chunk into `dst`.
    ///
    /// # Errors
    /// Where `src` is not what [`encode`](Self::encode) makes.
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
    /// Where a value cannot be encoded.
    fn encode(
        &self,
        spec: &ChunkSpec,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError>;
    /// For codecs whose bytes need no look, only placing: what to swap in elements once their bytes
    /// lie in C order. A compressor then decodes straight into the output.
    fn placed(&self, spec: &ChunkSpec) -> Option<Swap> {
        let _ = spec;
        None
    }
    /// The mirror of [`placed`](Self::placed): memory that already is what `encode` would write.
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
        mut dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        with_whole(
            self.name(),
            spec,
            cx,
            |whole, cx| self.decode(spec, src, whole, cx),
            |whole, _| {
                whole
                    .region(part)
                    .is_some_and(|cells| dst.copy_from(&cells))
            },
        )
    }
    /// Where the cells of `part` lie in the encoded chunk, if that needs no look at the data.
    fn locate(&self, spec: &ChunkSpec, part: &Region) -> Option<StridedLayout> {
        let _ = (spec, part);
        None
    }
}

/// A codec from bytes to bytes: compressors and checksums.
pub trait BytesToBytesCodec: Debug + Send + Sync + 'static {
    /// The name in the metadata.
    fn name(&self) -> &str;
    /// For codecs that only add bytes around the data (checksums): checks them and returns the data
    /// in `src`, so that nothing is copied. `None` for all others.
    fn strip<'s>(&self, src: &'s [u8]) -> Option<Result<&'s [u8], CodecError>> {
        let _ = src;
        None
    }
    /// How many bytes `decoded` bytes can become.
    fn encoded_len(&self, decoded: ByteLen) -> ByteLen;
    /// Decodes `src` into the sink, which knows the length that must come out.
    ///
    /// # Errors
    /// Where `src` is damaged or has another length.
    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError>;
    /// For codecs whose parts can be decoded alone: appends a run of decoded bytes to `dst` that has
    /// all of `range` in it and little else, and returns the place of its first byte. `decoded` is
    /// what all of `src` becomes. `None` for all others.
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
    /// Asked before an array is created, so that none is made that nobody could write to. `decoded` is
    /// what the codec would be given.
    ///
    /// # Errors
    /// For a setting that can only be decoded, and for more bytes than can be encoded.
    fn check_encode(&self, decoded: ByteLen) -> Result<(), CodecError> {
        let _ = decoded;
        Ok(())
    }
    /// Appends the encoded bytes to `dst`.
    ///
    /// # Errors
    /// Where the library behind the codec fails.
    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, cx: &mut Scratch) -> Result<(), CodecError>;
}

/// Decodes a whole chunk into scratch memory, then lends it to `take`, which answers whether it
/// could use it.
pub(crate) fn with_whole(
    codec: &str,
    spec: &ChunkSpec,
    cx: &mut Scratch,
    decode: impl FnOnce(NdViewMut<'_>, &mut Scratch) -> Result<(), CodecError>,
    take: impl FnOnce(&NdView<'_>, &mut Scratch) -> bool,
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
    if taken {
        return Ok(());
    }
    Err(CodecErrorKind::Config("a region outside the chunk was asked for".to_owned()).of(codec))
}
