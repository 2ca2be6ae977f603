//! What operations share: codecs, the pool of workers, limits. A value, cheap to clone and handed
//! down; there is no global one that can change.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};

use zarr_codecs::CodecRegistry;
use zarr_metadata::ZarrFormat;

use crate::engine::{ChunkCache, pool};
use crate::memory;
use crate::metrics::{CacheMeter, Meter, Metrics};
use crate::warning::{self, WarningListener};
use crate::{ArrayConfig, Config, Warning};
use zarr_store::Location;
use zarr_store::runtime::{Budget, PerProcess};

/// Codecs, workers and limits for every operation on the nodes it is given to.
///
/// ```
/// use zarr_core::Context;
/// let two_workers = Context::builder().threads(2).build();
/// assert_eq!(two_workers.threads(), 2);
/// ```
#[derive(Clone)]
pub struct Context {
    shared: Arc<Shared>,
    registry: Arc<CodecRegistry>,
}

struct Shared {
    threads: usize,
    chunk_bytes: u64,
    memory: u64,
    /// Of each process: a forked one would wait for what threads hold that it does not have.
    budget: PerProcess<Arc<Budget>>,
    index_cache: u64,
    config: Config,
    chunks: Arc<ChunkCache>,
    /// Only if somebody wants to know.
    meter: Option<Arc<Meter>>,
    on_warning: Option<WarningListener>,
    /// Started by the first operation that has work for it.
    pool: PerProcess<Option<rayon::ThreadPool>>,
}

impl Context {
    /// The default settings, to be changed before use.
    pub fn builder() -> ContextBuilder {
        ContextBuilder::default()
    }

    /// The codecs that arrays are read and written with.
    pub fn registry(&self) -> &CodecRegistry {
        &self.registry
    }

    /// The same context with other codecs.
    pub(crate) fn with_registry(&self, registry: CodecRegistry) -> Self {
        let (shared, registry) = (Arc::clone(&self.shared), Arc::new(registry));
        Self { shared, registry }
    }

    /// How many threads decode and encode.
    pub fn threads(&self) -> usize {
        self.shared.threads
    }

    /// The largest decoded chunk, in bytes, that is read or written.
    pub fn chunk_bytes(&self) -> u64 {
        self.shared.chunk_bytes
    }

    /// The largest value, in bytes, that is taken from a store as it is, whatever it holds: a chunk that
    /// is copied, a shard that is changed in part. It is the larger of [`chunk_bytes`](Self::chunk_bytes)
    /// and [`memory`](Self::memory).
    pub fn value_bytes(&self) -> u64 {
        self.chunk_bytes().max(self.memory())
    }

    /// How many bytes may be on their way between arrays and stores that answer later, in all
    /// operations together.
    pub fn memory(&self) -> u64 {
        self.shared.memory
    }

    /// What an operation takes bytes from. One that a task waits for is given them: what the task
    /// holds may be all there are.
    pub(crate) fn budget(&self) -> Arc<Budget> {
        match pool::is_at_work() {
            true => Budget::unlimited(),
            false => {
                let make = || Budget::new(self.shared.memory);
                Arc::clone(self.shared.budget.get_or_init(make))
            }
        }
    }

    /// How many bytes of shard indexes each opened array remembers.
    pub fn index_cache(&self) -> u64 {
        self.shared.index_cache
    }

    /// How many bytes of decoded chunks are kept, of all arrays together.
    pub fn chunk_cache(&self) -> u64 {
        self.shared.chunks.bytes()
    }

    pub(crate) fn chunks(&self) -> &Arc<ChunkCache> {
        &self.shared.chunks
    }

    /// The format of nodes that are created without naming one.
    pub fn default_format(&self) -> ZarrFormat {
        self.shared
            .config
            .default_zarr_format
            .unwrap_or(ZarrFormat::V3)
    }

    /// What is done where nobody says otherwise.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// Whether somebody gets warnings, so that it is worth to look for a reason.
    pub(crate) fn is_warned(&self) -> bool {
        self.shared.on_warning.is_some() || warning::is_traced()
    }

    /// Tells a warning to whoever gets them.
    pub fn warn(&self, warning: &Warning) {
        warning::trace(warning);
        if let Some(listener) = &self.shared.on_warning {
            listener(warning);
        }
    }

    /// How arrays are read and written where nobody says otherwise.
    pub fn array_config(&self) -> ArrayConfig {
        ArrayConfig {
            write_empty_chunks: self.shared.config.write_empty_chunks,
            read_missing_chunks: self.shared.config.read_missing_chunks.unwrap_or(true),
            order: self.shared.config.order.unwrap_or_default(),
            ..ArrayConfig::default()
        }
    }

    /// What was done with this context so far, if it was built to [count](ContextBuilder::metrics).
    pub fn metrics(&self) -> Option<Metrics> {
        self.shared.meter.as_ref().map(|meter| meter.read())
    }

    /// What counts the indexes of shards that are remembered.
    pub(crate) fn index_meter(&self) -> Option<Arc<CacheMeter>> {
        Some(Arc::clone(&self.shared.meter.as_ref()?.indexes))
    }

    /// Does work of codecs that decode, and counts it if somebody wants to know.
    pub(crate) fn decoding<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.shared.meter {
            Some(meter) => meter.decoding(work),
            None => work(),
        }
    }

    /// The same for codecs that encode.
    pub(crate) fn encoding<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.shared.meter {
            Some(meter) => meter.encoding(work),
            None => work(),
        }
    }

    /// The location, with a store whose calls are counted, if this context counts.
    pub fn metered(&self, location: Location) -> Location {
        match &self.shared.meter {
            Some(meter) => meter.metered(location),
            None => location,
        }
    }

    /// The workers, or `None` where the system gives no threads: work then runs where it is asked.
    pub(crate) fn pool(&self) -> Option<&rayon::ThreadPool> {
        let start = || {
            rayon::ThreadPoolBuilder::new()
                .num_threads(self.shared.threads)
                .thread_name(|i| format!("zarr-{i}"))
                .start_handler(|_| pool::begin_work())
                .build()
                .ok()
        };
        self.shared.pool.get_or_init(start).as_ref()
    }
}

/// The context with the default settings: shared by the whole process, and immutable.
impl Default for Context {
    fn default() -> Self {
        static DEFAULT: OnceLock<Context> = OnceLock::new();
        DEFAULT.get_or_init(|| Self::builder().build()).clone()
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("threads", &self.shared.threads)
            .field("chunk_bytes", &self.shared.chunk_bytes)
            .field("memory", &self.memory())
            .finish_non_exhaustive()
    }
}

/// The settings of a [`Context`] to be.
#[derive(Clone)]
pub struct ContextBuilder {
    registry: CodecRegistry,
    threads: Option<NonZeroUsize>,
    chunk_bytes: u64,
    memory: Option<u64>,
    index_cache: u64,
    config: Config,
    chunk_cache: u64,
    metrics: bool,
    on_warning: Option<WarningListener>,
}

impl fmt::Debug for ContextBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextBuilder")
            .field("threads", &self.threads)
            .field("chunk_bytes", &self.chunk_bytes)
            .field("memory", &self.memory)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Default for ContextBuilder {
    fn default() -> Self {
        Self {
            registry: CodecRegistry::default(),
            threads: None,
            chunk_bytes: 2 << 30,
            memory: None,
            index_cache: 64 << 20,
            config: Config::default(),
            chunk_cache: 0,
            metrics: false,
            on_warning: None,
        }
    }
}

impl ContextBuilder {
    /// The codecs, in place of the built-in ones alone.
    #[must_use]
    pub fn registry(mut self, registry: CodecRegistry) -> Self {
        self.registry = registry;
        self
    }

    /// How many threads decode and encode; 0 is one per core, the default.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = NonZeroUsize::new(threads);
        self
    }

    /// The largest decoded chunk that may be in memory as a whole, in bytes, and index of a shard; 2 GiB if
    /// not set. What would take more is an error before anything is allocated; absent chunks and such as are
    /// stored as they are are read in part, however large they are.
    #[must_use]
    pub fn chunk_bytes(mut self, bytes: u64) -> Self {
        self.chunk_bytes = bytes;
        self
    }

    /// How many bytes may be on their way between arrays and stores that answer later, such as
    /// buckets: fetched and not yet decoded, or encoded and not yet stored. What a chunk could take
    /// at most is reserved before it is asked for, in the order of asking. A chunk that could take
    /// more than everything waits until it is alone.
    ///
    /// If not set: a quarter of the machine's memory, or of what the control group of this process
    /// may use, if that is less. Arrays that are read or written as a whole are not counted, but for
    /// elements of variable length, whose size nothing says beforehand: those of one read may have so
    /// many bytes, texts and lists with what a `String` or `Vec` takes, and so may those that a write
    /// finds in the chunks it changes. More is [`Limit`](crate::ErrorKind::Limit).
    ///
    /// A future that is neither polled nor dropped keeps what it reserved.
    ///
    /// ```
    /// let context = zarr_core::Context::builder().memory(256 << 20).build();
    /// assert_eq!(context.memory(), 256 << 20);
    /// ```
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// How many bytes of shard indexes each opened array remembers; 64 MiB if not set, none with 0.
    /// An index that is remembered spares a request, and is used only as long as its shard is the
    /// same.
    #[must_use]
    pub fn index_cache(mut self, bytes: u64) -> Self {
        self.index_cache = bytes;
        self
    }

    /// How many bytes of decoded chunks are kept, of all arrays together; none if not set. For who
    /// reads small parts of the same chunks again and again: row by row, or neighbours of points.
    ///
    /// A chunk that is kept is used only as long as the object it was read from is the same: a file is
    /// opened and its times are looked at, another store is asked for the version. Of shards, inner
    /// chunks are kept. Chunks of elements of variable length are not, nor what comes from stores that
    /// know no versions. What was used least goes first.
    ///
    /// ```
    /// let context = zarr_core::Context::builder().chunk_cache(1 << 30).build();
    /// assert_eq!(context.chunk_cache(), 1 << 30);
    /// ```
    #[must_use]
    pub fn chunk_cache(mut self, bytes: u64) -> Self {
        self.chunk_cache = bytes;
        self
    }

    /// Whether requests, bytes, the time of codecs and hits of caches are counted, for [`Context::metrics`]. If not set,
    /// nothing is, and it costs nothing.
    #[must_use]
    pub fn metrics(mut self, yes: bool) -> Self {
        self.metrics = yes;
        self
    }

    /// The format of nodes that are created without naming one; 3 if not set.
    #[must_use]
    pub fn default_format(mut self, format: ZarrFormat) -> Self {
        self.config.default_zarr_format = Some(format);
        self
    }

    /// What is done where nobody says otherwise. It replaces what was said of it before; its number of
    /// workers holds where [`threads`](Self::threads) says none.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Calls a function with each [`Warning`], from the task that finds reason for it.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use zarr_core::{Context, Warning};
    ///
    /// let warnings: Arc<Mutex<Vec<Warning>>> = Arc::default();
    /// let collected = Arc::clone(&warnings);
    /// let context = Context::builder()
    ///     .on_warning(move |warning| collected.lock().unwrap().push(warning.clone()))
    ///     .build();
    /// # let path = zarr_metadata::NodePath::parse("notes").unwrap();
    /// # context.warn(&Warning::UnknownObject { path });
    /// for warning in warnings.lock().unwrap().drain(..) {
    ///     println!("{}: {warning}", warning.code());
    /// }
    /// ```
    #[must_use]
    pub fn on_warning(mut self, listener: impl Fn(&Warning) + Send + Sync + 'static) -> Self {
        self.on_warning = Some(Arc::new(listener));
        self
    }

    /// The context.
    pub fn build(self) -> Context {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let registry = match self.config.ignore_checksums {
            true => self.registry.ignore_checksums(),
            false => self.registry,
        };
        let registry = match self.config.inner_chunk_order {
            Some(order) => registry.inner_chunk_order(order),
            None => registry,
        };
        let meter = self.metrics.then(|| Arc::new(Meter::new()));
        let chunks = meter.as_ref().map(|meter| Arc::clone(&meter.chunks));
        let shared = Arc::new(Shared {
            threads: self
                .threads
                .or(self.config.max_workers)
                .map_or_else(cores, NonZeroUsize::get),
            chunk_bytes: self.chunk_bytes,
            memory: self.memory.unwrap_or_else(memory::quarter),
            budget: PerProcess::new(),
            index_cache: self.index_cache,
            config: self.config,
            chunks: Arc::new(ChunkCache::new(self.chunk_cache, chunks)),
            meter,
            on_warning: self.on_warning,
            pool: PerProcess::new(),
        });
        let registry = Arc::new(registry);
        Context { shared, registry }
    }
}
