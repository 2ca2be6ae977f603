//! The `zarr` command: arguments in, exit code out.
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
use crate::arguments::store_options::StoreOptionArgs;
use crate::commands::Command;
use crate::failure::{Exit, Failure};
use crate::output::terminal::Canvas;
use crate::output::text;

/// The version, and whose it is: zarr-python installs a command of this name, too.
const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (zarr-cli, written in Rust; ",
    env!("CARGO_PKG_REPOSITORY"),
    ")"
);

/// Inspect, check, read, write and copy Zarr arrays and groups.
#[derive(Debug, Parser)]
#[command(name = "zarr", version = VERSION, propagate_version = true)]
#[command(after_help = "Examples:
  zarr tree demo.zarr
  zarr info demo.zarr/ocean/sst
  zarr view demo.zarr/ocean/sst
  zarr read demo.zarr/ocean/sst --selection '0:10, 5, ::2' --output part.npy
  zarr write part.npy demo.zarr/part --chunks 64,64

Exit codes: 0 success, 1 a difference or something invalid was found, 2 wrong usage, 3 not found, 4 permission \
    denied, 5 corrupt data, 6 not supported, 7 disk or network failure, 8 already there or changed meanwhile, 9 \
    limit exceeded, 10 a bug of this command, 130 interrupted.")]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Do not follow symbolic links that lead out of a store, for stores whose makers you do not trust
    #[arg(long, global = true)]
    no_follow: bool,

    #[command(flatten)]
    options: StoreOptionArgs,

    /// Do not update the consolidated metadata of the groups above; a warning names what is then out of date
    #[arg(long, global = true)]
    leave_consolidated: bool,
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
    let exit = cli.command.run(canvas, text, bytes)?;
    archives.finish()?;
    let flushed = bytes.flush().and_then(|()| text.flush());
    flushed.map_err(|error| Failure::output(&error))?;
    Ok(exit)
}
