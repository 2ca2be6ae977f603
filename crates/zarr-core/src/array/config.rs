//! How a handle of an array reads and writes: nothing of it is stored.

/// How an array is read and written; nothing of it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArrayConfig {
    /// Whether chunks that hold only the fill value are stored all the same; off if not set.
    pub write_empty_chunks: bool,
    /// Whether chunks (shards, of a sharded array) that are not stored are read as fill values; on if
    /// not set. Where it is off, such a chunk is the error [`ChunkError::NotFound`](crate::ChunkError::NotFound). Inner chunks
    /// that are absent from a shard are fill values always.
    pub read_missing_chunks: bool,
    /// Whether the array's documents are read again before each read and write, so that it is known as
    /// others have changed it meanwhile. Streams go on with what was known when they began.
    pub reload_metadata: bool,
    /// Whether attributes are read again each time they are asked of the store.
    pub reload_attributes: bool,
    /// Whether no other writer can make the array longer as long as this handle is used: then cells
    /// beyond its edge are padding, and chunks there are replaced without a look at them.
    pub(crate) shape_is_current: bool,
}

impl Default for ArrayConfig {
    fn default() -> Self {
        Self {
            write_empty_chunks: false,
            read_missing_chunks: true,
            reload_metadata: false,
            reload_attributes: false,
            shape_is_current: false,
        }
    }
}
