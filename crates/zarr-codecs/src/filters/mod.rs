//! The filters of numcodecs that see a chunk as one run of numbers. Each is a file.

pub(crate) mod astype;
pub(crate) mod bitround;
pub(crate) mod delta;
pub(crate) mod fixed_scale_offset;
pub(crate) mod packbits;
pub(crate) mod quantize;
