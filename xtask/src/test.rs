//! `cargo xtask test`: unit, integration and doc tests of the default members.

use crate::process::{cargo, run as run_command};
use crate::report::{Outcome, Result};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    // `--no-fail-fast`: a failure in one crate must not hide those of the others.
    run_command(&mut cargo(workspace, &["test", "--no-fail-fast"]))?;
    Ok(Outcome::Done)
}
