//! What the worker does and what its tests expect of it, said once: both are built from this crate.
//! It knows no system calls and no processes.

#![forbid(unsafe_code)]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::missing_errors_doc,
    clippy::panic,
    reason = "a test that fails shall stop, and nobody else reads its documentation"
)]

pub mod record;
pub mod script;
