//! The `zarr` command: arguments in, exit code out. What a command does is in the file of its name.
#![forbid(unsafe_code)]

mod address;
mod arguments;
mod commands;
mod elements;
mod failure;
mod hierarchy;
mod interrupt;
mod npy;
mod output;
#[cfg(test)]
mod tests;
mod usage;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::address::Address;
use crate::address::archives::Archives;
use crate::address::store_options;
use crate::commands::*;
use crate::failure::{Exit, Failure};
use crate::output::terminal::Canvas;
use crate::output::text;

/// Look at, check, read and write Zarr arrays and groups.
#[derive(Debug, Parser)]
#[command(name = "zarr", version, propagate_version = true)]
#[command(after_help = "Examples:
  zarr tree demo.zarr
  zarr info demo.zarr/ocean/sst
  zarr view demo.zarr/ocean/sst
  zarr read demo.zarr/ocean/sst --selection '0:10, 5, ::2' --output part.npy
  zarr write part.npy demo.zarr/part --chunks 64,64

Exit codes: 0 done, 1 a difference was found, or something invalid, 2 usage, 3 not found, 4 permission,
5 corrupt data, 6 unsupported, 7 disk or network, 8 already there or changed meanwhile, 9 limit, 130 interrupted.")]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Refuse symbolic links that lead out of a directory: for stores that somebody else made
    #[arg(long, global = true)]
    no_follow: bool,

    #[command(flatten)]
    options: store_options::Args,
    /// Leave consolidated metadata of the groups above as it is, and say that it is out of date; without this what
    /// is created or changed below a group is changed there too
    #[arg(long, global = true)]
    leave_consolidated: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Info(info::Args),
    Tree(tree::Args),
    Ls(ls::Args),
    View(view::Args),
    Stats(stats::Args),
    Chunks(chunks::Args),
    Read(read::Args),
    Write(write::Args),
    Create(create::Args),
    Resize(resize::Args),
    Append(append::Args),
    Copy(copy::Args),
    Attrs(attrs::Args),
    Serve(serve::Args),
    Consolidate(consolidate::Args),
    Migrate(migrate::Args),
    Validate(validate::Args),
    Doctor(doctor::Args),
    Diff(diff::Args),
    Conformance(conformance::Args),
    Completions(completions::Args),
}

impl Command {
    /// Every address that was given.
    fn addresses(&mut self) -> Vec<&mut Address> {
        match self {
            Self::Info(args) => vec![&mut args.path],
            Self::Tree(args) => vec![&mut args.path],
            Self::Ls(args) => vec![&mut args.path],
            Self::View(args) => vec![&mut args.path],
            Self::Stats(args) => vec![&mut args.path],
            Self::Chunks(args) => vec![&mut args.path],
            Self::Read(args) => vec![&mut args.path],
            Self::Write(args) => vec![&mut args.path],
            Self::Create(args) => vec![&mut args.path],
            Self::Resize(args) => vec![&mut args.path],
            Self::Append(args) => vec![&mut args.path],
            Self::Copy(args) => vec![&mut args.from, &mut args.to],
            Self::Attrs(args) => vec![args.path()],
            Self::Serve(args) => vec![&mut args.path],
            Self::Consolidate(args) => vec![&mut args.path],
            Self::Migrate(args) => vec![&mut args.path],
            Self::Validate(args) => vec![&mut args.path],
            Self::Doctor(args) => args.path.iter_mut().collect(),
            Self::Diff(args) => vec![&mut args.a, &mut args.b],
            Self::Conformance(args) => vec![&mut args.path],
            Self::Completions(_) => vec![],
        }
    }
}

fn main() -> ExitCode {
    let result = match Cli::try_parse() {
        Ok(cli) => {
            let bytes = &mut io::stdout().lock();
            // Takes colours away where nobody sees them; not for bytes, in which it would find some.
            let text = &mut anstream::stdout().lock();
            run(cli, Canvas::detect(), text, bytes)
        }
        Err(error) => {
            let arguments: Vec<_> = std::env::args_os().skip(1).collect();
            usage::answer(&error, &arguments)
        }
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

/// Runs a command that prints text to one place, bytes to the other.
fn run(
    mut cli: Cli,
    canvas: Canvas,
    text: &mut impl Write,
    bytes: &mut impl Write,
) -> Result<Exit, Failure> {
    cli.options.hand_out(cli.command.addresses())?;
    if cli.no_follow {
        cli.command
            .addresses()
            .into_iter()
            .for_each(Address::confine);
    }
    if cli.leave_consolidated {
        let addresses = cli.command.addresses().into_iter();
        addresses.for_each(Address::leave_consolidated);
    }
    let archives = Archives::of(cli.command.addresses());
    let exit = match &cli.command {
        Command::Info(args) => info::run(args, text),
        Command::Tree(args) => tree::run(args, text),
        Command::Ls(args) => ls::run(args, text),
        Command::View(args) => view::run(args, canvas, text),
        Command::Stats(args) => stats::run(args, text),
        Command::Chunks(args) => chunks::run(args, canvas, text),
        Command::Read(args) => read::run(args, bytes),
        Command::Write(args) => write::run(args, text),
        Command::Create(args) => create::run(args, text),
        Command::Resize(args) => resize::run(args, text),
        Command::Append(args) => append::run(args, text),
        Command::Copy(args) => copy::run(args, text),
        Command::Attrs(args) => attrs::run(args, text),
        Command::Serve(args) => serve::run(args, text),
        Command::Consolidate(args) => consolidate::run(args, text),
        Command::Migrate(args) => migrate::run(args, text),
        Command::Validate(args) => validate::run(args, text),
        Command::Doctor(args) => doctor::run(args, text),
        Command::Diff(args) => diff::run(args, text),
        Command::Conformance(args) => conformance::run(args, bytes),
        Command::Completions(args) => completions::run(args, text),
    }?;
    archives.finish()?;
    let flushed = bytes.flush().and_then(|()| text.flush());
    flushed.map_err(|error| Failure::output(&error))?;
    Ok(exit)
}
