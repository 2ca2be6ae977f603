//! `cargo xtask python`: builds the wheel of the package `zarr_rs`, installs it in an environment of pinned packages, and
//! runs its tests there, against NumPy and zarr-python.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{answers, cargo, run as run_command};
use crate::python;
use crate::report::{Outcome, Result};
use crate::workspace::Workspace;

/// The most that a wheel of the release profile may take: a download of some seconds.
const MOST_BYTES: u64 = 15 << 20;

/// How often a cluster writes an array while its workers are killed, where there is time.
const LONG: u32 = 20;
const SHORT: u32 = 2;

/// The wheel as users get it, and all tests.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<Outcome> {
    match args {
        [] => build_and_test(workspace, "release", LONG),
        [flag] if flag == "--quick" => short(workspace),
        [other, ..] => Err(format!("it takes `--quick` or nothing, not `{other}`")),
    }
}

/// The same tests with a wheel of the profile in which CI has built the dependencies.
pub(crate) fn short(workspace: &Workspace) -> Result<Outcome> {
    build_and_test(workspace, "dev", SHORT)
}

fn build_and_test(workspace: &Workspace, profile: &str, rounds: u32) -> Result<Outcome> {
    let package = workspace.root().join("crates/zarr-python");
    let home = workspace.target().join("python");
    let pins = package.join("tests/requirements.txt");
    let python = match python::environment(&home, &pins, "the Python package")? {
        Ok(python) => python,
        Err(skip) => return Ok(Outcome::Skipped(skip)),
    };
    // The package is no default member, so that only this verb compiles PyO3.
    if answers(&mut cargo(workspace, &["clippy", "--version"])) {
        let lint = ["clippy", "--package", "zarr-python", "--", "-D", "warnings"];
        run_command(&mut cargo(workspace, &lint))?;
    }
    let wheel = build(workspace, &package, &python, &home.join("wheels"), profile)?;
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ];
    run_command(
        Command::new(&python)
            .args(install)
            .args(["--force-reinstall", "--no-deps"])
            .arg(&wheel),
    )?;
    run_command(
        Command::new(&python)
            // Not the package's folder, whose `python` directory has no module in it.
            .current_dir(&home)
            .args(["-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"])
            .args(["--rounds", &rounds.to_string()])
            .arg(package.join("tests")),
    )?;
    Ok(Outcome::Done)
}

/// Builds the wheel, and returns where it is.
fn build(
    workspace: &Workspace,
    package: &Path,
    python: &Path,
    out: &Path,
    profile: &str,
) -> Result<PathBuf> {
    let failed = |error: std::io::Error| format!("{}: {error}", out.display());
    if out.is_dir() {
        fs::remove_dir_all(out).map_err(failed)?;
    }
    run_command(
        Command::new(python)
            .current_dir(package)
            .args(["-m", "maturin", "build", "--quiet", "--profile", profile])
            .arg("--target-dir")
            .arg(workspace.target())
            .arg("--interpreter")
            .arg(python)
            .arg("--out")
            .arg(out),
    )?;
    let mut files = fs::read_dir(out).map_err(failed)?.flatten();
    let wheel = files.find(|file| file.path().extension().is_some_and(|end| end == "whl"));
    let wheel = wheel.ok_or_else(|| format!("maturin made no wheel in {}", out.display()))?;
    let bytes = wheel.metadata().map_err(failed)?.len();
    println!("{}: {bytes} bytes", wheel.path().display());
    if profile == "release" && bytes > MOST_BYTES {
        return Err(format!(
            "the wheel has {bytes} bytes, more than {MOST_BYTES}"
        ));
    }
    Ok(wheel.path())
}
