//! `Metrics`: what the operations of a context have done, as numbers. Counted only where that was asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use serde::{Serialize, Serializer};
use zarr_store::runtime::Instant;
use zarr_store::{
    Call, Hook, Hooked, Identity, IoHints, Location, Op, Outcome, StoreErrorKind, Tally,
};

/// What the operations of a [`Context`](crate::Context) have done so far: requests and bytes of the stores that were
/// opened with it, time spent in codecs, and hits of its caches.
///
/// Times are sums over all workers, so they may exceed the time that passed. Serialized, every field is a number.
///
/// ```
/// use zarr_core::Context;
/// assert!(Context::default().metrics().is_none(), "nothing is counted that nobody asked for");
/// let context = Context::builder().metrics(true).build();
/// assert_eq!(context.metrics().map(|metrics| metrics.requests), Some(0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Metrics {
    /// Calls that reached a store: values opened, read, written, copied and deleted, sizes and listings asked for.
    pub requests: u64,
    /// Those of them that failed.
    pub failed_requests: u64,
    /// Bytes that came from stores.
    pub bytes_read: u64,
    /// Bytes that went to stores.
    pub bytes_written: u64,
    /// Nanoseconds that calls took, as far as they are not reads from memory that a store lends.
    pub store_ns: u64,
    /// Chunks, or inner chunks, that codecs decoded. A chunk that is stored as its elements are is read without codecs.
    pub chunks_decoded: u64,
    /// Nanoseconds spent decoding.
    pub decode_ns: u64,
    /// Chunks, or inner chunks, that codecs encoded.
    pub chunks_encoded: u64,
    /// Nanoseconds spent encoding.
    pub encode_ns: u64,
    /// Chunks that were taken from the cache of decoded chunks.
    pub chunk_cache_hits: u64,
    /// Chunks that were looked for in it and were not there.
    pub chunk_cache_misses: u64,
    /// Indexes of shards that were remembered.
    pub index_cache_hits: u64,
    /// Indexes of shards that had to be read.
    pub index_cache_misses: u64,
}

impl Metrics {
    /// How long calls of stores took, in all.
    pub fn store_time(&self) -> Duration {
        Duration::from_nanos(self.store_ns)
    }

    /// How long decoding took, in all.
    pub fn decode_time(&self) -> Duration {
        Duration::from_nanos(self.decode_ns)
    }

    /// How long encoding took, in all.
    pub fn encode_time(&self) -> Duration {
        Duration::from_nanos(self.encode_ns)
    }
}

/// By hand, since deriving it would have all users of the crate compile serde's macros for one type.
impl Serialize for Metrics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Taken apart, so that a new field is not forgotten.
        let Self {
            requests,
            failed_requests,
            bytes_read,
            bytes_written,
            store_ns,
            chunks_decoded,
            decode_ns,
            chunks_encoded,
            encode_ns,
            chunk_cache_hits,
            chunk_cache_misses,
            index_cache_hits,
            index_cache_misses,
        } = *self;
        serializer.collect_map([
            ("requests", requests),
            ("failed_requests", failed_requests),
            ("bytes_read", bytes_read),
            ("bytes_written", bytes_written),
            ("store_ns", store_ns),
            ("chunks_decoded", chunks_decoded),
            ("decode_ns", decode_ns),
            ("chunks_encoded", chunks_encoded),
            ("encode_ns", encode_ns),
            ("chunk_cache_hits", chunk_cache_hits),
            ("chunk_cache_misses", chunk_cache_misses),
            ("index_cache_hits", index_cache_hits),
            ("index_cache_misses", index_cache_misses),
        ])
    }
}

/// Something that is counted by how often it happens and how long it takes.
#[derive(Debug, Default)]
struct Timed {
    times: AtomicU64,
    ns: AtomicU64,
}

impl Timed {
    fn add(&self, time: Duration) {
        let ns = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.times.fetch_add(1, Relaxed);
        self.ns.fetch_add(ns, Relaxed);
    }

    /// Does `work` and counts it.
    fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        let done = work();
        self.add(begin.elapsed());
        done
    }
}

/// A cache, by what was in it and what was not.
#[derive(Debug, Default)]
pub(crate) struct CacheMeter {
    hits: AtomicU64,
    misses: AtomicU64,
}

impl CacheMeter {
    pub(crate) fn hit(&self) {
        self.hits.fetch_add(1, Relaxed);
    }

    pub(crate) fn miss(&self) {
        self.misses.fetch_add(1, Relaxed);
    }
}

/// Counts for a context.
#[derive(Debug)]
pub(crate) struct Meter {
    identity: Identity,
    store: Tally,
    calls: Timed,
    failed: AtomicU64,
    decoding: Timed,
    encoding: Timed,
    pub(crate) chunks: Arc<CacheMeter>,
    pub(crate) indexes: Arc<CacheMeter>,
}

impl Meter {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            identity: Identity::unique(),
            store: Tally::default(),
            calls: Timed::default(),
            failed: AtomicU64::new(0),
            decoding: Timed::default(),
            encoding: Timed::default(),
            chunks: Arc::default(),
            indexes: Arc::default(),
        }
    }

    /// Does work of codecs that decode, and counts it.
    pub(crate) fn decoding<T>(&self, work: impl FnOnce() -> T) -> T {
        self.decoding.during(work)
    }

    /// Does work of codecs that encode, and counts it.
    pub(crate) fn encoding<T>(&self, work: impl FnOnce() -> T) -> T {
        self.encoding.during(work)
    }

    /// What was counted so far.
    pub(crate) fn read(&self) -> Metrics {
        let store = self.store.counts();
        let get = |count: &AtomicU64| count.load(Relaxed);
        Metrics {
            requests: get(&self.calls.times),
            failed_requests: get(&self.failed),
            bytes_read: store.bytes_read,
            bytes_written: store.bytes_written,
            store_ns: get(&self.calls.ns),
            chunks_decoded: get(&self.decoding.times),
            decode_ns: get(&self.decoding.ns),
            chunks_encoded: get(&self.encoding.times),
            encode_ns: get(&self.encoding.ns),
            chunk_cache_hits: get(&self.chunks.hits),
            chunk_cache_misses: get(&self.chunks.misses),
            index_cache_hits: get(&self.indexes.hits),
            index_cache_misses: get(&self.indexes.misses),
        }
    }

    /// The location, with a store whose calls are counted: once, also where it was reached from another node.
    pub(crate) fn metered(self: &Arc<Self>, location: Location) -> Location {
        if location.store().hints().counted_by == Some(self.identity) {
            return location;
        }
        let hook = MeteredCalls(Arc::clone(self));
        let store = Hooked::with(Arc::clone(location.store()), hook);
        Location::new(Arc::new(store), location.path().clone())
    }
}

/// Tells a meter of the calls of a store.
#[derive(Debug)]
struct MeteredCalls(Arc<Meter>);

impl Hook for MeteredCalls {
    const COPIES: bool = true;

    fn before(&self, call: &Call<'_>) -> Result<Duration, StoreErrorKind> {
        self.0.store.before(call)
    }

    fn after(&self, call: &Call<'_>, outcome: &Outcome<'_>) {
        let meter = &self.0;
        meter.store.after(call, outcome);
        // A lock of this process is no request.
        if call.op != Op::Lock {
            meter.calls.add(outcome.time);
        }
        if outcome.error.is_some() {
            meter.failed.fetch_add(1, Relaxed);
        }
    }

    fn hints(&self, inner: IoHints) -> IoHints {
        let mut hints = inner;
        hints.counted_by = Some(self.0.identity);
        hints
    }
}
