//! `zarr read`: elements of an array into an `.npy` file, or as text.

use std::io::Write;
use std::path::PathBuf;

use zarr::Node;
use zarr::blocking::Wait;

use crate::address::Address;
use crate::elements::{self, Format};
use crate::failure::{Exit, Failure};
use crate::{npy, output, select};

/// Read an array, or a part of it, into an .npy file or as text.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr read demo.zarr/ocean/sst --output sst.npy
  zarr read demo.zarr/ocean/sst --selection '0:10, 5, ::2' --output part.npy
  zarr read demo.zarr/ocean/sst --selection -1 --output - | python -c 'import numpy, sys; ...'
  zarr read demo.zarr/ocean/sst --oindex '[[0, -1], \"1:5\", [3]]' --format text
  zarr read demo.zarr/ocean/sst --blocks '0, 2:4' --format jsonl
  zarr read stars.zarr --field mass --output mass.npy

The file appears when all of it is there: a read that fails leaves what was there before.")]
pub(crate) struct Args {
    /// Directory of the array, or STORE::PATH of an array in a store
    pub(crate) path: Address,

    #[command(flatten)]
    select: select::Args,

    /// Read this field of each record alone; of several, a record of these
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    field: Vec<String>,

    /// The file to write; - is standard output
    #[arg(
        long,
        short,
        value_name = "FILE.npy",
        required_unless_present = "format"
    )]
    output: Option<PathBuf>,

    /// Print the elements instead
    #[arg(long, value_name = "FORMAT", conflicts_with = "output")]
    format: Option<Format>,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, Failure> {
    let place = args.path.as_str();
    let array = match args.path.open()? {
        Node::Array(array) => array,
        Node::Group(_) => {
            return Err(Failure::new(
                Exit::Usage,
                "cannot read",
                place,
                "it is a group, not an array",
            )
            .advice(format!("`zarr tree {place}` lists its arrays")));
        }
    };
    let selection = args.select.of(&array)?;
    // Whatever can be refused is refused before the work is done.
    let file = args
        .output
        .as_deref()
        .filter(|path| path.as_os_str() != "-");
    let name = file.map_or("standard output".into(), |path| path.to_string_lossy());
    if let Some(file) = file {
        output::check(file).map_err(|error| Failure::io("cannot write", &name, &error))?;
    }
    let read = array.read_dyn(selection);
    let read = match args.field.as_slice() {
        [] => read,
        [one] => read.field(one),
        several => read.fields(several),
    };
    let failed = |error| Failure::zarr("cannot read", place, &error);
    let dtype = read.dtype().map_err(failed)?;
    if args.format.is_none() && !npy::has(&dtype) {
        let why = format!("an .npy file cannot hold elements of type {dtype}");
        let failure = Failure::new(Exit::Unsupported, "cannot read", place, why);
        return Err(failure.advice("`--format jsonl` prints elements of any type"));
    }

    let data = read.wait().map_err(failed)?;
    if let Some(format) = args.format {
        elements::write(&data, format, out).map_err(|error| Failure::output(&error))?;
        return Ok(Exit::Done);
    }
    let written = match file {
        None => npy::write(&data, out),
        Some(file) => output::replace(file, |file| npy::write(&data, file)),
    };
    written.map_err(|error| match error {
        npy::Error::Io(error) if file.is_none() => Failure::output(&error),
        error => Failure::npy("cannot write", &name, &error),
    })?;
    Ok(Exit::Done)
}
