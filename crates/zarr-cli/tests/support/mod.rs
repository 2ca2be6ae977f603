//! `zarr serve` in a process of its own, which ends when it is dropped; and what tests say that cannot run here.
#![allow(dead_code, reason = "no test file uses all of it")]

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub(crate) struct Server {
    process: Child,
    /// Without a trailing `/`.
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(path: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zarr"));
        command.args(["serve", "--port", "0"]).arg(path);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        lines.read_line(&mut address).unwrap();
        let address = address.trim().trim_end_matches('/').to_owned();
        Self { process, address }
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Says what could not be tested here, to whoever looks and to `xtask`, which counts.
pub(crate) fn skipped(what: &str, why: &str, how: &str) {
    let line = format!("skipped: {what}: {why}; to run it: {how}\n");
    if let Some(file) = std::env::var_os("ZARR_SKIPPED") {
        let mut file = OpenOptions::new().append(true).open(file).unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}
