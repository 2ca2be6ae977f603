//! Every function of the library that takes a store, over S3: one line of the table that `cargo xtask support` prints of
//! the other kinds.

use std::sync::Arc;

use zarr::Store;
use zarr_remote_tests::s3::S3;

#[allow(clippy::panic, clippy::clone_on_ref_ptr, reason = "as above")]
#[path = "../../../crates/zarr-cli/tests/walk/functions.rs"]
mod walked;

use walked::{MAKERS, USERS, fill};

#[test]
fn every_function_takes_a_bucket() {
    let server = S3::new();
    let mut wrong = Vec::new();
    for (number, function) in MAKERS.iter().chain(&USERS).enumerate() {
        let store: Arc<dyn Store> = Arc::new(server.store(&format!("f{number}")));
        if function.filled {
            fill(&store);
        }
        match (function.run)(&store) {
            Ok(true) => {}
            Ok(false) => wrong.push(format!("{}: wrong", function.name)),
            Err(error) => wrong.push(format!("{}: {error}", function.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
