//! What the checks of the conformance suite share: answers that must be there, refusals, keys and values.

use bytes::Bytes;

use crate::{Key, Payload, Prefix, StoreError, StoreErrorKind};

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

/// Checks why a call was refused.
macro_rules! assert_kind {
    ($check:expr, $kind:expr, $why:pat) => {{
        let kind = $kind;
        assert!(matches!(kind, $why), "{}: {kind}", $check);
    }};
}

pub(super) use assert_kind;

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
