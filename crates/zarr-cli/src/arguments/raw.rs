//! The options of `write` and `append` that say how elements lie in a file without a header.

use std::path::Path;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use zarr::Endian;

use crate::arguments::data_type::DataTypeArg;
use crate::arguments::shape::{Shape, array_shape};
use crate::failure::Failure;
use crate::npy::{self, ArrayFile, RawLayout};

const RAW: &str = "Files of raw bytes";

/// What is in a file of raw bytes.
#[derive(Debug, clap::Args)]
#[group(id = "raw", multiple = true)]
pub(crate) struct RawArgs {
    /// FILE has raw elements of this type and no header, such as '<f4' or uint16
    #[arg(long, value_name = "TYPE", requires = "shape", help_heading = RAW)]
    dtype: Option<DataTypeArg>,

    /// Length of each axis of these elements, such as 365,90,180
    #[arg(long, value_name = "LENGTHS", requires = "dtype", value_parser = array_shape, help_heading = RAW)]
    shape: Option<Shape>,

    /// Bytes before the first element
    #[arg(long, value_name = "BYTES", requires = "dtype", default_value_t = 0, help_heading = RAW)]
    offset: u64,

    /// Byte order of the elements, if TYPE does not say it; little by default
    #[arg(long, value_name = "ORDER", requires = "dtype", value_parser = byte_order(), help_heading = RAW)]
    byteorder: Option<Endian>,

    /// The first axis varies fastest in FILE, as in Fortran
    #[arg(long, requires = "dtype", help_heading = RAW)]
    fortran_order: bool,
}

fn byte_order() -> impl TypedValueParser<Value = Endian> {
    PossibleValuesParser::new(["little", "big"]).map(|name| match name.as_str() {
        "big" => Endian::Big,
        _ => Endian::Little,
    })
}

impl RawArgs {
    /// The array in a file: an `.npy` file if no option says otherwise.
    pub(crate) fn open(&self, file: &Path) -> Result<ArrayFile, Failure> {
        let (Some(dtype), Some(shape)) = (&self.dtype, &self.shape) else {
            return npy::open(file);
        };
        if dtype.endian.is_some() && self.byteorder == Some(Endian::Little) {
            let what = "--byteorder: --dtype says that the elements are big-endian";
            return Err(Failure::usage(what).advice("leave one of the two out"));
        }
        let layout = RawLayout {
            data_type: dtype.data_type.clone(),
            endian: self.byteorder.or(dtype.endian).unwrap_or(Endian::Little),
            shape: shape.clone(),
            fortran_order: self.fortran_order,
            offset: self.offset,
        };
        npy::open_raw(file, layout)
    }
}
