//! `zarr man`: writes a man page for each command.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::CommandFactory;

use crate::Cli;
use crate::failure::{Exit, Failure};

/// Write man pages, one for each command, to a directory.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr man ~/.local/share/man/man1   then: man zarr-copy")]
pub(crate) struct ManArgs {
    /// The directory, which is created if it does not exist
    directory: PathBuf,
}

pub(crate) fn run(args: &ManArgs, _: &mut impl Write) -> Result<Exit, Failure> {
    let written = fs::create_dir_all(&args.directory)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), &args.directory));
    let place = args.directory.to_string_lossy();
    written.map_err(|error| Failure::io("cannot write man pages to", &place, &error))?;
    Ok(Exit::Done)
}
