//! The settings in the metadata: the words of Zarr v3, and the numbers of numcodecs.

use serde_json::Value;
use zarr_metadata::Extension;

use super::header::{Format, MAX_TYPESIZE};
use super::shuffle::Shuffle;
use crate::codecs::setting;
use crate::{ChunkSpec, CodecError};

/// What parts of blocks are compressed with, by the name that decides how hard it tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compressor {
    BloscLz,
    Lz4,
    Lz4Hc,
    Snappy,
    Zlib,
    Zstd,
}

const COMPRESSORS: [(&str, Compressor, Format); 6] = [
    ("blosclz", Compressor::BloscLz, Format::BloscLz),
    ("lz4", Compressor::Lz4, Format::Lz4),
    ("lz4hc", Compressor::Lz4Hc, Format::Lz4),
    ("snappy", Compressor::Snappy, Format::Snappy),
    ("zlib", Compressor::Zlib, Format::Zlib),
    ("zstd", Compressor::Zstd, Format::Zstd),
];

impl Compressor {
    /// The format that a decoder must know.
    pub(super) fn format(self) -> Format {
        let found = COMPRESSORS
            .iter()
            .find(|(_, compressor, _)| *compressor == self);
        found.map_or(Format::BloscLz, |(_, _, format)| *format)
    }
}

/// How chunks are encoded. Decoding needs none of it: frames say all of it themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BloscSettings {
    pub(super) compressor: Compressor,
    /// 0, which stores, to 9.
    pub(super) level: u8,
    pub(super) shuffle: Shuffle,
    /// Bytes of an element, 1 to 255.
    pub(super) typesize: usize,
    /// Wanted bytes of a block; 0 leaves that to the level.
    pub(super) block: usize,
}

/// What is used where a configuration leaves a setting out.
pub(super) struct Defaults {
    compressor: Compressor,
    /// As numcodecs numbers it.
    shuffle: i64,
}

/// As zarr-python has it for v3.
pub(super) const V3: Defaults = Defaults {
    compressor: Compressor::Zstd,
    shuffle: -1,
};

/// As numcodecs has it.
pub(super) const NUMCODECS: Defaults = Defaults {
    compressor: Compressor::Lz4,
    shuffle: 1,
};

impl BloscSettings {
    /// Reads a configuration for the bytes of such a chunk.
    ///
    /// # Errors
    /// For values that are neither v3's nor numcodecs'.
    pub(super) fn parse(
        extension: &Extension,
        spec: &ChunkSpec,
        absent: &Defaults,
    ) -> Result<Self, CodecError> {
        let whole = |key, most: usize| match setting::given(extension, key) {
            None => Ok(None),
            Some(value) => {
                let number = value.as_u64().and_then(|n| usize::try_from(n).ok());
                let number = number.filter(|&n| n <= most).map(Some);
                number.ok_or_else(|| {
                    setting::bad(extension, key, &format!("an integer of 0 to {most}"))
                })
            }
        };
        let compressor = match setting::given(extension, "cname") {
            None => absent.compressor,
            Some(value) => {
                let found = COMPRESSORS.iter().find(|(name, ..)| value == name);
                let names = "blosclz, lz4, lz4hc, snappy, zlib or zstd";
                found
                    .ok_or_else(|| setting::bad(extension, "cname", names))?
                    .1
            }
        };
        let level = whole("clevel", 9)?.unwrap_or(5) as u8;
        let element = spec.item_size();
        let typesize = match whole("typesize", i32::MAX as usize)? {
            // zarr-python writes 0 nowhere, but numcodecs takes it for *not known*.
            None | Some(0) => element,
            Some(typesize) => typesize,
        };
        let shuffle = match setting::given(extension, "shuffle") {
            None => shuffle(extension, &Value::from(absent.shuffle), element)?,
            Some(value) => shuffle(extension, value, element)?,
        };
        Ok(Self {
            compressor,
            level,
            shuffle,
            typesize: if (1..=MAX_TYPESIZE).contains(&typesize) {
                typesize
            } else {
                1
            },
            block: whole("blocksize", i32::MAX as usize)?.unwrap_or(0),
        })
    }
}

/// A word of v3 or of GDAL, which writes its own into v2, or a number of numcodecs, where -1 leaves the
/// choice to the size of an element.
fn shuffle(extension: &Extension, value: &Value, element: usize) -> Result<Shuffle, CodecError> {
    Ok(match (value.as_str(), value.as_i64()) {
        (Some("noshuffle" | "NONE"), _) | (_, Some(0)) => Shuffle::None,
        (Some("shuffle" | "BYTE"), _) | (_, Some(1)) => Shuffle::Byte,
        (Some("bitshuffle" | "BIT"), _) | (_, Some(2)) => Shuffle::Bit,
        (_, Some(-1)) if element == 1 => Shuffle::Bit,
        (_, Some(-1)) => Shuffle::Byte,
        _ => {
            let expected = "\"noshuffle\", \"shuffle\" or \"bitshuffle\" (in v2: 0, 1, 2 or -1)";
            return Err(setting::bad(extension, "shuffle", expected));
        }
    })
}
