//! `cargo xtask fuzz`: coverage-guided fuzzing of every target in `tests/src/targets.rs`.
//!
//! This file says how long targets run, and how many at a time. Inputs that break a target are kept in
//! `tests/corpus/TARGET`, and `cargo test` runs them from then on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::process::{answers, capture, cargo, run as run_command};
use crate::report::{Outcome, Result, Skip};
use crate::workspace::{Workspace, read};

/// Seconds per target, and with `--smoke`.
const SECONDS: (u32, u32) = (300, 20);
/// How many targets run at the same time.
const JOBS: usize = 2;
/// libFuzzer's limits for one input: seconds, and MiB of one allocation and of the process. The sanitizer itself takes
/// a good part of the process's memory.
const LIMITS: [&str; 3] = ["-timeout=10", "-malloc_limit_mb=256", "-rss_limit_mb=2048"];

pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<Outcome> {
    let (flags, asked): (Vec<&str>, Vec<&str>) = args
        .iter()
        .map(String::as_str)
        .partition(|arg| arg.starts_with("--"));
    let seconds = match flags.as_slice() {
        [] => SECONDS.0,
        ["--smoke"] => SECONDS.1,
        _ => return Err("usage: cargo xtask fuzz [--smoke] [TARGET …]".to_owned()),
    };
    if !answers(nightly().args(["fuzz", "--version"])) {
        return Ok(Outcome::Skipped(Skip {
            what: "coverage-guided fuzzing",
            why: "no nightly Rust with cargo-fuzz (`cargo test` runs seeded mutants)".to_owned(),
            how: "rustup toolchain install nightly && cargo install --locked cargo-fuzz".to_owned(),
        }));
    }
    let home = workspace.target().join("fuzz");
    let names = seeds(workspace, &home)?;
    let names: Vec<&str> = names
        .lines()
        .filter(|name| asked.is_empty() || asked.contains(name))
        .collect();
    if names.len() < asked.len() {
        return Err(format!(
            "not all of {asked:?} are targets; these are: {names:?}"
        ));
    }
    let program = build(workspace, &home)?;
    let mut failed = vec![];
    for names in names.chunks(JOBS) {
        let runs: Vec<Run> = names
            .iter()
            .map(|name| Run::start(workspace, &home, &program, name, seconds))
            .collect::<Result<_>>()?;
        for run in runs {
            let name = run.name.clone();
            if !run.ends_well()? {
                failed.push(name);
            }
        }
    }
    match failed.as_slice() {
        [] => Ok(Outcome::Done),
        _ => Err(format!(
            "{} failed; the inputs are in tests/corpus, the traces in {}",
            failed.join(", "),
            home.display()
        )),
    }
}

/// `cargo` of the nightly toolchain, the only one that can instrument for coverage.
fn nightly() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo"]);
    command
}

/// Writes the seeds, and returns the names of the targets, one per line.
fn seeds(workspace: &Workspace, home: &Path) -> Result<String> {
    let run = [
        "run",
        "--quiet",
        "--package",
        "zarr-tests",
        "--bin",
        "seeds",
        "--",
    ];
    capture(cargo(workspace, &run).arg(home.join("corpus")))
}

fn build(workspace: &Workspace, home: &Path) -> Result<PathBuf> {
    let mut command = nightly();
    command
        .current_dir(workspace.root())
        .args(["fuzz", "build", "--fuzz-dir", "tests/fuzz", "--target-dir"])
        .arg(home);
    run_command(&mut command)?;
    let version = capture(Command::new("rustup").args(["run", "nightly", "rustc", "-vV"]))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or("`rustc -vV` names no host")?;
    Ok(home.join(host).join("release/target"))
}

/// One target that is running.
struct Run {
    name: String,
    log: PathBuf,
    process: Child,
}

impl Run {
    fn start(
        workspace: &Workspace,
        home: &Path,
        program: &Path,
        name: &str,
        seconds: u32,
    ) -> Result<Self> {
        let found = workspace.root().join("tests/corpus").join(name);
        let log = home.join(format!("{name}.log"));
        let told = |error: std::io::Error| format!("{name}: {error}");
        fs::create_dir_all(&found).map_err(told)?;
        let process = Command::new(program)
            .env("ZARR_FUZZ_TARGET", name)
            .args(LIMITS)
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", found.display()))
            .arg(home.join("corpus").join(name))
            .arg(found)
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).map_err(told)?)
            .spawn()
            .map_err(told)?;
        let name = name.to_owned();
        Ok(Self { name, log, process })
    }

    /// Waits for the end, prints the result, and returns whether it is good.
    fn ends_well(mut self) -> Result<bool> {
        let status = self.process.wait().map_err(|error| error.to_string())?;
        let log = read(&self.log)?;
        let runs = log
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("Done "));
        match (status.success(), runs) {
            (true, Some(runs)) => println!("{:<20} {runs}", self.name),
            (true, None) => println!("{:<20} ended early", self.name),
            (false, _) => {
                let why = log.lines().find(|line| {
                    line.contains("panicked at")
                        || line.contains("ERROR")
                        || line.contains("SUMMARY")
                });
                let why = why.unwrap_or("see its log");
                println!("{:<20} FAILED: {why} ({})", self.name, self.log.display());
            }
        }
        Ok(status.success() && runs.is_some())
    }
}
