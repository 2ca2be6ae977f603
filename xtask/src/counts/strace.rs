//! Counts system calls: strace writes a line for each, and the lines that the program prints show where an operation
//! begins and ends.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::{ALLOCATOR, TIMES};
use crate::process::capture;
use crate::report::Result;
use crate::workspace::read;

/// By these a thread waits for others, as often as it happens to: they say nothing of the operation.
const WAITING: &[&str] = &["futex", "sched_yield"];

/// The system calls of one time of each operation.
pub(super) fn count(program: &Path, home: &Path) -> Result<BTreeMap<String, u64>> {
    let log = home.join("calls");
    let mut command = Command::new("strace");
    // Texts so long that no name is cut off.
    command.args(["-f", "-qq", "-s", "200", "-o"]).arg(&log);
    capture(
        command
            .arg(program)
            .arg(TIMES.to_string())
            .env(ALLOCATOR.0, ALLOCATOR.1),
    )?;
    let calls = calls(&read(&log)?);
    // Each time is like the others, and rounding leaves out what is rare, such as memory for the allocator.
    let one = |(name, calls): (String, u64)| (name, (calls + TIMES / 2) / TIMES);
    Ok(calls.into_iter().map(one).collect())
}

/// The calls between the marks of each operation, by all threads.
fn calls(log: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    let mut current = None;
    for line in log.lines() {
        // The number of the thread comes first. The end of a call that another thread's interrupted has a line of its
        // own, which begins with `<`.
        let call = line
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start();
        if let Some(name) = printed(call, "begin ") {
            current = Some(name);
            counts.insert(name.to_owned(), 0);
        } else if printed(call, "end ").is_some() {
            current = None;
        } else if let (Some(name), Some((call, _))) = (current, call.split_once('('))
            && call.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !WAITING.contains(&call)
            && let Some(count) = counts.get_mut(name)
        {
            *count += 1;
        }
    }
    counts
}

/// What a call prints after this word.
fn printed<'a>(call: &'a str, word: &str) -> Option<&'a str> {
    let text = call.strip_prefix("write(1, \"")?.strip_prefix(word)?;
    text.split_once("\\n\"").map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_between_marks_are_counted_once_and_waiting_is_not() {
        let log = r#"7 openat(AT_FDCWD, "/lib", O_RDONLY) = 3
7 write(1, "begin read a cell, raw\n", 23) = 23
7 openat(9, "c/0", O_RDONLY <unfinished ...>
8 futex(0x7f, FUTEX_WAKE_PRIVATE, 1) = 0
7 <... openat resumed>) = 10
8 pread64(10, "read(1)", 8192, 0) = 8192
7 sched_yield() = 0
7 +++ exited with 0 +++
7 write(1, "end read a cell, raw\n", 21) = 21
7 close(10) = 0
7 write(1, "begin nothing\n", 14) = 14
7 write(1, "end nothing\n", 12) = 12
"#;
        let expected = [
            ("nothing".to_owned(), 0),
            ("read a cell, raw".to_owned(), 2),
        ];
        assert_eq!(calls(log), BTreeMap::from(expected));
    }
}
