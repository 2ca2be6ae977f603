//! Which chunks of an array are stored, and how many bytes they take: found by listing, and for
//! shards by their indexes.

use std::future::ready;
use std::sync::Arc;

use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use zarr_codecs::{Chain, Dims, Region, Scratch};
use zarr_store::{ByteRange, Entry};

use crate::hierarchy::check_presence;
use crate::{ChunkError, ChunkedArray, Error, Result};

impl ChunkedArray {
    /// The stored chunks (shards, of a sharded array), each with the bytes it takes. Keys that are
    /// no chunk of the grid are passed over.
    ///
    /// # Errors
    /// Where the store cannot list.
    pub async fn stored_chunks(&self) -> Result<Vec<(Dims<u64>, u64)>> {
        self.list_chunks().try_collect().await
    }

    /// The stored chunks as they are listed.
    pub(crate) fn list_chunks(&self) -> impl Stream<Item = Result<(Dims<u64>, u64)>> + Send {
        let prefix = self.location().path();
        let rank = self.grid().rank();
        let encoding = self.metadata().chunk_key_encoding();
        let chunk = move |entry: Entry| {
            let name = entry.key.as_str().strip_prefix(prefix.as_str())?;
            let chunk: Dims<u64> = encoding.decode(name, rank)?.into();
            self.grid().contains(&chunk).then_some((chunk, entry.size))
        };
        let listed = self
            .store()
            .list(prefix)
            .filter_map(move |entry| ready(entry.map(chunk).map_err(Error::from).transpose()));
        // What is not listed is absent, if the store was there to the end.
        let end = stream::once(check_presence(self.location()));
        listed.chain(end.filter_map(|present| ready(present.err().map(Err))))
    }

    /// All bytes below the array's place: chunks and documents.
    ///
    /// # Errors
    /// Where the store cannot list.
    pub async fn stored_bytes(&self) -> Result<u64> {
        let sizes = self
            .store()
            .list(self.location().path())
            .map_ok(|entry| entry.size);
        Ok(sizes
            .try_fold(
                0_u64,
                |sum, size| async move { Ok(sum.saturating_add(size)) },
            )
            .await?)
    }

    /// How many chunks hold data: inner chunks of a sharded array, counted in the shards' indexes.
    ///
    /// # Errors
    /// Where the store cannot list, or an index cannot be read.
    pub async fn initialized_chunks(self: Arc<Self>) -> Result<u64> {
        let stored = self.stored_chunks().await?;
        // Chunks that are no shards are counted whatever their codecs are.
        let sharded = self
            .metadata()
            .codecs()
            .iter()
            .any(|c| c.name == "sharding_indexed");
        let chain = if sharded { Some(self.chain()?) } else { None };
        let Some(chain) = chain.filter(|chain| chain.shard().is_some()) else {
            return Ok(stored.len() as u64);
        };
        let limit = self.store().hints().concurrency.max(1);
        let counts = stored.into_iter().map(|(chunk, _)| {
            let this = Arc::clone(&self);
            async move {
                let count = this.inner_chunks(chain, &chunk).await;
                count.map_err(|error| this.chunk_error(&chunk, error))
            }
        });
        let counts: Vec<u64> = stream::iter(counts)
            .buffer_unordered(limit)
            .try_collect()
            .await?;
        Ok(counts.into_iter().sum())
    }

    /// How many inner chunks of a shard are present and hold cells of the array.
    async fn inner_chunks(&self, chain: &Chain, chunk: &[u64]) -> Result<u64, ChunkError> {
        let chain = self.chain_of(chain, chunk)?;
        let Some(shard) = chain.shard() else {
            return Ok(1);
        };
        let key = self.chunk_key(chunk)?;
        let range = match shard.index_len() {
            (len, true) => ByteRange::Last(len),
            (len, false) => ByteRange::Bounded(0..len),
        };
        let Some(found) = self.store().get(&key, range, None).await? else {
            return Ok(0);
        };
        shard.index_range(found.size)?;
        let index = shard.decode_index(&found.data, found.size, &mut Scratch::default())?;
        let inside = Region::whole(&self.grid().chunk_extent(chunk));
        let wanted = shard.project(&inside)?;
        Ok(wanted
            .iter()
            .filter(|p| index.get(shard.number(&p.chunk)).is_some())
            .count() as u64)
    }
}
