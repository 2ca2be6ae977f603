//! `Chunk`: one chunk of an array, its place and what is stored of it.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use ndarray::ArrayD;
use zarr_codecs::{AxisRange, Dims, Region, ShardIndex, ShardingCodec};
use zarr_store::{
    BlockingStore, ByteRange, Found, Key, Location, MemoryStore, PutMode, StoreExt, Version,
};

use crate::engine::{check_exact, settled};
use crate::hierarchy::check_presence;
use crate::{
    ArrayConfig, ChunkError, ChunkedArray, DynData, Element, Error, ResolvedSelection, Result,
};

/// A chunk of an array; of a sharded array, a shard. It need not be stored.
///
/// ```
/// use std::sync::Arc;
///
/// # use zarr_core::{ArrayOptions, ChunkedArray, Chunks, Context, Elements, Values, sel};
/// # use zarr_metadata::{DataType, NodePath, ZarrFormat};
/// # use zarr_store::{BlockingStore, Location, MemoryStore, runtime::wait};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut options = ArrayOptions::new([5, 4], DataType::UInt8);
/// # options.chunks = Chunks::Uniform(4);
/// # let metadata = options.metadata(ZarrFormat::V3)?;
/// # let location = Location::root(MemoryStore::new().into_store());
/// # let (context, config) = (Context::default(), Default::default());
/// # let array = ChunkedArray::new(location, NodePath::root(), metadata, context, config)?;
/// # let array = Arc::new(array);
/// let chunk = array.chunk(&[1, 0])?;
/// assert_eq!(chunk.key()?.as_str(), "c/1/0");
/// assert_eq!(chunk.region().to_string(), "[4:5, 0:4]"); // the end of an array of 5 × 4
/// assert_eq!(chunk.shape().as_slice(), [4, 4]); // as stored
/// assert!(!wait(chunk.exists())?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Chunk {
    array: Arc<ChunkedArray>,
    index: Dims<u64>,
}

/// An inner chunk of a shard, and where it lies in it.
#[derive(Clone, Debug)]
pub struct InnerChunk {
    index: Dims<u64>,
    region: Region,
    range: Option<Range<u64>>,
    /// The version of the shard in which it lies there.
    version: Option<Version>,
}

impl ChunkedArray {
    /// The chunk of this index in the grid; of a sharded array, the shard. The store is not accessed.
    ///
    /// # Errors
    /// If the grid has no such chunk.
    pub fn chunk(self: &Arc<Self>, index: &[u64]) -> Result<Chunk> {
        if !self.grid().contains(index) {
            let (path, grid) = (self.path(), self.grid().shape_in_chunks());
            let grid = grid.as_slice();
            let text = format!("`{path}` has no chunk {index:?}: its chunk grid is {grid:?}");
            return Err(Error::argument("index", text));
        }
        Ok(self.chunk_at(index.into()))
    }

    /// A chunk of the grid.
    pub(crate) fn chunk_at(self: &Arc<Self>, index: Dims<u64>) -> Chunk {
        let array = Arc::clone(self);
        Chunk { array, index }
    }

    /// The chunks that hold cells of a selection, each once, stored or not; the last axis changes fastest. They
    /// are computed one by one.
    ///
    /// # Errors
    /// If there are too many chunks to count.
    pub fn chunks_of(
        self: &Arc<Self>,
        selection: &ResolvedSelection,
    ) -> Result<impl Iterator<Item = Chunk> + Send + use<>> {
        let (array, chunks) = (Arc::clone(self), self.project(selection)?);
        let chunk = move |i| Some(array.chunk_at(chunks.get(i)?.0));
        Ok((0..self.project(selection)?.len()).filter_map(chunk))
    }
}

impl Chunk {
    /// The array.
    pub fn array(&self) -> &Arc<ChunkedArray> {
        &self.array
    }

    /// The index in the chunk grid.
    pub fn index(&self) -> &[u64] {
        &self.index
    }

    /// The cells of the array that the chunk holds.
    pub fn region(&self) -> Region {
        self.array.grid().region(&self.index)
    }

    /// The shape as it is stored. At the end of an array the chunk may hold more cells than the array has.
    pub fn shape(&self) -> Dims<u64> {
        self.array.grid().chunk_shape(&self.index)
    }

    /// The key under which it is stored.
    ///
    /// # Errors
    /// If the store does not accept the key.
    pub fn key(&self) -> Result<Key> {
        Ok(self.array.chunk_key(&self.index)?)
    }

    /// Whether the chunk is stored. If not, its cells hold the fill value.
    ///
    /// # Errors
    /// If the store fails, or is gone.
    pub async fn exists(&self) -> Result<bool> {
        Ok(self.encoded_len().await?.is_some())
    }

    /// How many bytes are stored. `None` if the chunk is not stored.
    ///
    /// # Errors
    /// If the store fails, or is gone.
    pub async fn encoded_len(&self) -> Result<Option<u64>> {
        let found = self.array.store().head(&self.key()?).await;
        let found = found.map_err(|error| self.error(error))?;
        self.checked(found.map(|found| found.size)).await
    }

    /// The bytes as they are stored, encoded. `None` if the chunk is not stored.
    ///
    /// # Errors
    /// If the store fails, or is gone, or the value is larger than
    /// [`Context::value_bytes`](crate::Context::value_bytes).
    pub async fn bytes(&self) -> Result<Option<Bytes>> {
        let limit = self.array.context().value_bytes();
        let found = self.array.store().get_at_most(&self.key()?, limit).await;
        self.checked(found.map_err(|error| self.error(error))?)
            .await
    }

    /// Reads the cells of the chunk that lie inside the array: fill values if it is not stored.
    ///
    /// # Errors
    /// The errors of [`ChunkedArray::read_as`].
    pub async fn decode<T: Element>(&self) -> Result<ArrayD<T>> {
        Arc::clone(&self.array).read_as(self.selection()).await
    }

    /// Reads the cells of the chunk, of any data type.
    ///
    /// # Errors
    /// The errors of [`ChunkedArray::read_dyn`].
    pub async fn decode_dyn(&self) -> Result<DynData> {
        Arc::clone(&self.array).read_dyn(self.selection()).await
    }

    /// Stores encoded bytes as the chunk, in place of what was stored. They are decoded first, so that no bytes are
    /// stored that cannot be read.
    ///
    /// # Errors
    /// If the bytes are not a chunk of this array; then nothing is stored. If the store fails.
    pub async fn write_bytes(&self, bytes: impl Into<Bytes>) -> Result<()> {
        let bytes = bytes.into();
        self.check_bytes(bytes.clone()).await?;
        self.write_bytes_unchecked(bytes).await
    }

    /// Stores bytes as the chunk without looking at them.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn write_bytes_unchecked(&self, bytes: impl Into<Bytes>) -> Result<()> {
        let bytes = bytes.into();
        settled(&self.array).await?;
        let (store, key) = (self.array.store(), self.key()?);
        let put = store.put(&key, bytes.into(), PutMode::Overwrite).await;
        put.map(drop).map_err(|error| self.error(error))
    }

    /// Deletes the chunk: its cells hold the fill value again.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn erase(&self) -> Result<()> {
        Arc::clone(&self.array).erase(self.selection()).await
    }

    /// The inner chunks of the shard in C order, also those outside of the array, by its index, which is read
    /// once. None if the array is not sharded. If the shard is not stored, none of them is.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use zarr_core::{ArrayOptions, ChunkedArray, Chunks, Context, Elements, Values, sel};
    /// # use zarr_metadata::{DataType, NodePath, ZarrFormat};
    /// # use zarr_store::{BlockingStore, Location, MemoryStore, runtime::wait};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut options = ArrayOptions::new([8, 8], DataType::UInt8);
    /// # options.compressors = ().into();
    /// # (options.chunks, options.shards) = (Chunks::Uniform(4), Some(Chunks::Uniform(8)));
    /// # let metadata = options.metadata(ZarrFormat::V3)?;
    /// # let location = Location::root(MemoryStore::new().into_store());
    /// # let (context, config) = (Context::default(), Default::default());
    /// # let array = ChunkedArray::new(location, NodePath::root(), metadata, context, config)?;
    /// # let array = Arc::new(array);
    /// # let one = Elements::Scalar(Values::Fixed(vec![1].into()));
    /// # wait(Arc::clone(&array).write(array.resolve(&sel![..4, 4..])?, one))?;
    /// let shard = array.chunk(&[0, 0])?;
    /// let stored: Vec<_> = wait(shard.inner_chunks())?.filter(|inner| inner.range().is_some()).collect();
    /// assert_eq!(stored[0].region().to_string(), "[0:4, 4:8]");
    /// assert_eq!(stored[0].range(), Some(0..16));
    /// assert_eq!(wait(shard.inner_bytes(&stored[0]))?.unwrap().as_ref(), [1; 16]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the store fails, or is gone, or the index cannot be read.
    pub async fn inner_chunks(&self) -> Result<impl Iterator<Item = InnerChunk> + Send + use<>> {
        let chain = self.array.chain()?;
        let chain = self.array.chain_of(chain, &self.index);
        let chain = chain.map_err(|error| self.error(error))?;
        let Some(shard) = chain.shard() else {
            return Ok(None.into_iter().flatten());
        };
        let index = self.array.shard_index(&self.key()?, shard).await;
        let index = index.map_err(|error| self.error(error))?;
        let index = self.checked(index).await?;
        let (shard, region) = (Arc::clone(shard), self.region());
        let inner = move |number| inner_chunk(&shard, index.as_ref(), &region, number);
        let count = chain.shard().map_or(0, |shard| shard.count());
        Ok(Some((0..count).map(inner)).into_iter().flatten())
    }

    /// The bytes of an inner chunk as they lie in the shard, encoded. `None` if it is not stored.
    ///
    /// # Errors
    /// If the store fails, or the shard was replaced since [`inner_chunks`](Self::inner_chunks).
    pub async fn inner_bytes(&self, inner: &InnerChunk) -> Result<Option<Bytes>> {
        let Some(range) = inner.range.clone() else {
            return Ok(None);
        };
        let (store, key) = (self.array.store(), self.key()?);
        let range = ByteRange::Bounded(range);
        let found = store.get(&key, range, inner.version.as_ref()).await;
        let found = found.map_err(|error| self.error(error))?;
        match found {
            Some(found) => Ok(Some(found.data)),
            None => Err(self.error(ChunkError::Changed)),
        }
    }

    /// Checks that bytes can be read as this chunk, in a store of their own.
    async fn check_bytes(&self, bytes: Bytes) -> Result<()> {
        let array = &self.array;
        self.check_len(bytes.len() as u64)?;
        let store = MemoryStore::new();
        let put = BlockingStore::put(&store, &self.key()?, &bytes.into(), PutMode::Overwrite);
        put.map_err(|error| self.error(error))?;
        let location = Location::new(store.into_store(), array.location().path().clone());
        let (path, metadata) = (array.path().clone(), array.metadata().clone());
        let (context, config) = (array.context().clone(), ArrayConfig::default());
        let copy = ChunkedArray::new(location, path, metadata, context, config)?;
        Arc::new(copy).read_dyn(self.selection()).await.map(drop)
    }

    /// Checks the number of bytes, if all chunks of this shape have the same.
    pub(crate) fn check_len(&self, found: u64) -> Result<()> {
        let chain = self.array.chain()?;
        let chain = self.array.chain_of(chain, &self.index);
        let chain = chain.map_err(|error| self.error(error))?;
        check_exact(chain.encoded_len(), found).map_err(|error| self.error(error))
    }

    /// What was found of the chunk. If nothing was, checks that the store is there.
    async fn checked<T>(&self, found: Option<T>) -> Result<Option<T>> {
        if found.is_none() {
            check_presence(self.array.location()).await?;
        }
        Ok(found)
    }

    /// The cells inside the array.
    pub(crate) fn selection(&self) -> ResolvedSelection {
        ResolvedSelection::of_region(self.array.grid().shape(), self.region())
    }

    fn error(&self, source: impl Into<ChunkError>) -> Error {
        self.array.chunk_error(&self.index, source.into())
    }
}

/// The inner chunk of a number, in a shard that holds these cells.
fn inner_chunk(
    shard: &ShardingCodec,
    found: Option<&Found<ShardIndex>>,
    within: &Region,
    number: usize,
) -> InnerChunk {
    let index = shard.at(number);
    let axes = within.ranges.iter().zip(&index);
    let axes = axes.zip(&shard.inner().spec().shape);
    let axis = |((cells, &i), &length): ((&AxisRange, &u64), &u64)| {
        let start = i.saturating_mul(length).min(cells.count());
        let count = length.min(cells.count() - start);
        AxisRange::dense(cells.start() + start, count)
    };
    InnerChunk {
        region: Region {
            ranges: axes.map(axis).collect(),
        },
        index,
        range: found.and_then(|found| found.data.get(number)),
        version: found.and_then(|found| found.version.clone()),
    }
}

impl InnerChunk {
    /// The index among the inner chunks of the shard.
    pub fn index(&self) -> &[u64] {
        &self.index
    }

    /// The cells of the array that it holds; none if it lies outside.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// The bytes of the shard in which it lies: offset and length are its start and size. `None` if it is not
    /// stored.
    pub fn range(&self) -> Option<Range<u64>> {
        self.range.clone()
    }
}
