//! A chunk's codecs in their order, checked once, run per chunk. Knows the order of kinds and how
//! stages fuse; knows no single codec.
//!
//! Decoding walks the chain from right to left, and the *last* step writes the output:
//!
//! ```text
//! encoded bytes ─► bytes→bytes ─► … ─► bytes→bytes ─► sink: the output's own memory
//!                  (scratch)                          (array→bytes says how to place the bytes,
//!                                                      array→array has permuted the strides)
//! ```

use std::sync::Arc;

use zarr_metadata::{Endian, Extension, Swap};

use crate::buffer::Uninit;

use crate::codec::with_whole;
use crate::filter::{OnArrays, OnBytes};
use crate::number::Stored;
use crate::registry::{Codec, Names, Setting};
use crate::scratch::Scratch;
use crate::sink::Sink;
use crate::{
    ArrayToArray, ArrayToBytes, BytesToBytes, ChunkSpec, CodecError, CodecErrorKind, Dims, Len,
    Located, NdView, NdViewMut, Region, Registry, Shard, Span, kernels,
};

/// The codecs of an array, resolved and checked for chunks of one shape.
#[derive(Debug)]
pub struct Chain {
    /// The decoded chunk.
    spec: ChunkSpec,
    arrays: Vec<ArrayStage>,
    /// What the serializer sees: `spec` after all array→array codecs.
    serialized: ChunkSpec,
    serializer: Serializer,
    /// What the serializer makes.
    serialized_len: Len,
    bytes: Vec<BytesStage>,
    /// What the whole chain makes.
    encoded_len: Len,
    /// A codec that is unknown and may be ignored by readers, but not by writers.
    read_only: Option<String>,
}

#[derive(Debug)]
struct ArrayStage {
    codec: Arc<dyn ArrayToArray>,
    decoded: ChunkSpec,
    encoded: ChunkSpec,
}

#[derive(Debug)]
enum Serializer {
    /// `foreign`: not ours, so the memory it writes is initialised for it first.
    Codec {
        codec: Arc<dyn ArrayToBytes>,
        foreign: bool,
    },
    Shard(Arc<Shard>),
}

#[derive(Debug)]
struct BytesStage {
    codec: Arc<dyn BytesToBytes>,
    decoded: Len,
}

/// How to get at a part of an encoded chunk.
#[derive(Debug)]
pub enum Access<'c> {
    /// Only the whole object can be decoded: [`Chain::decode`] or [`Chain::decode_part`].
    Whole,
    /// The object is not compressed: the wanted cells lie here, for [`Chain::place`] and
    /// [`Chain::gather`].
    Cells(Located),
    /// The object is a shard: fetch its index, then each wanted inner chunk is a chunk again.
    Shard(&'c Arc<Shard>),
}

impl Chain {
    /// Resolves the codecs of an array's metadata for chunks of this shape and type.
    ///
    /// # Errors
    /// An unknown codec, a configuration a codec refuses, or an order that is not array→array
    /// codecs, one array→bytes codec, bytes→bytes codecs.
    pub fn new(
        codecs: &[Extension],
        spec: ChunkSpec,
        registry: &Registry,
    ) -> Result<Self, CodecError> {
        Self::resolve(codecs, spec, registry, Names::V3, 0)
    }

    /// Resolves the codecs of a v2 array, as
    /// [`codecs`](zarr_metadata::ArrayMetadata::codecs) lists them. Their names are ids of
    /// numcodecs, and filters stand behind `bytes`: in v2 they see elements as they are stored.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn v2(
        codecs: &[Extension],
        spec: ChunkSpec,
        registry: &Registry,
    ) -> Result<Self, CodecError> {
        Self::resolve(codecs, spec, registry, Names::V2, 0)
    }

    /// The chain of inner chunks or of an index, inside so many shards.
    pub(crate) fn nested(
        codecs: &[Extension],
        spec: ChunkSpec,
        registry: &Registry,
        depth: usize,
    ) -> Result<Self, CodecError> {
        Self::resolve(codecs, spec, registry, Names::V3, depth)
    }

    fn resolve(
        codecs: &[Extension],
        spec: ChunkSpec,
        registry: &Registry,
        names: Names,
        depth: usize,
    ) -> Result<Self, CodecError> {
        let mut arrays: Vec<ArrayStage> = vec![];
        let mut serializer: Option<(Serializer, Len)> = None;
        let mut bytes: Vec<BytesStage> = vec![];
        let mut serialized = spec.clone();
        let mut len = Len::AtMost(0);
        let mut stored = None;
        let mut read_only = None;
        for extension in codecs {
            if serializer.is_none() {
                // Filters see arrays in this order, see there.
                stored = Stored::of(&serialized.dtype, Endian::Little);
            }
            let setting = Setting {
                extension,
                names,
                spec: &serialized,
                stored,
                registry,
                depth,
            };
            let (codec, foreign) = match registry.build(&setting) {
                Err(CodecError {
                    kind: CodecErrorKind::Unknown { .. },
                    ..
                }) if !extension.must_understand => {
                    read_only = Some(extension.name.clone());
                    continue;
                }
                built => built?,
            };
            // A filter is of whichever kind its place asks for; in v3 that is one kind only.
            let codec = match codec {
                Codec::Filter(filter) => {
                    stored = Some(filter.encoded());
                    match (&serializer, names) {
                        (Some(_), Names::V2) => Codec::BytesToBytes(Arc::new(OnBytes(filter))),
                        _ => Codec::ArrayToArray(Arc::new(OnArrays(filter))),
                    }
                }
                Codec::ArrayToBytes(_) => {
                    stored = stored.and_then(|s| s.serialized(extension));
                    codec
                }
                _ => {
                    stored = None;
                    codec
                }
            };
            let misplaced =
                |what: &str| CodecErrorKind::Config(format!("stands {what}")).of(&extension.name);
            match (codec, &serializer) {
                (Codec::ArrayToArray(codec), None) => {
                    let encoded = codec.encoded_spec(&serialized)?;
                    let decoded = std::mem::replace(&mut serialized, encoded.clone());
                    arrays.push(ArrayStage {
                        codec,
                        decoded,
                        encoded,
                    });
                }
                (Codec::ArrayToBytes(codec), None) => {
                    len = codec.encoded_len(&serialized)?;
                    serializer = Some((Serializer::Codec { codec, foreign }, len));
                }
                (Codec::Shard(shard), None) => {
                    len = shard.encoded_len();
                    serializer = Some((Serializer::Shard(shard), len));
                }
                (Codec::BytesToBytes(codec), Some((_, serialized_len))) => {
                    let decoded = len;
                    len = codec.encoded_len(decoded);
                    check_growth(*serialized_len, len, &extension.name)?;
                    bytes.push(BytesStage { codec, decoded });
                }
                (Codec::BytesToBytes(_), None) => {
                    return Err(misplaced(
                        "before the codec that turns the array into bytes",
                    ));
                }
                (Codec::ArrayToBytes(_) | Codec::Shard(_), Some(_)) => {
                    return Err(misplaced("second; one codec turns the array into bytes"));
                }
                (Codec::ArrayToArray(_) | Codec::Filter(_), _) => {
                    return Err(misplaced("after the codec that turns the array into bytes"));
                }
            }
        }
        let Some((serializer, serialized_len)) = serializer else {
            let text = "no codec of the chain turns the array into bytes".to_owned();
            return Err(CodecErrorKind::Config(text).of("bytes"));
        };
        let encoded_len = len;
        Ok(Self {
            spec,
            arrays,
            serialized,
            serializer,
            serialized_len,
            bytes,
            encoded_len,
            read_only,
        })
    }

    /// The decoded chunk.
    pub fn spec(&self) -> &ChunkSpec {
        &self.spec
    }

    /// How many bytes an encoded chunk has.
    pub fn encoded_len(&self) -> Len {
        self.encoded_len
    }

    /// The shard codec, where the object is a shard that nothing else wraps.
    pub fn shard(&self) -> Option<&Arc<Shard>> {
        match &self.serializer {
            Serializer::Shard(shard) if self.bytes.is_empty() && self.arrays.is_empty() => {
                Some(shard)
            }
            _ => None,
        }
    }

    /// How to get at the cells of `part` of an encoded chunk.
    pub fn access(&self, part: &Region) -> Access<'_> {
        if let Some(shard) = self.shard() {
            return Access::Shard(shard);
        }
        match &self.serializer {
            Serializer::Codec {
                codec,
                foreign: false,
            } if self.is_plain() => {
                let located = codec.locate(&self.serialized, part);
                located.map_or(Access::Whole, Access::Cells)
            }
            _ => Access::Whole,
        }
    }

    /// Whether only a serializer stands in the chain.
    fn is_plain(&self) -> bool {
        self.bytes.is_empty() && self.arrays.is_empty()
    }

    /// Fills `dst` with cells that `read` gets from where [`Access::Cells`] said they lie, straight
    /// into their place: see [`NdViewMut::read_located`].
    ///
    /// # Errors
    /// The first error of `read`, or a length error where it filled too little.
    pub fn place<E: From<CodecError>>(
        &self,
        at: &Located,
        mut dst: NdViewMut<'_>,
        read: impl for<'d> FnMut(u64, &'d mut Uninit) -> Result<&'d mut [u8], E>,
    ) -> Result<(), E> {
        let expected = dst.byte_len() as u64;
        dst.read_located(at, read).map_err(|error| {
            let short = || {
                CodecErrorKind::Length { expected, found: 0 }
                    .of("bytes")
                    .into()
            };
            error.unwrap_or_else(short)
        })?;
        kernels::swap_view(&mut dst, &self.placed());
        Ok(())
    }

    /// The bytes of the object from the first to the last cell that lies `at`, as a range.
    pub fn span(&self, at: &Located, dst: &NdViewMut<'_>) -> Option<std::ops::Range<u64>> {
        let (low, high) = at.reach(dst.shape())?;
        Some(low..high.checked_add(dst.elem() as u64)?)
    }

    /// Fills `dst` with cells out of `bytes`, which are the object's from `start` on.
    ///
    /// # Errors
    /// Where a cell lies outside of `bytes`.
    pub fn gather(
        &self,
        at: &Located,
        start: u64,
        bytes: &[u8],
        mut dst: NdViewMut<'_>,
    ) -> Result<(), CodecError> {
        let offset = at.offset.wrapping_sub(start);
        let at = Located {
            offset,
            strides: at.strides.clone(),
        };
        let cells = NdView::located(bytes, &at, dst.shape(), dst.elem());
        if !cells.is_some_and(|cells| dst.copy_from(&cells)) {
            let (expected, found) = (dst.byte_len() as u64, bytes.len() as u64);
            return Err(CodecErrorKind::Length { expected, found }.of("bytes"));
        }
        kernels::swap_view(&mut dst, &self.placed());
        Ok(())
    }

    /// What is swapped once bytes lie in place.
    fn placed(&self) -> Swap {
        let swap = match &self.serializer {
            Serializer::Codec { codec, .. } => codec.placed(&self.serialized),
            Serializer::Shard(_) => None,
        };
        swap.unwrap_or(Swap::None)
    }

    /// Decodes a whole chunk into `dst`, which has the chunk's shape.
    ///
    /// # Errors
    /// Where the bytes are not an encoded chunk of this array.
    pub fn decode(
        &self,
        src: &[u8],
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        self.decode_arrays(&self.arrays, src, dst, cx)
    }

    /// Decodes the cells of `part` into `dst`, which has their shape.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn decode_part(
        &self,
        src: &[u8],
        part: &Region,
        mut dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        if part.is_whole(&self.spec.shape) {
            return self.decode(src, dst, cx);
        }
        let Some(axes) = self.axes() else {
            return with_whole(
                "chain",
                &self.spec,
                cx,
                |whole, cx| self.decode(src, whole, cx),
                {
                    |whole, _| {
                        whole
                            .region(part)
                            .is_some_and(|cells| dst.copy_from(&cells))
                    }
                },
            );
        };
        let part = Region {
            spans: axes
                .iter()
                .filter_map(|&a| part.spans.get(a).copied())
                .collect::<Dims<Span>>(),
        };
        let mut dst = dst.permute(&axes).ok_or_else(|| wrong_rank(&self.spec))?;
        if let Some(done) = self.decode_run(src, &part, &mut dst, cx) {
            return done;
        }
        self.with_serialized(src, cx, |bytes, cx| match &self.serializer {
            Serializer::Codec { codec, foreign } => {
                let mut dst = dst;
                if *foreign {
                    kernels::zero(&mut dst);
                }
                codec.decode_part(&self.serialized, bytes, &part, dst, cx)
            }
            Serializer::Shard(shard) => shard.decode(bytes, &part, dst, cx),
        })
    }

    /// Decodes the cells of `part` by way of the run of bytes they lie in, where the serializer knows
    /// that run and a single codec behind it can decode it alone.
    fn decode_run(
        &self,
        src: &[u8],
        part: &Region,
        dst: &mut NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Option<Result<(), CodecError>> {
        let (
            Serializer::Codec {
                codec,
                foreign: false,
            },
            [stage],
        ) = (&self.serializer, &self.bytes[..])
        else {
            return None;
        };
        let at = codec.locate(&self.serialized, part)?;
        let span = self.span(&at, dst)?;
        let range = usize::try_from(span.start).ok()?..usize::try_from(span.end).ok()?;
        let mut run = cx.buffers.take();
        let start = stage
            .codec
            .decode_range(src, stage.decoded, range, &mut run, cx);
        let placed = start.map(|start| self.gather(&at, start? as u64, &run, dst.reborrow()));
        cx.buffers.give(run);
        placed
    }

    /// The axes of the serialized array, where all array→array codecs only relabel them.
    fn axes(&self) -> Option<Dims<usize>> {
        let rank = self.spec.shape.len();
        self.arrays
            .iter()
            .try_fold((0..rank).collect(), |axes: Dims<usize>, stage| {
                stage
                    .codec
                    .axes()?
                    .iter()
                    .map(|&axis| axes.get(axis).copied())
                    .collect()
            })
    }

    /// Undoes the array→array codecs `stages`, after everything to their right.
    fn decode_arrays(
        &self,
        stages: &[ArrayStage],
        src: &[u8],
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let Some((stage, rest)) = stages.split_first() else {
            return self.decode_serialized(src, dst, cx);
        };
        if let Some(axes) = stage.codec.axes() {
            let dst = dst.permute(axes).ok_or_else(|| wrong_rank(&self.spec))?;
            return self.decode_arrays(rest, src, dst, cx);
        }
        let mut dst = dst;
        // Foreign code may leave gaps, ours does not; these codecs are rare enough not to ask.
        kernels::zero(&mut dst);
        let mut result = Ok(());
        with_whole(
            stage.codec.name(),
            &stage.encoded,
            cx,
            |encoded, cx| self.decode_arrays(rest, src, encoded, cx),
            |encoded, cx| {
                result = stage.codec.decode(&stage.decoded, encoded, dst, cx);
                true
            },
        )?;
        result
    }

    fn decode_serialized(
        &self,
        src: &[u8],
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        match &self.serializer {
            Serializer::Codec { codec, foreign } => {
                let placed = if *foreign {
                    None
                } else {
                    codec.placed(&self.serialized)
                };
                if let Some(swap) = placed {
                    return self.decode_bytes(
                        src,
                        &mut Sink::elements(dst, swap),
                        codec.name(),
                        cx,
                    );
                }
                let mut dst = dst;
                if *foreign {
                    kernels::zero(&mut dst);
                }
                self.with_serialized(src, cx, |bytes, cx| {
                    codec.decode(&self.serialized, bytes, dst, cx)
                })
            }
            Serializer::Shard(shard) => self.with_serialized(src, cx, |bytes, cx| {
                shard.decode(bytes, &Region::whole(&self.serialized.shape), dst, cx)
            }),
        }
    }

    /// Lends the bytes that the serializer made.
    fn with_serialized(
        &self,
        src: &[u8],
        cx: &mut Scratch,
        take: impl FnOnce(&[u8], &mut Scratch) -> Result<(), CodecError>,
    ) -> Result<(), CodecError> {
        if self.bytes.is_empty() {
            return take(src, cx);
        }
        let mut buffer = cx.buffers.take();
        let mut sink = Sink::grow(&mut buffer, self.serialized_len);
        self.decode_bytes(src, &mut sink, "bytes", cx)?;
        take(&buffer, cx)?;
        cx.buffers.give(buffer);
        Ok(())
    }

    /// Undoes the bytes→bytes codecs from right to left, the last one into `sink`.
    fn decode_bytes(
        &self,
        src: &[u8],
        sink: &mut Sink<'_>,
        serializer: &str,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let mut owned: Option<Vec<u8>> = None;
        // Bytes that codecs have stripped from both ends of `owned` or `src`.
        let mut window = 0..src.len();
        let mut stages = self.bytes.iter().rev().peekable();
        while let Some(stage) = stages.next() {
            let bytes = &owned.as_deref().unwrap_or(src)[window.clone()];
            if let Some(stripped) = stage.codec.strip(bytes) {
                let stripped = stripped?;
                let front = stripped.as_ptr().addr().wrapping_sub(bytes.as_ptr().addr());
                let start = window.start + front.min(bytes.len());
                window = start..(start + stripped.len()).min(window.end);
                continue;
            }
            if stages.peek().is_none() {
                stage.codec.decode(bytes, sink, cx)?;
                sink.check_done(stage.codec.name())?;
                owned.into_iter().for_each(|buffer| cx.buffers.give(buffer));
                return Ok(());
            }
            let mut next = cx.buffers.take();
            let mut between = Sink::grow(&mut next, stage.decoded);
            stage.codec.decode(bytes, &mut between, cx)?;
            between.check_done(stage.codec.name())?;
            window = 0..next.len();
            owned
                .replace(next)
                .into_iter()
                .for_each(|buffer| cx.buffers.give(buffer));
        }
        sink.put(serializer, &owned.as_deref().unwrap_or(src)[window])?;
        owned.into_iter().for_each(|buffer| cx.buffers.give(buffer));
        Ok(())
    }

    /// Whether every codec can encode: some settings can only be decoded.
    ///
    /// # Errors
    /// The first codec's that cannot.
    pub fn check_encode(&self) -> Result<(), CodecError> {
        if let Serializer::Shard(shard) = &self.serializer {
            shard.inner().check_encode()?;
        }
        self.bytes
            .iter()
            .try_for_each(|stage| stage.codec.check_encode())
    }

    /// Appends the encoded chunk to `dst`. `src` has the chunk's shape.
    ///
    /// # Errors
    /// Where a codec cannot encode these values.
    pub fn encode(
        &self,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        if let Some(unknown) = &self.read_only {
            let why = "readers may ignore this codec, writers may not, and it is not known here";
            return Err(CodecErrorKind::Refused(why).of(unknown));
        }
        self.encode_arrays(&self.arrays, src, dst, cx)
    }

    fn encode_arrays(
        &self,
        stages: &[ArrayStage],
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let Some((stage, rest)) = stages.split_first() else {
            return self.encode_serialized(src, dst, cx);
        };
        if let Some(axes) = stage.codec.axes() {
            let src = src.permute(axes).ok_or_else(|| wrong_rank(&self.spec))?;
            return self.encode_arrays(rest, &src, dst, cx);
        }
        let mut encoded = Ok(());
        with_whole(
            stage.codec.name(),
            &stage.encoded,
            cx,
            |array, cx| stage.codec.encode(&stage.decoded, src, array, cx),
            |array, cx| {
                encoded = self.encode_arrays(rest, array, dst, cx);
                true
            },
        )?;
        encoded
    }

    fn encode_serialized(
        &self,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let Some((last, first)) = self.bytes.split_last() else {
            return self.serialize(src, dst, cx);
        };
        let mut buffer = cx.buffers.take();
        let borrowed = match &self.serializer {
            Serializer::Codec { codec, .. } => codec.borrow(&self.serialized, src),
            Serializer::Shard(_) => None,
        };
        if borrowed.is_none() {
            self.serialize(src, &mut buffer, cx)?;
        }
        let mut borrowed = borrowed;
        for stage in first {
            let mut next = cx.buffers.take();
            stage
                .codec
                .encode(borrowed.take().unwrap_or(&buffer), &mut next, cx)?;
            cx.buffers.give(std::mem::replace(&mut buffer, next));
        }
        last.codec.encode(borrowed.unwrap_or(&buffer), dst, cx)?;
        cx.buffers.give(buffer);
        Ok(())
    }

    fn serialize(
        &self,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        match &self.serializer {
            Serializer::Codec { codec, .. } => codec.encode(&self.serialized, src, dst, cx),
            Serializer::Shard(shard) => shard.encode(src, dst, cx),
        }
    }
}

/// Decoders are given as much memory as may come, so a list of codecs that each make more of the
/// data must not ask for any amount.
fn check_growth(serialized: Len, encoded: Len, codec: &str) -> Result<(), CodecError> {
    // Single bytes as numbers of eight bytes, as text, in a compressor that finds nothing to save.
    const TIMES: usize = 16;
    const MORE: usize = 1 << 20;
    let limit = serialized.max().saturating_mul(TIMES).saturating_add(MORE);
    let limit = limit.min(isize::MAX as usize);
    if encoded.max() <= limit {
        return Ok(());
    }
    let (what, asked, limit) = ("an encoded chunk", encoded.max() as u64, limit as u64);
    Err(CodecErrorKind::Limit { what, asked, limit }.of(codec))
}

fn wrong_rank(spec: &ChunkSpec) -> CodecError {
    let text = format!(
        "the output does not have the {} axes of the chunk",
        spec.shape.len()
    );
    CodecErrorKind::Config(text).of("transpose")
}

#[cfg(test)]
#[path = "chain/tests.rs"]
mod tests;
