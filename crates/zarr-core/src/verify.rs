//! Reads stored chunks and says what is wrong with them.

use std::sync::Arc;

use futures_util::{Stream, StreamExt};
use zarr_codecs::Region;
use zarr_store::runtime::Budget;

use crate::{Chunk, ChunkedArray, Error, ErrorClass, ResolvedSelection, Result};

/// A stored chunk that was read, and what is wrong with it.
#[derive(Debug)]
#[non_exhaustive]
pub struct VerifiedChunk {
    /// The chunk; of a sharded array, the shard.
    pub chunk: Chunk,
    /// How many bytes are stored.
    pub size: u64,
    /// Why it cannot be read: nothing if all is well; of a shard, an error for each broken inner chunk.
    pub problems: Vec<ChunkProblem>,
}

/// What is wrong with a chunk, or with an inner chunk of a shard.
#[derive(Debug, thiserror::Error)]
#[error("cells {region}: {error}")]
#[non_exhaustive]
pub struct ChunkProblem {
    /// The cells of the array that cannot be read.
    pub region: Region,
    /// Why.
    #[source]
    pub error: Error,
}

impl ChunkedArray {
    /// Reads and decodes every stored chunk, which compares all checksums. The chunks are those that a listing
    /// shows, a few at a time, in no promised order; no list of all is held. Together, those in memory take no
    /// more than [`Context::memory`](crate::Context::memory); a larger one is read alone.
    ///
    /// An item is an error if the store cannot be listed.
    ///
    /// # Errors
    /// The errors of [`chain`](Self::chain).
    pub fn verify(
        self: &Arc<Self>,
    ) -> Result<impl Stream<Item = Result<VerifiedChunk>> + Send + use<'_>> {
        self.chain()?;
        let budget = Budget::new(self.context().memory());
        let verify = move |stored: Result<(Chunk, u64)>| {
            let budget = Arc::clone(&budget);
            async move {
                let (chunk, size) = stored?;
                let _until_verified = budget.take(chunk.decoded_len()).await;
                let problems = chunk.verify(size).await;
                Ok(VerifiedChunk {
                    chunk,
                    size,
                    problems,
                })
            }
        };
        let stored = self.stored_chunks().map(verify);
        Ok(stored.buffer_unordered(self.at_once()))
    }
}

impl Chunk {
    /// Reads and decodes the chunk, of which so many bytes are stored, and says what is wrong with it. If something
    /// is wrong with the data of a shard, each of its inner chunks is read by itself.
    pub async fn verify(&self, size: u64) -> Vec<ChunkProblem> {
        let whole = |error| {
            let region = self.region();
            vec![ChunkProblem { region, error }]
        };
        // Readers of chunks that are not encoded fetch only the bytes they need, and notice no wrong length.
        if let Err(error) = self.check_len(size) {
            return whole(error);
        }
        let Err(error) = self.decode_dyn().await else {
            return vec![];
        };
        let inner = match error.class() {
            ErrorClass::Corrupt => self.inner_chunks().await.ok(),
            _ => None,
        };
        let mut problems = Vec::new();
        for inner in inner.into_iter().flatten() {
            if inner.range().is_none() || inner.region().is_empty() {
                continue;
            }
            let (shape, region) = (self.array().grid().shape(), inner.region().clone());
            let cells = ResolvedSelection::of_region(shape, region.clone());
            if let Err(error) = Arc::clone(self.array()).read_dyn(cells).await {
                problems.push(ChunkProblem { region, error });
            }
        }
        match problems.is_empty() {
            true => whole(error),
            false => problems,
        }
    }

    /// How many bytes its elements take.
    fn decoded_len(&self) -> u64 {
        let elem = self.array().chain().map_or(0, |chain| chain.spec().elem());
        let cells = self.region().volume().unwrap_or(u64::MAX);
        cells.saturating_mul(elem as u64)
    }
}
