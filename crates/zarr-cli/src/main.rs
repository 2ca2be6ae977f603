//! The `zarr` command: arguments in, exit code out. What a command does is in the file of its name.
#![forbid(unsafe_code)]

mod address;
mod append;
mod attrs;
mod conformance;
mod consolidate;
mod create;
mod elements;
mod failure;
mod info;
mod layout;
mod npy;
mod output;
mod read;
mod resize;
mod select;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod usage;
mod write;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::failure::{Exit, Failure};

/// Look at, read and write Zarr arrays and groups.
#[derive(Debug, Parser)]
#[command(name = "zarr", version, propagate_version = true)]
#[command(after_help = "Examples:
  zarr tree demo.zarr
  zarr info demo.zarr/ocean/sst
  zarr read demo.zarr/ocean/sst --selection '0:10, 5, ::2' --output part.npy
  zarr write part.npy demo.zarr/part --chunks 64,64

Exit codes: 0 done, 1 a difference was found, 2 usage, 3 not found, 4 permission, 5 corrupt data,
6 unsupported, 7 disk or network, 8 already there or changed meanwhile, 9 limit, 130 interrupted.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Info(info::Args),
    Tree(tree::Args),
    Read(read::Args),
    Write(write::Args),
    Create(create::Args),
    Resize(resize::Args),
    Append(append::Args),
    Attrs(attrs::Args),
    Consolidate(consolidate::Args),
    Conformance(conformance::Args),
}

fn main() -> ExitCode {
    let result = match Cli::try_parse() {
        Ok(cli) => run(&cli.command),
        Err(error) => usage::answer(&error, std::env::args_os().nth(1)),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if failure.exit() != Exit::Done {
                text::error(&failure.to_string());
            }
            failure.exit().into()
        }
    }
}

fn run(command: &Command) -> Result<Exit, Failure> {
    let bytes = &mut io::stdout().lock();
    // Takes colours away where nobody sees them; not for bytes, in which it would find some.
    let text = &mut anstream::stdout().lock();
    let exit = match command {
        Command::Info(args) => info::run(args, text),
        Command::Tree(args) => tree::run(args, text),
        Command::Read(args) => read::run(args, bytes),
        Command::Write(args) => write::run(args, text),
        Command::Create(args) => create::run(args, text),
        Command::Resize(args) => resize::run(args, text),
        Command::Append(args) => append::run(args, text),
        Command::Attrs(args) => attrs::run(args, text),
        Command::Consolidate(args) => consolidate::run(args, text),
        Command::Conformance(args) => conformance::run(args, bytes),
    }?;
    bytes.flush().map_err(|error| Failure::output(&error))?;
    Ok(exit)
}
