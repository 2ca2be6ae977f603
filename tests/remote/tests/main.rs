//! Remote stores against real servers on loopback. Each module is one group of promises.

mod s3;

/// A key.
fn key(text: &str) -> zarr_store::Key {
    zarr_store::Key::new(text).unwrap()
}
