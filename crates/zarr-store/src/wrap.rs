//! Stores around a store: each changes one thing and passes everything else on, in both faces.
//!
//! A wrapper holds a [`Store`] and has a blocking face exactly where the store inside has one. Locks are those of the
//! inner store, under the inner key, so that a wrapped handle and a bare one meet. What leaves keys and values alone
//! is a [`Hook`]. The others say what they change as a `Wrapper`, which implements both faces for all of them; only
//! [`Cached`] and [`Overlay`] implement `Store` themselves: the one answers most calls from memory, the other asks one store
//! after the other.

#[cfg(feature = "cache")]
mod cached;
mod counting;
mod hook;
mod hooked;
mod listed;
mod overlay;
mod prefixed;
mod read_only;
mod split;
mod thread_locks;
#[cfg(feature = "tracing")]
mod traced;
mod wrapper;

use crate::{BlockingStore, Op, Result, Store, StoreError, StoreErrorKind};

#[cfg(feature = "cache")]
pub use self::cached::Cached;
#[cfg(feature = "tracing")]
pub use self::traced::{Trace, Traced};
pub use self::{
    counting::{Counting, Counts, Tally},
    hook::{Call, Hook, Outcome, Reads},
    hooked::Hooked,
    listed::Listed,
    overlay::Overlay,
    prefixed::Prefixed,
    read_only::{NoWrites, ReadOnly},
    split::Split,
    thread_locks::ThreadLocks,
};

/// The blocking face of the store inside a wrapper. The wrapper's own is reached only through
/// `as_blocking`, which asked before; whoever calls it directly gets an error.
pub(crate) fn blocking(inner: &dyn Store, op: Op) -> Result<&dyn BlockingStore> {
    inner.as_blocking().ok_or_else(|| {
        let kind = StoreErrorKind::Unsupported("this store answers asynchronously only");
        StoreError {
            op,
            store: inner.to_string(),
            key: None,
            kind,
            retry: false,
        }
    })
}
