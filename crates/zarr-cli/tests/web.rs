//! Stores on web servers, which list nothing: `zarr serve` is one.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics says what is wrong, and where"
)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use zarr::DataType;
use zarr::blocking::Wait;

struct Server(Child, String);

impl Server {
    fn start(path: &Path) -> Self {
        let serve = ["serve", "--port", "0"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_zarr"));
        let process = command.args(serve).arg(path).stdout(Stdio::piped());
        let mut process = process.spawn().unwrap();
        let mut address = String::new();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        lines.read_line(&mut address).unwrap();
        Self(process, address.trim().trim_end_matches('/').to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

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
    let at = |node: &str| format!("{}{node}", server.1);

    let read = zarr(&["read", &at("/g/x"), "--format", "csv"]);
    assert_eq!(String::from_utf8_lossy(&read.stdout), "7,7,7\n");
    let blind = zarr(&["tree", &at("")]);
    assert!(!blind.status.success(), "a server that does not list");

    zarr::consolidate_metadata(&root).wait().unwrap();
    let tree = zarr(&["tree", &at("")]);
    let text = String::from_utf8_lossy(&tree.stdout);
    assert_eq!(text, "/\n└── g\n    └── x (3,) int8\n", "{tree:?}");
}
