//! `Hooked`: a store with something done around each call. What is done is a [`Hook`]'s affair. Keys and values go
//! through as they are.

mod object;

use std::{
    fmt::{self, Debug, Display},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;

use self::object::HookedObject;
use super::wrapper::Wrapper;
use crate::{IoHints, Key, Object, Op, Result, Store, StoreError, StoreErrorKind};

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

/// A store inside and a hook around it. Cheap to clone; clones share the hook.
#[derive(Debug)]
pub struct Hooked<S, H> {
    inner: S,
    hook: Arc<H>,
    /// The store inside, for error texts.
    name: Arc<str>,
}

impl<S: Store, H: Hook> Hooked<S, H> {
    /// `inner` with `hook` around it.
    pub fn with(inner: S, hook: H) -> Self {
        Hooked {
            name: inner.to_string().into(),
            inner,
            hook: Arc::new(hook),
        }
    }

    /// The hook.
    pub fn hook(&self) -> &H {
        &self.hook
    }

    /// The store inside.
    pub fn inner(&self) -> &S {
        &self.inner
    }
}

impl<S: Store, H: Hook + Default> Hooked<S, H> {
    /// `inner` with a new hook of this kind around it.
    pub fn new(inner: S) -> Self {
        Hooked::with(inner, H::default())
    }
}

fn before<H: Hook>(hook: &H, store: &str, call: &Call<'_>) -> Result<Duration> {
    hook.before(call)
        .map_err(|kind| StoreError::new(call.op, store, call.key, kind))
}

impl<S: Store, H: Hook> Wrapper for Hooked<S, H> {
    const IS_HOOKED: bool = true;
    const READS: Reads = H::READS;

    fn inner(&self) -> (&dyn Store, Option<&dyn Store>) {
        (&self.inner, None)
    }

    fn wrapped_hints(&self) -> IoHints {
        self.hook.hints(self.inner.hints())
    }

    fn wrapped_kind(&self) -> &'static str {
        self.inner.kind()
    }

    fn before(&self, call: &Call<'_>) -> Result<Duration> {
        before(&*self.hook, &self.name, call)
    }

    fn bytes(&self, call: &Call<'_>, bytes: Bytes) -> Bytes {
        self.hook.bytes(call, bytes)
    }

    fn after(&self, call: &Call<'_>, outcome: &Outcome<'_>) {
        self.hook.after(call, outcome);
    }

    fn opened(&self, key: &Key, object: Arc<dyn Object>) -> Arc<dyn Object> {
        Arc::new(HookedObject {
            inner: object,
            hook: Arc::clone(&self.hook),
            key: key.clone(),
            store: Arc::clone(&self.name),
        })
    }
}

impl<S: Clone, H> Clone for Hooked<S, H> {
    fn clone(&self) -> Self {
        Hooked {
            inner: self.inner.clone(),
            hook: Arc::clone(&self.hook),
            name: Arc::clone(&self.name),
        }
    }
}

impl<S: Display, H> Display for Hooked<S, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.inner, f)
    }
}
