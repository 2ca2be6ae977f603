//! The configuration of a handle to an array.

use std::time::Duration;

use zarr_metadata::Order;

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
    /// Whether a write of a part of a shard puts the inner chunks that change, and a new index, behind the shard that is
    /// there, instead of putting a new shard together; off by default. Only the bytes that change then pass through this
    /// process. The file that is there is never changed: the longer one shares its blocks where the file system can
    /// (Btrfs, XFS, ZFS, APFS), is copied by the system elsewhere, and takes its place in one step. So whoever reads or
    /// dies meanwhile has the old shard or the new one. Bytes that become unused stay until they are more than half of
    /// the shard, or until [`Chunk::compact`](crate::Chunk::compact). It has no effect in stores other than directories,
    /// and on shards whose index lies at the start.
    pub append_to_shards: bool,
    /// How long operations on elements use the documents that the handle keeps; always by default. Otherwise they
    /// read them again, so that changes by others are seen. A stream keeps the metadata that it began with.
    pub cache_metadata: CacheMetadata,
    /// How long attributes that are asked for are those that the handle keeps; always by default.
    pub cache_attrs: CacheMetadata,
    /// How the elements of a box that is read lie in memory, if the array is of format 3; in C order by default. Of an
    /// array of format 2 they lie as they are stored. Elements at scattered places come in C order.
    pub order: Order,
}

impl Default for ArrayConfig {
    fn default() -> Self {
        Self {
            write_empty_chunks: false,
            read_missing_chunks: true,
            append_to_shards: false,
            cache_metadata: CacheMetadata::Always,
            cache_attrs: CacheMetadata::Always,
            order: Order::C,
        }
    }
}

/// How long metadata that was read is used before it is read again. `true` is always, `false` is never, and a
/// [`Duration`] is so long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CacheMetadata {
    /// As long as the handle lives, or until it is refreshed.
    #[default]
    Always,
    /// It is read again for each operation.
    Never,
    /// For so long after it was read.
    For(Duration),
}

impl CacheMetadata {
    /// The age up to which metadata is used.
    pub fn max_age(self) -> Duration {
        match self {
            Self::Always => Duration::MAX,
            Self::Never => Duration::ZERO,
            Self::For(age) => age,
        }
    }
}

impl From<bool> for CacheMetadata {
    fn from(yes: bool) -> Self {
        match yes {
            true => Self::Always,
            false => Self::Never,
        }
    }
}

impl From<Duration> for CacheMetadata {
    fn from(age: Duration) -> Self {
        Self::For(age)
    }
}
