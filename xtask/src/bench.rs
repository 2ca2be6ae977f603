//! `cargo xtask bench`: compares the speed of reads and writes with other libraries. This file prepares the release
//! build and the Python environment; `benches` measures. With `--counts` it compares counts with those that are kept, and with
//! `--curves` it has `benches/costs` measure how costs grow.

use crate::counts;
use crate::process::{cargo, run as run_command};
use crate::python;
use crate::report::{Outcome, Result};
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
            "--peers" => {
                let pins = workspace.root().join("tests/interop/requirements.txt");
                match python::environment(
                    &workspace.target().join("interop"),
                    &pins,
                    "Python's peers",
                )? {
                    Ok(python) => _ = command.arg("--python").arg(python),
                    Err(skip) => skipped.push(skip.to_string()),
                }
            }
            "--quick" => _ = command.args(QUICK),
            _ => _ = command.arg(arg),
        }
    }
    run_command(&mut command)?;
    Ok(Outcome::of(skipped))
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
