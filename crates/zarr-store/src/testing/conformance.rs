//! The suite's entry points, and what its checks share. The checks themselves are in `asynchronous`
//! and `blocking`, one function per promise.

use bytes::Bytes;

use crate::{
    Key, Payload, Prefix, Store, StoreError, StoreErrorKind, runtime,
    testing::{asynchronous, blocking},
};

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

/// The asynchronous half of [`conformance`], for a store that needs its runtime.
pub async fn exercise<S: Store>(make: impl Fn() -> S) {
    asynchronous::exercise(make).await;
}

/// The answer, or a panic that says what was being checked.
#[allow(clippy::panic, reason = "a failed check ends the test, like `assert!`")]
pub(super) fn ok<T>(check: &str, answer: Result<T, StoreError>) -> T {
    match answer {
        Ok(answer) => answer,
        Err(e) => panic!("{check}: {e}"),
    }
}

/// What is there, or a panic that says what was being checked.
#[allow(clippy::panic, reason = "a failed check ends the test, like `assert!`")]
pub(super) fn there<T>(check: &str, answer: Result<Option<T>, StoreError>) -> T {
    match ok(check, answer) {
        Some(answer) => answer,
        None => panic!("{check}: it is not there"),
    }
}

/// The error's cause, or a panic that says what was being checked.
#[allow(clippy::panic, reason = "a failed check ends the test, like `assert!`")]
pub(super) fn refused<T>(check: &str, answer: Result<T, StoreError>) -> StoreErrorKind {
    match answer {
        Ok(_) => panic!("{check}: passed where an error is due"),
        Err(e) => e.kind,
    }
}

pub(super) fn key(text: &str) -> Key {
    ok("a valid key", Key::new(text))
}

pub(super) fn prefix(text: &str) -> Prefix {
    ok("a valid prefix", Prefix::new(text))
}

pub(super) fn text(text: &'static str) -> Payload {
    text.as_bytes().into()
}

/// Sixteen bytes, each its own offset.
pub(super) fn sixteen() -> Bytes {
    (0..16).collect::<Vec<u8>>().into()
}

/// A count kept as a value: what the checks for lost updates write.
pub(super) fn count_of(value: &[u8]) -> u32 {
    value.try_into().map_or(0, u32::from_le_bytes)
}

pub(super) fn count(n: u32) -> Payload {
    n.to_le_bytes().to_vec().into()
}
