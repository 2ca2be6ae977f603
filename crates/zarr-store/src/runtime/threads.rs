//! How a thread waits, and which process it is of: by the system, or as the only thread there is.

#[cfg(target_family = "wasm")]
mod one;
#[cfg(not(target_family = "wasm"))]
mod system;

#[cfg(target_family = "wasm")]
use self::one as threads;
#[cfg(not(target_family = "wasm"))]
use self::system as threads;

pub(crate) use threads::rest;
pub(super) use threads::{Parker, process_id};
