//! `Hook`: what is done around each call of a store, and what it learns of the call.

use std::{fmt::Debug, thread, time::Duration};

use bytes::Bytes;

use crate::{
    IoHints, Op, Result, StoreError, StoreErrorKind,
    runtime::{Instant, rest},
};

/// One call on its way to a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call<'a> {
    /// What is asked.
    pub op: Op,
    /// The key or prefix concerned; empty for what concerns the whole store.
    pub key: &'a str,
    /// How many bytes go in: those of a put.
    pub sent: u64,
}

/// How a call ended.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    /// How many bytes came out.
    pub received: u64,
    /// How long the store inside took.
    pub time: Duration,
    /// Why it failed, if it did.
    pub error: Option<&'a StoreError>,
}

impl<'a> Outcome<'a> {
    /// How a call ended that began then.
    pub(super) fn of<T>(
        begin: Instant,
        answer: &'a Result<T>,
        received: impl FnOnce(&T) -> u64,
    ) -> Self {
        let time = begin.elapsed();
        match answer {
            Ok(answer) => Outcome {
                received: received(answer),
                time,
                error: None,
            },
            Err(e) => Outcome {
                received: 0,
                time,
                error: Some(e),
            },
        }
    }
}

/// What is done around each call of a store: refuse, delay, count, log, damage.
///
/// A read of an open value is a call with [`Op::Get`], opening it one with [`Op::Open`].
///
/// ```
/// use std::{sync::atomic::{AtomicU64, Ordering}, time::Duration};
/// use zarr_store::{BlockingStore, Call, Hook, Hooked, Key, MemoryStore, Outcome, StoreExt, runtime};
///
/// #[derive(Debug, Default)]
/// struct Slowest(AtomicU64);
///
/// impl Hook for Slowest {
///     fn after(&self, _: &Call<'_>, outcome: &Outcome<'_>) {
///         self.0.fetch_max(outcome.time.as_micros() as u64, Ordering::Relaxed);
///     }
/// }
///
/// let store = Hooked::with(MemoryStore::new().into_store(), Slowest::default());
/// assert!(!runtime::wait(store.exists(&Key::new("a")?))?);
/// println!("{} us", store.hook().0.load(Ordering::Relaxed));
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
pub trait Hook: Debug + Send + Sync + 'static {
    /// How far reads concern the hook.
    const READS: Reads = Reads::Watch;

    /// Whether the store inside may copy values by itself. That is one call with [`Op::Copy`] and the key that is
    /// copied to; the hook is not told of the value that is read, nor of its bytes. Otherwise values are read and put.
    const COPIES: bool = false;

    /// Before a call: how long it has to wait ([`Duration::MAX`]: for ever), or why it is refused.
    ///
    /// # Errors
    /// Why the call does not reach the store.
    fn before(&self, call: &Call<'_>) -> Result<Duration, StoreErrorKind> {
        let _ = call;
        Ok(Duration::ZERO)
    }

    /// The bytes of a read on their way out, with [`Reads::Take`].
    fn bytes(&self, call: &Call<'_>, bytes: Bytes) -> Bytes {
        let _ = call;
        bytes
    }

    /// After a call that reached the store.
    fn after(&self, call: &Call<'_>, outcome: &Outcome<'_>) {
        let _ = (call, outcome);
    }

    /// What the store says about itself, from what the store inside says.
    fn hints(&self, inner: IoHints) -> IoHints {
        inner
    }
}

/// How far reads of values concern a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Not at all: they go to the store inside, and nobody is told.
    Pass,
    /// It is told of each, merged ranges one by one. Open values still lend their memory or fill
    /// the reader's, and those reads are told afterwards only.
    Watch,
    /// It may also refuse or delay each, and all bytes go through [`Hook::bytes`].
    Take,
}

/// What a hook does before a call, with its refusal as an error of the store.
pub(super) fn before<H: Hook>(hook: &H, store: &str, call: &Call<'_>) -> Result<Duration> {
    hook.before(call)
        .map_err(|kind| StoreError::new(call.op, store, call.key, kind))
}

/// Lets this thread wait; for ever, where that was said.
pub(super) fn pause(time: Duration) {
    match time {
        Duration::ZERO => {}
        Duration::MAX => loop {
            thread::park();
        },
        time => rest(time),
    }
}
