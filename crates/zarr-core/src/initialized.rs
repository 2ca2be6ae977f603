//! Which cells were ever written: a read of the array in which a codec takes the place of its own, that makes `true` of
//! every stored chunk, whatever its bytes are.

use std::sync::Arc;

use ndarray::ArrayD;
use serde_json::Value;
use zarr_codecs::{
    ArrayToBytesCodec, ByteLen, ChunkSpec, CodecChain, CodecError, CodecErrorKind, NdView,
    NdViewMut, Scratch,
};
use zarr_metadata::{ArrayMetadata, DataType, Extension, v3};

use crate::{ArrayConfig, ChunkedArray, ResolvedSelection, Result};

const NAME: &str = "initialized";

/// Makes `true` of all cells of a chunk.
#[derive(Debug)]
struct InitializedCodec {
    /// The most bytes that a chunk is stored as.
    most: usize,
}

impl ArrayToBytesCodec for InitializedCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, _: &ChunkSpec) -> Result<ByteLen, CodecError> {
        Ok(ByteLen::AtMost(self.most))
    }

    fn decode(
        &self,
        _: &ChunkSpec,
        _: &[u8],
        mut dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        zarr_codecs::fill(&mut dst, &[1]);
        Ok(())
    }

    fn encode(
        &self,
        _: &ChunkSpec,
        _: &NdView<'_>,
        _: &mut Vec<u8>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        Err(CodecErrorKind::Refused("it only reads".into()).of(NAME))
    }
}

impl ChunkedArray {
    /// Reads for each cell of a selection whether the chunk that it lies in is stored, or the inner chunk of a shard.
    /// All other cells were never written, or were erased.
    ///
    /// # Errors
    /// If the codecs are unknown, or the store cannot be read.
    pub async fn read_initialized(&self, selection: ResolvedSelection) -> Result<ArrayD<bool>> {
        let mut inner: &CodecChain = self.chain()?;
        while let Some(shard) = inner.shard() {
            inner = shard.inner();
        }
        let most = inner.encoded_len().max();
        let registry = self.context().registry().clone();
        let registry =
            registry.array_to_bytes(NAME, move |_| Ok(Arc::new(InitializedCodec { most })));
        let metadata = self.metadata();
        let shape = metadata.shape().to_vec();
        let mut bools = v3::ArrayMetadataV3::new(shape, DataType::Bool, vec![]);
        bools.chunk_grid = metadata.chunk_grid().into_owned();
        bools.chunk_key_encoding = metadata.chunk_key_encoding();
        bools.fill_value = Value::Bool(false);
        bools.codecs = codecs(&metadata.codecs());
        let array = Self::new(
            self.location().clone(),
            self.path().clone(),
            ArrayMetadata::V3(bools),
            self.context().with_registry(registry),
            ArrayConfig::default(),
        )?;
        Arc::new(array).read_as(selection).await
    }
}

/// The codecs that shards need to be found in, and that of their inner chunks.
fn codecs(stored: &[Extension]) -> Vec<Extension> {
    let shard = stored
        .iter()
        .position(|codec| codec.name == "sharding_indexed");
    let mut codecs = vec![];
    for (at, codec) in stored.iter().enumerate().filter(|_| shard.is_some()) {
        match Some(at).cmp(&shard) {
            // What tells which inner chunk a cell lies in; others change elements only.
            std::cmp::Ordering::Less => {
                let moves = matches!(codec.name.as_str(), "transpose" | "reshape");
                codecs.extend(moves.then(|| codec.clone()));
            }
            std::cmp::Ordering::Equal => {
                let inner: Vec<Extension> = match codec.get::<Vec<Value>>("codecs") {
                    Ok(Some(inner)) => (inner.into_iter())
                        .filter_map(|codec| Extension::from_json(codec).ok())
                        .collect(),
                    _ => vec![],
                };
                let inner: Value = self::codecs(&inner)
                    .iter()
                    .map(Extension::to_json)
                    .collect();
                codecs.push(codec.clone().with("codecs", inner));
            }
            std::cmp::Ordering::Greater => codecs.push(codec.clone()),
        }
    }
    if shard.is_none() {
        codecs.push(Extension::new(NAME));
    }
    codecs
}
