//! Which chunks of an array are stored, and how many bytes they take: from a listing, and from the indexes
//! of shards.

use std::future::ready;
use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use zarr_codecs::{AxisRange, CodecChain, Dims, Projections, Region, ShardIndex, ShardingCodec};
use zarr_metadata::documents;
use zarr_store::{ByteRange, Entry, Found, Key, StoreError};

use crate::engine::pool::with_scratch;
use crate::hierarchy::check_presence;
use crate::{Chunk, ChunkError, ChunkedArray, Error, ErrorKind, Result};

/// Up to this many absent chunks are found by asking for each of them.
pub(crate) const LIST_FROM: usize = 1 << 10;

impl ChunkedArray {
    /// The stored chunks (of a sharded array, shards), each with its size in bytes, as a listing shows them: in no
    /// promised order, and no list of all is held. Keys that are not of a chunk within the grid are passed over.
    ///
    /// An item is an error if the store cannot be listed.
    pub fn stored_chunks(
        self: &Arc<Self>,
    ) -> impl Stream<Item = Result<(Chunk, u64)>> + Send + use<'_> {
        self.list_sizes()
            .map_ok(|(index, size)| (self.chunk_at(index), size))
    }

    /// The stored chunks and their sizes, in the order of the listing.
    pub(crate) fn list_sizes(&self) -> impl Stream<Item = Result<(Dims<u64>, u64)>> + Send {
        let chunk = self.find_chunk();
        let entries = self.store().list(self.location().path());
        let chunks = entries.try_filter_map(move |Entry { key, size }| {
            ready(Ok(chunk(&key).map(|chunk| (chunk, size))))
        });
        self.unless_gone(chunks)
    }

    /// The stored chunks, in the order of the listing.
    pub(crate) fn list_chunks(&self) -> impl Stream<Item = Result<Dims<u64>>> + Send {
        self.list_keys().filter_map(|key| ready(key.transpose()))
    }

    /// All keys below the array's location, in the order of the listing: the chunk, or `None` if the key is not of a
    /// chunk.
    pub(crate) fn list_keys(&self) -> impl Stream<Item = Result<Option<Dims<u64>>>> + Send {
        let chunk = self.find_chunk();
        let keys = self.store().list_keys(self.location().path());
        self.unless_gone(keys.map_ok(move |key| chunk(&key)))
    }

    /// A listing that ends with an error where the store is gone: a chunk that is not listed is absent only if the
    /// store is still there at the end.
    fn unless_gone<T: Send>(
        &self,
        listed: impl Stream<Item = Result<T, StoreError>> + Send,
    ) -> impl Stream<Item = Result<T>> + Send {
        let end = stream::once(check_presence(self.location()));
        let gone = end.filter_map(|present| ready(present.err().map(Err)));
        listed.map_err(Error::from).chain(gone)
    }

    /// Tells which chunk a key is of, if it is of a chunk within the grid.
    fn find_chunk(&self) -> impl Fn(&Key) -> Option<Dims<u64>> + Send + use<'_> {
        let (prefix, rank) = (self.location().path(), self.grid().rank());
        let encoding = self.metadata().chunk_key_encoding();
        move |key| {
            let name = key.as_str().strip_prefix(prefix.as_str())?;
            let chunk: Dims<u64> = encoding.decode(name, rank)?.into();
            self.grid().contains(&chunk).then_some(chunk)
        }
    }

    /// Whether a chunk that a listing does not show is absent. A store may know only after a listing that it
    /// left something out.
    pub(crate) fn can_list(&self) -> bool {
        self.store().hints().lists_every_value()
    }

    /// Whether a listing could save more than what was asked for so far: half of these chunks were absent.
    pub(crate) fn is_sparse(&self, asked: usize, absent: usize) -> bool {
        asked >= LIST_FROM && absent >= asked - asked / 2 && self.can_list()
    }

    /// Which of these numbers belong to stored chunks, in order. `find` gives the number of a chunk, if it is
    /// wanted. `None` if the numbers are few, if the store cannot list, or if it lists more keys than there are
    /// numbers.
    ///
    /// The listing begins after the operation, so it shows everything that was stored before the operation.
    ///
    /// # Errors
    /// Only [`ErrorKind::StoreGone`]: a store that refuses to list may still answer requests.
    pub(crate) async fn stored_among(
        &self,
        wanted: Range<usize>,
        find: impl Fn(&[u64]) -> Option<usize>,
    ) -> Result<Option<Vec<usize>>> {
        if wanted.len() <= LIST_FROM || !self.can_list() {
            return Ok(None);
        }
        let (mut found, mut shown) = (Vec::new(), 0);
        let mut listed = pin!(self.list_keys());
        while let Some(entry) = listed.next().await {
            shown += 1;
            if shown > wanted.len() {
                return Ok(None);
            }
            match entry {
                Ok(Some(chunk)) => found.extend(find(&chunk).filter(|i| wanted.contains(i))),
                Ok(None) => {}
                Err(error) if matches!(error.kind(), ErrorKind::StoreGone { .. }) => {
                    return Err(error);
                }
                Err(_) => return Ok(None),
            }
        }
        // Only now does the store know whether it left something out.
        if !self.can_list() {
            return Ok(None);
        }
        found.sort_unstable();
        // A store may show a key twice if it changes meanwhile.
        found.dedup();
        Ok(Some(found))
    }

    /// How many bytes are stored below the array's location.
    ///
    /// # Errors
    /// If the store cannot be listed.
    pub async fn stored_bytes(&self) -> Result<StoredBytes> {
        let (prefix, chunk) = (self.location().path(), self.find_chunk());
        let mut listed = self.store().list(prefix);
        let mut bytes = StoredBytes::default();
        while let Some(Entry { key, size, .. }) = listed.try_next().await? {
            let name = key.as_str().strip_prefix(prefix.as_str());
            let of_kind = match chunk(&key) {
                Some(_) => &mut bytes.chunks,
                None if name.is_some_and(|name| documents::ALL.contains(&name)) => {
                    &mut bytes.documents
                }
                None => &mut bytes.other,
            };
            *of_kind = of_kind.saturating_add(size);
        }
        Ok(bytes)
    }

    /// The number of chunks that are stored; of a sharded array, shards. They are counted as a listing shows them.
    ///
    /// # Errors
    /// If the store cannot be listed.
    pub async fn stored_count(&self) -> Result<u64> {
        let listed = self.list_chunks();
        listed.try_fold(0, |count, _| ready(Ok(count + 1))).await
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
                let chunk = listed?;
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
    pub fn is_sharded(&self) -> bool {
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
        let found = self.shard_index(&self.chunk_key(chunk)?, shard).await?;
        let Some(Found { data: index, .. }) = found else {
            return Ok(None);
        };
        let inside = Region::whole(&self.grid().chunk_extent(chunk));
        Ok(Some(Inner {
            wanted: shard.project(&inside)?,
            shard: Arc::clone(shard),
            index,
        }))
    }

    /// Requests the index of a shard. `None` if the shard is absent.
    pub(crate) async fn shard_index(
        &self,
        key: &Key,
        shard: &ShardingCodec,
    ) -> Result<Option<Found<ShardIndex>>, ChunkError> {
        let range = match shard.index_len() {
            (len, true) => ByteRange::Last(len),
            (len, false) => ByteRange::Bounded(0..len),
        };
        let Some(found) = self.store().get(key, range, None).await? else {
            return Ok(None);
        };
        shard.index_range(found.size)?;
        let index = with_scratch(|cx| shard.decode_index(&found.data, found.size, cx))?;
        Ok(Some(found.map(|_| index)))
    }
}

/// How many bytes of an array are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredBytes {
    /// In chunks or shards.
    pub chunks: u64,
    /// In documents: metadata and attributes.
    pub documents: u64,
    /// In all else: chunks outside of the array, and what is not of Zarr.
    pub other: u64,
}

impl StoredBytes {
    /// All of them.
    pub fn total(&self) -> u64 {
        let all = self.chunks.saturating_add(self.documents);
        all.saturating_add(self.other)
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
