//! Remote stores against real servers on loopback. Each module is one group of promises.

#![allow(
    clippy::unwrap_used,
    reason = "all of it is tests, helpers too: what fails says what is wrong, and where"
)]

mod archives;
#[path = "../examples/cloud.rs"]
mod cloud;
mod copies;
#[cfg(unix)]
mod forked;
mod functions;
mod http;
mod reads;
mod refusals;
mod runtimes;
mod s3;
mod secrets;
mod services;
mod time;
mod versions;
mod writes;

/// A key.
fn key(text: &str) -> zarr_store::Key {
    zarr_store::Key::new(text).unwrap()
}

#[test]
fn the_example_runs() {
    cloud::main().unwrap();
}

/// Whether every case is to be run, however long it takes: `cargo xtask test --remote` says so.
fn is_full() -> bool {
    std::env::var_os("ZARR_REMOTE").is_some_and(|form| form == "full")
}
