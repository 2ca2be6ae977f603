//! `ChunkedArray`: an array's metadata bound to its location in a store, with its chunk grid and its codecs.
//! Elements are read and written in `engine`, and converted to Rust's types in `typed`.

mod config;
mod documents;
mod fields;
mod last_read;

use std::sync::Arc;

use zarr_codecs::{ChunkSpec, CodecChain, CodecError, CodecErrorKind};
use zarr_metadata::{ArrayMetadata, DataType, FillValue, NodePath, Order, ZarrFormat};
use zarr_store::{BlockingStore, Key, Location, Store};

use crate::cells::ChunkSelections;
pub use config::{ArrayConfig, CacheMetadata};
pub use last_read::LastRead;

use crate::chains::{self, ChainCache};
use crate::engine::{CachedChunks, IndexCache};
use crate::{
    CellView, ChunkError, ChunkGrid, Context, Error, ErrorKind, ResolvedSelection, Result,
    Selection, SelectionError, SelectionTarget,
};

/// An array in a store. Its metadata is known without I/O. Its codecs are resolved when data is first read
/// or written, so that an array with unknown codecs can still be inspected.
#[derive(Debug)]
pub struct ChunkedArray {
    location: Location,
    path: NodePath,
    metadata: ArrayMetadata,
    /// What elements of a data type of the user's are stored as.
    stored_as: Option<DataType>,
    grid: ChunkGrid,
    chains: Arc<ChainCache>,
    indexes: Arc<IndexCache>,
    cached: CachedChunks,
    context: Context,
    config: ArrayConfig,
    fields: Option<Arc<fields::PickedFields>>,
    view: Option<Arc<CellView>>,
    /// Whether no other writer can make the array longer while this handle is used. Cells beyond its edge are
    /// then padding, and chunks there are replaced without being read.
    shape_is_current: bool,
    last_read: Arc<LastRead<ArrayMetadata>>,
}

impl ChunkedArray {
    /// Binds metadata to its location. The store is not accessed.
    ///
    /// # Errors
    /// If the chunk grid is unknown or does not match the shape.
    pub fn new(
        location: Location,
        path: NodePath,
        metadata: ArrayMetadata,
        context: Context,
        config: ArrayConfig,
    ) -> Result<Self> {
        let grid = ChunkGrid::new(&metadata.chunk_grid(), metadata.shape());
        let grid = grid.map_err(|source| ErrorKind::Grid {
            path: path.clone(),
            source,
        })?;
        let stored_as = context.registry().stored_as(metadata.data_type());
        Ok(Self {
            location,
            path,
            metadata,
            stored_as,
            grid,
            chains: Arc::default(),
            indexes: Arc::new(IndexCache::new(
                context.index_cache(),
                context.index_meter(),
            )),
            cached: CachedChunks::new(context.chunks()),
            context,
            config,
            fields: None,
            view: None,
            shape_is_current: false,
            last_read: Arc::default(),
        })
    }

    /// The same array with other metadata. The store is not accessed.
    ///
    /// # Errors
    /// The errors of [`new`](Self::new).
    pub fn with_metadata(&self, metadata: ArrayMetadata) -> Result<Self> {
        let (location, path) = (self.location.clone(), self.path.clone());
        let (context, config) = (self.context.clone(), self.config.clone());
        Self::new(location, path, metadata, context, config)
    }

    /// The same array with another configuration.
    pub fn with_config(&self, config: ArrayConfig) -> Self {
        Self {
            location: self.location.clone(),
            path: self.path.clone(),
            metadata: self.metadata.clone(),
            stored_as: self.stored_as.clone(),
            grid: self.grid.clone(),
            chains: Arc::clone(&self.chains),
            indexes: Arc::clone(&self.indexes),
            cached: self.cached.clone(),
            context: self.context.clone(),
            config,
            fields: self.fields.clone(),
            shape_is_current: self.shape_is_current,
            last_read: Arc::clone(&self.last_read),
            view: self.view.clone(),
        }
    }

    /// A handle whose selections are those of a view.
    ///
    /// # Errors
    /// If the view is of an array of another shape.
    pub fn with_view(&self, view: Arc<CellView>) -> Result<Self> {
        if view.array_shape() != self.metadata.shape() {
            return Err(self.selection_error(SelectionError::ShapeMismatch {
                selected: view.array_shape().to_vec(),
                grid: self.metadata.shape().to_vec(),
            }));
        }
        Ok(Self {
            view: Some(view),
            ..self.with_config(self.config.clone())
        })
    }

    /// The shape that selections are resolved for: of the array, or of this handle's view.
    pub(crate) fn shape_seen(&self) -> &[u64] {
        let view = self.view.as_ref().map(|view| view.shape());
        view.unwrap_or(self.metadata.shape())
    }

    /// A view of a part of the array or, if this handle has one, of a part of its view.
    ///
    /// # Errors
    /// If the selection does not consist of slices, or does not fit.
    pub fn select_view(&self, selection: &Selection) -> Result<CellView> {
        let (whole, names);
        let view = match &self.view {
            Some(view) => &**view,
            None => {
                whole = CellView::new(self.metadata.shape());
                &whole
            }
        };
        names = view.names(&self.dimension_names());
        let part = view.select(selection, Some(&names));
        part.map_err(|source| self.selection_error(source))
    }

    /// The same array, for a writer that keeps all others from making it longer.
    pub(crate) fn with_current_shape(&self) -> Self {
        Self {
            shape_is_current: true,
            ..self.with_config(self.config.clone())
        }
    }

    pub(crate) fn shape_is_current(&self) -> bool {
        self.shape_is_current
    }

    /// The location of the array's documents and chunks.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        self.location.store()
    }

    /// The store, for a task that may wait for it. Drivers ask for it first.
    pub(crate) fn blocking_store(&self) -> Result<&dyn BlockingStore, ChunkError> {
        self.store().as_blocking().ok_or(ChunkError::INTERNAL)
    }

    /// How many chunks keep workers and requests busy.
    pub(crate) fn at_once(&self) -> usize {
        match self.store().as_blocking() {
            Some(_) => self.context.threads().saturating_mul(2),
            None => self.store().hints().concurrency.max(1),
        }
    }

    /// The array's path in its hierarchy.
    pub fn path(&self) -> &NodePath {
        &self.path
    }

    /// The array's metadata.
    pub fn metadata(&self) -> &ArrayMetadata {
        &self.metadata
    }

    /// The chunk grid. The chunks of a sharded array are its shards.
    pub fn grid(&self) -> &ChunkGrid {
        &self.grid
    }

    /// The context, which operations share.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The configuration: how this handle reads and writes.
    pub fn config(&self) -> &ArrayConfig {
        &self.config
    }

    /// The order in memory of the elements of a box that is read: as format 2 stores it, as the configuration says
    /// in format 3.
    pub fn order(&self) -> Order {
        match &self.metadata {
            ArrayMetadata::V2 { array, .. } => array.order,
            ArrayMetadata::V3(_) => self.config.order,
        }
    }

    /// The cached indexes of shards.
    pub(crate) fn indexes(&self) -> &IndexCache {
        &self.indexes
    }

    /// The cached decoded chunks.
    pub(crate) fn cached(&self) -> &CachedChunks {
        &self.cached
    }

    fn codec_error(&self, source: CodecError) -> Error {
        Error::from(ErrorKind::Codec {
            path: self.path.clone(),
            source,
        })
    }

    /// Checks that chunks can be written, as far as this is known without data.
    ///
    /// # Errors
    /// The errors of [`chain`](Self::chain); if a codec can only decode; if chunks are larger than the limit.
    pub fn check_writable(&self) -> Result<()> {
        let chain = self.chain()?;
        let writable = chain.check_encode();
        writable.map_err(|source| self.codec_error(source))?;
        // A shard is never in memory as a whole; its inner chunks are.
        let decoded = chain
            .shard()
            .map_or(chain.spec(), |shard| shard.inner().spec());
        let asked = decoded.byte_len().map_or(u64::MAX, |bytes| bytes as u64);
        let (what, limit) = ("a chunk", self.context.chunk_bytes());
        match asked <= limit {
            true => Ok(()),
            false => Err(ErrorKind::Limit { what, asked, limit }.into()),
        }
    }

    /// The codecs, resolved at the first call. Where chunks differ in shape, these are the codecs of the
    /// largest one.
    ///
    /// # Errors
    /// If a codec is unknown or does not apply, the data type is unknown, the index of a shard is larger than
    /// the limit, or inner chunks do not divide a shard.
    pub fn chain(&self) -> Result<&Arc<CodecChain>> {
        if let Some(chain) = self.chains.largest() {
            return Ok(chain);
        }
        let codec = |source| self.codec_error(source);
        let fill = match (&self.stored_as, &self.metadata) {
            (Some(known), ArrayMetadata::V3(array)) => {
                FillValue::from_json(&array.fill_value, known)
            }
            (_, metadata) => metadata.fill_value(),
        };
        let fill = fill.map_err(|source| ErrorKind::Metadata {
            path: self.path.clone(),
            document: "the fill value".to_owned(),
            source,
        });
        // The fill value of an unknown data type is unknown too; the error names the type.
        let dtype = self.whole_data_type().clone();
        if dtype.layout().is_none() {
            // The codec tells what objects are, so if it is unknown, the error names the codec.
            let is_v2 = self.metadata.format() == ZarrFormat::V2;
            let codecs = self.metadata.codecs();
            let mut needed = codecs.iter().filter(|codec| codec.must_understand);
            let unknown = needed.find_map(|found| self.context.registry().unknown(found, is_v2));
            if let Some(unknown) = unknown {
                return Err(codec(unknown));
            }
            return Err(codec(CodecErrorKind::DataType(Box::new(dtype)).of("bytes")));
        }
        let largest = self.grid.largest_chunk();
        let spec = ChunkSpec::new(&largest, dtype, fill?).map_err(codec)?;
        let chain = chains::resolve(&self.metadata, spec, self.context.registry());
        let chain = chain.map_err(codec)?;
        self.check_shards(&chain).map_err(codec)?;
        self.check_indexes(&chain)?;
        Ok(self.chains.keep_largest(chain))
    }

    /// Checks the sizes of the indexes of all levels of shards: an index is in memory as a whole, and in a
    /// sparse file a shard of few stored bytes can have a large one.
    fn check_indexes(&self, mut chain: &CodecChain) -> Result<()> {
        let limit = self.context.chunk_bytes();
        while let Some(shard) = chain.shard() {
            let asked = shard.index_len().0;
            if asked > limit {
                let what = "the index of a shard";
                return Err(ErrorKind::Limit { what, asked, limit }.into());
            }
            chain = shard.inner();
        }
        Ok(())
    }

    /// Checks that inner chunks divide all shards, which may differ in shape.
    fn check_shards(&self, chain: &CodecChain) -> Result<(), CodecError> {
        let Some(shard) = chain.shard() else {
            return Ok(());
        };
        for axis in 0..self.grid.rank() {
            let mut shape = chain.spec().shape.clone();
            for length in self.grid.lengths(axis) {
                if let Some(of_axis) = shape.get_mut(axis) {
                    *of_axis = length;
                }
                shard.check_shape(&shape)?;
            }
        }
        Ok(())
    }

    /// The codecs of one chunk, given those of [`chain`](Self::chain).
    pub(crate) fn chain_of(
        &self,
        largest: &Arc<CodecChain>,
        chunk: &[u64],
    ) -> Result<Arc<CodecChain>, CodecError> {
        let shape = self.grid.chunk_shape(chunk);
        if shape == largest.spec().shape {
            return Ok(Arc::clone(largest));
        }
        let (metadata, registry) = (&self.metadata, self.context.registry());
        self.chains.other(largest, shape, metadata, registry)
    }

    /// The key of a chunk and the codecs that encode it, given those of [`chain`](Self::chain).
    pub(crate) fn chunk_to_write(
        &self,
        largest: &Arc<CodecChain>,
        chunk: &[u64],
    ) -> Result<(Key, Arc<CodecChain>), ChunkError> {
        Ok((self.chunk_key(chunk)?, self.chain_of(largest, chunk)?))
    }

    /// The shape of the smallest part that is encoded on its own: of an inner chunk if the array is
    /// sharded, otherwise of a chunk (the largest one, where chunks differ).
    ///
    /// # Errors
    /// The errors of [`chain`](Self::chain).
    pub fn inner_chunk_shape(&self) -> Result<Vec<u64>> {
        let chain = self.chain()?;
        let spec = chain
            .shard()
            .map_or(chain.spec(), |shard| shard.inner().spec());
        Ok(spec.shape.to_vec())
    }

    /// The key of a chunk.
    ///
    /// # Errors
    /// If the store does not accept the key.
    pub fn chunk_key(&self, chunk: &[u64]) -> Result<Key, zarr_store::StoreError> {
        let mut name = String::with_capacity(32);
        self.metadata.chunk_key_encoding().encode(chunk, &mut name);
        self.location.key(&name)
    }

    /// Resolves a selection on this array.
    ///
    /// # Errors
    /// If the selection cannot be resolved for the array's shape.
    pub fn resolve(&self, selection: &Selection) -> Result<ResolvedSelection> {
        if let Some(view) = &self.view {
            let names = view.names(&self.dimension_names());
            let resolved = view.resolve(selection, Some(&names));
            return resolved.map_err(|source| self.selection_error(source));
        }
        let mut target = SelectionTarget::from(self.grid());
        let (inner, names);
        if let Selection::InnerBlocks(_) = selection {
            inner = self.inner_grid()?;
            target = target.with_inner(&inner);
        }
        if let Selection::Named(_) = selection {
            names = self.dimension_names();
            target = target.with_names(&names);
        }
        let resolved = selection.resolve(target);
        resolved.map_err(|source| self.selection_error(source))
    }

    /// The grid of the inner chunks of all shards together; of an array without shards, that of its chunks.
    ///
    /// # Errors
    /// The errors of [`chain`](Self::chain).
    pub fn inner_grid(&self) -> Result<ChunkGrid> {
        let Some(shard) = self.chain()?.shard() else {
            return Ok(self.grid.clone());
        };
        // Inner chunks divide their shards, so they lie on a regular grid.
        let grid = ChunkGrid::regular(&shard.inner().spec().shape, self.metadata.shape());
        grid.map_err(|source| {
            let path = self.path.clone();
            ErrorKind::Grid { path, source }.into()
        })
    }

    /// The names of the dimensions: those of the metadata or, in format 2, those that xarray keeps in the attribute
    /// `_ARRAY_DIMENSIONS`.
    fn dimension_names(&self) -> Vec<Option<String>> {
        if let Some(names) = self.metadata.dimension_names() {
            return names.to_vec();
        }
        let attribute = self.metadata.attributes().get("_ARRAY_DIMENSIONS");
        let names = attribute.and_then(|names| names.as_array());
        let name = |name: &serde_json::Value| name.as_str().map(str::to_owned);
        names.into_iter().flatten().map(name).collect()
    }

    pub(crate) fn project(&self, selection: &ResolvedSelection) -> Result<ChunkSelections> {
        let selected = selection.project(&self.grid);
        selected.map_err(|source| self.selection_error(source))
    }

    /// The error that a selection cannot be resolved on this array.
    pub fn selection_error(&self, source: crate::SelectionError) -> Error {
        let shape = self.shape_seen().to_vec();
        ErrorKind::Selection {
            path: self.path.clone(),
            shape,
            source,
        }
        .into()
    }

    /// Adds the array's path and the chunk to an error.
    pub(crate) fn chunk_error(&self, chunk: &[u64], source: ChunkError) -> Error {
        let key = self
            .chunk_key(chunk)
            .map(|key| key.as_str().to_owned())
            .unwrap_or_default();
        ErrorKind::Chunk {
            path: self.path.clone(),
            key,
            chunk: chunk.to_vec(),
            cells: self.grid().region(chunk),
            source,
        }
        .into()
    }
}
