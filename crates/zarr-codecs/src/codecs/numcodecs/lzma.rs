//! The `lzma` codec of numcodecs, by Python's module `lzma`: xz files, the older `.lzma` files, and raw streams,
//! whose filters are in the metadata.

pub(crate) mod filters;

use zarr_metadata::Extension;

use self::filters::{LzmaFilter, preset};
use crate::codecs::backends::lzma as library;
use crate::codecs::setting;
use crate::{ByteLen, BytesToBytesCodec, CodecError, DecodeTarget, Scratch};

pub(crate) const NAME: &str = "lzma";

/// The most memory that a decoder may take, in bytes. A file asks for it; the highest preset takes 65 MiB.
pub(crate) const MAX_MEMORY: u64 = 128 << 20;

/// xz, lzma or raw streams.
#[derive(Clone, Debug)]
pub struct LzmaCodec {
    format: LzmaFormat,
}

/// What streams look like, and how they are made.
#[derive(Clone, Debug)]
pub(crate) struct LzmaFormat {
    pub(crate) container: Container,
    pub(crate) check: XzCheck,
    /// A level of 0 to 9; the highest bit asks for more effort.
    pub(crate) preset: u32,
    /// If there is no list, the filter that the preset means.
    pub(crate) filters: Option<Vec<LzmaFilter>>,
}

/// The checksum of an xz file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum XzCheck {
    None,
    Crc32,
    Crc64,
    Sha256,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    /// Whichever is found; cannot be written.
    Auto,
    Xz,
    Alone,
    Raw,
}

impl LzmaCodec {
    /// Reads `{"format": 0 to 3, "check": -1, 0, 1, 4 or 10, "preset": integer, "filters": list}`
    /// with the numbers of Python's module. The defaults are xz, its usual checksum, preset 6 and the filter
    /// that the preset means.
    ///
    /// # Errors
    /// For other values, and for values that exclude each other.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        let container = match setting::integer(extension, "format", 0..=3, Some(1))? {
            0 => Container::Auto,
            1 => Container::Xz,
            2 => Container::Alone,
            _ => Container::Raw,
        };
        let check = match setting::integer(extension, "check", -1..=10, Some(-1))? {
            -1 => XzCheck::Crc64,
            0 => XzCheck::None,
            1 if container == Container::Xz => XzCheck::Crc32,
            4 if container == Container::Xz => XzCheck::Crc64,
            10 if container == Container::Xz => XzCheck::Sha256,
            _ => return Err(setting::bad(extension, "check", "one that the format has")),
        };
        let preset = preset(extension)?;
        let filters = match setting::given(extension, "filters") {
            None => None,
            Some(value) => Some(filters::parse(extension, value)?),
        };
        if filters.is_none() && container == Container::Raw {
            return Err(setting::bad(
                extension,
                "filters",
                "a list for the raw format",
            ));
        }
        let format = LzmaFormat {
            container,
            check,
            preset,
            filters,
        };
        Ok(Self { format })
    }
}

impl BytesToBytesCodec for LzmaCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        // A chunk header of six bytes in 64 KiB that do not shrink, and the file's own headers.
        let max = decoded.max();
        ByteLen::AtMost(max.saturating_add(max / 1000).saturating_add(1 << 10))
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        dst.fill_to_end(NAME, src, cx, |memory, _| {
            library::decode(&self.format, src, memory)
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        library::encode(&self.format, src, dst)
    }
}
