//! The codecs as types: a setting is a method, so that a misspelled one does not compile. What is not set is filled in
//! when an array is created, as zarr-python and numcodecs do.
//!
//! ```
//! use zarr_metadata::Extension;
//! use zarr_metadata::codecs::typed::{Blosc, Shuffle, Zstd};
//!
//! let zstd = Extension::new("zstd").with("level", 3).with("checksum", true);
//! assert_eq!(Extension::from(Zstd::new(3).checksum(true)), zstd);
//! let blosc = Extension::new("blosc").with("cname", "lz4").with("clevel", 5).with("shuffle", "bitshuffle");
//! assert_eq!(Extension::from(Blosc::lz4().level(5).shuffle(Shuffle::Bit)), blosc);
//! ```
//!
//! ```compile_fail,E0599
//! # use zarr_metadata::codecs::typed::Zstd;
//! Zstd::new(3).checksm(true);
//! ```
//!
//! An array of either format takes them: a codec is written by its name in the format, and its settings in the
//! format's words. Codecs that only one format has say so.
//!
//! A value out of range is refused when the array is created. Where a codec is behind a feature of this library that is
//! off, creating and reading say so: `Bz2`, `Lz4`, `Lzma`, `Pcodec` and `MsgPack` are not among the default features. Two codecs of numcodecs have no type: `pickle`, which is
//! never run, and `imagecodecs_jpeg2k`, whose settings are not known here.

mod macros;
mod numcodecs;
mod setting_value;
#[cfg(test)]
mod tests;
mod v3;
mod words;

pub use numcodecs::{
    Adler32, AsType, Base64, BitRound, ByteShuffle, Bz2, Categorize, Crc32, Delta,
    FixedScaleOffset, Fletcher32, JenkinsLookup3, Json2, Lz4, Lzma, MsgPack, NumcodecsCrc32c,
    PackBits, Pcodec, Quantize, VlenArray, Zfpy, Zlib,
};
pub use setting_value::DTypeText;
pub use v3::{
    BitRoundV3, Blosc, Bytes, CastValue, Conditional, Crc32c, Gzip, N5Default, PackBitsV3,
    PcodecV3, Reshape, ScaleOffset, Sharding, Transpose, VlenBytes, VlenUtf8, Zfp, Zstd,
};
pub use words::{BloscCompressor, Edge, OutOfRange, PaddingEncoding, Rounding, Shuffle, ZfpMode};
