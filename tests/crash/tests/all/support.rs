//! Starting workers, counting system calls with strace, saying figures and skips. It knows no
//! promise.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
};

use tempfile::TempDir;
use zarr_crash_tests::script::PADDING;

/// Whether all rounds are wanted.
pub(crate) fn full() -> bool {
    std::env::var_os("ZARR_CRASH").is_some_and(|value| value == "full")
}

/// So many rounds: those of the promise, or a few.
pub(crate) fn rounds(all: u64, few: u64) -> u64 {
    if full() { all } else { few }
}

/// A figure or a skip: past the harness, which would keep it from whoever runs the tests.
pub(crate) fn say(line: impl AsRef<str>) {
    let line = format!("{}\n", line.as_ref());
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Says what could not be tested here, to whoever looks and to `xtask`, which counts.
pub(crate) fn skipped(what: &str, why: &str, how: &str) {
    let line = format!("skipped: {what}: {why}; to run it: {how}");
    if let Some(file) = std::env::var_os("ZARR_SKIPPED") {
        let mut file = File::options().append(true).open(file).unwrap();
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
    say(line);
}

pub(crate) const WORKER: &str = env!("CARGO_BIN_EXE_crash-worker");

/// `crash-worker COMMAND DIRECTORY ARGUMENT…`
pub(crate) fn worker(command: &str, dir: &Path, args: &[&str]) -> Command {
    let mut worker = Command::new(WORKER);
    worker.arg(command).arg(dir).args(args).stdin(Stdio::null());
    worker
}

/// A worker whose lines are read while it runs.
pub(crate) struct Running {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Running {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let (send, lines) = mpsc::channel();
        let stdout: ChildStdout = child.stdout.take().unwrap();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Running { child, lines }
    }

    /// The next line that it says; `None` when it has ended.
    pub(crate) fn line(&self) -> Option<String> {
        self.lines.recv().ok()
    }

    /// Kills it, and returns what else it had said.
    pub(crate) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines.iter().collect()
    }

    pub(crate) fn end(mut self) -> (ExitStatus, Vec<String>) {
        let lines = self.lines.iter().collect();
        (self.child.wait().unwrap(), lines)
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

/// Runs workers at the same time; each must end well. What each said.
pub(crate) fn run_all(workers: impl IntoIterator<Item = Command>) -> Vec<Vec<String>> {
    let workers: Vec<_> = workers
        .into_iter()
        .map(|mut worker| Running::start(&mut worker))
        .collect();
    let ended = workers.into_iter().map(Running::end);
    ended
        .map(|(status, lines)| {
            assert!(status.success(), "{status}: {lines:?}");
            lines
        })
        .collect()
}

pub(crate) fn tempdir() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Whether a program is there and answers.
pub(crate) fn answers(program: &str, arg: &str) -> bool {
    let output = Command::new(program).arg(arg).output();
    output.is_ok_and(|output| output.status.success())
}

pub(crate) fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout == b"0\n")
}

/// Whether strace is there and may trace.
pub(crate) fn traces() -> bool {
    let mut probe = Command::new("strace");
    let probe = probe.args(["-qq", "-o", "/dev/null", "true"]).output();
    probe.is_ok_and(|probe| probe.status.success())
}

/// The same; if not, says that the test is skipped.
pub(crate) fn strace_or_skip(what: &str) -> bool {
    let traces = traces();
    if !traces {
        let how = "apt install strace; run as a user who may trace";
        skipped(what, "no strace that may trace", how);
    }
    traces
}

/// A script that was interfered with.
pub(crate) struct Script {
    pub(crate) status: ExitStatus,
    /// What it said.
    pub(crate) lines: Vec<String>,
    /// Whether the n-th call was made at all.
    pub(crate) injected: bool,
}

/// Runs the script with something done to the n-th of a system call.
pub(crate) fn script_with(dir: &Path, mode: &str, call: &str, inject: &str) -> Script {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o"]).arg(log.path());
    if inject.starts_with("error") {
        // The filter in the kernel: other calls cost nothing. It loses some injected signals.
        strace.arg("--seccomp-bpf");
    }
    strace.args([
        "-e",
        &format!("trace={call}"),
        "-e",
        &format!("inject={call}:{inject}"),
    ]);
    strace.arg(WORKER).arg("script").arg(dir).arg(mode);
    // Cargo's directories of libraries would all be looked through.
    let output = strace.env_remove("LD_LIBRARY_PATH").output().unwrap();
    let log = std::fs::read(log.path()).unwrap();
    let log = String::from_utf8_lossy(&log);
    Script {
        status: output.status,
        lines: String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect(),
        injected: log.contains("(INJECTED)") || log.contains("killed by"),
    }
}

/// The number of the first call of a kind that the store makes: before it, the script makes some of
/// those that starting a process makes.
pub(crate) fn first(call: &str) -> u64 {
    let padded = ["openat", "write", "close", "statx", "pread64"];
    if padded.contains(&call) {
        PADDING + 1
    } else {
        1
    }
}

/// All files below a directory that are the store's own.
pub(crate) fn leavings(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.append(&mut leavings(&entry.path()));
        } else if name.ends_with(".zarr-tmp") || name.ends_with(".zarr-lock") {
            found.push(entry.path());
        }
    }
    found
}
