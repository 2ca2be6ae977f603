//! `cargo xtask targets [NAME…]`: builds the library for other systems and processors, and runs its tests there, as far as
//! this machine can: Windows under Wine, other processors under QEMU. A table at the end says what was built, what was
//! run, and what is missing.
//!
//! The standard library is built from its source too, so that no target has to be installed. Tools come from Debian's
//! packages; whoever is root gets them, anybody else is told their names.

mod exchange;
mod list;
pub(crate) mod rust_src;
mod tools;

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::Instant;

use self::list::{Goal, TARGETS, Target, What};
use self::tools::Tools;
use crate::process::cargo;
use crate::report::{Outcome, Result, Skip};
use crate::workspace::{Workspace, read};

/// Runs the targets of these names; all without any.
pub(crate) fn run(workspace: &Workspace, names: &[String]) -> Result<Outcome> {
    if let Some(unknown) = names.iter().find(|name| known(name).is_none()) {
        let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        return Err(format!(
            "no target `{unknown}`; there are {}",
            known.join(", ")
        ));
    }
    if let Err(why) = rust_src::fetch() {
        return Ok(Outcome::Skipped(missing_source(why)));
    }
    let wanted =
        |target: &&Target| names.is_empty() || names.iter().any(|name| name == target.name);
    let (mut table, mut skipped, mut failed) = (String::new(), Vec::new(), 0);
    for target in TARGETS.iter().filter(wanted) {
        let tools = match Tools::get(workspace, target) {
            Ok(tools) => tools,
            Err(why) => {
                skipped.push(format!("skipped: {}: {why}", target.name));
                table.push_str(&row(target.name, "all", &format!("skipped: {why}"), 0.0));
                continue;
            }
        };
        for goal in target.goals {
            let begin = Instant::now();
            let said = match reach(workspace, target, goal, &tools) {
                Ok(said) => said,
                Err(problem) => {
                    failed += 1;
                    problem
                }
            };
            let line = row(
                target.name,
                goal.package,
                &said,
                begin.elapsed().as_secs_f64(),
            );
            print!("{line}");
            table.push_str(&line);
        }
    }
    println!("\n{table}");
    match failed {
        0 => Ok(Outcome::of(skipped)),
        _ => Err(format!(
            "{failed} of the above failed; their logs are in {}",
            home(workspace)
        )),
    }
}

/// Checks the types of one Windows and one WebAssembly target, where the tools are there already.
pub(crate) fn short(workspace: &Workspace) -> Result<Outcome> {
    if let Err(why) = rust_src::find() {
        return Ok(Outcome::Skipped(missing_source(why)));
    }
    let mut skipped = Vec::new();
    for name in ["x86_64-pc-windows-gnu", "wasm32-unknown-unknown"] {
        let target = known(name).ok_or("a target of `ci` is not in the list")?;
        let tools = match Tools::find(workspace, target) {
            Ok(tools) => tools,
            Err(why) => {
                skipped.push(format!("skipped: types for {name}: {why}"));
                continue;
            }
        };
        // The outermost crate of the list has all others in it.
        if let Some(goal) = target.goals.last() {
            let what = What::Check;
            println!(
                "{}",
                reach(workspace, target, &Goal { what, ..*goal }, &tools)?
            );
        }
    }
    Ok(Outcome::of(skipped))
}

fn known(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

fn missing_source(why: String) -> Skip {
    Skip {
        what: "other targets",
        why,
        how: "rustup component add rust-src".to_owned(),
    }
}

fn home(workspace: &Workspace) -> String {
    workspace.target().join("targets").display().to_string()
}

fn row(target: &str, package: &str, said: &str, seconds: f64) -> String {
    format!("{target:<28}{package:<16}{seconds:>7.0} s  {said}\n")
}

/// Builds or tests one crate; what to say of it, or what is wrong.
fn reach(workspace: &Workspace, target: &Target, goal: &Goal, tools: &Tools) -> Result<String> {
    let verb: &[&str] = match goal.what {
        What::Test => &["test", "--no-fail-fast", "--lib", "--bins", "--tests"],
        What::Build => &["build", "--lib"],
        What::Check => &["check"],
        What::Exchange => return exchange::exchange(workspace, target, goal, tools),
    };
    let mut command = for_target(workspace, target, goal, tools, verb);
    let log = format!("{}/{}-{}.log", home(workspace), target.name, goal.package);
    println!("== {} {}, see {log}", target.name, goal.package);
    let ended = logged(&mut command, &log)?;
    let text = read(log.as_ref())?;
    let counts = Counts::of(&text);
    match (ended, goal.what) {
        (true, What::Test) => Ok(counts.to_string()),
        (true, What::Build) => Ok("builds".to_owned()),
        (true, _) => Ok("type-checks".to_owned()),
        (false, What::Test) if counts.passed > 0 => Err(format!("FAILED: {counts}")),
        (false, _) => Err(format!("FAILED: {}", first_error(&text))),
    }
}

/// A command of cargo for one crate on a target.
fn for_target(
    workspace: &Workspace,
    target: &Target,
    goal: &Goal,
    tools: &Tools,
    verb: &[&str],
) -> Command {
    let mut command = cargo(workspace, verb);
    command.args(["--package", goal.package, "--target", target.name]);
    // Tests catch panics.
    command.arg("-Zbuild-std=std,panic_unwind").args(goal.args);
    command.env("RUSTC_BOOTSTRAP", "1");
    // Everything is compiled for each target, without tables that nobody reads.
    command.env("CARGO_TARGET_DIR", home(workspace));
    command.envs([("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_INCREMENTAL", "0")]);
    tools.apply(&mut command);
    command
}

/// Runs a command with its output in a file; whether it succeeded.
fn logged(command: &mut Command, log: &str) -> Result<bool> {
    let told = |error: std::io::Error| format!("{log}: {error}");
    let out = File::create(log).map_err(told)?;
    let err = out.try_clone().map_err(told)?;
    command.stdin(Stdio::null()).stdout(out).stderr(err);
    Ok(command.status().map_err(told)?.success())
}

fn first_error(text: &str) -> &str {
    let mut lines = text.lines();
    let error = lines.find(|line| line.starts_with("error") || line.contains(": error: "));
    error.unwrap_or("no line says why")
}

/// The tests of one crate, over all of its programs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Counts {
    /// Adds up lines such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    fn of(text: &str) -> Self {
        let mut counts = Counts::default();
        let results = text
            .lines()
            .filter_map(|line| line.split_once("test result: "));
        for part in results.flat_map(|(_, result)| result.split(['.', ';'])) {
            let Some((number, what)) = part.trim().split_once(' ') else {
                continue;
            };
            let number = number.parse().unwrap_or(0);
            match what {
                "passed" => counts.passed += number,
                "failed" => counts.failed += number,
                "ignored" => counts.ignored += number,
                _ => {}
            }
        }
        counts
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} tests passed", self.passed)?;
        match self.failed {
            0 => {}
            failed => write!(f, ", {failed} failed")?,
        }
        match self.ignored {
            0 => Ok(()),
            ignored => write!(f, ", {ignored} ignored"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_counted_over_all_programs() {
        let text = "\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
                    noise 9 passed; x\n\
                    test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n";
        let counts = Counts::of(text);
        let want = Counts {
            passed: 7,
            failed: 2,
            ignored: 1,
        };
        assert_eq!(counts, want);
        assert_eq!(counts.to_string(), "7 tests passed, 2 failed, 1 ignored");
    }

    #[test]
    fn every_target_has_a_name_of_its_own() {
        for target in TARGETS {
            let same = TARGETS.iter().filter(|other| other.name == target.name);
            assert_eq!(same.count(), 1, "{}", target.name);
            assert!(!target.goals.is_empty(), "{}", target.name);
        }
    }
}
