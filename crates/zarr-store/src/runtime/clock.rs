//! The clock: the standard library's, or one that stands still where that has none.

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod standing;

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub use self::standing::Instant;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use std::time::Instant;
