//! `cargo xtask support`: prints the tables of what works. The test `walk` of `zarr-cli` tries everything in them.

use crate::process::{cargo, run as run_command};
use crate::report::{Outcome, Result};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let walk = [
        "test",
        "--quiet",
        "--package",
        "zarr-cli",
        "--test",
        "walk",
        "--",
        "--nocapture",
    ];
    run_command(&mut cargo(workspace, &walk))?;
    Ok(Outcome::Done)
}
