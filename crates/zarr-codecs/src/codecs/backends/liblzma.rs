//! xz, lzma and raw streams by the C library liblzma.

use liblzma::read::{XzDecoder, XzEncoder};
use liblzma::stream::{
    CONCATENATED, Check, Error, Filters, LzmaOptions, MatchFinder, Mode, Stream,
};

use crate::CodecError;
use crate::array::buffer::Uninit;
use crate::codecs::numcodecs::lzma::filters::{self, LzmaFilter, LzmaMode, LzmaSettings};
use crate::codecs::numcodecs::lzma::{Container, LzmaFormat, MAX_MEMORY, NAME, XzCheck};
use crate::codecs::numcodecs::stream::{decode_all, encode_all};
use crate::codecs::setting;

/// Decodes streams to the front of `memory`.
pub(crate) fn decode<'d>(
    format: &LzmaFormat,
    src: &[u8],
    memory: &'d mut Uninit,
) -> Result<&'d mut [u8], CodecError> {
    let decoder = decoder(format).map_err(|e| refused(&e))?;
    decode_all(NAME, XzDecoder::new_stream(src, decoder), memory)
}

/// Appends the stream of `src` to `dst`.
pub(crate) fn encode(format: &LzmaFormat, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError> {
    let encoder = encoder(format).map_err(|e| refused(&e))?;
    encode_all(NAME, XzEncoder::new_stream(src, encoder), dst)
}

fn refused(error: &Error) -> CodecError {
    setting::error(NAME, "filters", format!("is refused by liblzma: {error}"))
}

fn decoder(format: &LzmaFormat) -> Result<Stream, Error> {
    match (format.container, &format.filters) {
        (Container::Auto, _) => Stream::new_auto_decoder(MAX_MEMORY, CONCATENATED),
        (Container::Xz, _) => Stream::new_stream_decoder(MAX_MEMORY, CONCATENATED),
        (Container::Alone, _) => Stream::new_lzma_decoder(MAX_MEMORY),
        (Container::Raw, steps) => {
            Stream::new_raw_decoder(&chain(steps.as_deref().unwrap_or_default())?)
        }
    }
}

fn encoder(format: &LzmaFormat) -> Result<Stream, Error> {
    let check = match format.check {
        XzCheck::None => Check::None,
        XzCheck::Crc32 => Check::Crc32,
        XzCheck::Crc64 => Check::Crc64,
        XzCheck::Sha256 => Check::Sha256,
    };
    match (format.container, format.filters.as_deref()) {
        (Container::Auto, _) => Err(Error::Options),
        (Container::Xz, None) => Stream::new_easy_encoder(format.preset, check),
        (Container::Xz, Some(steps)) => Stream::new_stream_encoder(&chain(steps)?, check),
        (Container::Alone, None) => {
            Stream::new_lzma_encoder(&LzmaOptions::new_preset(format.preset)?)
        }
        (Container::Alone, Some([LzmaFilter::Lzma1(settings)])) => {
            Stream::new_lzma_encoder(&options(settings)?)
        }
        (Container::Alone, Some(_)) => Err(Error::Options),
        (Container::Raw, steps) => Stream::new_raw_encoder(&chain(steps.unwrap_or_default())?),
    }
}

fn options(settings: &LzmaSettings) -> Result<LzmaOptions, Error> {
    let mut options = LzmaOptions::new_preset(settings.preset)?;
    settings.dict_size.map(|n| options.dict_size(n));
    settings.lc.map(|n| options.literal_context_bits(n));
    settings.lp.map(|n| options.literal_position_bits(n));
    settings.pb.map(|n| options.position_bits(n));
    settings.mode.map(|mode| {
        options.mode(match mode {
            LzmaMode::Fast => Mode::Fast,
            LzmaMode::Normal => Mode::Normal,
        })
    });
    settings.nice_len.map(|n| options.nice_len(n));
    settings.mf.map(|mf| {
        options.match_finder(match mf {
            filters::MatchFinder::HashChain3 => MatchFinder::HashChain3,
            filters::MatchFinder::HashChain4 => MatchFinder::HashChain4,
            filters::MatchFinder::BinaryTree2 => MatchFinder::BinaryTree2,
            filters::MatchFinder::BinaryTree3 => MatchFinder::BinaryTree3,
            filters::MatchFinder::BinaryTree4 => MatchFinder::BinaryTree4,
        })
    });
    settings.depth.map(|n| options.depth(n));
    Ok(options)
}

fn chain(steps: &[LzmaFilter]) -> Result<Filters, Error> {
    let mut filters = Filters::new();
    for step in steps {
        match step {
            LzmaFilter::Lzma1(settings) => filters.lzma1(&options(settings)?),
            LzmaFilter::Lzma2(settings) => filters.lzma2(&options(settings)?),
            LzmaFilter::Delta { distance } => filters.delta_properties(&[*distance])?,
            LzmaFilter::Jumps { machine, start } => {
                let start = start.to_le_bytes();
                // Zero is written as no properties at all.
                let start: &[u8] = if start == [0; 4] { &[] } else { &start };
                match machine {
                    4 => filters.x86_properties(start)?,
                    5 => filters.powerpc_properties(start)?,
                    6 => filters.ia64_properties(start)?,
                    7 => filters.arm_properties(start)?,
                    8 => filters.arm_thumb_properties(start)?,
                    _ => filters.sparc_properties(start)?,
                }
            }
        };
    }
    Ok(filters)
}
