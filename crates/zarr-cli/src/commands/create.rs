//! `zarr create`: a new array with no elements written.

use std::io::Write;

use crate::address::Address;
use crate::address::archives::finish;
use crate::arguments::data_type::DataTypeArg;
use crate::arguments::new_array::NewArrayArgs;
use crate::arguments::shape::Shape;
use crate::failure::{Exit, Failure};

/// Create an array in which nothing is written yet.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr create demo.zarr/sst --shape 365,90,180 --dtype float32 --chunks 1,90,180
  zarr create demo.zarr/sst --shape 365,90,180 --dtype float32 --fill-value '\"NaN\"' --dimension-names time,y,x")]
pub(crate) struct CreateArgs {
    /// Directory of the new array, or STORE::PATH of one in a store
    pub(crate) path: Address,

    /// Length of each axis, as in 365,90,180; '' for a scalar
    #[arg(long, value_name = "LENGTHS")]
    shape: Shape,

    /// Type of the elements, as format 3 or NumPy names it (float32, <f4, datetime64[ns], U10), or as JSON
    #[arg(long, value_name = "TYPE")]
    dtype: DataTypeArg,

    #[command(flatten)]
    layout: NewArrayArgs,
}

pub(crate) fn run(args: &CreateArgs, _: &mut impl Write) -> Result<Exit, Failure> {
    let array = args
        .layout
        .create_as(&args.path, &args.shape.0, &args.dtype)?;
    finish(array.store(), args.path.as_str())?;
    Ok(Exit::Done)
}
