//! What can go wrong while a chunk is encoded or decoded: which codec, and why. The layers above add which
//! chunk.

use std::borrow::Cow;

use zarr_metadata::DataType;

/// What helps against a checksum that does not match.
pub(crate) const IGNORE_CHECKSUMS: &str =
    "; the setting `ignore_checksums` reads the data all the same";

/// A codec cannot be set up, or cannot encode or decode a chunk.
#[derive(Debug, thiserror::Error)]
#[error("codec `{codec}`: {kind}")]
pub struct CodecError {
    /// The name of the codec in the metadata.
    pub codec: String,
    /// What went wrong.
    #[source]
    pub kind: CodecErrorKind,
}

/// Why a codec failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodecErrorKind {
    /// No codec of this name is built in or registered.
    #[error("this build does not have it{}", hint.as_ref().map(|h| format!("; {h}")).unwrap_or_default())]
    Unknown {
        /// How to get it, or which names there are.
        hint: Option<String>,
    },
    /// The codec is refused on purpose.
    #[error("refused: {0}")]
    Refused(Cow<'static, str>),
    /// The codec cannot work on this data type.
    #[error("{}", unfit(.0))]
    DataType(Box<DataType>),
    /// A setting in the metadata is not one that the codec accepts.
    #[error("`{key}` {problem}")]
    Setting {
        /// The name of the setting.
        key: String,
        /// What is wrong with it: what it must be, and what was found.
        problem: String,
    },
    /// The codec is at a wrong position in the chain, or the chain has no codec that turns the array into bytes.
    #[error("{0}")]
    Order(&'static str),
    /// The codec cannot work on chunks of this shape.
    #[error("{0}")]
    ChunkShape(String),
    /// The codec cannot work on the output of the codecs before it in the chain.
    #[error("{0}")]
    Input(&'static str),
    /// The data type that a codec converts to cannot represent this value.
    #[error(
        "{value} cannot be {}: {data_type} has no such value",
        if *encoding { "encoded" } else { "decoded" }
    )]
    Value {
        /// The value.
        value: String,
        /// The data type it was to be converted to.
        data_type: Box<DataType>,
        /// Whether it was to be encoded; otherwise it was to be decoded.
        encoding: bool,
    },
    /// What the caller passed does not fit the chunk: a region outside it, a view of another shape, or no
    /// heap for elements of variable length.
    #[error("{0}")]
    Mismatch(String),
    /// The encoded bytes do not follow the format of the codec.
    #[error("corrupt data: {0}")]
    Corrupt(String),
    /// A checksum in the data does not match the data.
    #[error(
        "checksum mismatch: stored {stored:#010x}, computed {computed:#010x}{IGNORE_CHECKSUMS}"
    )]
    Checksum {
        /// The checksum in the data.
        stored: u32,
        /// The checksum of the data.
        computed: u32,
    },
    /// The length of the data is not the one that the metadata imply.
    #[error("length mismatch: expected {expected} bytes, found {found}")]
    Length {
        /// The length that the metadata imply, in bytes.
        expected: u64,
        /// The length of the data, in bytes; where a decoder stops early, how far it came.
        found: u64,
    },
    /// A size beyond memory or a limit.
    #[error("{what} of {asked} bytes is more than can be handled ({limit} bytes)")]
    Limit {
        /// What is too large.
        what: &'static str,
        /// Its size in bytes.
        asked: u64,
        /// The largest size that is allowed, in bytes.
        limit: u64,
    },
    /// The library behind the codec failed.
    #[error(transparent)]
    Backend(Box<dyn std::error::Error + Send + Sync>),
}

fn unfit(data_type: &DataType) -> String {
    match data_type {
        DataType::Unknown(_) => format!("the data type {data_type} is not known here"),
        known => format!("cannot be used on data type {known}"),
    }
}

impl CodecErrorKind {
    /// Names the codec this happened in.
    pub fn of(self, codec: &str) -> CodecError {
        CodecError {
            codec: codec.to_owned(),
            kind: self,
        }
    }
}

/// `Ok` only if a length is the one expected: the check before anything is allocated or read.
pub(crate) fn check_len(codec: &str, expected: usize, found: usize) -> Result<(), CodecError> {
    if expected == found {
        return Ok(());
    }
    Err(CodecErrorKind::Length {
        expected: expected as u64,
        found: found as u64,
    }
    .of(codec))
}

/// `Ok` if a size in bytes is within a limit.
pub(crate) fn check_limit(
    codec: &str,
    what: &'static str,
    asked: u64,
    limit: u64,
) -> Result<(), CodecError> {
    if asked <= limit {
        return Ok(());
    }
    Err(CodecErrorKind::Limit { what, asked, limit }.of(codec))
}

/// `Ok` if a view could be copied into another.
pub(crate) fn check_copied(codec: &str, copied: bool) -> Result<(), CodecError> {
    if copied {
        return Ok(());
    }
    Err(CodecErrorKind::Mismatch("source and target have different shapes".to_owned()).of(codec))
}
