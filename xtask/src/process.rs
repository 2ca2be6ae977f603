//! Starts programs, prints their commands, and says how they failed.

use std::process::{Command, Stdio};

use crate::report::Result;
use crate::workspace::Workspace;

/// The cargo that runs xtask, in the workspace's root.
pub(crate) fn cargo<S: AsRef<str>>(workspace: &Workspace, args: &[S]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(workspace.root())
        .args(args.iter().map(AsRef::as_ref));
    command
}

/// Runs a command to its end, with the stdout and stderr of xtask; a bad exit status is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    println!("$ {shown}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("`{shown}` did not start: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{shown}` ended with {status}"))
    }
}

/// Runs a command to its end and returns its stdout, or what went wrong, with its stderr.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{shown}` did not start: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let stderr = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "`{shown}` ended with {}: {}",
            output.status,
            stderr.trim()
        ))
    }
}

/// Whether a command succeeds, such as `cargo deny --version`: if so, the tool is installed.
pub(crate) fn answers(command: &mut Command) -> bool {
    capture(command).is_ok()
}

fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut text = program
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}
