//! The default settings of operations, as a value. None is global: a `Config` is part of a `Context`, which is passed to
//! operations.

use std::num::NonZeroUsize;
use std::time::Duration;

use zarr_codecs::InnerChunkOrder;
use zarr_metadata::{Extension, Indent, Order, ZarrFormat};

/// The settings of operations that are not given any.
///
/// ```
/// use zarr_core::{Config, Context};
/// let config = Config { write_empty_chunks: true, ..Config::default() };
/// let context = Context::builder().config(config).build();
/// assert!(context.config().write_empty_chunks);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// `default_zarr_format`: the format of nodes that are created without naming one; 3 if not set.
    pub default_zarr_format: Option<ZarrFormat>,
    /// `array.order`: how elements lie in the chunks of new arrays of format 2, and how those that are read from arrays
    /// of format 3 lie in memory; C order if not set.
    pub order: Option<Order>,
    /// `array.write_empty_chunks`: whether chunks that hold only the fill value are stored.
    pub write_empty_chunks: bool,
    /// `array.read_missing_chunks`: whether chunks that are not stored are read as fill values, which
    /// they are if not set, or are an error.
    pub read_missing_chunks: Option<bool>,
    /// `array.target_shard_size_bytes`: how large shards may be that are guessed, before they are
    /// encoded; 64 MiB if not set.
    pub target_shard_size_bytes: Option<u64>,
    /// How large chunks may be that are guessed, before they are encoded. If not set they are guessed as zarr-python
    /// does: larger for larger arrays, up to [`Chunks::LARGEST_GUESS`](crate::Chunks::LARGEST_GUESS).
    pub target_chunk_size_bytes: Option<u64>,
    /// `array.rectilinear_chunks`: whether arrays may be created whose chunks differ in length along an axis, which
    /// they may if not set. Such arrays can always be opened.
    pub rectilinear_chunks: Option<bool>,
    /// `array.sharding_coalesce_max_gap_bytes`: two parts of a value are read in one request if at most so many bytes
    /// lie between them. If not set, it is what suits the store.
    pub sharding_coalesce_max_gap_bytes: Option<u64>,
    /// `array.sharding_coalesce_max_bytes`: at most so many bytes are read in one request for several parts. If not
    /// set, it is what suits the store.
    pub sharding_coalesce_max_bytes: Option<u64>,
    /// The compressors of new arrays for which none are named; zstd if not set.
    pub compressors: Option<Vec<Extension>>,
    /// `async.concurrency`: the most requests at once to one store, where that is less than the store
    /// suggests.
    pub concurrency: Option<NonZeroUsize>,
    /// `async.timeout`: how long a service may take for one request.
    pub timeout: Option<Duration>,
    /// `threading.max_workers`: how many threads decode and encode; one for each core if not set.
    pub max_workers: Option<NonZeroUsize>,
    /// `json_indent`: how documents are indented; by two spaces if not set.
    pub json_indent: Indent,
    /// Whether attributes with NaN or an infinity are refused. JSON has no such numbers; if this is not
    /// set they are written bare, as zarr-python does, which reads them again.
    pub strict_json: bool,
    /// Whether nodes of format 2 without attributes have a `.zattrs`, which zarr-python always writes; none if
    /// not set.
    pub write_empty_zattrs: bool,
    /// Whether consolidated metadata stays as it is where nodes below its group are created, changed,
    /// moved or deleted. If not set it is kept true: what changes below is changed in it too, in every
    /// group above the node in its store; that costs a look at these groups, and where there is
    /// consolidated metadata a write of it. A program that creates very many nodes one by one may leave it,
    /// and consolidate once. zarr-python always leaves it.
    pub leave_consolidated: bool,
    /// Whether data is read whose checksum does not match, to save what is left of it: see
    /// [`CodecRegistry::ignore_checksums`](zarr_codecs::CodecRegistry::ignore_checksums). A write that changes a
    /// part of such a chunk stores the rest of it with a new checksum, damaged as it is.
    pub ignore_checksums: bool,
    /// The order in which inner chunks are stored in new shards: C order if not set, where zarr-python has
    /// [`Morton`](InnerChunkOrder::Morton). Readers of any order are equally right.
    pub inner_chunk_order: Option<InnerChunkOrder>,
    /// Settings that were not understood, with the environment variables that they came from.
    pub problems: Vec<String>,
}
