//! Remote stores against real servers on loopback. Each module is one group of promises.

mod http;
mod reads;
mod runtimes;
mod s3;
mod secrets;
mod services;
mod time;
mod writes;

/// A key.
fn key(text: &str) -> zarr_store::Key {
    zarr_store::Key::new(text).unwrap()
}
