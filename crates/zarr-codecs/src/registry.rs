//! From a codec's name to its code: a table one can read, and what the user adds to it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use zarr_metadata::Extension;

use crate::{
    ArrayToArray, ArrayToBytes, BytesCodec, BytesToBytes, ChunkSpec, CodecError, CodecErrorKind,
    Crc32cCodec, Shard, TransposeCodec, VlenCodec,
};

/// A codec ready for chunks of one shape and type.
#[derive(Clone, Debug)]
pub(crate) enum Codec {
    ArrayToArray(Arc<dyn ArrayToArray>),
    ArrayToBytes(Arc<dyn ArrayToBytes>),
    Shard(Arc<Shard>),
    BytesToBytes(Arc<dyn BytesToBytes>),
}

/// What a codec is built from.
pub(crate) struct Setting<'a> {
    pub(crate) extension: &'a Extension,
    /// The chunk as this codec sees it.
    pub(crate) spec: &'a ChunkSpec,
    pub(crate) registry: &'a Registry,
    /// How many shards this codec stands in.
    pub(crate) depth: usize,
}

type Build = fn(&Setting<'_>) -> Result<Codec, CodecError>;

/// Every built-in codec. `#[cfg]` stands on the entries, so a feature switches a line and a file.
const BUILT_IN: &[(&str, Build)] = &[
    #[cfg(feature = "blosc")]
    ("blosc", |s| {
        let codec = crate::BloscCodec::parse(s.extension, s.spec)?;
        Ok(Codec::BytesToBytes(Arc::new(codec)))
    }),
    ("bytes", |s| {
        Ok(Codec::ArrayToBytes(Arc::new(BytesCodec::parse(
            s.extension,
        )?)))
    }),
    ("crc32c", |s| {
        Ok(Codec::BytesToBytes(Arc::new(Crc32cCodec::parse(
            s.extension,
        )?)))
    }),
    #[cfg(feature = "gzip")]
    ("gzip", |s| {
        Ok(Codec::BytesToBytes(Arc::new(crate::GzipCodec::parse(
            s.extension,
        )?)))
    }),
    ("sharding_indexed", |s| {
        Ok(Codec::Shard(Arc::new(Shard::parse(s)?)))
    }),
    ("transpose", |s| {
        let codec = TransposeCodec::parse(s.extension, s.spec.shape.len())?;
        Ok(Codec::ArrayToArray(Arc::new(codec)))
    }),
    ("vlen-array", |s| {
        let codec = VlenCodec::parse_array(s.extension)?;
        Ok(Codec::ArrayToBytes(Arc::new(codec)))
    }),
    ("vlen-bytes", |_| {
        Ok(Codec::ArrayToBytes(Arc::new(VlenCodec::bytes())))
    }),
    ("vlen-utf8", |_| {
        Ok(Codec::ArrayToBytes(Arc::new(VlenCodec::utf8())))
    }),
    #[cfg(feature = "zstd")]
    ("zstd", |s| {
        Ok(Codec::BytesToBytes(Arc::new(crate::ZstdCodec::parse(
            s.extension,
        )?)))
    }),
];

/// Which feature brings a codec that is not in this build.
const FEATURES: &[(&str, &str)] = &[
    ("blosc", "the feature `blosc` brings it"),
    ("gzip", "the feature `gzip` brings it"),
    ("zstd", "the feature `zstd` brings it"),
];

type Added = Arc<dyn Fn(&Extension, &ChunkSpec) -> Result<Codec, CodecError> + Send + Sync>;

/// The codecs that chains are made of: all built-in ones, and those that are added here. A value,
/// cheap to clone; there is no global one.
///
/// ```
/// use std::sync::Arc;
/// use zarr_codecs::{BytesToBytes, CodecError, Len, Registry, Scratch, Sink};
///
/// /// Flips every bit.
/// #[derive(Debug)]
/// struct Not;
///
/// impl BytesToBytes for Not {
///     fn name(&self) -> &str {
///         "example.not"
///     }
///     fn encoded_len(&self, decoded: Len) -> Len {
///         decoded
///     }
///     fn decode(&self, src: &[u8], dst: &mut Sink<'_>, _: &mut Scratch) -> Result<(), CodecError> {
///         dst.put(self.name(), &src.iter().map(|byte| !byte).collect::<Vec<u8>>())
///     }
///     fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
///         dst.extend(src.iter().map(|byte| !byte));
///         Ok(())
///     }
/// }
///
/// let registry = Registry::default().bytes_to_bytes("example.not", |_| Ok(Arc::new(Not)));
/// ```
#[derive(Clone, Default)]
pub struct Registry {
    added: BTreeMap<String, Added>,
}

impl Registry {
    /// Adds or replaces a codec from arrays to arrays; `build` gets its entry in the metadata.
    #[must_use]
    pub fn array_to_array(
        self,
        name: &str,
        build: impl Fn(&Extension) -> Result<Arc<dyn ArrayToArray>, CodecError> + Send + Sync + 'static,
    ) -> Self {
        self.add(
            name,
            Arc::new(move |extension, _| build(extension).map(Codec::ArrayToArray)),
        )
    }

    /// Adds or replaces a codec from arrays to bytes; `build` gets its entry in the metadata.
    #[must_use]
    pub fn array_to_bytes(
        self,
        name: &str,
        build: impl Fn(&Extension) -> Result<Arc<dyn ArrayToBytes>, CodecError> + Send + Sync + 'static,
    ) -> Self {
        self.add(
            name,
            Arc::new(move |extension, _| build(extension).map(Codec::ArrayToBytes)),
        )
    }

    /// Adds or replaces a codec from bytes to bytes; `build` gets its entry in the metadata.
    #[must_use]
    pub fn bytes_to_bytes(
        self,
        name: &str,
        build: impl Fn(&Extension) -> Result<Arc<dyn BytesToBytes>, CodecError> + Send + Sync + 'static,
    ) -> Self {
        self.add(
            name,
            Arc::new(move |extension, _| build(extension).map(Codec::BytesToBytes)),
        )
    }

    fn add(mut self, name: &str, build: Added) -> Self {
        self.added.insert(name.to_owned(), build);
        self
    }

    /// The codec of an entry in the metadata, and whether it is somebody else's code.
    pub(crate) fn build(&self, setting: &Setting<'_>) -> Result<(Codec, bool), CodecError> {
        let name = setting.extension.name.as_str();
        if let Some(build) = self.added.get(name) {
            return Ok((build(setting.extension, setting.spec)?, true));
        }
        match BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
            Some((_, build)) => Ok((build(setting)?, false)),
            None => {
                let hint = FEATURES
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, hint)| *hint);
                Err(CodecErrorKind::Unknown { hint }.of(name))
            }
        }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let built_in = BUILT_IN.iter().map(|(name, _)| *name);
        f.debug_list()
            .entries(built_in)
            .entries(self.added.keys())
            .finish()
    }
}
