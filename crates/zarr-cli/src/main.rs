//! The `zarr` command.
#![forbid(unsafe_code)]
#![allow(dead_code)]
mod npy;
fn main() {}
