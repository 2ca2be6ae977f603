//! Does small operations, each between two marks by which a tool that counts knows where it begins and ends.
//! `cargo xtask bench --counts` runs it under such tools, with the number of times that each is done between its marks;
//! run alone, it only prints the names of the operations.
//!
//! What it does is the same on every machine: two threads, a directory whose path has the same length each time, and
//! data made by a rule.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

mod data;
mod operations;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// How often an operation is done before it is counted: until threads run, memory that is kept is there, and the
/// indexes of shards are remembered.
const BEFORE: usize = 3;

fn main() -> ExitCode {
    // Not the system's temporary directory: the length of a path is part of what an operation costs.
    let dir = PathBuf::from(format!("/tmp/zarr-counts-{:010}", std::process::id()));
    let done = std::fs::create_dir(&dir)
        .map_err(Into::into)
        .and_then(|()| run(&dir));
    let removed = std::fs::remove_dir_all(&dir);
    match done.and(removed.map_err(Into::into)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", dir.display());
            ExitCode::FAILURE
        }
    }
}

fn run(dir: &Path) -> Result<()> {
    let times = std::env::args()
        .nth(1)
        .map_or(Ok(1), |times| times.parse())?;
    let (bench, counter) = (data::Bench::new(dir)?, Counter { times });
    operations::open(&bench, &counter)?;
    operations::create(&bench, &counter)?;
    operations::read(&bench, &counter)?;
    operations::read_scattered(&bench, &counter)?;
    operations::read_in_runtime(&bench, &counter)?;
    operations::write(&bench, &counter)?;
    operations::list(&bench, &counter)?;
    operations::change(&bench, &counter)?;
    operations::memory(&bench, &counter)
}

/// Does an operation until it costs what it always costs, and then so often between two marks.
struct Counter {
    times: usize,
}

impl Counter {
    fn count<T>(&self, name: &str, mut operation: impl FnMut() -> zarr::Result<T>) -> Result<()> {
        for _ in 0..BEFORE {
            operation()?;
        }
        // These lines are system calls, so the marks of whoever counts system calls.
        println!("begin {name}");
        begin();
        for _ in 0..self.times {
            std::hint::black_box(operation()?);
        }
        end();
        println!("end {name}");
        Ok(())
    }
}

/// Where a counter of instructions begins at zero.
#[inline(never)]
fn begin() {
    std::hint::black_box("begin");
}

/// Where it writes down what it has counted.
#[inline(never)]
fn end() {
    std::hint::black_box("end");
}
