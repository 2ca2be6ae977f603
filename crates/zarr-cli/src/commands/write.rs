//! `zarr write`: writes an `.npy` file, or raw bytes, to a new array, or to a part of an existing one.

use std::io::Write;
use std::path::PathBuf;

use zarr::Selection;

use crate::address::Address;
use crate::address::archives::finish;
use crate::arguments::data_type::DataTypeArg;
use crate::arguments::new_array::NewArrayArgs;
use crate::arguments::raw::RawArgs;
use crate::arguments::selection;
use crate::elements::selected_cells::SelectedCells;
use crate::failure::{Exit, Failure};

/// Write an .npy file, or raw bytes, to a new array, or to a part of an existing one.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr write sst.npy demo.zarr/ocean/sst --chunks 64,64
  zarr write sst.npy demo.zarr/sst --chunks 64,64 --shards 256,256 --overwrite
  zarr write part.npy demo.zarr/ocean/sst --selection '0:10, 5'
  zarr write sst.bin demo.zarr/sst --dtype '>i2' --shape 365,90,180 --offset 512
  zarr write mass.npy stars.zarr --selection ... --field mass
  python -c 'import numpy, sys; numpy.save(sys.stdout.buffer, numpy.eye(9))' \\
    | zarr write - eye.zarr

By default the array has the format of the group above, or 3; its chunks suit its shape; nothing is sharded; \
    chunks are compressed with zstd.")]
pub(crate) struct WriteArgs {
    /// The file to read: .npy, or of raw bytes if --dtype and --shape are given; - for standard input
    file: PathBuf,

    /// Directory of the array, or STORE::PATH of an array in a store
    pub(crate) path: Address,

    #[command(flatten)]
    layout: NewArrayArgs,

    #[command(flatten)]
    raw: RawArgs,

    /// Write to these elements of an existing array, indexed as in NumPy: '0:10, 5'
    #[arg(long, value_name = "INDEX", allow_hyphen_values = true, value_parser = selection::index)]
    #[arg(conflicts_with_all = ["layout", "storage", "description"])]
    selection: Option<Selection>,

    /// Write only this field of each record, or these; the other fields stay
    #[arg(
        long,
        value_name = "NAME,...",
        value_delimiter = ',',
        requires = "selection"
    )]
    field: Vec<String>,
}

pub(crate) fn run(args: &WriteArgs, _: &mut impl Write) -> Result<Exit, Failure> {
    // The length of the file is checked before anything is created or replaced.
    let mut file = args.raw.open(&args.file)?;
    let path = args.path.as_str();
    let (array, selection) = match &args.selection {
        None => (
            args.layout.create(
                &args.path,
                file.shape(),
                &DataTypeArg::native(file.data_type().clone()),
            )?,
            Selection::All,
        ),
        Some(selection) => (args.path.open_array("cannot write")?, selection.clone()),
    };
    let failed = |error| Failure::zarr("cannot write", path, &error);
    let selected = SelectedCells::new(&array, selection, &args.field).map_err(failed)?;
    // If the file has other axes than the selected cells, its tiles are not tiles of these.
    if file.shape() != selected.tiled_shape() {
        selected.write_all(file.all()?).map_err(failed)?;
    } else {
        for cells in file.tiles(&selected.write_shape()) {
            selected.write(&cells, file.read(&cells)?).map_err(failed)?;
        }
    }
    finish(array.store(), path)?;
    Ok(Exit::Done)
}
