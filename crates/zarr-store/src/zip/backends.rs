//! The libraries that compress entries, in C or in Rust, in modules with the same items. This file chooses: the C one
//! where both are in the build.

#[cfg(all(feature = "zip-rust", not(feature = "zip")))]
pub(crate) mod flate2;
#[cfg(feature = "zip")]
pub(crate) mod libdeflate;
#[cfg(feature = "zip-zstd")]
pub(crate) mod libzstd;
#[cfg(not(any(feature = "zip-zstd", feature = "zip-rust")))]
pub(crate) mod no_zstd;
#[cfg(all(feature = "zip-rust", not(feature = "zip-zstd")))]
pub(crate) mod ruzstd;

#[cfg(all(feature = "zip-rust", not(feature = "zip")))]
pub(super) use self::flate2 as deflate;
#[cfg(feature = "zip")]
pub(super) use self::libdeflate as deflate;

#[cfg(feature = "zip-zstd")]
pub(super) use self::libzstd as zstd;
#[cfg(not(any(feature = "zip-zstd", feature = "zip-rust")))]
pub(super) use self::no_zstd as zstd;
#[cfg(all(feature = "zip-rust", not(feature = "zip-zstd")))]
pub(super) use self::ruzstd as zstd;
