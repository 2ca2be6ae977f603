//! `zarr append`: appends an `.npy` file, or raw bytes, to an array.

use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use zarr::blocking::Wait;
use zarr::{Computed, Error};

use crate::address::Address;
use crate::arguments::raw::RawArgs;
use crate::failure::{Exit, Failure};

/// Append the elements of an .npy file, or raw bytes, to an array.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr append day366.npy demo.zarr/sst
  zarr append columns.npy demo.zarr/sst --axis -1
  zarr append day366.bin demo.zarr/sst --dtype '<f4' --shape 1,90,180")]
pub(crate) struct AppendArgs {
    /// The file to read: .npy, or of raw bytes if --dtype and --shape are given; - for standard input
    file: PathBuf,

    /// Directory of the array, or STORE::PATH of an array in a store
    pub(crate) path: Address,

    /// The axis to append along; a negative one counts from the last
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        allow_hyphen_values = true
    )]
    axis: isize,

    #[command(flatten)]
    raw: RawArgs,
}

pub(crate) fn run(args: &AppendArgs, _: &mut impl Write) -> Result<Exit, Failure> {
    let file = args.raw.open(&args.file)?;
    let path = args.path.as_str();
    let mut array = args.path.open_array_to_change("cannot append to")?;
    // Why a part of the file cannot be read, which an error of the library does not say as well.
    let unread = Arc::new(Mutex::new(None));
    let (shape, data_type) = (file.shape().to_vec(), file.data_type().clone());
    let (to_file, why) = (Mutex::new(file), Arc::clone(&unread));
    let elements = Computed::new_dyn(shape, data_type, move |cells| {
        let mut file = to_file.lock().unwrap_or_else(PoisonError::into_inner);
        file.read(cells).map_err(|failure| {
            let error = Error::argument("data", "the file cannot be read");
            *why.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
            error
        })
    });
    let appended = array.append(elements).axis(args.axis).wait();
    appended.map_err(|error| {
        let unread = unread.lock().unwrap_or_else(PoisonError::into_inner).take();
        unread.unwrap_or_else(|| Failure::zarr("cannot append to", path, &error))
    })?;
    args.path.warn_of_stale_metadata(array.location());
    Ok(Exit::Done)
}
