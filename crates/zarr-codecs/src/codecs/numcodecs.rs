//! The codecs that only numcodecs has, a file each. `blosc`, `gzip`, `zlib`, `zstd`, checksums and `vlen` are
//! shared with v3, a folder above.

pub(crate) mod astype;
pub(crate) mod base64;
pub(crate) mod bitround;
#[cfg(feature = "bz2")]
pub(crate) mod bz2;
pub(crate) mod categorize;
pub(crate) mod delta;
pub(crate) mod filter;
pub(crate) mod fixed_scale_offset;
pub(crate) mod json2;
#[cfg(any(feature = "lz4", feature = "lz4-rust"))]
pub(crate) mod lz4;
#[cfg(any(feature = "lzma", feature = "lzma-rust"))]
pub(crate) mod lzma;
#[cfg(feature = "msgpack")]
pub(crate) mod msgpack;
pub(crate) mod packbits;
#[cfg(feature = "pcodec")]
pub(crate) mod pcodec;
pub(crate) mod quantize;
pub(crate) mod shuffle;
#[cfg(any(feature = "bz2", feature = "lzma", feature = "lzma-rust"))]
pub(crate) mod stream;
