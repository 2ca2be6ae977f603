//! The examples of the crate `zarr` do what they say: each is run as a whole.

#[path = "../../crates/zarr/examples/custom_codec.rs"]
mod custom_codec;
#[path = "../../crates/zarr/examples/parallel_writers.rs"]
mod parallel_writers;
#[path = "../../crates/zarr/examples/streaming.rs"]
mod streaming;
#[path = "../../crates/zarr/examples/v2_to_v3.rs"]
mod v2_to_v3;

#[test]
fn examples_run() {
    custom_codec::main().unwrap();
    parallel_writers::main().unwrap();
    streaming::main().unwrap();
    v2_to_v3::main().unwrap();
}
