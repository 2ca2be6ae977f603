//! The configuration of a handle to an array.

/// How a handle reads and writes an array. It is not stored.
///
/// ```
/// use zarr_core::ArrayConfig;
/// let config = ArrayConfig { write_empty_chunks: true, ..ArrayConfig::default() };
/// assert!(config.read_missing_chunks);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayConfig {
    /// Whether chunks that hold only the fill value are stored; off by default.
    pub write_empty_chunks: bool,
    /// Whether chunks (of a sharded array, shards) that are not stored are read as the fill value; on by
    /// default. If off, reading such a chunk is the error [`ChunkError::NotFound`](crate::ChunkError::NotFound). Inner
    /// chunks that are absent from a shard are always read as the fill value.
    pub read_missing_chunks: bool,
    /// Whether the array's documents are read again before each read and write, so that changes by others
    /// are seen; off by default. A stream keeps the metadata that it began with.
    pub reload_metadata: bool,
    /// Whether the attributes are read from the store each time they are asked for; off by default.
    pub reload_attributes: bool,
}

impl Default for ArrayConfig {
    fn default() -> Self {
        Self {
            write_empty_chunks: false,
            read_missing_chunks: true,
            reload_metadata: false,
            reload_attributes: false,
        }
    }
}
