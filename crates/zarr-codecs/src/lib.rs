//! Zarr codecs, shards and chunk grids. Chunks are decoded straight into place, without I/O, tasks or global
//! state.
//!
//! # How a chunk is decoded
//! An array's metadata lists its codecs. A [`CodecChain`] resolves that list once through a
//! [`CodecRegistry`] and checks it for chunks of one [`ChunkSpec`]. For each chunk it takes the encoded
//! bytes and a *view* of the output, [`NdViewMut`]: a strided box of the caller's own memory.
//!
//! The chain decodes from the last codec to the first. Bytes→bytes codecs decode into scratch buffers of the
//! worker ([`Scratch`]), the last of them into a [`DecodeTarget`], which is the output itself where that
//! is contiguous. Array→array codecs that only reorder axes never run: the view's strides are
//! permuted instead. So a zstd chunk that is contiguous in the output is decompressed there, and
//! any other is copied from a buffer that is still in cache.
//!
//! A [`ShardingCodec`] is a format, not a second engine: it reads and writes the index and says where
//! inner chunks lie. The caller, which asks [`CodecChain::access`], decides how they are fetched, and on how
//! many cores they are decoded.
//!
//! Every decoder is told how many bytes must come out and stops there: sizes in the data are
//! compared, never trusted.
//!
//! # The codecs
//! The codecs of Zarr v3, by their names. Each is tested against another implementation: by the interop
//! tables `cases.py` or `coded.py` (zarr-python and tensorstore, both ways), or by rows in `tests/fixtures`
//! that another package made.
//!
//! | codec | feature | what it does | tested by |
//! |---|---|---|---|
//! | `bitround` | | rounds numbers to fewer bits | `numcodecs.jsonl` (floats), `zarrs.jsonl` (integers) |
//! | `blosc` | `blosc` | Blosc 1 frames of every compressor and shuffle | `blosc/tests.rs` (c-blosc), `coded.py` |
//! | `bytes` | | byte order | `cases.py` |
//! | `cast_value` | | another data type, by rules | `cast_value.jsonl`, `coded.py` |
//! | `conditional` | | codecs that each chunk may leave out | `conditional.rs` (the specification) |
//! | `crc32c` | | a checksum behind the data | `cases.py` |
//! | `gzip` | `gzip` | RFC 1952, any number of members | `cases.py` |
//! | `n5_default` | | a block of N5 | `n5.jsonl` (tensorstore) |
//! | `packbits` | | packs bits without gaps, lowest first | `zarrs.jsonl` |
//! | `reshape` | | another shape | `zarrs.jsonl` |
//! | `scale_offset` | | another zero and another unit | `coded.py` |
//! | `sharding_indexed` | | a shard of inner chunks | `cases.py` |
//! | `transpose` | | another order of axes | `cases.py` |
//! | `vlen-bytes`, `vlen-utf8` | | each element after its length | `texts.py` |
//! | `zstd` | `zstd` | RFC 8878, frames of every kind | `cases.py` |
//!
//! The codecs of numcodecs, by their ids in v2 and as `numcodecs.<id>` in v3: see [`CodecChain::v2`].
//! `numcodecs.jsonl` has what numcodecs makes of each, and `objects.jsonl` what it makes of `categorize`,
//! `json2` and `msgpack2`; all are in `coded.py`, too. `numcodecs_v3.jsonl` has what zarr-python reads through
//! filters of either byte order.
//!
//! | id | feature | what it does |
//! |---|---|---|
//! | `adler32`, `crc32`, `crc32c`, `fletcher32`, `jenkins_lookup3` | | a checksum before or behind the data |
//! | `astype` | | another type, as numpy casts |
//! | `base64` | | Base64 text |
//! | `bitround` | | rounds floats to fewer bits |
//! | `blosc` | `blosc` | the same as in v3, set by numbers |
//! | `bz2` | `bz2` | bzip2 |
//! | `categorize` | | numbers for texts, by a list of labels |
//! | `delta` | | differences between neighbours |
//! | `fixedscaleoffset` | | rounded multiples in a smaller type |
//! | `gzip`, `zlib` | `gzip` | deflate in either wrapping |
//! | `json2` | | one JSON list of all values |
//! | `lz4` | `lz4` | the size, then one block |
//! | `lzma` | `lzma` | xz, `.lzma` and raw streams |
//! | `msgpack2` | `msgpack` | the list of `json2`, in MessagePack |
//! | `packbits` | | bools as bits, highest first |
//! | `pcodec` | `pcodec` | integers and floats as pco orders and packs them |
//! | `quantize` | | rounds floats to some decimal digits |
//! | `shuffle` | | bytes sorted by their place in the element |
//! | `vlen-array`, `vlen-bytes`, `vlen-utf8` | | each element after its length |
//! | `zstd` | `zstd` | the same as in v3 |
//!
//! The features `blosc`, `gzip`, `lz4`, `lzma` and `zstd` bring C libraries. `blosc-rust`, `gzip-rust`, `lz4-rust`,
//! `lzma-rust` and `zstd-rust` bring the same codecs over libraries in Rust, and `pure-rust` all codecs without a C
//! compiler. Zstandard in Rust is written at level 1 only, and LZ4HC is not; both are read.
//!
//! `cast_value` and `scale_offset` do not support `bfloat16` and types of fewer than eight bits yet. `pickle`
//! is refused, because it runs whatever code the data contain, and so are values of `msgpack2` that JSON cannot
//! express. `zfp` and `zfpy` are missing: every crate over that library needs CMake or libclang to build.
//!
//! ```
//! use zarr_codecs::{ChunkSpec, CodecChain, CodecRegistry, NdView, NdViewMut, Scratch};
//! use zarr_metadata::{DataType, Extension, FillValue};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let fill = FillValue::from_bytes(&DataType::UInt16, &0_u16.to_ne_bytes())?;
//! let spec = ChunkSpec::new(&[2, 3], DataType::UInt16, fill)?;
//! let codecs = [Extension::new("bytes").with("endian", "little"), Extension::new("crc32c")];
//! let chain = CodecChain::new(&codecs, spec, &CodecRegistry::default())?;
//!
//! let elements: Vec<u8> = [1_u16, 2, 3, 4, 5, 6].iter().flat_map(|n| n.to_ne_bytes()).collect();
//! let (mut encoded, mut scratch) = (vec![], Scratch::default());
//! chain.encode(&NdView::new(&elements, &[2, 3], 2).unwrap(), &mut encoded, &mut scratch)?;
//! assert_eq!(encoded.len(), 12 + 4);
//!
//! let mut decoded = vec![0; elements.len()];
//! let view = NdViewMut::over(&mut decoded, &[2, 3], 2).unwrap();
//! chain.decode(&encoded, view, &mut scratch)?;
//! assert_eq!(decoded, elements);
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod array;
mod cast;
mod chain;
mod codecs;
mod error;
mod events;
mod grid;
#[cfg(feature = "testing")]
pub mod testing;

pub use array::buffer;
pub use array::dims::{Dims, volume};
pub use array::fields::{Fields, FieldsError};
pub use array::heap::{VlenElements, VlenHandle, VlenHeap, VlenSegment};
pub use array::kernels::{all_equal, copy_each, fill};
pub use array::strided_layout::StridedLayout;
pub use array::view::{DisjointParts, NdView, NdViewMut};
pub use cast::{CastError, Casting};
pub use chain::byte_len::ByteLen;
pub use chain::chunk_spec::ChunkSpec;
pub use chain::codec::{ArrayToArrayCodec, ArrayToBytesCodec, BytesToBytesCodec};
pub use chain::decode_target::DecodeTarget;
pub use chain::scratch::{BufferPool, CodecContexts, Scratch};
pub use chain::{ChunkAccess, CodecChain};
pub use codecs::bitround::BitroundCodec;
#[cfg(any(feature = "blosc", feature = "blosc-rust"))]
pub use codecs::blosc::BloscCodec;
pub use codecs::bytes::BytesCodec;
pub use codecs::cast_value::CastValueCodec;
pub use codecs::checksum::ChecksumCodec;
pub use codecs::conditional::ConditionalCodec;
#[cfg(any(feature = "gzip", feature = "gzip-rust"))]
pub use codecs::deflate::DeflateCodec;
pub use codecs::n5::N5Codec;
pub use codecs::numcodecs::base64::Base64Codec;
#[cfg(feature = "bz2")]
pub use codecs::numcodecs::bz2::Bz2Codec;
pub use codecs::numcodecs::categorize::CategorizeCodec;
pub use codecs::numcodecs::json2::JsonCodec;
#[cfg(any(feature = "lz4", feature = "lz4-rust"))]
pub use codecs::numcodecs::lz4::Lz4Codec;
#[cfg(any(feature = "lzma", feature = "lzma-rust"))]
pub use codecs::numcodecs::lzma::LzmaCodec;
#[cfg(feature = "msgpack")]
pub use codecs::numcodecs::msgpack::MsgPackCodec;
#[cfg(feature = "pcodec")]
pub use codecs::numcodecs::pcodec::PcodecCodec;
pub use codecs::numcodecs::shuffle::ShuffleCodec;
pub use codecs::packbits::PackBitsCodec;
pub use codecs::registry::CodecRegistry;
pub use codecs::reshape::ReshapeCodec;
pub use codecs::scale_offset::ScaleOffsetCodec;
pub use codecs::sharding::{InnerChunkOrder, ShardIndex, ShardingCodec};
pub use codecs::transpose::TransposeCodec;
pub use codecs::vlen::VlenCodec;
#[cfg(any(feature = "zstd", feature = "zstd-rust"))]
pub use codecs::zstd::ZstdCodec;
pub use error::{CodecError, CodecErrorKind};
pub use grid::axis_grid::{AxisGrid, ChunkRuns};
pub use grid::chunk_grid::{ChunkGrid, ChunkIndices, GridError};
pub use grid::projection::{Projection, Projections};
pub use grid::region::{AxisRange, Region};

/// The examples of the README are tests like any other.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
