//! `Array`: the handle people hold. Holds no algorithm: facts come from the metadata, data from
//! `zarr-core`.

pub(crate) mod erase;
pub(crate) mod fields;
pub(crate) mod indexed;
pub(crate) mod properties;
pub(crate) mod read;
pub(crate) mod stream;
pub(crate) mod write;

use std::sync::Arc;

use zarr_core::{ArrayConfig, ChunkGrid, ChunkedArray, Result};
use zarr_metadata::{
    ArrayMetadata, Attributes, AxisChunks, DataType, FillValue, NodePath, ZarrFormat,
};
use zarr_store::{Location, Store};

use crate::Context;
use crate::array::fields::Picked;
use crate::info::Info;

/// An array in a store. Cheap to clone; clones are one array, of which each knows the shape and the
/// attributes that it was opened or last [refreshed](Array::refresh) with: who resizes or appends through
/// one changes what is stored, and what that one knows. What is written to a zip archive is in its place when
/// the last handle on it is dropped, or earlier, with the error if there is one, by [`close`](Self::close).
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
    /// Binds metadata to its place and asks the store nothing.
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

    /// The same array, its store reached otherwise.
    pub(crate) fn at(&self, location: Location) -> Result<Self> {
        let (metadata, context) = (self.0.metadata().clone(), self.0.context().clone());
        Self::new(location, metadata, context, self.0.config().clone())
    }

    pub(crate) fn replace(&mut self, array: impl Into<Arc<ChunkedArray>>) {
        self.0 = array.into();
    }

    /// The engine below this handle.
    pub fn chunked(&self) -> &Arc<ChunkedArray> {
        &self.0
    }

    /// Elements per axis.
    pub fn shape(&self) -> &[u64] {
        self.0.metadata().shape()
    }

    /// How many axes there are.
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }

    /// The number of elements, or `None` beyond `u64`.
    pub fn size(&self) -> Option<u64> {
        zarr_codecs::volume(self.shape())
    }

    /// The element type.
    #[doc(alias = "data_type")]
    pub fn dtype(&self) -> &DataType {
        self.0.metadata().data_type()
    }

    /// The shape of the smallest piece that is encoded by itself: inner chunks of a sharded array.
    ///
    /// Where chunks differ in shape, that of the largest; [`read_chunk_sizes`](Self::read_chunk_sizes)
    /// tells of all.
    pub fn chunks(&self) -> Vec<u64> {
        self.inner_chunks()
            .unwrap_or_else(|| self.0.grid().largest_chunk().to_vec())
    }

    /// The shape of the shards, where the array has them.
    ///
    /// Where shards differ in shape, that of the largest;
    /// [`write_chunk_sizes`](Self::write_chunk_sizes) tells of all.
    pub fn shards(&self) -> Option<Vec<u64>> {
        self.inner_chunks()
            .map(|_| self.0.grid().largest_chunk().to_vec())
    }

    /// How many cells of the array each chunk holds along each axis: inner chunks, of a sharded array.
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

    /// How many cells of the array each stored object holds along each axis: shards, of a sharded
    /// array, else chunks.
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
    /// Where the metadata's fill value is not one of the data type.
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

    /// The user's attributes.
    #[doc(alias = "attributes")]
    pub fn attrs(&self) -> &Attributes {
        self.0.metadata().attributes()
    }

    /// Names of the axes, where the array has them.
    pub fn dimension_names(&self) -> Option<&[Option<String>]> {
        self.0.metadata().dimension_names()
    }

    /// The array's documents.
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

    /// The path with a leading slash, as zarr-python names nodes.
    pub fn name(&self) -> String {
        self.0.path().to_string()
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        self.0.store()
    }

    /// The bytes of all elements in memory, or `None` where elements differ in size or the number
    /// exceeds `u64`.
    pub fn nbytes(&self) -> Option<u64> {
        self.size()?.checked_mul(self.dtype().size()? as u64)
    }

    /// How many chunks there are along each axis; inner chunks, of a sharded array.
    pub fn cdata_shape(&self) -> Vec<u64> {
        let Some(inner) = self.inner_chunks() else {
            return self.0.grid().shape_in_chunks().to_vec();
        };
        let axes = self.shape().iter().zip(inner);
        axes.map(|(n, chunk)| n.div_ceil(chunk.max(1))).collect()
    }

    /// The number of chunks; inner chunks, of a sharded array. `None` beyond `u64`.
    pub fn nchunks(&self) -> Option<u64> {
        zarr_codecs::volume(&self.cdata_shape())
    }

    /// How many chunks hold data; inner chunks, of a sharded array, counted in the shards' indexes.
    ///
    /// # Errors
    /// Where the store cannot list, or an index cannot be read.
    pub async fn nchunks_initialized(&self) -> Result<u64> {
        let array = Picked::all(&self.0).current().await?;
        array.initialized_chunks().await
    }

    /// All bytes that the array takes in its store, documents included.
    ///
    /// # Errors
    /// Where the store cannot list.
    pub async fn nbytes_stored(&self) -> Result<u64> {
        self.0.stored_bytes().await
    }

    /// A description, without asking the store.
    pub fn info(&self) -> Info {
        let read_only = !self.store().hints().writable;
        Info::array(self.metadata(), self.store().kind(), read_only)
    }

    /// A description with what is stored.
    ///
    /// # Errors
    /// Where the store cannot list, or a shard's index cannot be read.
    pub async fn info_complete(&self) -> Result<Info> {
        let stored = self.nbytes_stored().await?;
        // Of a sharded array these are the shards, as in zarr-python.
        let chunks = self.0.stored_chunks().await?.len() as u64;
        Ok(self.info().with_stored(stored, chunks))
    }

    /// The same array, read and written with another configuration.
    #[must_use]
    pub fn with_config(&self, config: ArrayConfig) -> Self {
        Self(Arc::new(self.0.with_config(config)))
    }
}
