//! `zarr create`: a new array with no elements written.

use std::io::Write;
use std::str::FromStr;

use serde_json::Value;
use zarr::DataType;

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::layout::{Layout, finish};

/// Create an array in which nothing is written yet.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr create demo.zarr/sst --shape 365,90,180 --dtype float32 --chunks 1,90,180
  zarr create demo.zarr/sst --shape 365,90,180 --dtype float32 --fill-value '\"NaN\"' --dimension-names time,y,x")]
pub(crate) struct Args {
    /// Directory of the new array, or STORE::PATH of one in a store
    pub(crate) path: Address,

    /// Length of each axis, as in 365,90,180; '' for a scalar
    #[arg(long, value_name = "LENGTHS")]
    shape: Shape,

    /// Type of the elements, as format 3 names it, or as JSON
    #[arg(long, value_name = "TYPE")]
    dtype: Type,

    #[command(flatten)]
    layout: Layout,
}

/// As `Lengths`, but axes may be empty.
#[derive(Clone, Debug)]
pub(crate) struct Shape(pub(crate) Vec<u64>);

impl FromStr for Shape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self(vec![]));
        }
        let length = |part: &str| {
            let length = part.trim().parse();
            length.map_err(|_| format!("{part:?} is no length; write them as in 64,64"))
        };
        text.split(',')
            .map(length)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

#[derive(Clone, Debug)]
struct Type(DataType);

impl FromStr for Type {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let value = match text.trim_start().starts_with(['{', '"']) {
            true => serde_json::from_str(text).map_err(|error| error.to_string())?,
            false => Value::from(text),
        };
        let dtype = DataType::from_json(value).map_err(|error| error.to_string())?;
        match dtype.layout().is_some() {
            true => Ok(Self(dtype)),
            false => Err(format!("{text:?} is no data type that is known here")),
        }
    }
}

pub(crate) fn run(args: &Args, _: &mut impl Write) -> Result<Exit, Failure> {
    let array = args
        .layout
        .create(&args.path, &args.shape.0, &args.dtype.0)?;
    finish(array.store(), args.path.as_str())?;
    Ok(Exit::Done)
}
