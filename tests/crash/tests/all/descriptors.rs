//! L7: a process that may open few files does the same, slower.

use std::process::Command;

use crate::support::{Running, WORKER, say, tempdir};

#[test]
fn emfile() {
    // Drivers share a quarter for their calls and a quarter for what stays open; workers that may
    // not wait have one file more each.
    for (how, most) in [("tasks", 32), ("threads", 32), ("objects", 16 + 8)] {
        let dir = tempdir();
        let mut limited = Command::new("sh");
        limited.args([
            "-c",
            "ulimit -n 64; exec \"$0\" crowd \"$1\" \"$2\"",
            WORKER,
        ]);
        limited.arg(dir.path()).arg(how);
        let (status, lines) = Running::start(&mut limited).end();
        assert!(status.success(), "{how}: {status}");
        let line = lines.first().unwrap();
        let (errors, open) = line.split_once(' ').unwrap();
        let open: usize = open.parse().unwrap();
        assert_eq!(errors, "0", "{how}");
        assert!(open <= most, "{how}: {open} of our files were open at once");
        assert!(open > 0, "{how}: nobody looked");
        say(format!(
            "L7: 512 {how} with 64 descriptors, 0 errors, at most {open} of ours open"
        ));
    }
}
