//! `zarr read`: elements of an array into an `.npy` file.

use std::io::Write;
use std::path::PathBuf;

use zarr::blocking::Wait;
use zarr::{Node, Selection};

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::{npy, output};

/// Read an array, or a part of it, into an .npy file.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr read demo.zarr/ocean/sst --output sst.npy
  zarr read demo.zarr/ocean/sst --selection '0:10, 5, ::2' --output part.npy
  zarr read demo.zarr/ocean/sst --selection -1 --output - | python -c 'import numpy, sys; ...'

The file appears when all of it is there: a read that fails leaves what was there before.")]
pub(crate) struct Args {
    /// Directory of the array, or STORE::PATH of an array in a store
    path: Address,

    /// Which elements, as numpy would index them: '0:10, 5, ::2'
    #[arg(
        long,
        value_name = "INDEX",
        default_value = "...",
        hide_default_value = true
    )]
    #[arg(allow_hyphen_values = true)]
    selection: Selection,

    /// The file to write; - is standard output
    #[arg(long, short, value_name = "FILE.npy")]
    output: PathBuf,
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
    // Whatever can be refused is refused before the work is done.
    let to_stdout = args.output.as_os_str() == "-";
    let file = args.output.to_string_lossy();
    if !to_stdout {
        output::check(&args.output).map_err(|error| Failure::io("cannot write", &file, &error))?;
    }
    if !npy::has(array.dtype()) {
        let why = format!(
            "an .npy file cannot hold elements of type {}",
            array.dtype()
        );
        return Err(Failure::new(Exit::Unsupported, "cannot read", place, why));
    }

    let data = array.read_dyn(args.selection.clone()).wait();
    let data = data.map_err(|error| Failure::zarr("cannot read", place, &error))?;
    if to_stdout {
        npy::write(&data, out).map_err(|error| match error {
            npy::Error::Io(error) => Failure::output(&error),
            error => Failure::npy("cannot write", "standard output", &error),
        })?;
    } else {
        output::replace(&args.output, |file| npy::write(&data, file))
            .map_err(|error| Failure::npy("cannot write", &file, &error))?;
    }
    Ok(Exit::Done)
}
