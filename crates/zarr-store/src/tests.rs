//! What several tests of this crate need.

#[cfg(feature = "tracing")]
mod events;

#[cfg(feature = "tracing")]
pub(crate) use events::events_of;

use crate::Key;

/// A key that is valid.
pub(crate) fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}
