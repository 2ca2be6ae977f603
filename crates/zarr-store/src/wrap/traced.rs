//! `Traced`: an event of `tracing` for every call, and counts. It changes nothing.

use std::time::Duration;

use super::{Call, Counts, Hook, Hooked, Outcome, Tally};
use crate::{Store, StoreErrorKind};

/// A store whose calls can be watched: each is a `tracing` event of target `zarr_store`, at level
/// debug, or warn where it failed, with the fields `store`, `op`, `key`, `sent`, `received` (bytes),
/// `us` (microseconds) and `error`.
///
/// ```
/// use zarr_store::{BlockingStore, Key, MemoryStore, StoreExt, Traced, runtime::wait};
/// let store = Traced::new(MemoryStore::new().into_store());
/// wait(store.get_all(&Key::new("a")?))?;
/// assert_eq!(store.counts().reads, 1);
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
pub type Traced<S> = Hooked<S, Trace>;

/// Tells `tracing` of calls, and counts them.
#[derive(Debug)]
pub struct Trace {
    store: String,
    tally: Tally,
}

impl<S: Store> Traced<S> {
    /// A handle on `inner` that tells of every call.
    pub fn new(inner: S) -> Self {
        let trace = Trace {
            store: inner.to_string(),
            tally: Tally::default(),
        };
        Hooked::with(inner, trace)
    }

    /// What was counted so far.
    pub fn counts(&self) -> Counts {
        self.hook().tally.counts()
    }
}

impl Hook for Trace {
    const COPIES: bool = true;

    fn before(&self, call: &Call<'_>) -> Result<Duration, StoreErrorKind> {
        self.tally.before(call)
    }

    fn after(&self, call: &Call<'_>, outcome: &Outcome<'_>) {
        self.tally.after(call, outcome);
        let us = u64::try_from(outcome.time.as_micros()).unwrap_or(u64::MAX);
        let Call { op, key, sent } = *call;
        let (store, received) = (self.store.as_str(), outcome.received);
        match outcome.error {
            None => tracing::debug!(target: "zarr_store", store, %op, key, sent, received, us),
            Some(error) => {
                tracing::warn!(target: "zarr_store", store, %op, key, sent, us, %error);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        BlockingStore, MemoryStore, Op, PutMode, StoreExt,
        runtime::wait,
        testing::{self, Fault, Faulty},
        tests::{events_of, key},
    };

    #[test]
    fn conforms() {
        testing::conformance(|| Traced::new(MemoryStore::new().into_store()));
    }

    #[test]
    fn tells_what_was_asked_and_how_it_ended() {
        let text = events_of(|| {
            let faulty = Faulty::new(MemoryStore::new().into_store());
            faulty.add(Fault::fail(Op::Head, || StoreErrorKind::Timeout));
            let store = Traced::new(faulty);
            let key = key("a/b");
            BlockingStore::put(&store, &key, &vec![0; 7].into(), PutMode::Create).unwrap();
            wait(store.get_all(&key)).unwrap();
            wait(store.exists(&key)).unwrap_err();
            assert_eq!((store.counts().puts, store.counts().bytes_read), (1, 7));
        });
        let told: Vec<_> = text.lines().collect();
        assert_eq!(told.len(), 3, "{text}");
        assert!(
            told[0].contains("DEBUG") && told[0].contains("op=put key=\"a/b\" sent=7"),
            "{text}"
        );
        assert!(
            told[1].contains("op=get") && told[1].contains("received=7"),
            "{text}"
        );
        assert!(
            told[2].contains("WARN") && told[2].contains("no answer in time"),
            "{text}"
        );
    }
}
