//! `cargo xtask support`: prints the tables of what works, as the test `walk` of `zarr-cli` finds it; with `--write` fills
//! the parts of README.md and the book that are made of tables in the code. `tidy` compares them.

mod pages;
mod sources;
mod table;

use crate::process::{cargo, run as run_command};
use crate::report::{Outcome, Result};
use crate::workspace::Workspace;

pub(crate) use pages::check;

pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<Outcome> {
    match args {
        [] => walk(workspace),
        [write] if write == "--write" => pages::write(workspace),
        [other, ..] => Err(format!("it takes `--write` or nothing, not `{other}`")),
    }
}

/// Tries every data type and format with every command, and every function on every store.
fn walk(workspace: &Workspace) -> Result<Outcome> {
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
