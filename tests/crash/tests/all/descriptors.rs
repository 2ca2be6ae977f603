//! L7: a process that may open few files does the same, slower.

use std::process::Command;

use crate::support::{Running, WORKER, say, skipped, tempdir, traces};

/// Under strace, each read and write takes a while, so that files stay open; without it, a fast
/// disk may show nothing. All other calls keep their speed, those that count open files among them.
const SLOWLY: &str = "strace -f --seccomp-bpf -qq -o /dev/null -e trace=pread64,write,writev \
    -e inject=pread64,write,writev:delay_enter=2000";

#[test]
fn emfile() {
    let slowly = if traces() {
        SLOWLY
    } else {
        skipped(
            "L7 emfile on a slow disk",
            "no strace that may trace",
            "apt install strace",
        );
        ""
    };
    // Drivers share an eighth for their calls, each of which opens a file and its directory, and an
    // eighth for what stays open; workers that may not wait have two files more each. Who merges has
    // a lock's file besides, of which there is an eighth too.
    for (how, most) in [
        ("tasks", 24),
        ("threads", 24),
        ("objects", 8 + 16),
        ("merges", 24 + 2 * 8),
    ] {
        let dir = tempdir();
        let mut limited = Command::new("sh");
        let line = format!("ulimit -n 64; exec {slowly} \"$0\" crowd \"$1\" \"$2\"");
        limited.args(["-c", &line, WORKER]).arg(dir.path()).arg(how);
        let (status, lines) = Running::start(&mut limited).end();
        assert!(status.success(), "{how}: {status}");
        let line = lines.first().unwrap();
        let (errors, open) = line.split_once(' ').unwrap();
        let open: usize = open.parse().unwrap();
        assert_eq!(errors, "0", "{how}");
        assert!(open <= most, "{how}: {open} of our files were open at once");
        // Else nothing was tested.
        assert!(
            open >= if slowly.is_empty() { 1 } else { 12 },
            "{how}: only {open} at once"
        );
        say(format!(
            "L7: many {how} with 64 descriptors, 0 errors, at most {open} of ours open"
        ));
    }
}
