//! `ChainCache`: the codecs of an array's chunks, resolved when data is first read or written, once for each
//! shape that chunks have.

use std::fmt;
use std::sync::{Arc, OnceLock};

use quick_cache::sync::Cache;
use zarr_codecs::{ChunkSpec, CodecChain, CodecError, CodecRegistry, Dims};
use zarr_metadata::{ArrayMetadata, ZarrFormat};

/// The most shapes, besides that of the largest chunk, whose codecs are kept. A document can have any number
/// of shapes.
const SHAPES: usize = 1 << 10;

/// The codecs that are resolved so far.
#[derive(Default)]
pub(crate) struct ChainCache {
    /// The codecs of the largest chunk. In a regular grid all chunks have its shape.
    largest: OnceLock<Arc<CodecChain>>,
    others: OnceLock<Cache<Dims<u64>, Arc<CodecChain>>>,
}

impl ChainCache {
    /// The codecs of the largest chunk, if they are resolved already.
    pub(crate) fn largest(&self) -> Option<&Arc<CodecChain>> {
        self.largest.get()
    }

    /// Keeps the codecs of the largest chunk, unless some are kept already.
    pub(crate) fn keep_largest(&self, chain: CodecChain) -> &Arc<CodecChain> {
        self.largest.get_or_init(|| Arc::new(chain))
    }

    /// The codecs of a chunk whose shape is not that of the largest one, given the codecs of the latter.
    pub(crate) fn other(
        &self,
        largest: &CodecChain,
        shape: Dims<u64>,
        metadata: &ArrayMetadata,
        registry: &CodecRegistry,
    ) -> Result<Arc<CodecChain>, CodecError> {
        let kept = self.others.get_or_init(|| Cache::new(SHAPES));
        if let Some(chain) = kept.get(&shape) {
            return Ok(chain);
        }
        let spec = largest.spec().with_shape(&shape);
        let chain = Arc::new(resolve(metadata, spec, registry)?);
        kept.insert(shape, Arc::clone(&chain));
        Ok(chain)
    }
}

/// Resolves the codecs of an array for chunks of this kind.
pub(crate) fn resolve(
    metadata: &ArrayMetadata,
    spec: ChunkSpec,
    registry: &CodecRegistry,
) -> Result<CodecChain, CodecError> {
    let codecs = metadata.codecs();
    match metadata.format() {
        ZarrFormat::V2 => CodecChain::v2(&codecs, spec, registry),
        ZarrFormat::V3 => CodecChain::new(&codecs, spec, registry),
    }
}

impl fmt::Debug for ChainCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let others = self.others.get().map_or(0, Cache::len);
        write!(f, "{:?} and {others} others", self.largest.get())
    }
}
