//! `cargo xtask sanitize`: runs the tests under the address sanitizer, which finds accesses outside of allocations and
//! to freed memory, and memory that nobody can free any more. This file says which tests run: all, or in `ci` those that
//! attack the files that may be unsafe.
//!
//! Doc tests are not among them, since they are built without the sanitizer. C libraries are not instrumented, but the
//! sanitizer sees what they copy and free.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::process::{capture, cargo, run as run_command};
use crate::report::{Outcome, Result, Skip};
use crate::workspace::Workspace;

const FLAG: &str = "-Zsanitizer=address";

/// Some tests ask for more memory than there is, which must be an error and not the end of the run.
const OPTIONS: &str = "detect_leaks=1:allocator_may_return_null=1";

/// What is leaked on purpose, relative to the workspace.
const LEAKS: &str = "xtask/src/sanitize/leaks.txt";

/// All tests of the workspace except those that measure the memory of the process, which the sanitizer multiplies.
const ALL: &[&[&str]] = &[
    &["--lib", "--bins"],
    &["--package", "zarr-codecs", "--tests"],
    &["--package", "zarr-metadata", "--tests"],
    &["--package", "zarr-store", "--tests"],
    &["--package", "zarr-tests", "--test", "all"],
    &["--package", "zarr-remote-tests", "--tests"],
];

/// Tests that reach unsafe code directly, in two crates that build within minutes. In one build: each alone would compile
/// what both need with other features.
const SHORT: &[&[&str]] = &[&[
    "--package",
    "zarr-codecs",
    "--package",
    "zarr-core",
    "--lib",
]];

/// These few tests end sooner if dependencies are not optimised, which takes longer than the tests.
const QUICKLY_BUILT: &[&str] = &["--config", "profile.dev.package.\"*\".opt-level=0"];

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    tests(workspace, ALL, &[])
}

pub(crate) fn short(workspace: &Workspace) -> Result<Outcome> {
    tests(workspace, SHORT, QUICKLY_BUILT)
}

fn tests(workspace: &Workspace, groups: &[&[&str]], build: &[&str]) -> Result<Outcome> {
    // A target directory of its own, since everything is compiled with another flag.
    let home = workspace.target().join("sanitize");
    let host = host()?;
    if let Err(why) = probe(&home, &host) {
        return Ok(Outcome::Skipped(Skip {
            what: "tests under the address sanitizer",
            why: why.lines().next().unwrap_or_default().to_owned(),
            how: "use a toolchain whose target has the sanitizer's runtime, as x86_64-unknown-linux-gnu".to_owned(),
        }));
    }
    for group in groups {
        let mut command = cargo(workspace, &["test", "--no-fail-fast", "--target", &host]);
        command.args(build).args(*group);
        command.env("CARGO_TARGET_DIR", &home);
        // `--target` is given, so that build scripts and macros are compiled without the flag. Reports need line
        // numbers only.
        command.env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
        let leaks = workspace.root().join(LEAKS);
        let leaks = format!("suppressions={}:print_suppressions=0", leaks.display());
        command.env("RUSTFLAGS", FLAG).env("LSAN_OPTIONS", leaks);
        run_command(instrumented(&mut command))?;
    }
    Ok(Outcome::Done)
}

/// Checks that a program can be built with the sanitizer, and runs.
fn probe(home: &Path, host: &str) -> Result<()> {
    let told = |error: std::io::Error| format!("{}: {error}", home.display());
    let (source, program) = (home.join("probe.rs"), home.join("probe"));
    fs::create_dir_all(home).map_err(told)?;
    fs::write(&source, "fn main() {}\n").map_err(told)?;
    let mut compile = Command::new("rustc");
    compile.args([FLAG, "--target", host, "-o"]);
    capture(instrumented(compile.arg(&program).arg(&source)))?;
    capture(instrumented(&mut Command::new(&program))).map(drop)
}

/// Sanitizers are unstable, so a stable compiler has to be told to allow them.
fn instrumented(command: &mut Command) -> &mut Command {
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("ASAN_OPTIONS", OPTIONS)
}

/// The name of this machine's target.
fn host() -> Result<String> {
    let version = capture(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("`rustc -vV` names no host")?.to_owned())
}
