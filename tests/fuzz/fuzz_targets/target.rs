//! Runs the target that the environment names in `ZARR_FUZZ_TARGET`. `cargo xtask fuzz` does.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use zarr_tests::targets::{self, Target};

static TARGET: OnceLock<Target> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let target = TARGET.get_or_init(|| {
        let name = std::env::var("ZARR_FUZZ_TARGET").expect("ZARR_FUZZ_TARGET names a target");
        let named = targets::all().into_iter().find(|target| target.name == name);
        named.unwrap_or_else(|| panic!("no target is named {name}"))
    });
    (target.run)(bytes);
});
