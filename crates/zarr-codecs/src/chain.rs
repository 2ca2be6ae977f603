//! The codecs of an array in their order: checked once, run for each chunk.
//!
//! Decoding runs from the last codec to the first, and its *last* step writes the output:
//!
//! ```text
//! encoded bytes ─► bytes→bytes ─► … ─► bytes→bytes ─► target: the output's own memory
//!                  (scratch)                          (array→bytes says how to place the bytes,
//!                                                      array→array has permuted the strides)
//! ```

pub(crate) mod byte_len;
pub(crate) mod chunk_spec;
pub(crate) mod codec;
mod decode;
pub(crate) mod decode_target;
mod encode;
mod fields;
mod resolve;
pub(crate) mod scratch;

use std::sync::Arc;

use zarr_metadata::Swap;

use crate::array::buffer::Uninit;
use crate::array::kernels;
use crate::{
    ArrayToArrayCodec, ArrayToBytesCodec, ByteLen, BytesToBytesCodec, ChunkSpec, CodecError,
    CodecErrorKind, Dims, Fields, NdView, NdViewMut, Region, ShardingCodec, StridedLayout,
};

/// The codecs of an array, resolved and checked for chunks of one shape.
#[derive(Clone, Debug)]
pub struct CodecChain {
    /// The decoded chunk.
    spec: ChunkSpec,
    arrays: Vec<ArrayStage>,
    /// What the serializer sees: `spec` after all array→array codecs.
    serialized: ChunkSpec,
    serializer: Serializer,
    /// What the serializer makes.
    serialized_len: ByteLen,
    bytes: Vec<BytesStage>,
    /// What the whole chain makes.
    encoded_len: ByteLen,
    /// Whether a user registered any of the codecs, those of inner chunks included.
    has_foreign: bool,
    /// An unknown codec, which readers may ignore but writers may not.
    read_only: Option<String>,
    /// The fields that the first of `arrays` takes out of records, if it does.
    picked: Option<Arc<Fields>>,
    /// Where all cells lie: what most reads ask for.
    whole: Option<StridedLayout>,
}

#[derive(Clone, Debug)]
struct ArrayStage {
    codec: Arc<dyn ArrayToArrayCodec>,
    /// The codec's [`axes`](ArrayToArrayCodec::axes), asked for once and compared with both shapes: a codec
    /// of a user may answer something else the next time.
    axes: Option<Dims<usize>>,
    decoded: ChunkSpec,
    encoded: ChunkSpec,
}

#[derive(Clone, Debug)]
enum Serializer {
    /// `foreign` is a codec that a user registers, so the memory it writes is initialised before.
    Codec {
        codec: Arc<dyn ArrayToBytesCodec>,
        foreign: bool,
    },
    Shard(Arc<ShardingCodec>),
}

#[derive(Clone, Debug)]
struct BytesStage {
    codec: Arc<dyn BytesToBytesCodec>,
    /// As for a serializer.
    foreign: bool,
    decoded: ByteLen,
}

/// How to read a part of an encoded chunk.
#[derive(Debug)]
pub enum ChunkAccess<'c> {
    /// The whole object must be decoded: by [`CodecChain::decode`] or [`CodecChain::decode_part`].
    Whole,
    /// The object is not compressed: the wanted cells lie here, in whatever order of axes, or the records
    /// whose fields they are, for [`CodecChain::place`] and [`CodecChain::gather`].
    Cells(StridedLayout),
    /// The object is a shard: fetch its index, then read each wanted inner chunk as a chunk.
    Shard(&'c Arc<ShardingCodec>),
}

impl CodecChain {
    /// The decoded chunk.
    pub fn spec(&self) -> &ChunkSpec {
        &self.spec
    }

    /// Whether a user registered any of the codecs, those of inner chunks included. Such a codec may do anything,
    /// wait for a service for example.
    pub fn has_foreign(&self) -> bool {
        self.has_foreign
    }

    /// How many bytes an encoded chunk has.
    pub fn encoded_len(&self) -> ByteLen {
        self.encoded_len
    }

    /// The sharding codec, if it is the only codec of the chain.
    pub fn shard(&self) -> Option<&Arc<ShardingCodec>> {
        match &self.serializer {
            Serializer::Shard(shard) if self.bytes.is_empty() && self.arrays.is_empty() => {
                Some(shard)
            }
            _ => None,
        }
    }

    /// How to read the cells of `part` of an encoded chunk.
    pub fn access(&self, part: &Region) -> ChunkAccess<'_> {
        if let Some(shard) = self.shard() {
            return ChunkAccess::Shard(shard);
        }
        let at = match part.is_whole(&self.spec.shape) {
            true => self.whole.clone(),
            false => self.locate(part),
        };
        at.map_or(ChunkAccess::Whole, ChunkAccess::Cells)
    }

    /// The same chain, after its codecs were changed.
    fn located(self) -> Self {
        let whole = self.locate(&Region::whole(&self.spec.shape));
        Self { whole, ..self }
    }

    /// Where the cells of `part` lie, or the records whose fields they are, if nothing behind the
    /// serializer changes its bytes, and in front of it axes are only relabelled.
    fn locate(&self, part: &Region) -> Option<StridedLayout> {
        let (stages, serializer) = (&self.arrays, &self.serializer);
        let Serializer::Codec {
            codec,
            foreign: false,
        } = serializer
        else {
            return None;
        };
        let axes = self.axes(stages.get(usize::from(self.picked.is_some())..)?)?;
        if !self.bytes.is_empty() || part.ranges.len() != axes.len() {
            return None;
        }
        let at = codec.locate(&self.serialized, &part.permute(&axes)?)?;
        let mut strides = at.strides.clone();
        for (&axis, &stride) in axes.iter().zip(&at.strides) {
            *strides.get_mut(axis)? = stride;
        }
        Some(StridedLayout { strides, ..at })
    }

    /// The axes of the array behind these codecs, where they only relabel those of the one in front.
    fn axes(&self, stages: &[ArrayStage]) -> Option<Dims<usize>> {
        let rank = self.spec.shape.len();
        stages
            .iter()
            .try_fold((0..rank).collect(), |axes: Dims<usize>, stage| {
                let relabelled = stage.axes.as_ref()?.iter();
                relabelled.map(|&axis| axes.get(axis).copied()).collect()
            })
    }

    /// The size in bytes of the largest array that decoding a whole chunk needs: the chunk itself, or the input of a
    /// codec between arrays. `None` if no memory can hold it.
    pub fn decoded_len(&self) -> Option<usize> {
        let between = self.arrays.iter().map(|stage| stage.encoded.byte_len());
        let first = self.spec.byte_len()?;
        between
            .into_iter()
            .try_fold(first, |most, len| Some(most.max(len?)))
    }

    /// The bytes in each run that [`place`](Self::place) would ask for: none where cells are picked out of
    /// what lies there, which only [`gather`](Self::gather) does.
    pub fn run_len(&self, at: &StridedLayout, dst: &NdViewMut<'_>) -> usize {
        match self.picked {
            Some(_) => 0,
            None => dst.run_len(at),
        }
    }

    /// Fills `dst` with cells that lie in the object as [`ChunkAccess::Cells`] says. `read` reads them straight
    /// into their place: see [`NdViewMut::read_strided`].
    ///
    /// # Errors
    /// The first error of `read`, or a length error if it filled too little.
    pub fn place<E: From<CodecError>>(
        &self,
        at: &StridedLayout,
        mut dst: NdViewMut<'_>,
        read: impl for<'d> FnMut(u64, &'d mut Uninit) -> Result<&'d mut [u8], E>,
    ) -> Result<(), E> {
        let expected = dst.byte_len() as u64;
        dst.read_strided(at, read).map_err(|error| {
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

    /// Fills `dst` with cells out of `bytes`, which are those of the object from `start` on.
    ///
    /// # Errors
    /// If a cell lies outside `bytes`.
    pub fn gather(
        &self,
        at: &StridedLayout,
        start: u64,
        bytes: &[u8],
        mut dst: NdViewMut<'_>,
    ) -> Result<(), CodecError> {
        let at = StridedLayout {
            offset: at.offset.wrapping_sub(start),
            ..at.clone()
        };
        let cells = NdView::strided(bytes, &at, dst.shape());
        let copied = cells.is_some_and(|cells| match &self.picked {
            Some(fields) => fields.read(&cells, &mut dst),
            None => dst.copy_from(&cells),
        });
        if !copied {
            let (expected, found) = (dst.byte_len() as u64, bytes.len() as u64);
            return Err(CodecErrorKind::Length { expected, found }.of("bytes"));
        }
        kernels::swap_view(&mut dst, &self.placed());
        Ok(())
    }

    /// Whether an encoded chunk is its elements as they lie in memory, in C order.
    pub fn is_identity(&self) -> bool {
        let is_in_order = |at: &StridedLayout| {
            (at.offset, at.elem) == (0, self.spec.elem()) && at.is_dense(&self.spec.shape)
        };
        self.whole.as_ref().is_some_and(is_in_order)
            && matches!(self.placed(), Swap::None)
            && self.spec.byte_len().map(ByteLen::Exact) == Some(self.encoded_len())
    }

    /// What to swap once the bytes lie in their place.
    fn placed(&self) -> Swap {
        let swap = match &self.serializer {
            Serializer::Codec { codec, .. } => codec.placed(&self.serialized),
            Serializer::Shard(_) => None,
        };
        let swap = swap.unwrap_or(Swap::None);
        match &self.picked {
            Some(fields) => fields.swap(&swap),
            None => swap,
        }
    }
}

fn wrong_rank(spec: &ChunkSpec) -> CodecError {
    let text = format!(
        "the output does not have the {} axes of the chunk",
        spec.shape.len()
    );
    CodecErrorKind::Mismatch(text).of("transpose")
}

// These tests need the codecs of several features, all of which `blosc` turns on.
#[cfg(any(feature = "blosc", feature = "blosc-rust"))]
#[cfg(test)]
#[path = "chain/tests.rs"]
mod tests;
