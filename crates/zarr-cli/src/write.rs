//! `zarr write`: an `.npy` file into a new array, or into a part of one that is there.

use std::io::Write;
use std::path::PathBuf;

use zarr::blocking::Wait;
use zarr::{Node, Selection};

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::layout::{Layout, finish};
use crate::{npy, select};

/// Write an .npy file into a new array, or into a part of one.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr write sst.npy demo.zarr/ocean/sst --chunks 64,64
  zarr write sst.npy demo.zarr/ocean/sst --chunks 64,64 --shards 256,256 --overwrite
  zarr write part.npy demo.zarr/ocean/sst --selection '0:10, 5'
  zarr write mass.npy stars.zarr --selection ... --field mass
  python -c 'import numpy, sys; numpy.save(sys.stdout.buffer, numpy.eye(9))' | zarr write - eye.zarr")]
pub(crate) struct Args {
    /// The file to read; - is standard input
    #[arg(value_name = "FILE.npy")]
    file: PathBuf,

    /// Directory of the new array, or STORE::PATH of one in a store
    pub(crate) path: Address,

    #[command(flatten)]
    layout: Layout,

    /// Write into these elements of the array that is there, as numpy would index them: '0:10, 5'
    #[arg(long, value_name = "INDEX", allow_hyphen_values = true, value_parser = select::index)]
    #[arg(conflicts_with_all = ["layout", "storage"])]
    selection: Option<Selection>,

    /// Write only this field of each record, or these; the others stay
    #[arg(
        long,
        value_name = "NAME,...",
        value_delimiter = ',',
        requires = "selection"
    )]
    field: Vec<String>,
}

pub(crate) fn run(args: &Args, _: &mut impl Write) -> Result<Exit, Failure> {
    // All of the file is read, and found good, before anything is made or replaced.
    let data = npy::load(&args.file)?;
    let path = args.path.as_str();
    if let Some(selection) = &args.selection {
        let Node::Array(array) = args.path.open()? else {
            let why = "it is a group, not an array";
            return Err(Failure::new(Exit::Usage, "cannot write", path, why));
        };
        let write = array.write(selection, data);
        let write = match args.field.as_slice() {
            [] => write,
            [one] => write.field(one),
            several => write.fields(several),
        };
        let written = write.wait();
        written.map_err(|error| Failure::zarr("cannot write", path, &error))?;
        finish(array.store(), path)?;
        return Ok(Exit::Done);
    }
    let array = args.layout.create(&args.path, &data.shape, &data.dtype)?;
    let written = array.write(Selection::All, data).wait();
    written.map_err(|error| Failure::zarr("cannot write", path, &error))?;
    finish(array.store(), path)?;
    Ok(Exit::Done)
}
