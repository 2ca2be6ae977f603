//! What a new store is tested with, and what runs on stores: a conformance suite for any store, a store that fails, a
//! store that is slow. Only tests need this module.

mod assertions;
mod asynchronous;
mod blocking;
mod faulty;
mod latency;
mod names;

pub use self::{
    asynchronous::exercise,
    faulty::{Fault, Faults, Faulty},
    latency::{Delay, Latency},
    names::hostile_names,
};
use crate::{Store, runtime};

/// Checks every promise of [`Store`], and of [`BlockingStore`](crate::BlockingStore) where the
/// store offers that face. Panics at the first broken one, saying which.
///
/// `make` is called for every check, and gives an empty store each time. What a store says it
/// cannot do (its [`hints`](crate::Store::hints)) must be refused, and is otherwise left out.
///
/// ```
/// use zarr_store::{BlockingStore, MemoryStore, testing};
/// testing::conformance(|| MemoryStore::new().into_store());
/// ```
pub fn conformance<S: Store>(make: impl Fn() -> S) {
    runtime::wait(exercise(&make));
    if make().as_blocking().is_some() {
        blocking::exercise(&make);
    }
}
