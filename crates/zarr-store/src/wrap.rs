//! Stores around a store: each changes one thing and passes everything else on, in both faces.
//!
//! A wrapper holds a [`Store`] and offers the blocking face exactly where the store inside has one.
//! Locks are the inner store's, under the inner key, so that a wrapped handle and a bare one meet.

mod prefixed;
mod read_only;

use crate::{BlockingStore, Op, Result, Store, StoreError, StoreErrorKind};

pub use self::{prefixed::Prefixed, read_only::ReadOnly};

/// The blocking face of the store inside a wrapper. The wrapper's own is reached only through
/// `as_blocking`, which asked before; whoever calls it directly gets an error.
pub(crate) fn blocking(inner: &impl Store, op: Op) -> Result<&dyn BlockingStore> {
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
