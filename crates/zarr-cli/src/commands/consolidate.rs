//! `zarr consolidate`: collects the metadata of a hierarchy in one document.

use std::io::Write;

use zarr::Node;
use zarr::blocking::Wait;

use crate::address::Address;
use crate::failure::{Exit, Failure};

/// Collect the metadata of all nodes below a group in one document.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr consolidate demo.zarr")]
pub(crate) struct ConsolidateArgs {
    /// Directory of the group, or STORE::PATH of a group in a store
    pub(crate) path: Address,
}

pub(crate) fn run(args: &ConsolidateArgs, _: &mut impl Write) -> Result<Exit, Failure> {
    let path = args.path.as_str();
    let Node::Group(group) = args.path.open()? else {
        let why = "it is an array, not a group";
        return Err(Failure::new(Exit::Usage, "cannot consolidate", path, why));
    };
    let consolidated = zarr::consolidate_metadata(&group).wait();
    consolidated.map_err(|error| Failure::zarr("cannot consolidate", path, &error))?;
    Ok(Exit::Done)
}
