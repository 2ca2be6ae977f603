//! Arrays exchanged between this machine and a target: each reads what the other wrote.

use std::fs;
use std::process::Command;

use super::{for_target, home};
use crate::process::{capture, cargo};
use crate::report::Result;
use crate::targets::list::{Goal, Target};
use crate::targets::tools::Tools;
use crate::workspace::Workspace;

/// Runs the program on both sides, in both directions; what to say of it.
pub(super) fn exchange(
    workspace: &Workspace,
    target: &Target,
    goal: &Goal,
    tools: &Tools,
) -> Result<String> {
    let here = || cargo(workspace, &["run", "--quiet", "--package", goal.package]);
    let there = || for_target(workspace, target, goal, tools, &["run", "--quiet"]);
    let elements = one_way(workspace, "from-here", here(), there())?;
    one_way(workspace, "from-there", there(), here())?;
    Ok(format!("{elements} each way"))
}

/// Writes by one command and reads by the other, which says how much it compared.
fn one_way(
    workspace: &Workspace,
    name: &str,
    mut write: Command,
    mut read: Command,
) -> Result<String> {
    let dir = format!("{}/{name}", home(workspace));
    if let Err(error) = fs::remove_dir_all(&dir)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(format!("{dir}: {error}"));
    }
    capture(write.args(["--", "write", &dir]))?;
    let compared = capture(read.args(["--", "read", &dir]))?;
    Ok(compared.trim().to_owned())
}
