//! Tests through the public API, over real stores. What one crate can show of itself is tested there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::clone_on_ref_ptr,
    clippy::needless_pass_by_value,
    reason = "a test that fails shall stop, and reads better without ceremony"
)]

mod api;
mod concurrency;
mod engine;
mod support;
