//! What tests that need the whole library share. Holds the fuzz targets; the tests are beside.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    missing_docs,
    reason = "a target that fails shall stop, and only tests use this crate"
)]

pub mod targets;
