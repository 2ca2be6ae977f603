//! Stores on web servers, which list nothing: `zarr serve` is one.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics says what is wrong, and where"
)]

mod support;

use std::process::{Command, Output};

use zarr::DataType;
use zarr::blocking::Wait;

use support::Server;

fn zarr(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zarr"));
    command.args(arguments).output().unwrap()
}

#[test]
fn consolidated_metadata_tells_what_cannot_be_listed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("w.zarr");
    let root = zarr::create_group(&path).wait().unwrap();
    let x = root
        .create_array("g/x", [3], DataType::Int8)
        .wait()
        .unwrap();
    x.write(.., 7_i8).wait().unwrap();
    let server = Server::start(&path);
    let at = |node: &str| format!("{}{node}", server.address);

    let read = zarr(&["read", &at("/g/x"), "--format", "csv"]);
    assert_eq!(String::from_utf8_lossy(&read.stdout), "7,7,7\n");
    let blind = zarr(&["tree", &at("")]);
    assert!(!blind.status.success(), "a server that does not list");

    zarr::consolidate_metadata(&root).wait().unwrap();
    let tree = zarr(&["tree", &at("")]);
    let text = String::from_utf8_lossy(&tree.stdout);
    assert_eq!(text, "/\n└── g\n    └── x (3,) int8\n", "{tree:?}");
}
