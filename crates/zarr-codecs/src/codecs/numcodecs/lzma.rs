//! The `lzma` codec of numcodecs, by Python's module `lzma`: xz files, the older `.lzma` files, and raw streams,
//! whose filters are in the metadata.

mod filters;

use liblzma::read::{XzDecoder, XzEncoder};
use liblzma::stream::{CONCATENATED, Check, Error, LzmaOptions, Stream};
use zarr_metadata::Extension;

use crate::codecs::numcodecs::stream::{decode_all, encode_all};
use crate::codecs::setting;
use crate::{ByteLen, BytesToBytesCodec, CodecError, DecodeTarget, Scratch};
use filters::{LzmaFilter, MAX_MEMORY, preset};

const NAME: &str = "lzma";

/// xz, lzma or raw streams.
#[derive(Clone, Debug)]
pub struct LzmaCodec {
    format: Container,
    check: Check,
    preset: u32,
    filters: Option<Vec<LzmaFilter>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
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
        let format = match setting::integer(extension, "format", 0..=3, Some(1))? {
            0 => Container::Auto,
            1 => Container::Xz,
            2 => Container::Alone,
            _ => Container::Raw,
        };
        let check = match setting::integer(extension, "check", -1..=10, Some(-1))? {
            -1 => Check::Crc64,
            0 => Check::None,
            1 if format == Container::Xz => Check::Crc32,
            4 if format == Container::Xz => Check::Crc64,
            10 if format == Container::Xz => Check::Sha256,
            _ => return Err(setting::bad(extension, "check", "one that the format has")),
        };
        let preset = preset(extension)?;
        let filters = match setting::given(extension, "filters") {
            None => None,
            Some(value) => Some(filters::parse(extension, value)?),
        };
        if filters.is_none() && format == Container::Raw {
            return Err(setting::bad(
                extension,
                "filters",
                "a list for the raw format",
            ));
        }
        Ok(Self {
            format,
            check,
            preset,
            filters,
        })
    }

    fn decoder(&self) -> Result<Stream, Error> {
        match (self.format, &self.filters) {
            (Container::Auto, _) => Stream::new_auto_decoder(MAX_MEMORY, CONCATENATED),
            (Container::Xz, _) => Stream::new_stream_decoder(MAX_MEMORY, CONCATENATED),
            (Container::Alone, _) => Stream::new_lzma_decoder(MAX_MEMORY),
            (Container::Raw, steps) => {
                Stream::new_raw_decoder(&filters::build(steps.as_deref().unwrap_or_default())?)
            }
        }
    }

    fn encoder(&self) -> Result<Stream, Error> {
        match (self.format, self.filters.as_deref()) {
            (Container::Auto, _) => Err(Error::Options),
            (Container::Xz, None) => Stream::new_easy_encoder(self.preset, self.check),
            (Container::Xz, Some(steps)) => {
                Stream::new_stream_encoder(&filters::build(steps)?, self.check)
            }
            (Container::Alone, None) => {
                Stream::new_lzma_encoder(&LzmaOptions::new_preset(self.preset)?)
            }
            (Container::Alone, Some([LzmaFilter::Lzma1(options)])) => {
                Stream::new_lzma_encoder(&options.build()?)
            }
            (Container::Alone, Some(_)) => Err(Error::Options),
            (Container::Raw, steps) => {
                Stream::new_raw_encoder(&filters::build(steps.unwrap_or_default())?)
            }
        }
    }
}

fn refused(error: &Error) -> CodecError {
    setting::error(NAME, "filters", format!("is refused by liblzma: {error}"))
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
            let decoder = self.decoder().map_err(|e| refused(&e))?;
            decode_all(NAME, XzDecoder::new_stream(src, decoder), memory)
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        let encoder = self.encoder().map_err(|e| refused(&e))?;
        encode_all(NAME, XzEncoder::new_stream(src, encoder), dst)
    }
}
