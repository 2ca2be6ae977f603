//! `zarr resize`: changes the shape of an array.

use std::io::Write;

use zarr::blocking::Wait;

use crate::address::Address;
use crate::arguments::shape::{Shape, array_shape};
use crate::failure::{Exit, Failure};

/// Change the shape of an array; chunks outside of it are deleted.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr resize demo.zarr/sst --shape 366,90,180")]
pub(crate) struct ResizeArgs {
    /// Directory of the array, or STORE::PATH of an array in a store
    pub(crate) path: Address,

    /// Length of each axis, such as 366,90,180
    #[arg(long, value_name = "LENGTHS", value_parser = array_shape)]
    shape: Shape,

    /// Keep the chunks outside: their elements come back if the array grows again
    #[arg(long)]
    keep_outside: bool,
}

pub(crate) fn run(args: &ResizeArgs, _: &mut impl Write) -> Result<Exit, Failure> {
    let path = args.path.as_str();
    let mut array = args.path.open_array_to_change("cannot resize")?;
    let resize = array.resize(args.shape.clone());
    let resized = match args.keep_outside {
        true => resize.keep_outside().wait(),
        false => resize.wait(),
    };
    resized.map_err(|error| Failure::zarr("cannot resize", path, &error))?;
    args.path.warn_of_stale_metadata(array.location());
    Ok(Exit::Done)
}
