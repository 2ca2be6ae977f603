//! What survives when a process is killed, refused, starved or raced: RELIABILITY's L tests, as keys
//! and bytes. Each prints its figure; `ZARR_CRASH=full`, or `cargo xtask test --crash`, runs as many
//! rounds as the promise names, and plain `cargo test` a few of them with the same code.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::needless_pass_by_value,
    reason = "a test that fails shall stop, and reads better without ceremony"
)]

mod arrays;
mod cancelled;
mod descriptors;
mod errors;
mod kill;
mod names;
mod power;
mod processes;
mod space;
mod stale_lock;
mod support;
mod wrong;
