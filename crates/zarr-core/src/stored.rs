//! Which chunks of an array are stored, and how many bytes they take: from a listing, and from the indexes
//! of shards.

use std::future::ready;
use std::pin::pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use zarr_codecs::{
    AxisRange, CodecChain, Dims, Projections, Region, Scratch, ShardIndex, ShardingCodec,
};
use zarr_store::{ByteRange, Entry};

use crate::hierarchy::check_presence;
use crate::{ChunkError, ChunkedArray, Error, Result};

impl ChunkedArray {
    /// The stored chunks (of a sharded array, shards), each with its size in bytes. Keys that are not of a
    /// chunk within the grid are ignored.
    ///
    /// # Errors
    /// If the store cannot be listed.
    pub async fn stored_chunks(&self) -> Result<Vec<(Dims<u64>, u64)>> {
        self.list_chunks().try_collect().await
    }

    /// The stored chunks, in the order of the listing.
    pub(crate) fn list_chunks(&self) -> impl Stream<Item = Result<(Dims<u64>, u64)>> + Send {
        self.list_keys().filter_map(|key| ready(key.transpose()))
    }

    /// All keys below the array's location, in the order of the listing: the chunk and its size, or `None`
    /// if the key is not of a chunk.
    pub(crate) fn list_keys(&self) -> impl Stream<Item = Result<Option<(Dims<u64>, u64)>>> + Send {
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
            .map(move |entry| entry.map(chunk).map_err(Error::from));
        // A chunk that is not listed is absent only if the store is still there at the end.
        let end = stream::once(check_presence(self.location()));
        listed.chain(end.filter_map(|present| ready(present.err().map(Err))))
    }

    /// The number of bytes stored below the array's location: chunks and documents.
    ///
    /// # Errors
    /// If the store cannot be listed.
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

    /// The number of chunks that are stored; of a sharded array, inner chunks, counted from the indexes.
    ///
    /// # Errors
    /// If the store cannot be listed, or an index cannot be read.
    pub async fn initialized_chunks(&self) -> Result<u64> {
        let mut count = 0;
        self.each_stored(0, |_| count += 1).await?;
        Ok(count)
    }

    /// Calls `each` with the cells of every stored chunk. Of a shard with more than `most` cells, it is called
    /// with the cells of every stored inner chunk instead. All other cells hold the fill value.
    ///
    /// # Errors
    /// If the store cannot be listed, or an index cannot be read.
    pub async fn each_stored(&self, most: u64, mut each: impl FnMut(&Region) + Send) -> Result<()> {
        let chain = match self.is_sharded() {
            true => Some(self.chain()?),
            false => None,
        };
        let limit = self.store().hints().concurrency.clamp(1, INDEXES);
        let found = self
            .list_chunks()
            .map(|listed| async move {
                let (chunk, _) = listed?;
                let region = self.grid().region(&chunk);
                let is_large = region.volume().is_none_or(|cells| cells > most);
                let inner = match chain.filter(|_| is_large) {
                    Some(chain) => self.index_of(chain, &chunk).await,
                    None => Ok(None),
                };
                let inner = inner.map_err(|error| self.chunk_error(&chunk, error))?;
                Ok::<_, Error>((region, inner))
            })
            .buffer_unordered(limit);
        let mut found = pin!(found);
        while let Some((region, inner)) = found.try_next().await? {
            match inner {
                None => each(&region),
                Some(inner) => inner.each(|cells| each(&in_array(cells, &region))),
            }
        }
        Ok(())
    }

    /// Whether the codecs say that chunks are shards.
    fn is_sharded(&self) -> bool {
        let codecs = self.metadata().codecs();
        codecs.iter().any(|codec| codec.name == "sharding_indexed")
    }

    /// The stored inner chunks of a shard that hold cells of the array. `None` if the chunk is not a shard, or
    /// is not stored any more.
    async fn index_of(
        &self,
        chain: &Arc<CodecChain>,
        chunk: &[u64],
    ) -> Result<Option<Inner>, ChunkError> {
        let chain = self.chain_of(chain, chunk)?;
        let Some(shard) = chain.shard() else {
            return Ok(None);
        };
        let key = self.chunk_key(chunk)?;
        let range = match shard.index_len() {
            (len, true) => ByteRange::Last(len),
            (len, false) => ByteRange::Bounded(0..len),
        };
        let Some(found) = self.store().get(&key, range, None).await? else {
            return Ok(None);
        };
        shard.index_range(found.size)?;
        let index = shard.decode_index(&found.data, found.size, &mut Scratch::default())?;
        let inside = Region::whole(&self.grid().chunk_extent(chunk));
        Ok(Some(Inner {
            wanted: shard.project(&inside)?,
            shard: Arc::clone(shard),
            index,
        }))
    }
}

/// The most indexes in memory at once; each may be large.
const INDEXES: usize = 16;

/// The inner chunks of a shard.
struct Inner {
    shard: Arc<ShardingCodec>,
    index: ShardIndex,
    /// The inner chunks that hold cells of the array.
    wanted: Projections,
}

impl Inner {
    /// Calls `each` with the cells of every stored inner chunk, counted from the origin of the shard.
    fn each(&self, mut each: impl FnMut(&Region)) {
        let there = self.index.present().map(|number| self.shard.at(number));
        for projection in there.filter_map(|at| self.wanted.get(self.wanted.find(&at)?)) {
            each(&projection.to);
        }
    }
}

/// Converts dense cells of a chunk to cells of the array.
fn in_array(cells: &Region, chunk: &Region) -> Region {
    let axes = cells.ranges.iter().zip(&chunk.ranges);
    let ranges =
        axes.map(|(cells, chunk)| AxisRange::dense(chunk.start() + cells.start(), cells.count()));
    Region {
        ranges: ranges.collect(),
    }
}
