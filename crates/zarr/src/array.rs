//! `Array`, the handle on an array: its metadata, shape and chunks. It holds no algorithm; `zarr-core`
//! reads and writes.

mod chunks;
pub(crate) mod erase;
pub(crate) mod fields;
pub(crate) mod indexed;
pub(crate) mod initialized;
pub(crate) mod outer_iter;
pub(crate) mod properties;
pub(crate) mod read;
pub(crate) mod stream;
pub(crate) mod view;
pub(crate) mod write;
pub(crate) mod writer;

use std::sync::Arc;

use zarr_core::{ArrayConfig, ChunkGrid, ChunkedArray, Result, StoredBytes};
use zarr_metadata::{
    ArrayMetadata, Attributes, AxisChunks, DataType, FillValue, NodePath, ZarrFormat,
};
use zarr_store::{Location, Store};

use crate::Context;
use crate::array::fields::ArrayFields;
use crate::data::Conversion;
use crate::info::ArrayInfo;

/// A handle on an array in a store.
///
/// Handles are cheap to clone, and clones refer to the same stored array. Each keeps the shape and the
/// attributes with which it was opened or last [refreshed](Array::refresh). A resize or an append through
/// one handle changes the stored array and that handle; the others keep the old shape until they are
/// refreshed.
///
/// Writes to a zip archive reach the file when the last handle on the archive is dropped.
/// [`close`](Self::close) writes the file earlier and returns the error if that fails.
///
/// ```
/// # use zarr::{blocking::Wait, DataType, Target};
/// # fn main() -> zarr::Result<()> {
/// let mut a = zarr::create_array(Target::Memory, [4], DataType::UInt8).wait()?;
/// let mut clone = a.clone();
/// a.resize([6]).wait()?;
/// assert_eq!((a.shape(), clone.shape()), (&[6][..], &[4][..]));
/// clone.refresh().wait()?;
/// assert_eq!(clone.shape(), [6]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Array(Arc<ChunkedArray>);

impl Array {
    /// Binds metadata to its location, without a request to the store.
    pub(crate) fn new(
        location: Location,
        metadata: ArrayMetadata,
        context: Context,
        config: ArrayConfig,
    ) -> Result<Self> {
        let path = zarr_core::hierarchy::path_of(&location)?;
        Ok(Self(Arc::new(ChunkedArray::new(
            location, path, metadata, context, config,
        )?)))
    }

    /// The same array through another location, such as a read-only one.
    pub(crate) fn at(&self, location: Location) -> Result<Self> {
        let (metadata, context) = (self.0.metadata().clone(), self.0.context().clone());
        Self::new(location, metadata, context, self.0.config().clone())
    }

    pub(crate) fn replace(&mut self, array: impl Into<Arc<ChunkedArray>>) {
        self.0 = array.into();
    }

    /// How data becomes elements of this array.
    pub(crate) fn conversion(&self, cast: bool) -> Conversion<'_> {
        Conversion {
            path: self.path(),
            stored: self.dtype(),
            cast,
        }
    }

    /// The array of `zarr-core` behind this handle.
    pub fn chunked(&self) -> &Arc<ChunkedArray> {
        &self.0
    }

    /// The number of elements along each axis.
    pub fn shape(&self) -> &[u64] {
        self.0.metadata().shape()
    }

    /// The number of axes.
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }

    /// The number of elements, or `None` if it exceeds `u64`.
    pub fn size(&self) -> Option<u64> {
        zarr_codecs::volume(self.shape())
    }

    /// The data type of the elements.
    #[doc(alias = "data_type")]
    pub fn dtype(&self) -> &DataType {
        self.0.metadata().data_type()
    }

    /// The chunk shape, in elements along each axis; of a sharded array, the shape of the inner chunks. `None` if
    /// the chunks lie on a rectilinear grid, where they need not have one shape (zarr-python raises
    /// `NotImplementedError`): [`read_chunk_sizes`](Self::read_chunk_sizes) returns all lengths.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let create = || zarr::create_array(Target::Memory, [60], DataType::Int8);
    /// assert_eq!(create().chunks([20]).wait()?.chunks(), Some(vec![20]));
    /// assert_eq!(create().chunks([vec![10, 20, 30]]).wait()?.chunks(), None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`CreateArray::chunks`](crate::CreateArray::chunks) takes this, and guesses chunks where it is `None`. It
    /// also takes the array itself, as `.chunks(&a)`, and then makes rectilinear chunks like the array's.
    pub fn chunks(&self) -> Option<Vec<u64>> {
        self.inner_chunks().or_else(|| self.stored_shape())
    }

    /// The shard shape, in elements along each axis. `None` if the array is [not sharded](Self::is_sharded), or if
    /// the shards lie on a rectilinear grid, where they need not have one shape (zarr-python raises
    /// `NotImplementedError`): [`write_chunk_sizes`](Self::write_chunk_sizes) returns all lengths.
    ///
    /// A write of a part of a shard stores the whole shard again: see
    /// [`CreateArray::shards`](crate::CreateArray::shards), which takes this, and makes no shards where it is `None`.
    pub fn shards(&self) -> Option<Vec<u64>> {
        self.stored_shape().filter(|_| self.is_sharded())
    }

    /// Whether chunks are stored together in shards, of one shape or not.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let create = zarr::create_array(Target::Memory, [60], DataType::Int8);
    /// let a = create.chunks([10]).shards([vec![20, 40]]).wait()?;
    /// assert_eq!((a.is_sharded(), a.chunks(), a.shards()), (true, Some(vec![10]), None));
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_sharded(&self) -> bool {
        self.0.is_sharded()
    }

    /// The shape of all stored chunks or shards, if the grid is regular.
    fn stored_shape(&self) -> Option<Vec<u64>> {
        self.metadata()
            .chunk_grid()
            .chunk_shape()
            .map(<[u64]>::to_vec)
    }

    /// The lengths of the chunks along each axis; of a sharded array, of the inner chunks.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let create = zarr::create_array(Target::Memory, [90, 25], DataType::Int8);
    /// let a = create.chunks([vec![31, 28, 31], vec![20, 5]]).wait()?;
    /// let months = &a.read_chunk_sizes()[0];
    /// assert_eq!(months.lengths(90).collect::<Vec<_>>(), [31, 28, 31]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn read_chunk_sizes(&self) -> Vec<AxisChunks> {
        let inner = self.inner_chunks().and_then(|inner| {
            // Inner chunks divide their shards, so they lie on a regular grid.
            ChunkGrid::regular(&inner, self.shape()).ok()
        });
        inner.as_ref().unwrap_or(self.0.grid()).chunk_sizes()
    }

    /// The lengths of the stored objects along each axis: of the shards of a sharded array, else of the
    /// chunks.
    pub fn write_chunk_sizes(&self) -> Vec<AxisChunks> {
        self.0.grid().chunk_sizes()
    }

    fn inner_chunks(&self) -> Option<Vec<u64>> {
        let codecs = self.0.metadata().codecs();
        let shard = codecs
            .iter()
            .find(|codec| codec.name == "sharding_indexed")?;
        shard.get("chunk_shape").ok()?
    }

    /// The value of elements that were never written.
    ///
    /// # Errors
    /// If the fill value in the metadata is not a value of the data type.
    pub fn fill_value(&self) -> Result<FillValue> {
        let fill = self.0.metadata().fill_value();
        fill.map_err(|source| {
            let (path, document) = (self.path().clone(), "the fill value".to_owned());
            zarr_core::ErrorKind::Metadata {
                path,
                document,
                source,
            }
            .into()
        })
    }

    /// The user's attributes, as this handle keeps them; [`read_attrs`](Self::read_attrs) obeys `cache_attrs`.
    #[doc(alias = "attributes")]
    pub fn attrs(&self) -> &Attributes {
        self.0.metadata().attributes()
    }

    /// The dimension names, if the array has any.
    pub fn dimension_names(&self) -> Option<&[Option<String>]> {
        self.0.metadata().dimension_names()
    }

    /// The array's metadata.
    pub fn metadata(&self) -> &ArrayMetadata {
        self.0.metadata()
    }

    /// The array's format.
    pub fn zarr_format(&self) -> ZarrFormat {
        self.0.metadata().format()
    }

    /// The array's path in its store.
    pub fn path(&self) -> &NodePath {
        self.0.path()
    }

    /// The path with a leading slash, as in zarr-python.
    pub fn name(&self) -> String {
        self.0.path().to_string()
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        self.0.store()
    }

    /// The size of all elements in memory, in bytes. `None` if elements have no fixed size or the number
    /// exceeds `u64`.
    pub fn nbytes(&self) -> Option<u64> {
        self.size()?.checked_mul(self.dtype().size()? as u64)
    }

    /// The number of chunks along each axis; of a sharded array, of inner chunks.
    pub fn cdata_shape(&self) -> Vec<u64> {
        let Some(inner) = self.inner_chunks() else {
            return self.0.grid().shape_in_chunks().to_vec();
        };
        let axes = self.shape().iter().zip(inner);
        axes.map(|(n, chunk)| n.div_ceil(chunk.max(1))).collect()
    }

    /// The number of chunks; of a sharded array, of inner chunks. `None` if it exceeds `u64`.
    pub fn nchunks(&self) -> Option<u64> {
        zarr_codecs::volume(&self.cdata_shape())
    }

    /// The number of stored chunks; of a sharded array, of the inner chunks in the shards' indexes.
    ///
    /// # Errors
    /// If the store cannot list, or an index cannot be read.
    pub async fn nchunks_initialized(&self) -> Result<u64> {
        let array = ArrayFields::all(&self.0).current().await?;
        array.initialized_chunks().await
    }

    /// The number of bytes that the array takes in its store, metadata included.
    ///
    /// # Errors
    /// If the store cannot list.
    pub async fn nbytes_stored(&self) -> Result<u64> {
        Ok(self.stored_bytes().await?.total())
    }

    /// The numbers of bytes that the array takes in its store: in chunks, in documents, and in what is neither.
    ///
    /// # Errors
    /// If the store cannot list.
    pub async fn stored_bytes(&self) -> Result<StoredBytes> {
        self.0.stored_bytes().await
    }

    /// The number of stored shards; of an array that is not sharded, of stored chunks. The store is listed, and
    /// nothing is read.
    ///
    /// # Errors
    /// If the store cannot list.
    pub async fn nshards_initialized(&self) -> Result<u64> {
        let array = ArrayFields::all(&self.0).current().await?;
        array.stored_count().await
    }

    /// A summary of the array, without a request to the store.
    pub fn info(&self) -> ArrayInfo {
        ArrayInfo::new(self.metadata(), self.store().kind(), self.read_only())
    }

    /// A summary of the array that includes what is stored.
    ///
    /// # Errors
    /// If the store cannot list.
    pub async fn info_complete(&self) -> Result<ArrayInfo> {
        let stored = self.nbytes_stored().await?;
        // For a sharded array zarr-python counts shards.
        let chunks = self.0.stored_count().await?;
        Ok(self.info().with_stored(stored, chunks))
    }

    /// The same array, which this handle reads and writes with another configuration.
    #[must_use]
    pub fn with_config(&self, config: ArrayConfig) -> Self {
        Self(Arc::new(self.0.with_config(config)))
    }
}
