//! `cargo xtask bench`: compares the speed of reads and writes with other libraries. This file prepares the release
//! build and the Python environment; `benches` measures. With `--counts` it compares counts with those that are kept, and with
//! `--curves` it has `benches/costs` measure how costs grow.

use std::path::{Path, PathBuf};

use crate::counts;
use crate::process::{cargo, run as run_command};
use crate::python;
use crate::report::{Outcome, Result, Skip};
use crate::wheel;
use crate::workspace::Workspace;

/// Two rounds, and only the faster one of zarr-python's two pipelines: ten minutes.
const QUICK: [&str; 6] = [
    "--rounds",
    "2",
    "--repeats",
    "2",
    "--without",
    "zarr-python",
];

/// The packages for Python beside each other, and our library without Python.
const PACKAGES: [&str; 2] = [
    "--programs",
    "ours-wait,zarr_rs,zarr-engine,zarr-python,zarr-fused,zarrs-python,zarrista,tensorstore",
];

pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<Outcome> {
    match args.split_first() {
        Some((first, rest)) if first == "--counts" => return counts::run(workspace, rest),
        Some((first, rest)) if first == "--curves" => return curves(workspace, rest),
        _ => {}
    }
    let mut command = cargo(
        workspace,
        &[
            "run",
            "--release",
            "--quiet",
            "--package",
            "zarr-benches",
            "--",
        ],
    );
    let mut skipped = Vec::new();
    for arg in args {
        match arg.as_str() {
            "--peers" => match peers(workspace)? {
                Ok(python) => _ = command.arg("--python").arg(python),
                Err(skip) => skipped.push(skip.to_string()),
            },
            "--packages" => match packages(workspace)? {
                Ok(python) => _ = command.arg("--python").arg(python).args(PACKAGES),
                Err(skip) => return Ok(Outcome::Skipped(skip)),
            },
            "--quick" => _ = command.args(QUICK),
            _ => _ = command.arg(arg),
        }
    }
    run_command(&mut command)?;
    Ok(Outcome::of(skipped))
}

/// The Python that has tensorstore and zarr-python.
fn peers(workspace: &Workspace) -> Result<std::result::Result<PathBuf, Skip>> {
    let home = workspace.target().join("interop");
    let pins = workspace.root().join("tests/interop/requirements.txt");
    python::environment(&home, &pins, "Python's peers")
}

/// The same with our own package, and those of the zarrs crate.
fn packages(workspace: &Workspace) -> Result<std::result::Result<PathBuf, Skip>> {
    let python = match peers(workspace)? {
        Ok(python) => python,
        Err(skip) => return Ok(Err(skip)),
    };
    let wheel = match wheel::release(workspace)? {
        Ok(wheel) => wheel,
        Err(skip) => return Ok(Err(skip)),
    };
    let pins = workspace.root().join("benches/peers/requirements.txt");
    wheel::install(&python, &[Path::new("-r"), &pins, &wheel])?;
    Ok(Ok(python))
}

/// Measures how costs grow; with `--save` the pictures of the documentation are drawn anew.
fn curves(workspace: &Workspace, args: &[String]) -> Result<Outcome> {
    let program = ["run", "--release", "--quiet", "--package", "zarr-costs"];
    let mut command = cargo(workspace, &program);
    command.args(["--bin", "curves", "--"]);
    for arg in args {
        match arg.as_str() {
            "--save" => command.args(["--pictures", "docs/performance"]),
            _ => command.arg(arg),
        };
    }
    run_command(&mut command)?;
    Ok(Outcome::Done)
}
