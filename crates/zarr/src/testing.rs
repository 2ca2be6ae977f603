//! What authors of stores and codecs make and test theirs with.
//!
//! A store is tested by the suite that the library's own stores pass (feature `testing`):
//!
//! ```
//! use zarr::testing::{BlockingStore, conformance};
//!
//! // Every promise that the library relies on, over a new store each time.
//! conformance(|| zarr::MemoryStore::new().into_store());
//! ```
//!
//! A codec is tested by what it does in a chain, over arrays in memory:
//!
//! ```
//! use zarr::blocking::Wait;
//! use zarr::{Extension, Target};
//!
//! # fn main() -> zarr::Result<()> {
//! let data = ndarray::Array2::from_shape_fn((30, 20), |(i, j)| (i * j) as f32);
//! let shuffle = Extension::new("numcodecs.shuffle").with("elementsize", 4);
//! let a = zarr::array(Target::Memory, &data).chunks([7, 7]).compressors(shuffle).wait()?;
//! assert_eq!(a.read::<f32>(..).wait()?, data.into_dyn());
//! # Ok(())
//! # }
//! ```

/// The parts that codecs are made of.
pub use zarr_codecs::{
    ArrayToArrayCodec, ArrayToBytesCodec, ByteLen, BytesToBytesCodec, ChunkSpec, CodecError,
    CodecErrorKind, DecodeTarget, NdView, NdViewMut, Scratch, StridedLayout, buffer,
};
/// Stores that fail or are slow, and the promises of a store as a test.
#[cfg(feature = "testing")]
pub use zarr_store::testing::*;
/// The parts that stores are made of.
pub use zarr_store::{
    BlockingStore, BoxFuture, BoxStream, ByteRange, Call, Conditions, Counting, Counts, Entry,
    Found, Hook, Hooked, Identity, IoHints, Key, Listing, Object, Op, Outcome, Payload, Prefix,
    PutMode, ReadOnly, Reads, StoreError, StoreErrorKind, StoreExt, Tally, Version,
};
