//! `Latency`: a store as slow as a network, so that a test or a bench can ask what waiting costs. It
//! changes nothing else.

use std::time::Duration;

use crate::{Call, Hook, Hooked, IoHints, Reads, Store, StoreErrorKind};

/// A store that delays every call by a fixed time.
///
/// ```
/// use std::time::{Duration, Instant};
/// use zarr_store::{BlockingStore, Key, MemoryStore, Store, StoreExt, runtime::wait, testing::Latency};
/// let store = Latency::new(MemoryStore::new().into_store(), Duration::from_millis(5));
/// let begin = Instant::now();
/// wait(store.get_all(&Key::new("a")?))?;
/// assert!(begin.elapsed() >= Duration::from_millis(5));
/// // As with any store that is far away, many calls are in flight and none blocks a thread.
/// assert!(store.as_blocking().is_none());
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
pub type Latency<S> = Hooked<S, Delay>;

/// The time that every call takes.
#[derive(Debug, Clone, Copy)]
pub struct Delay(Duration);

impl<S: Store> Latency<S> {
    /// `inner`, with a delay of `time` before each call, and the hints of a store that is far away.
    pub fn new(inner: S, time: Duration) -> Self {
        Hooked::with(inner, Delay(time))
    }
}

impl Hook for Delay {
    const READS: Reads = Reads::Take;

    fn before(&self, _: &Call<'_>) -> Result<Duration, StoreErrorKind> {
        Ok(self.0)
    }

    fn hints(&self, inner: IoHints) -> IoHints {
        IoHints {
            instant: false,
            high_latency: true,
            concurrency: IoHints::remote(inner.identity).concurrency,
            ..inner
        }
    }
}
