//! Keys and bytes: what a store is, and the stores that come with the library.
//!
//! This crate does not know Zarr: it maps checked [`Key`]s to values. Whichever store is behind, it makes four
//! promises:
//!
//! - **Absence is an answer, not an error.** `Ok(None)` means *proved absent*; whatever could not
//!   be read is `Err`, so that a failed read can never pass for missing data.
//! - **A key holds one complete value, old or new, at every instant.**
//! - **Two writers of one value never lose each other's bytes:** part of a value is changed through
//!   [`StoreExt::update`], which takes a lock (on files also against other processes) and writes
//!   conditionally.
//! - **No key leaves its root:** only a [`Key`] reaches a store, and a `Key` cannot say `..`.
//!
//! A backend implements [`BlockingStore`] if its calls block, as those on files do, and [`Store`] otherwise. The
//! adapter [`Blocking`] turns the first into the second, and `testing::conformance` (feature `testing`) checks either.
//!
//! ```
//! use zarr_store::{BlockingStore, Key, MemoryStore, Payload, PutMode, StoreExt, runtime};
//!
//! let store = MemoryStore::new().into_store();
//! let key = Key::new("images/7")?;
//! runtime::wait(async {
//!     store.put(&key, Payload::from(vec![1, 2, 3]), PutMode::Create).await?;
//!     assert_eq!(store.get_all(&key).await?.as_deref(), Some(&[1, 2, 3][..]));
//!     Ok::<(), zarr_store::StoreError>(())
//! })?;
//! # Ok::<(), zarr_store::StoreError>(())
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod auxiliary;
pub mod coalesce;
mod descriptors;
mod error;
#[cfg(any(
    test,
    all(feature = "fetch", target_family = "wasm", target_os = "unknown")
))]
mod fetch;
#[cfg(any(
    test,
    feature = "remote",
    all(feature = "fetch", target_family = "wasm", target_os = "unknown")
))]
mod http_rules;
mod key;
mod key_map;
#[cfg(all(feature = "local", any(unix, windows)))]
pub mod local;
mod location;
pub mod lock;
mod memory;
mod payload;
mod prefix;
mod range;
#[cfg(feature = "remote")]
mod remote;
pub mod runtime;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;
mod update;
mod value;
mod wrap;
#[cfg(any(feature = "zip", feature = "zip-rust"))]
pub mod zip;

#[cfg(all(feature = "fetch", target_family = "wasm", target_os = "unknown"))]
pub use fetch::FetchStore;
#[cfg(all(feature = "local", any(unix, windows)))]
pub use local::{Durability, LocalStore, Locking, Symlinks};
#[cfg(feature = "remote")]
pub use remote::ObjectStore;
#[cfg(feature = "cache")]
pub use wrap::Cached;
#[cfg(feature = "tracing")]
pub use wrap::{Trace, Traced};
#[cfg(any(feature = "zip", feature = "zip-rust"))]
pub use zip::ZipStore;
#[cfg(all(
    any(feature = "zip", feature = "zip-rust"),
    feature = "local",
    any(unix, windows)
))]
pub use zip::ZipWriter;
pub use {
    auxiliary::AuxiliaryFile,
    error::{KeyProblem, Op, Result, StoreError, StoreErrorKind, ZipError},
    key::Key,
    location::{Location, open_path, open_store, store_and_path, without_secrets},
    lock::{KeyLock, LockName},
    memory::MemoryStore,
    payload::Payload,
    prefix::Prefix,
    range::ByteRange,
    store::{
        Blocking, BlockingStore, BoxFuture, BoxStream, Conditions, Copied, Identity, IoHints,
        Object, Origin, RealPath, Store, StoreExt,
    },
    update::{BlockingUpdate, Change, Commit, Update, Writers},
    value::{Entry, Found, Listing, PutMode, Version},
    wrap::{
        Call, Counting, Counts, Hook, Hooked, Listed, NoWrites, Outcome, Overlay, Prefixed,
        ReadOnly, Reads, Split, Tally, ThreadLocks,
    },
};
