//! What the caller knows of a file without a header.

use zarr::{DataType, Endian};

/// How elements lie in a file.
#[derive(Clone, Debug)]
pub(crate) struct RawLayout {
    pub(crate) data_type: DataType,
    pub(crate) endian: Endian,
    pub(crate) shape: Vec<u64>,
    /// Whether the first axis varies fastest.
    pub(crate) fortran_order: bool,
    /// The bytes before the first element.
    pub(crate) offset: u64,
}
