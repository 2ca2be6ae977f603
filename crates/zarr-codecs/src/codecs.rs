//! The codecs of Zarr v3, a file each, and the table that finds them by their names.

pub(crate) mod bitround;
#[cfg(feature = "blosc")]
pub(crate) mod blosc;
pub(crate) mod bytes;
pub(crate) mod cast_value;
pub(crate) mod checksum;
pub(crate) mod conditional;
#[cfg(feature = "gzip")]
pub(crate) mod deflate;
#[cfg(any(feature = "lz4", feature = "lz4-rust"))]
#[cfg_attr(
    not(feature = "blosc"),
    allow(dead_code, reason = "only blosc asks for more effort")
)]
mod lz4_block;
pub(crate) mod n5;
pub(crate) mod numcodecs;
pub(crate) mod packbits;
pub(crate) mod registry;
pub(crate) mod reshape;
pub(crate) mod scale_offset;
mod setting;
pub(crate) mod sharding;
#[cfg_attr(
    not(feature = "blosc"),
    allow(dead_code, reason = "only blosc shuffles bits")
)]
mod shuffle_kernels;
pub(crate) mod transpose;
pub(crate) mod vlen;
#[cfg(feature = "zstd")]
pub(crate) mod zstd;
