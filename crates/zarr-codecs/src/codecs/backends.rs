//! The libraries that do the work of codecs. For each of these formats there is one in C and one in Rust, in modules
//! with the same items. Both may be in a build; this file alone says which of them the codecs use: the C one, which is
//! faster.

#[cfg(feature = "gzip-rust")]
pub(crate) mod flate2;
#[cfg(feature = "gzip")]
pub(crate) mod libdeflate;
#[cfg(feature = "lz4")]
pub(crate) mod liblz4;
#[cfg(feature = "lzma")]
pub(crate) mod liblzma;
#[cfg(feature = "zstd")]
pub(crate) mod libzstd;
#[cfg(feature = "lz4-rust")]
pub(crate) mod lz4_flex;
#[cfg(feature = "lzma-rust")]
pub(crate) mod lzma_rust2;
#[cfg(feature = "zstd-rust")]
pub(crate) mod ruzstd;

#[cfg(all(feature = "gzip-rust", not(feature = "gzip")))]
pub(crate) use self::flate2 as deflate;
#[cfg(feature = "gzip")]
pub(crate) use self::libdeflate as deflate;

#[cfg(feature = "lz4")]
pub(crate) use self::liblz4 as lz4;
#[cfg(all(feature = "lz4-rust", not(feature = "lz4")))]
pub(crate) use self::lz4_flex as lz4;

#[cfg(feature = "lzma")]
pub(crate) use self::liblzma as lzma;
#[cfg(all(feature = "lzma-rust", not(feature = "lzma")))]
pub(crate) use self::lzma_rust2 as lzma;

#[cfg(feature = "zstd")]
pub(crate) use self::libzstd as zstd;
#[cfg(all(feature = "zstd-rust", not(feature = "zstd")))]
pub(crate) use self::ruzstd as zstd;

#[cfg(test)]
#[cfg(any(feature = "gzip", feature = "gzip-rust"))]
mod tests;
