//! Counts instructions: callgrind writes a file for each operation, and one line of it is the sum.

use std::path::Path;
use std::process::Command;

use super::{ALLOCATOR, TIMES};
use crate::process::capture;
use crate::report::Result;
use crate::workspace::read;

/// In these a worker looks for work and then sleeps. How often it looks before it sleeps is chance, and says nothing of
/// the operation.
const IDLE: &[&str] = &[
    "rayon_core::registry::WorkerThread::find_work*",
    "rayon_core::sleep::Sleep::sleep*",
    "sched_yield",
];

/// The names of the operations and the instructions of one time each, in order.
pub(super) fn count(program: &Path, home: &Path) -> Result<Vec<(String, u64)>> {
    let mut command = Command::new("valgrind");
    command
        .args(["--quiet", "--tool=callgrind"])
        .arg(format!(
            "--callgrind-out-file={}",
            home.join("part").display()
        ))
        .args(["--zero-before=counts::begin*", "--dump-before=counts::end*"])
        .args(IDLE.iter().map(|name| format!("--toggle-collect={name}")))
        // Behind them, since each of them lets counting begin inside of it.
        .arg("--collect-atstart=yes")
        .arg(program)
        .arg(TIMES.to_string())
        .env(ALLOCATOR.0, ALLOCATOR.1);
    let printed = capture(&mut command)?;
    let names = printed
        .lines()
        .filter_map(|line| line.strip_prefix("begin "));
    let one = |(number, name): (usize, &str)| {
        // The first file is part 1.
        let file = home.join(format!("part.{}", number + 1));
        let sum = sum(&read(&file)?).ok_or(format!("{} has no sum", file.display()))?;
        Ok((name.to_owned(), sum / TIMES))
    };
    names.enumerate().map(one).collect()
}

/// The instructions of all functions in a file. Its `summary` also has those before the first mark.
fn sum(file: &str) -> Option<u64> {
    let mut lines = file.lines();
    let text = lines.find_map(|line| line.strip_prefix("totals: "))?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_what_the_file_says() {
        let file = "# callgrind format\npart: 3\nsummary: 6420519\n\nfn=a\n12 100\n\ntotals: 100\n";
        assert_eq!(sum(file), Some(100));
        assert_eq!(sum("fn=a\n12 100\n"), None);
    }
}
