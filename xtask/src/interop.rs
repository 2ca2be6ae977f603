//! `cargo xtask interop`: zarr-python, tensorstore, zarrs and zarrita.js read what this library writes, and it reads what
//! they write.
//!
//! This file prepares the Python environment, the peers that are programs of their own, and our programs. The cases are in `tests/interop`.

use std::ffi::OsStr;
use std::process::Command;

use crate::node;
use crate::process::{cargo, run as run_command};
use crate::python;
use crate::report::{Outcome, Result};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let scripts = workspace.root().join("tests/interop");
    let home = workspace.target().join("interop");
    let python = match python::environment(
        &home,
        &scripts.join("requirements.txt"),
        "interop with other libraries",
    )? {
        Ok(python) => python,
        Err(skip) => return Ok(Outcome::Skipped(skip)),
    };
    // In the tests' profile, in which CI has built the programs already. Only values are compared here, and another
    // profile would compile every dependency once more.
    run_command(&mut cargo(workspace, &["test", "--no-run"]))?;
    let zarrs = home.join("zarrs");
    let manifest = scripts.join("zarrs/Cargo.toml");
    run_command(
        cargo(workspace, &["build", "--locked", "--manifest-path"])
            .arg(manifest)
            .arg("--target-dir")
            .arg(&zarrs),
    )?;
    let zarrita = node::peer(&scripts.join("zarrita"), &home.join("zarrita"))?;
    let built = workspace.target().join("debug");
    let suffix = std::env::consts::EXE_SUFFIX;
    run_command(
        Command::new(python)
            .current_dir(workspace.root())
            .arg(scripts.join("run.py"))
            .arg("--zarr-bin")
            .arg(built.join(format!("zarr{suffix}")))
            .arg("--quickstart")
            .arg(built.join(format!("examples/quickstart{suffix}")))
            .arg("--texts")
            .arg(built.join(format!("texts{suffix}")))
            .arg("--zarrs")
            .arg(zarrs.join(format!("debug/zarrs-peer{suffix}")))
            .args(
                zarrita
                    .iter()
                    .flat_map(|script| [OsStr::new("--zarrita"), script.as_os_str()]),
            )
            .arg("--data")
            .arg(workspace.root().join("examples/data"))
            .arg("--work")
            .arg(home.join("work")),
    )?;
    Ok(Outcome::Done)
}
