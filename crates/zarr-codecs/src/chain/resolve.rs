//! Resolves a list of codecs into a chain: finds the kind of each codec, and checks their order.

use std::sync::Arc;

use zarr_metadata::Extension;

use super::{ArrayStage, BytesStage, CodecChain, Serializer};
use crate::codecs::numcodecs::filter::{FilterInput, FilterOnArrays, FilterOnBytes};
use crate::codecs::registry::{Codec, Names, Setting};
use crate::error::check_limit;
use crate::events;
use crate::{
    ArrayToArrayCodec, ByteLen, ChunkSpec, CodecError, CodecErrorKind, CodecRegistry, Dims,
};

impl CodecChain {
    /// Resolves the codecs of an array's metadata for chunks of this shape and type.
    ///
    /// # Errors
    /// An unknown codec, settings that a codec refuses, or another order than array→array codecs, one
    /// array→bytes codec, bytes→bytes codecs.
    pub fn new(
        codecs: &[Extension],
        spec: ChunkSpec,
        registry: &CodecRegistry,
    ) -> Result<Self, CodecError> {
        Self::resolve(codecs, spec, registry, Names::V3, 0)
    }

    /// Resolves the codecs of a v2 array, as
    /// [`codecs`](zarr_metadata::ArrayMetadata::codecs) lists them. Their names are ids of
    /// numcodecs, and filters come after `bytes`: in v2 they see elements as they are stored.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn v2(
        codecs: &[Extension],
        spec: ChunkSpec,
        registry: &CodecRegistry,
    ) -> Result<Self, CodecError> {
        Self::resolve(codecs, spec, registry, Names::V2, 0)
    }

    /// The chain of inner chunks or of an index, within `depth` shards.
    pub(crate) fn nested(
        codecs: &[Extension],
        spec: ChunkSpec,
        registry: &CodecRegistry,
        depth: usize,
    ) -> Result<Self, CodecError> {
        Self::resolve(codecs, spec, registry, Names::V3, depth)
    }

    fn resolve(
        codecs: &[Extension],
        spec: ChunkSpec,
        registry: &CodecRegistry,
        names: Names,
        depth: usize,
    ) -> Result<Self, CodecError> {
        let mut arrays: Vec<ArrayStage> = vec![];
        let mut serializer: Option<(Serializer, ByteLen)> = None;
        let mut bytes: Vec<BytesStage> = vec![];
        let mut serialized = spec.clone();
        let mut len = ByteLen::AtMost(0);
        let mut stored = None;
        let mut held = FilterInput::VALUES;
        let (mut read_only, mut has_foreign) = (None, false);
        for extension in codecs {
            if serializer.is_none() {
                stored = held.stored(&serialized.dtype);
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
                    events::left_out(&extension.name);
                    read_only = Some(extension.name.clone());
                    continue;
                }
                built => built?,
            };
            has_foreign |= match &codec {
                Codec::Shard(shard) => shard.inner().has_foreign(),
                _ => foreign,
            };
            let mut behind = None;
            // The place of a filter decides its kind; in v3 it has one kind only.
            let codec = match codec {
                Codec::Filter(filter) => {
                    stored = Some(filter.types().encoded);
                    match (&serializer, names) {
                        (Some(_), Names::V2) => {
                            Codec::BytesToBytes(Arc::new(FilterOnBytes(filter)))
                        }
                        _ => {
                            let (filter, made) =
                                FilterOnArrays::new(filter, held, &serialized.dtype);
                            behind = Some(made);
                            Codec::ArrayToArray(Arc::new(filter))
                        }
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
            let misplaced = |why| CodecErrorKind::Order(why).of(&extension.name);
            match (codec, &serializer) {
                (Codec::ArrayToArray(codec), None) => {
                    let encoded = codec.encoded_spec(&serialized)?;
                    let decoded = std::mem::replace(&mut serialized, encoded.clone());
                    let stage = ArrayStage::new(codec, decoded, encoded)?;
                    if stage.axes.is_none() {
                        held = behind.unwrap_or(FilterInput::VALUES);
                    }
                    arrays.push(stage);
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
                    bytes.push(BytesStage {
                        codec,
                        foreign,
                        decoded,
                    });
                }
                (Codec::BytesToBytes(_), None) => {
                    return Err(misplaced(
                        "comes before the codec that turns the array into bytes",
                    ));
                }
                (Codec::ArrayToBytes(_) | Codec::Shard(_), Some(_)) => {
                    return Err(misplaced(
                        "is the second codec that turns the array into bytes; there must be one",
                    ));
                }
                (Codec::ArrayToArray(_) | Codec::Filter(_), _) => {
                    return Err(misplaced(
                        "comes after the codec that turns the array into bytes",
                    ));
                }
            }
        }
        let Some((serializer, serialized_len)) = serializer else {
            let why = "no codec of the chain turns the array into bytes";
            return Err(CodecErrorKind::Order(why).of("bytes"));
        };
        let encoded_len = len;
        let chain = Self {
            spec,
            arrays,
            serialized,
            serializer,
            serialized_len,
            bytes,
            encoded_len,
            has_foreign,
            read_only,
            picked: None,
            whole: None,
        };
        Ok(chain.located())
    }
}

impl ArrayStage {
    /// A codec between two arrays.
    ///
    /// # Errors
    /// If it claims to reorder axes, and the encoded array has another shape than that makes.
    pub(super) fn new(
        codec: Arc<dyn ArrayToArrayCodec>,
        decoded: ChunkSpec,
        encoded: ChunkSpec,
    ) -> Result<Self, CodecError> {
        let axes: Option<Dims<usize>> = codec.axes().map(Dims::from);
        if let Some(axes) = &axes {
            let mut sorted = axes.clone();
            sorted.sort_unstable();
            let of_axis = |&axis: &usize| decoded.shape.get(axis).copied();
            let shape: Option<Dims<u64>> = axes.iter().map(of_axis).collect();
            let is_whole = sorted.iter().copied().eq(0..decoded.shape.len());
            if !is_whole
                || shape.as_ref() != Some(&encoded.shape)
                || decoded.elem() != encoded.elem()
            {
                let (from, to) = (decoded.shape.as_slice(), encoded.shape.as_slice());
                let text =
                    format!("axes {axes:?} do not make an array of {to:?} of one of {from:?}");
                return Err(CodecErrorKind::ChunkShape(text).of(codec.name()));
            }
        }
        Ok(Self {
            codec,
            axes,
            decoded,
            encoded,
        })
    }
}

/// Decoders get as much memory as the codecs can make, so a list of codecs that each make more of the data
/// must not ask for any amount.
fn check_growth(serialized: ByteLen, encoded: ByteLen, codec: &str) -> Result<(), CodecError> {
    // Single bytes as numbers of eight bytes, as text, in a compressor that finds nothing to save.
    const TIMES: usize = 16;
    const MORE: usize = 1 << 20;
    let limit = serialized.max().saturating_mul(TIMES).saturating_add(MORE);
    let limit = limit.min(isize::MAX as usize);
    check_limit(
        codec,
        "an encoded chunk",
        encoded.max() as u64,
        limit as u64,
    )
}
