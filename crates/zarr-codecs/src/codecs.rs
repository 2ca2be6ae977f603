//! The codecs of Zarr v3, a file each, and the table that finds them by their names.

#[allow(
    dead_code,
    reason = "of two libraries one is used, and some of their items only by blosc"
)]
pub(crate) mod backends;
pub(crate) mod bitround;
#[cfg(any(feature = "blosc", feature = "blosc-rust"))]
pub(crate) mod blosc;
pub(crate) mod bytes;
pub(crate) mod cast_value;
pub(crate) mod checksum;
pub(crate) mod conditional;
#[cfg(any(feature = "gzip", feature = "gzip-rust"))]
pub(crate) mod deflate;
#[cfg(any(feature = "lz4", feature = "lz4-rust"))]
#[cfg_attr(
    not(any(feature = "blosc", feature = "blosc-rust")),
    allow(dead_code, reason = "only blosc asks for more effort")
)]
pub(crate) mod lz4_block;
pub(crate) mod n5;
pub(crate) mod numcodecs;
pub(crate) mod packbits;
pub(crate) mod registry;
pub(crate) mod reshape;
pub(crate) mod scale_offset;
mod setting;
pub(crate) mod sharding;
#[cfg_attr(
    not(any(feature = "blosc", feature = "blosc-rust")),
    allow(dead_code, reason = "only blosc shuffles bits")
)]
mod shuffle_kernels;
pub(crate) mod transpose;
pub(crate) mod vlen;
#[cfg(any(feature = "zstd", feature = "zstd-rust"))]
pub(crate) mod zstd;
