//! `zarr serve` in a process of its own, which ends when it is dropped.

use std::io::{BufRead, BufReader};
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

    #[allow(dead_code, reason = "not every test file asks")]
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
