//! `zarr completions`: prints completion scripts for shells.

use std::io::Write;

use clap::CommandFactory;

use crate::Cli;
use crate::failure::{Exit, Failure};
use crate::output;

/// Print a script for completion in a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr completions bash > ~/.local/share/bash-completion/completions/zarr
  zarr completions zsh > ~/.zfunc/_zarr
  zarr completions fish > ~/.config/fish/completions/zarr.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

pub(crate) fn run(args: &CompletionsArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    // Not directly to `out`, since `generate` panics on a closed pipe.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "zarr", &mut script);
    output::print(out, &script)?;
    Ok(Exit::Done)
}
