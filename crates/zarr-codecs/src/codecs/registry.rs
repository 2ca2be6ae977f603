//! `CodecRegistry`: finds the implementation of a codec by its name, in two tables of built-in codecs and among those
//! that the user adds. [`zarr_metadata::codecs`] describes what documents say of the built-in ones.
//!
//! This file, `chain`, `sharding` and `n5` refer to each other in a circle, since a chain may contain a codec that
//! itself contains chains.

#[cfg(test)]
mod tests;
mod unknown;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use zarr_metadata::codecs::{NUMCODECS_PREFIX as PREFIX, by_name};
use zarr_metadata::{DataType, Extension};

use crate::array::stored_number::StoredNumber;
use crate::codecs::numcodecs::filter::Filter;
use crate::codecs::numcodecs::{
    astype::AsType, bitround::BitRound, delta::Delta, fixed_scale_offset::FixedScaleOffset,
    packbits::PackBits, quantize::Quantize,
};
use crate::{
    ArrayToArrayCodec, ArrayToBytesCodec, Base64Codec, BytesCodec, BytesToBytesCodec,
    ChecksumCodec, ChunkSpec, CodecError, InnerChunkOrder, ShardingCodec, ShuffleCodec,
    TransposeCodec, VlenCodec,
};

/// A codec ready for chunks of one shape and type.
#[derive(Clone, Debug)]
pub(crate) enum Codec {
    ArrayToArray(Arc<dyn ArrayToArrayCodec>),
    ArrayToBytes(Arc<dyn ArrayToBytesCodec>),
    Shard(Arc<ShardingCodec>),
    BytesToBytes(Arc<dyn BytesToBytesCodec>),
    /// A codec from arrays to arrays in v3, from bytes to bytes in v2.
    Filter(Arc<dyn Filter>),
}

/// The format whose names a list of codecs uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// Names of v3, where codecs of numcodecs have a prefix.
    V3,
    /// Ids of numcodecs. The codecs are in the order of v2: `bytes` first, then the filters.
    V2,
}

/// The input from which a codec is built.
pub(crate) struct Setting<'a> {
    pub(crate) extension: &'a Extension,
    pub(crate) names: Names,
    /// The chunk that this codec encodes.
    pub(crate) spec: &'a ChunkSpec,
    /// The type of the numbers that this codec encodes, if it is known.
    pub(crate) stored: Option<StoredNumber>,
    pub(crate) registry: &'a CodecRegistry,
    /// How many shards this codec is nested in.
    pub(crate) depth: usize,
}

type Built = Result<Codec, CodecError>;
type Build = fn(&Setting<'_>) -> Built;
type Table = &'static [(&'static str, Build)];

/// The codecs of the v3 specification and of its registry of extensions. Each feature switches one entry and one file.
const V3: Table = &[
    ("bitround", |s| {
        array(crate::BitroundCodec::parse(s.extension, &s.spec.dtype))
    }),
    #[cfg(any(feature = "blosc", feature = "blosc-rust"))]
    ("blosc", |s| {
        bytes(crate::BloscCodec::parse(s.extension, s.spec))
    }),
    ("bytes", |s| {
        serializer(match s.names {
            Names::V2 => BytesCodec::parse_v2(s.extension),
            Names::V3 => BytesCodec::parse(s.extension),
        })
    }),
    ("cast_value", |s| {
        array(crate::CastValueCodec::parse(s.extension, &s.spec.dtype))
    }),
    ("conditional", |s| bytes(crate::ConditionalCodec::parse(s))),
    ("crc32c", |s| checksum(Ok(ChecksumCodec::crc32c()), s)),
    #[cfg(any(feature = "gzip", feature = "gzip-rust"))]
    ("gzip", |s| bytes(crate::DeflateCodec::gzip(s.extension))),
    ("n5_default", |s| serializer(crate::N5Codec::parse(s))),
    ("packbits", |s| {
        serializer(crate::PackBitsCodec::parse(s.extension, &s.spec.dtype))
    }),
    ("reshape", |s| {
        array(crate::ReshapeCodec::parse(s.extension))
    }),
    ("scale_offset", |s| {
        array(crate::ScaleOffsetCodec::parse(s.extension, s.spec))
    }),
    ("sharding_indexed", |s| {
        Ok(Codec::Shard(Arc::new(ShardingCodec::parse(s)?)))
    }),
    ("transpose", |s| {
        array(TransposeCodec::parse(s.extension, s.spec.shape.len()))
    }),
    ("vlen-bytes", |_| serializer(Ok(VlenCodec::bytes()))),
    ("vlen-utf8", |_| serializer(Ok(VlenCodec::utf8()))),
    #[cfg(any(feature = "zstd", feature = "zstd-rust"))]
    ("zstd", |s| {
        let codec = crate::ZstdCodec::parse(s.extension);
        bytes(codec.map(|codec| codec.ignoring(s.registry.ignores_checksums)))
    }),
];

/// The codecs of numcodecs by their ids. Some have the name of a different codec of v3.
const NUMCODECS: Table = &[
    ("adler32", |s| {
        checksum(ChecksumCodec::parse(s.extension), s)
    }),
    ("astype", |s| filter(AsType::parse(s.extension, s.stored))),
    ("base64", |_| bytes(Ok(Base64Codec))),
    ("bitround", |s| {
        filter(BitRound::parse(s.extension, s.stored))
    }),
    #[cfg(any(feature = "blosc", feature = "blosc-rust"))]
    ("blosc", |s| {
        bytes(crate::BloscCodec::parse_numcodecs(s.extension, s.spec))
    }),
    #[cfg(feature = "bz2")]
    ("bz2", |s| bytes(crate::Bz2Codec::parse(s.extension))),
    ("categorize", |s| {
        array(crate::CategorizeCodec::parse(s.extension))
    }),
    ("crc32", |s| checksum(ChecksumCodec::parse(s.extension), s)),
    ("crc32c", |s| checksum(ChecksumCodec::parse(s.extension), s)),
    ("delta", |s| filter(Delta::parse(s.extension, s.stored))),
    ("fixedscaleoffset", |s| {
        filter(FixedScaleOffset::parse(s.extension, s.stored))
    }),
    ("fletcher32", |s| {
        checksum(ChecksumCodec::parse(s.extension), s)
    }),
    #[cfg(any(feature = "gzip", feature = "gzip-rust"))]
    ("gzip", |s| {
        bytes(crate::DeflateCodec::gzip_numcodecs(s.extension))
    }),
    ("jenkins_lookup3", |s| {
        checksum(ChecksumCodec::parse(s.extension), s)
    }),
    ("json2", |s| {
        serializer(crate::JsonCodec::parse(s.extension))
    }),
    #[cfg(any(feature = "lz4", feature = "lz4-rust"))]
    ("lz4", |s| bytes(crate::Lz4Codec::parse(s.extension))),
    #[cfg(any(feature = "lzma", feature = "lzma-rust"))]
    ("lzma", |s| bytes(crate::LzmaCodec::parse(s.extension))),
    #[cfg(feature = "msgpack")]
    ("msgpack2", |s| {
        serializer(crate::MsgPackCodec::parse(s.extension))
    }),
    ("packbits", |_| filter(Ok(PackBits))),
    #[cfg(feature = "pcodec")]
    ("pcodec", |s| match s.names {
        Names::V2 => bytes(crate::PcodecCodec::parse_stored(s.extension, s.stored)),
        Names::V3 => serializer(crate::PcodecCodec::parse(s.extension, s.spec)),
    }),
    ("quantize", |s| {
        filter(Quantize::parse(s.extension, s.stored))
    }),
    ("shuffle", |s| {
        let item = s.spec.item_size();
        bytes(match s.names {
            Names::V2 => ShuffleCodec::parse_v2(s.extension, item),
            Names::V3 => ShuffleCodec::parse(s.extension, item),
        })
    }),
    ("vlen-array", |s| {
        serializer(VlenCodec::parse_array(s.extension))
    }),
    ("vlen-bytes", |_| serializer(Ok(VlenCodec::bytes()))),
    ("vlen-utf8", |_| serializer(Ok(VlenCodec::utf8()))),
    #[cfg(any(feature = "gzip", feature = "gzip-rust"))]
    ("zlib", |s| bytes(crate::DeflateCodec::zlib(s.extension))),
    #[cfg(any(feature = "zstd", feature = "zstd-rust"))]
    ("zstd", |s| {
        let codec = crate::ZstdCodec::parse(s.extension);
        bytes(codec.map(|codec| codec.ignoring(s.registry.ignores_checksums)))
    }),
];

fn array(codec: Result<impl ArrayToArrayCodec, CodecError>) -> Built {
    Ok(Codec::ArrayToArray(Arc::new(codec?)))
}

fn serializer(codec: Result<impl ArrayToBytesCodec, CodecError>) -> Built {
    Ok(Codec::ArrayToBytes(Arc::new(codec?)))
}

fn bytes(codec: Result<impl BytesToBytesCodec, CodecError>) -> Built {
    Ok(Codec::BytesToBytes(Arc::new(codec?)))
}

fn checksum(codec: Result<ChecksumCodec, CodecError>, setting: &Setting<'_>) -> Built {
    bytes(codec.map(|codec| codec.ignoring(setting.registry.ignores_checksums)))
}

fn filter(codec: Result<impl Filter, CodecError>) -> Built {
    Ok(Codec::Filter(Arc::new(codec?)))
}

fn find(table: Table, name: &str) -> Option<Build> {
    let entry = table.iter().find(|(known, _)| *known == name);
    entry.map(|(_, build)| *build)
}

type Added = Arc<dyn Fn(&Extension) -> Built + Send + Sync>;

/// A function that builds a codec.
enum Builder<'r> {
    Added(&'r Added),
    BuiltIn(Build),
}

/// The codecs that chains may use: all built-in ones, and those that you add. A registry is a value and cheap to
/// clone; there is no global one.
///
/// A codec that is added as `name` is found in v3 documents under `name` and `numcodecs.name`, and in v2
/// documents under the id `name`. In v2, filters work on bytes, so a codec from bytes to bytes may be any of the
/// filters, a codec from arrays to bytes only the first, and a codec from arrays to arrays none.
///
/// ```
/// use std::sync::Arc;
/// use zarr_codecs::{ByteLen, BytesToBytesCodec, CodecError, CodecRegistry, DecodeTarget, Scratch};
///
/// /// Flips every bit.
/// #[derive(Debug)]
/// struct Not;
///
/// impl BytesToBytesCodec for Not {
///     fn name(&self) -> &str {
///         "example.not"
///     }
///     fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
///         decoded
///     }
///     fn decode(&self, src: &[u8], dst: &mut DecodeTarget<'_>, _: &mut Scratch) -> Result<(), CodecError> {
///         dst.put(self.name(), &src.iter().map(|byte| !byte).collect::<Vec<u8>>())
///     }
///     fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
///         dst.extend(src.iter().map(|byte| !byte));
///         Ok(())
///     }
/// }
///
/// let registry = CodecRegistry::default().bytes_to_bytes("example.not", |_| Ok(Arc::new(Not)));
/// ```
#[derive(Clone, Default)]
pub struct CodecRegistry {
    added: BTreeMap<String, Added>,
    ignores_checksums: bool,
    order: InnerChunkOrder,
    data_types: BTreeMap<String, NamedType>,
}

/// The data type that elements of a name are stored as.
type NamedType = Arc<dyn Fn(&Extension) -> Option<DataType> + Send + Sync>;

impl CodecRegistry {
    /// Adds or replaces a codec from arrays to arrays; `build` receives its entry in the metadata.
    #[must_use]
    pub fn array_to_array(
        self,
        name: &str,
        build: impl Fn(&Extension) -> Result<Arc<dyn ArrayToArrayCodec>, CodecError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.add(name, move |extension| {
            build(extension).map(Codec::ArrayToArray)
        })
    }

    /// Adds or replaces a codec from arrays to bytes; `build` receives its entry in the metadata.
    #[must_use]
    pub fn array_to_bytes(
        self,
        name: &str,
        build: impl Fn(&Extension) -> Result<Arc<dyn ArrayToBytesCodec>, CodecError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.add(name, move |extension| {
            build(extension).map(Codec::ArrayToBytes)
        })
    }

    /// Adds or replaces a codec from bytes to bytes; `build` receives its entry in the metadata.
    #[must_use]
    pub fn bytes_to_bytes(
        self,
        name: &str,
        build: impl Fn(&Extension) -> Result<Arc<dyn BytesToBytesCodec>, CodecError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.add(name, move |extension| {
            build(extension).map(Codec::BytesToBytes)
        })
    }

    /// Lets chunks and indexes of shards be read whose checksum does not match: to save what is left of damaged
    /// data. It concerns the codecs that are checksums, and those within zstd. With the feature `tracing` each
    /// such chunk is an event.
    #[must_use]
    pub fn ignore_checksums(mut self) -> Self {
        self.ignores_checksums = true;
        self
    }

    /// Stores the inner chunks of new shards in this order.
    #[must_use]
    pub fn inner_chunk_order(mut self, order: InnerChunkOrder) -> Self {
        self.order = order;
        self
    }

    pub(crate) fn order(&self) -> InnerChunkOrder {
        self.order
    }

    /// Adds a data type of this name, whose elements are stored as those of a known one; `stored_as` gets its entry in
    /// the metadata, and returns `None` if the settings there are wrong. What is read and written is of the known type,
    /// and the fill value in the metadata is spelled as one of it. A name that is known already stays what it is.
    ///
    /// ```
    /// use zarr_codecs::CodecRegistry;
    /// use zarr_metadata::DataType;
    /// let registry = CodecRegistry::default()
    ///     .data_type("example.colour", |_| Some(DataType::Raw(3)));
    /// assert_eq!(registry.stored_as(&"example.colour".parse()?), Some(DataType::Raw(3)));
    /// # Ok::<(), zarr_metadata::MetadataError>(())
    /// ```
    #[must_use]
    pub fn data_type(
        mut self,
        name: &str,
        stored_as: impl Fn(&Extension) -> Option<DataType> + Send + Sync + 'static,
    ) -> Self {
        self.data_types.insert(name.to_owned(), Arc::new(stored_as));
        self
    }

    /// The known data type that elements of an unknown one are stored as, if it was added.
    pub fn stored_as(&self, data_type: &DataType) -> Option<DataType> {
        match data_type {
            DataType::Unknown(extension) => self.data_types.get(&extension.name)?(extension),
            _ => None,
        }
    }

    fn add(
        mut self,
        name: &str,
        build: impl Fn(&Extension) -> Built + Send + Sync + 'static,
    ) -> Self {
        self.added.insert(name.to_owned(), Arc::new(build));
        self
    }

    /// Builds the codec of an entry in the metadata, and tells whether the user added it.
    pub(crate) fn build(&self, setting: &Setting<'_>) -> Result<(Codec, bool), CodecError> {
        match self.find(&setting.extension.name, setting.names)? {
            Builder::Added(build) => Ok((build(setting.extension)?, true)),
            Builder::BuiltIn(build) => Ok((build(setting)?, false)),
        }
    }

    /// Why this registry has no such codec, of v2 or of v3; `None` if it has one.
    pub fn unknown(&self, codec: &Extension, is_v2: bool) -> Option<CodecError> {
        let names = if is_v2 { Names::V2 } else { Names::V3 };
        self.find(&codec.name, names).err()
    }

    /// Finds the function for this name, first among the codecs that the user added.
    fn find(&self, name: &str, names: Names) -> Result<Builder<'_>, CodecError> {
        let id = match names {
            Names::V3 => name.strip_prefix(PREFIX),
            Names::V2 => Some(name),
        };
        let mut added = [Some(name), id].into_iter().flatten();
        if let Some(build) = added.find_map(|name| self.added.get(name)) {
            return Ok(Builder::Added(build));
        }
        // Lists of v2 name `bytes` and `transpose` as v3 does.
        let numcodecs = id.and_then(|id| find(NUMCODECS, id));
        let built_in = numcodecs.or_else(|| find(V3, name)).map(Builder::BuiltIn);
        built_in.ok_or_else(|| unknown::kind(name, names, &self.names(names)).of(name))
    }

    /// The names of all codecs, built-in or added.
    fn names(&self, names: Names) -> Vec<String> {
        let numcodecs = NUMCODECS.iter().filter_map(|(id, _)| match names {
            Names::V3 => by_name(&format!("{PREFIX}{id}")).map(|_| format!("{PREFIX}{id}")),
            Names::V2 => Some((*id).to_owned()),
        });
        let registered = V3.iter().filter(|_| names == Names::V3);
        let registered = registered.map(|(name, _)| (*name).to_owned());
        let added = self.added.keys().cloned();
        registered.chain(numcodecs).chain(added).collect()
    }
}

impl fmt::Debug for CodecRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let built_in = V3.iter().chain(NUMCODECS).map(|(name, _)| *name);
        f.debug_list()
            .entries(built_in)
            .entries(self.added.keys())
            .finish()
    }
}
