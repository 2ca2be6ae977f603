//! Shards without the bytes that belong to nothing, as writers leave them that append changed inner chunks. Inner
//! chunks are moved as they are stored, and nothing is decoded but indexes.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use zarr_codecs::{CodecChain, CodecError, ShardIndex, ShardingCodec};
use zarr_store::{ByteRange, Commit, Payload, Update, Writers};

use super::pool::{lock_permit, with_scratch};
use super::settled;
use crate::{Chunk, ChunkError, ChunkedArray, Result};

impl Chunk {
    /// How many bytes of a stored shard belong to none of its inner chunks, and not to its index. Only the index is
    /// read. It is 0 if the chunk is not stored, is no shard, or holds no inner chunk.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub async fn unused_bytes(&self) -> Result<u64> {
        let (array, index) = (self.array(), self.index());
        let chain = array.chain()?;
        let unused = async {
            let chain = array.chain_of(chain, index)?;
            let Some(shard) = chain.shard() else {
                return Ok(0);
            };
            let found = array.shard_index(&array.chunk_key(index)?, shard).await?;
            Ok(found.map_or(0, |found| unused(shard, &found.data, found.size)))
        };
        unused
            .await
            .map_err(|error| array.chunk_error(index, error))
    }

    /// Stores a shard without its [unused bytes](Self::unused_bytes), and returns how many bytes that saves. Inner
    /// chunks are not decoded. If another writer changes the shard meanwhile, what it wrote is kept. The shard is in
    /// memory as a whole.
    ///
    /// # Errors
    /// If the shard cannot be read or stored. It then stays as it was.
    pub async fn compact(&self) -> Result<u64> {
        let (array, index) = (self.array(), self.index());
        array.check_writable()?;
        settled(array).await?;
        let saved = array.compact(array.chain()?, index).await;
        saved.map_err(|error| array.chunk_error(index, error))
    }
}

impl ChunkedArray {
    async fn compact(&self, largest: &Arc<CodecChain>, chunk: &[u64]) -> Result<u64, ChunkError> {
        let chain = self.chain_of(largest, chunk)?;
        let Some(shard) = chain.shard() else {
            return Ok(0);
        };
        let (store, key) = (self.store(), self.chunk_key(chunk)?);
        let _until_unlocked = lock_permit().await;
        let mut update = Update::new(&**store, &key, Writers::Several).await?;
        let most = self.context().value_bytes();
        loop {
            let old = match update.get(ByteRange::AtMost(most)).await {
                Err(error) if error.is_conflict() => continue,
                old => old?,
            };
            let Some(old) = old else {
                return Ok(0);
            };
            let Some(parts) = compacted(shard, &old.data)? else {
                return Ok(0);
            };
            let new: Payload = parts.into_iter().collect();
            let saved = old.data.len().saturating_sub(new.len()) as u64;
            if let Commit::Done(_) = update.commit(Some(new)).await? {
                self.indexes().forget(&key);
                return Ok(saved);
            }
        }
    }
}

/// The parts of a shorter shard with the same inner chunks; `None` if there is none.
fn compacted(shard: &ShardingCodec, old: &Bytes) -> Result<Option<Vec<Bytes>>, CodecError> {
    let size = old.len() as u64;
    let at = shard.index_range(size)?;
    let index = with_scratch(|cx| shard.decode_index(&slice(old, &at), size, cx))?;
    if unused(shard, &index, size) == 0 {
        return Ok(None);
    }
    let inner = (0..shard.count()).map(|number| index.get(number));
    let inner = inner.map(|range| range.map(|range| slice(old, &range)));
    let parts = with_scratch(|cx| shard.assemble(inner.collect(), cx))?;
    let len: usize = parts.iter().map(Bytes::len).sum();
    // Inner chunks that share bytes take more without.
    Ok((len < old.len()).then_some(parts))
}

/// `range` was compared with the size of the shard.
fn slice(shard: &Bytes, range: &Range<u64>) -> Bytes {
    let size = shard.len();
    let place = |at: u64| usize::try_from(at).map_or(size, |at| at.min(size));
    let (start, end) = (place(range.start), place(range.end));
    shard.slice(start.min(end)..end)
}

/// The bytes of a shard that are in no inner chunk, and not in the index.
pub(super) fn unused(shard: &ShardingCodec, index: &ShardIndex, size: u64) -> u64 {
    let present = index.present().filter_map(|number| index.get(number));
    let mut used: Vec<Range<u64>> = present.collect();
    if used.is_empty() {
        return 0;
    }
    used.extend(shard.index_range(size));
    used.sort_unstable_by_key(|range| range.start);
    let mut end = 0;
    let mut unused = 0;
    for range in used {
        unused += range.start.saturating_sub(end);
        end = end.max(range.end);
    }
    unused + size.saturating_sub(end)
}
