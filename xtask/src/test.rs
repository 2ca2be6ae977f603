//! `cargo xtask test`: unit, integration and doc tests of the default members; with `--crash` only the crash tests, in
//! all of their rounds; with `--load` only those that need many rounds or a minute of load; with `--models` only the models
//! of locks, in many orders of threads. This file gives tests a place to report what they skipped.

use std::fs;

use crate::process::{cargo, run as run_command};
use crate::report::{Outcome, Result};
use crate::workspace::Workspace;

/// How many orders of threads are tried of each model, of each of two kinds.
const ORDERS: &str = "500000";

pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<Outcome> {
    // `--no-fail-fast`: a failure in one crate must not hide those of the others.
    let mut command = match args {
        [] => cargo(workspace, &["test", "--no-fail-fast"]),
        [crash] if crash == "--crash" => {
            let mut command = cargo(workspace, &["test", "--package", "zarr-crash-tests"]);
            command.env("ZARR_CRASH", "full");
            command
        }
        [load] if load == "--load" => {
            let load = ["test", "--release", "--no-fail-fast", "--test", "load"];
            let mut command = cargo(workspace, &load);
            command.args(["--package", "zarr-cli", "--package", "zarr-tests"]);
            // What overflows in a release build would go on with another number.
            command.env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true");
            command.env("ZARR_LOAD", "full");
            command
        }
        [models] if models == "--models" => {
            let orders = ["run", "--package", "zarr-models", "--", ORDERS];
            cargo(workspace, &orders)
        }
        [other, ..] => {
            return Err(format!(
                "it takes `--crash`, `--load`, `--models`, `--remote` or nothing, not `{other}`"
            ));
        }
    };
    // A test cannot tell its harness that it was skipped, so it writes a line to this file.
    let said = workspace.target().join("skipped-tests.txt");
    fs::create_dir_all(workspace.target())
        .and_then(|()| fs::write(&said, ""))
        .map_err(|error| format!("{}: {error}", said.display()))?;
    run_command(command.env("ZARR_SKIPPED", &said))?;
    let said = fs::read_to_string(&said).map_err(|error| error.to_string())?;
    Ok(Outcome::of(said.lines().map(str::to_owned).collect()))
}
