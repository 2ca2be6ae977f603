//! Codecs that add a checksum of four little-endian bytes to the data, and check it: `crc32c` of the Zarr v3
//! specification, and those of numcodecs.

mod fletcher32;
mod lookup3;

use zarr_metadata::Extension;

use crate::codecs::setting;
use crate::events;
use crate::{ByteLen, BytesToBytesCodec, CodecError, CodecErrorKind, DecodeTarget, Scratch};

const SIZE: usize = 4;

/// Adds a checksum before or behind the data.
#[derive(Clone, Debug)]
pub struct ChecksumCodec {
    sum: ChecksumKind,
    at: ChecksumLocation,
    is_ignored: bool,
}

/// Which checksum.
#[derive(Clone, Debug)]
enum ChecksumKind {
    Adler32,
    Crc32,
    Crc32c,
    Fletcher32,
    /// Of a prefix and the data, with this initial value.
    Lookup3 {
        initval: u32,
        prefix: Vec<u8>,
    },
}

/// Where the checksum lies.
#[derive(Clone, Copy, Debug)]
enum ChecksumLocation {
    Start,
    End,
}

const START_OR_END: &[(&str, ChecksumLocation)] = &[
    ("start", ChecksumLocation::Start),
    ("end", ChecksumLocation::End),
];
const END_OR_START: &[(&str, ChecksumLocation)] = &[
    ("end", ChecksumLocation::End),
    ("start", ChecksumLocation::Start),
];

impl ChecksumCodec {
    /// `crc32c` of v3: behind the data, without settings.
    pub const fn crc32c() -> Self {
        Self {
            sum: ChecksumKind::Crc32c,
            at: ChecksumLocation::End,
            is_ignored: false,
        }
    }

    /// Reads the settings of a checksum of numcodecs, whose id is the last part of the name:
    /// `adler32`, `crc32` and `crc32c` have a `location`, `jenkins_lookup3` an `initval` and a
    /// `prefix`, `fletcher32` nothing.
    ///
    /// # Errors
    /// For other ids and settings.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        let id = extension.name.rsplit('.').next().unwrap_or_default();
        let (sum, words) = match id {
            "adler32" => (ChecksumKind::Adler32, START_OR_END),
            "crc32" => (ChecksumKind::Crc32, START_OR_END),
            "crc32c" => (ChecksumKind::Crc32c, END_OR_START),
            "fletcher32" => (ChecksumKind::Fletcher32, END_OR_START),
            "jenkins_lookup3" => (lookup3(extension)?, END_OR_START),
            _ => return Err(CodecErrorKind::Unknown { hint: None }.of(&extension.name)),
        };
        let at = match id {
            "adler32" | "crc32" | "crc32c" => setting::word(extension, "location", words)?,
            _ => ChecksumLocation::End,
        };
        Ok(Self {
            sum,
            at,
            is_ignored: false,
        })
    }

    /// Whether data is read whose checksum does not match.
    pub(crate) const fn ignoring(mut self, is_ignored: bool) -> Self {
        self.is_ignored = is_ignored;
        self
    }
}

/// The settings of `jenkins_lookup3`. numcodecs writes a prefix as the text of its bytes, or as a
/// list of them.
fn lookup3(extension: &Extension) -> Result<ChecksumKind, CodecError> {
    let initval = setting::integer(extension, "initval", 0..=i64::from(u32::MAX), Some(0))?;
    let prefix = match setting::given(extension, "prefix") {
        None => Some(vec![]),
        Some(value) => match (value.as_str(), value.as_array()) {
            (Some(text), _) => Some(text.as_bytes().to_vec()),
            (_, Some(list)) => {
                let bytes = list
                    .iter()
                    .map(|v| v.as_u64().and_then(|n| u8::try_from(n).ok()));
                bytes.collect()
            }
            _ => None,
        },
    };
    let prefix = prefix.ok_or_else(|| setting::bad(extension, "prefix", "text or bytes"))?;
    Ok(ChecksumKind::Lookup3 {
        initval: initval as u32,
        prefix,
    })
}

impl ChecksumKind {
    fn of(&self, data: &[u8]) -> u32 {
        match self {
            Self::Adler32 => simd_adler32::adler32(&data),
            Self::Crc32 => crc32fast::hash(data),
            Self::Crc32c => crc32c::crc32c(data),
            Self::Fletcher32 => fletcher32::sum(data),
            Self::Lookup3 { initval, prefix } if prefix.is_empty() => lookup3::sum(data, *initval),
            Self::Lookup3 { initval, prefix } => {
                lookup3::sum(&[prefix.as_slice(), data].concat(), *initval)
            }
        }
    }
}

impl BytesToBytesCodec for ChecksumCodec {
    fn name(&self) -> &str {
        match self.sum {
            ChecksumKind::Adler32 => "adler32",
            ChecksumKind::Crc32 => "crc32",
            ChecksumKind::Crc32c => "crc32c",
            ChecksumKind::Fletcher32 => "fletcher32",
            ChecksumKind::Lookup3 { .. } => "jenkins_lookup3",
        }
    }

    fn strip<'s>(&self, src: &'s [u8]) -> Option<Result<&'s [u8], CodecError>> {
        let parts = match self.at {
            ChecksumLocation::Start => src
                .split_first_chunk::<SIZE>()
                .map(|(sum, data)| (data, sum)),
            ChecksumLocation::End => src.split_last_chunk::<SIZE>(),
        };
        let Some((data, sum)) = parts else {
            let (expected, found) = (SIZE as u64, src.len() as u64);
            return Some(Err(
                CodecErrorKind::Length { expected, found }.of(self.name())
            ));
        };
        let (stored, computed) = (u32::from_le_bytes(*sum), self.sum.of(data));
        if stored == computed {
            return Some(Ok(data));
        }
        let wrong = CodecErrorKind::Checksum { stored, computed }.of(self.name());
        if self.is_ignored {
            events::ignored(&wrong);
            return Some(Ok(data));
        }
        Some(Err(wrong))
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        decoded.map(|len| len.saturating_add(SIZE))
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        match self.strip(src) {
            Some(data) => dst.put(self.name(), data?),
            None => dst.put(self.name(), src),
        }
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        let sum = self.sum.of(src).to_le_bytes();
        match self.at {
            ChecksumLocation::Start => {
                dst.extend_from_slice(&sum);
                dst.extend_from_slice(src);
            }
            ChecksumLocation::End => {
                dst.extend_from_slice(src);
                dst.extend_from_slice(&sum);
            }
        }
        Ok(())
    }
}
