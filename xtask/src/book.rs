//! `cargo xtask book`: the pages of `docs/` as a book. That their links lead somewhere is checked by `tidy`, and that their
//! programs and commands are right by `cargo test`.

use std::process::Command;

use crate::process::{answers, run as run_command};
use crate::report::{Outcome, Result, Skip};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    if !answers(Command::new("mdbook").arg("--version")) {
        return Ok(Outcome::Skipped(Skip {
            what: "the book",
            why: "mdbook is not installed".to_owned(),
            how: "cargo install --locked mdbook".to_owned(),
        }));
    }
    let docs = workspace.root().join("docs");
    run_command(Command::new("mdbook").arg("build").arg(docs))?;
    Ok(Outcome::Done)
}
