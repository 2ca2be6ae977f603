//! `cargo xtask interop`: zarr-python and tensorstore read what we write, and we read what they write.
//!
//! Owns the preparation: Python environment and release builds. The cases are in `tests/interop`.

use std::process::Command;

use crate::process::{cargo, run as run_command};
use crate::python;
use crate::report::{Outcome, Result};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let scripts = workspace.root().join("tests/interop");
    let home = workspace.target().join("interop");
    let python = match python::environment(&home, &scripts.join("requirements.txt"))? {
        Ok(python) => python,
        Err(skip) => return Ok(Outcome::Skipped(skip)),
    };
    // In one build, so that what they share is compiled once, with the features of all.
    run_command(&mut cargo(
        workspace,
        &[
            "build",
            "--release",
            "--package=zarr-cli",
            "--package=zarr",
            "--package=zarr-tests",
            "--bin=zarr",
            "--bin=texts",
            "--example=quickstart",
        ],
    ))?;
    let release = workspace.target().join("release");
    let suffix = std::env::consts::EXE_SUFFIX;
    run_command(
        Command::new(python)
            .current_dir(workspace.root())
            .arg(scripts.join("run.py"))
            .arg("--zarr-bin")
            .arg(release.join(format!("zarr{suffix}")))
            .arg("--quickstart")
            .arg(release.join(format!("examples/quickstart{suffix}")))
            .arg("--texts")
            .arg(release.join(format!("texts{suffix}")))
            .arg("--data")
            .arg(workspace.root().join("examples/data"))
            .arg("--work")
            .arg(home.join("work")),
    )?;
    Ok(Outcome::Done)
}
