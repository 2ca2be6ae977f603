//! `zarr conformance`: every element of an array, as conformance suites ask for them.

use std::io::{BufWriter, Write};

use zarr::Node;
use zarr::blocking::Wait;

use crate::address::Address;
use crate::elements::{self, Format};
use crate::failure::{Exit, Failure};

/// Print every element in C order, one a line, as metadata writes fill values.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Directory of the array
    #[arg(long = "array_path", visible_alias = "array-path", value_name = "PATH")]
    pub(crate) path: Address,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, Failure> {
    let path = args.path.as_str();
    let Node::Array(array) = args.path.open()? else {
        let why = "it is a group, not an array";
        return Err(Failure::new(Exit::Usage, "cannot read", path, why));
    };
    let data = array.read_dyn(..).wait();
    let data = data.map_err(|error| Failure::zarr("cannot read", path, &error))?;
    let mut out = BufWriter::new(out);
    elements::write(&data, Format::Jsonl, &mut out)
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    Ok(Exit::Done)
}
