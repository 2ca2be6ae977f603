//! `zarr conformance`: prints every element of an array, as conformance suites ask for them.

use std::io::Write;

use zarr::Selection;

use crate::address::Address;
use crate::commands::read;
use crate::elements::printer::ElementFormat;
use crate::elements::selected_cells::SelectedCells;
use crate::failure::{Exit, Failure};

/// Print every element in C order, one per line, as fill values are written in metadata.
#[derive(Debug, clap::Args)]
pub(crate) struct ConformanceArgs {
    /// Directory of the array
    #[arg(long = "array_path", visible_alias = "array-path", value_name = "PATH")]
    pub(crate) path: Address,
}

pub(crate) fn run(args: &ConformanceArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let path = args.path.as_str();
    let array = args.path.open_array("cannot read")?;
    let failed = |error| Failure::zarr("cannot read", path, &error);
    let selected = SelectedCells::new(&array, Selection::All, &[]).map_err(failed)?;
    let printed = read::print(&selected, ElementFormat::Jsonl, &[], out);
    printed.map_err(|stop| stop.failure(path, Failure::output))?;
    Ok(Exit::Done)
}
