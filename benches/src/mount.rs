//! Runs a process that waits for files as on a network's file system: each call that opens or reads one takes a
//! millisecond more. strace holds these calls up, each by itself, so that many may wait at once.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

/// The calls that open and read files.
const CALLS: &str = "open,openat,openat2,read,pread64,readv,preadv,preadv2";

/// Whether strace can do it here.
pub(crate) static IS_HERE: LazyLock<bool> = LazyLock::new(|| {
    let tried = delayed(Path::new("true")).output();
    tried.is_ok_and(|output| output.status.success())
});

/// The program, to which arguments may be added.
pub(crate) fn delayed(program: &Path) -> Command {
    let mut command = Command::new("strace");
    // Other calls go on without it, and what it has to say of these is not wanted.
    command.args(["--follow-forks", "--seccomp-bpf", "-qqq"]);
    command.arg("--output=/dev/null");
    command.arg(format!("--trace={CALLS}"));
    // In microseconds.
    command.arg(format!("--inject={CALLS}:delay_enter=1000"));
    command.arg(program);
    command
}
