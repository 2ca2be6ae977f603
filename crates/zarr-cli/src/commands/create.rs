//! `zarr create`: creates an array without writing elements.

use std::io::Write;

use crate::address::Address;
use crate::address::archives::finish;
use crate::arguments::data_type::DataTypeArg;
use crate::arguments::new_array::NewArrayArgs;
use crate::arguments::shape::{Shape, array_shape};
use crate::failure::{Exit, Failure};

/// Create an array without writing any elements.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr create demo.zarr/sst --shape 365,90,180 --dtype float32
  zarr create demo.zarr/sst --shape 365,90,180 --dtype float32 \\
    --chunks 1,90,180 --fill-value '\"NaN\"' --dimension-names time,y,x

By default the array has the format of the group above, or 3; its chunks suit its shape; nothing is sharded; \
    chunks are compressed with zstd.")]
pub(crate) struct CreateArgs {
    /// Directory of the array, or STORE::PATH of an array in a store
    pub(crate) path: Address,

    /// Length of each axis, such as 365,90,180; '' for a scalar
    #[arg(long, value_name = "LENGTHS", value_parser = array_shape)]
    shape: Shape,

    /// Data type, as format 3 or NumPy names it (float32, <f4, datetime64[ns], U10), or as JSON
    #[arg(long, value_name = "TYPE")]
    dtype: DataTypeArg,

    #[command(flatten)]
    layout: NewArrayArgs,
}

pub(crate) fn run(args: &CreateArgs, _: &mut impl Write) -> Result<Exit, Failure> {
    let array = args.layout.create(&args.path, &args.shape, &args.dtype)?;
    finish(array.store(), args.path.as_str())?;
    Ok(Exit::Done)
}
