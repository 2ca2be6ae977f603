//! `cargo xtask bench --counts`: counts the instructions and the system calls of small operations and compares them
//! with those that are kept, so that a slowdown shows on a machine that is busy with other things.
//!
//! The program `counts` of `benches/costs` does the operations, each between two marks. It runs under valgrind's
//! callgrind, then under strace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{answers, capture, cargo, run as run_command};
use crate::report::{Outcome, Result, Skip};
use crate::workspace::{Workspace, read};

mod callgrind;
mod kept;
mod strace;

use kept::{Compared, Counts, Kept};

/// The figures that are kept, relative to the workspace.
const FILE: &str = "benches/costs/counts.txt";

/// How often the program does each operation between two marks.
const TIMES: u64 = 10;

/// How often the whole program is run at most. Where threads hand work to each other, which of them is awake when is
/// chance; what the code itself costs is in every run.
const RUNS: usize = 4;
/// How often it is run for the counts that are kept. Not more often: those are to be reached again.
const RUNS_TO_KEEP: usize = 2;

/// What glibc's allocator does depends on the addresses that it happens to be given, which alone changes small
/// operations by 2 %. Without the lists that it consolidates now and then, all runs agree within 0.8 %.
const ALLOCATOR: (&str, &str) = (
    "GLIBC_TUNABLES",
    "glibc.malloc.mxfast=0:glibc.malloc.tcache_count=65535:glibc.malloc.arena_max=1",
);

/// Compares, or with `--save` keeps what is counted.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<Outcome> {
    let save = match args {
        [] => false,
        [flag] if flag == "--save" => true,
        _ => return Err("`--counts` takes nothing but `--save`".to_owned()),
    };
    if let Some(skip) = missing() {
        return Ok(Outcome::Skipped(skip));
    }
    let home = workspace.target().join("counts");
    let program = build(workspace)?;
    let tools = tools()?;
    let file = workspace.root().join(FILE);
    if save {
        let counted = least(RUNS_TO_KEEP, || count(&program, &home), |_| false)?;
        let text = Kept::text(&tools, &counted);
        fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
        println!("{FILE} has the counts of {} operations", counted.len());
        return Ok(Outcome::Done);
    }
    let kept = Kept::parse(&read(&file)?)?;
    let enough = |counted: &[Counts]| Compared::new(&kept, &tools, counted).more().is_empty();
    judge(
        &kept,
        &tools,
        &least(RUNS, || count(&program, &home), enough)?,
    )
}

/// The least of each count in as many runs as are enough, and in `most` at most.
fn least(
    most: usize,
    mut run: impl FnMut() -> Result<Vec<Counts>>,
    enough: impl Fn(&[Counts]) -> bool,
) -> Result<Vec<Counts>> {
    let mut least = run()?;
    for _ in 1..most {
        if enough(&least) {
            break;
        }
        for (least, counts) in least.iter_mut().zip(run()?) {
            least.instructions = least.instructions.min(counts.instructions);
            least.calls = least.calls.min(counts.calls);
        }
    }
    Ok(least)
}

fn judge(kept: &Kept, tools: &str, counted: &[Counts]) -> Result<Outcome> {
    let compared = Compared::new(kept, tools, counted);
    println!("{compared}");
    let again = "`cargo xtask bench --counts --save` keeps what was counted";
    match (&compared.more()[..], compared.news()) {
        ([], None) => Ok(Outcome::of(compared.incomparable().into_iter().collect())),
        ([], Some(news)) => {
            println!("{news}: {again}");
            Ok(Outcome::of(compared.incomparable().into_iter().collect()))
        }
        (more, _) => Err(format!(
            "{} above {FILE}; if that has its reason, {again}",
            more.join(", ")
        )),
    }
}

/// What counting needs and this machine has not.
fn missing() -> Option<Skip> {
    let tools: [(&str, &[&str]); 2] = [
        ("valgrind", &["--version"]),
        // Containers may refuse what strace does.
        ("strace", &["-f", "-o", "/dev/null", "true"]),
    ];
    let mut missing = tools
        .iter()
        .filter(|(tool, args)| !answers(Command::new(tool).args(*args)));
    let (tool, _) = missing.next()?;
    Some(Skip {
        what: "instructions and system calls of small operations",
        why: format!("{tool} is not installed, or may not run here"),
        how: "use Linux with valgrind and strace".to_owned(),
    })
}

/// Builds the program, which needs few features and so minutes only, and gives its path.
fn build(workspace: &Workspace) -> Result<PathBuf> {
    let args = ["build", "--release", "--package", "zarr-costs"];
    run_command(cargo(workspace, &args).args(["--bin", "counts"]))?;
    Ok(workspace.target().join("release/counts"))
}

/// The counts of each operation, in the order in which the program does them.
fn count(program: &Path, home: &Path) -> Result<Vec<Counts>> {
    let told = |error: std::io::Error| format!("{}: {error}", home.display());
    if home.exists() {
        fs::remove_dir_all(home).map_err(told)?;
    }
    fs::create_dir_all(home).map_err(told)?;
    let instructions = callgrind::count(program, home)?;
    let mut calls = strace::count(program, home)?;
    let mut counted = Vec::with_capacity(instructions.len());
    for (name, instructions) in instructions {
        let calls = calls
            .remove(&name)
            .ok_or(format!("strace did not see `{name}`"))?;
        counted.push(Counts {
            name,
            instructions,
            calls,
        });
    }
    Ok(counted)
}

/// What decides which instructions there are, apart from the source: counts of other compilers are others.
fn tools() -> Result<String> {
    let first_line = |command: &mut Command| -> Result<String> {
        let text = capture(command)?;
        Ok(text.lines().next().unwrap_or_default().trim().to_owned())
    };
    let rustc = first_line(Command::new("rustc").arg("-V"))?;
    // The codecs in C.
    let cc = first_line(Command::new("cc").arg("--version"))?;
    Ok(format!("{rustc}, {cc}, {}", std::env::consts::ARCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs whose instructions are these, and how many of them were done.
    fn least_of(instructions: &[u64], enough: u64) -> (u64, usize) {
        let mut runs = 0;
        let run = || {
            let (name, instructions) = ("open".to_owned(), instructions[runs]);
            runs += 1;
            Ok(vec![Counts {
                name,
                instructions,
                calls: 9,
            }])
        };
        let least = least(3, run, |counted| counted[0].instructions <= enough).unwrap();
        (least[0].instructions, runs)
    }

    #[test]
    fn it_counts_again_until_it_is_enough_and_not_for_ever() {
        assert_eq!(least_of(&[100, 90], 100), (100, 1));
        assert_eq!(least_of(&[104, 100, 90], 100), (100, 2));
        assert_eq!(least_of(&[104, 106, 105, 90], 100), (104, 3));
    }
}
