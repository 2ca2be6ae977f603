//! `cargo xtask python`: builds the wheel of the package `zarr_rs`, installs it in an environment of pinned packages, and
//! runs its tests there, against NumPy and zarr-python.

mod own_tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::run as run_command;
use crate::python;
use crate::report::{Outcome, Result, Skip};
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
        [flag] if flag == "--zarr-python" => own_tests::run(workspace),
        [other, ..] => Err(format!(
            "it takes `--quick`, `--zarr-python` or nothing, not `{other}`"
        )),
    }
}

/// The same tests, with fewer rounds and random cases, of a wheel of the profile in which CI has built the dependencies.
pub(crate) fn short(workspace: &Workspace) -> Result<Outcome> {
    build_and_test(workspace, "dev", SHORT)
}

/// The wheel as users get it.
pub(crate) fn release(workspace: &Workspace) -> Result<std::result::Result<PathBuf, Skip>> {
    Ok(match environment(workspace)? {
        Ok(python) => Ok(build(workspace, &python, "release")?),
        Err(skip) => Err(skip),
    })
}

/// Installs packages as they are, in the place of what is there.
pub(crate) fn install(python: &Path, packages: &[&Path]) -> Result<()> {
    let install = ["-m", "pip", "install", "--quiet"];
    let how = [
        "--disable-pip-version-check",
        "--only-binary=:all:",
        "--force-reinstall",
        "--no-deps",
    ];
    run_command(Command::new(python).args(install).args(how).args(packages))
}

/// The Python that builds the wheel and tests it.
fn environment(workspace: &Workspace) -> Result<std::result::Result<PathBuf, Skip>> {
    let pins = package(workspace).join("tests/requirements.txt");
    python::environment(&home(workspace), &pins, "the Python package")
}

fn package(workspace: &Workspace) -> PathBuf {
    workspace.root().join("crates/zarr-python")
}

fn home(workspace: &Workspace) -> PathBuf {
    workspace.target().join("python")
}

fn build_and_test(workspace: &Workspace, profile: &str, rounds: u32) -> Result<Outcome> {
    let python = match environment(workspace)? {
        Ok(python) => python,
        Err(skip) => return Ok(Outcome::Skipped(skip)),
    };
    let wheel = build(workspace, &python, profile)?;
    install(&python, &[&wheel])?;
    run_command(
        Command::new(&python)
            // Not the package's folder, whose `python` directory has no module in it.
            .current_dir(home(workspace))
            .args(["-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"])
            .args(["--rounds", &rounds.to_string()])
            .arg(package(workspace).join("tests")),
    )?;
    Ok(Outcome::Done)
}

/// Builds the wheel, and returns where it is.
fn build(workspace: &Workspace, python: &Path, profile: &str) -> Result<PathBuf> {
    let out = &home(workspace).join("wheels");
    let failed = |error: std::io::Error| format!("{}: {error}", out.display());
    if out.is_dir() {
        fs::remove_dir_all(out).map_err(failed)?;
    }
    run_command(
        Command::new(python)
            .current_dir(package(workspace))
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
