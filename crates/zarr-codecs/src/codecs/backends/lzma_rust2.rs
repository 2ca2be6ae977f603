//! xz, lzma and raw streams by `lzma-rust2`, in Rust. It has the two match finders that the presets use.

use std::io::{self, Read, Write};

use lzma_rust2::filter::{bcj, delta};
use lzma_rust2::{
    CheckType, EncodeMode, FilterConfig, Lzma2Options, Lzma2Reader, Lzma2Writer, LzmaOptions,
    LzmaReader, LzmaWriter, MfType, XzOptions, XzReader, XzWriter,
};

use crate::array::buffer::Uninit;
use crate::codecs::numcodecs::lzma::filters::{LzmaFilter, LzmaMode, LzmaSettings, MatchFinder};
use crate::codecs::numcodecs::lzma::{Container, LzmaFormat, MAX_MEMORY, NAME, XzCheck};
use crate::codecs::numcodecs::stream::decode_all;
use crate::codecs::setting;
use crate::{CodecError, CodecErrorKind};

/// The first bytes of an xz file.
const XZ: &[u8] = b"\xFD7zXZ\0";
/// The bytes of an older file's header: properties, size of the dictionary, size of the data.
const ALONE: usize = 13;
/// The size of data that end where a mark says so.
const UNKNOWN: u64 = u64::MAX;
/// The dictionaries that the format has.
const LEAST_DICTIONARY: u32 = 4096;
/// What of the highest bit of a preset asks for more effort.
const EXTREME: u32 = 1 << 31;

/// Decodes streams to the front of `memory`.
pub(crate) fn decode<'d>(
    format: &LzmaFormat,
    src: &[u8],
    memory: &'d mut Uninit,
) -> Result<&'d mut [u8], CodecError> {
    let corrupt = |e: io::Error| CodecErrorKind::Corrupt(e.to_string()).of(NAME);
    // No match reaches further back than to the first byte.
    let most = u32::try_from(memory.len()).unwrap_or(u32::MAX - 15);
    let most = most.max(LEAST_DICTIONARY);
    match format.container {
        Container::Auto if !src.starts_with(XZ) => {
            let decoder = alone(src, most).map_err(corrupt)?;
            decode_all(NAME, decoder, memory)
        }
        Container::Auto | Container::Xz => {
            let decoder = XzReader::new_mem_limit(src, true, (MAX_MEMORY >> 10) as u32);
            decode_all(NAME, decoder, memory)
        }
        Container::Alone => {
            let decoder = alone(src, most).map_err(corrupt)?;
            decode_all(NAME, decoder, memory)
        }
        Container::Raw => {
            let steps = format.filters.as_deref().unwrap_or_default();
            let decoder = raw(steps, src, most)?.map_err(corrupt)?;
            decode_all(NAME, decoder, memory)
        }
    }
}

/// The data of an older file, with a dictionary of at most so many bytes.
fn alone(src: &[u8], most: u32) -> io::Result<LzmaReader<&[u8]>> {
    let (header, data) = src
        .split_first_chunk::<ALONE>()
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    let [properties, a, b, c, d, size @ ..] = *header;
    let dictionary = u32::from_le_bytes([a, b, c, d]).min(most);
    let size = u64::from_le_bytes(size);
    LzmaReader::new_with_props(data, size, properties, dictionary, None)
}

type Decoder<'s> = Box<dyn Read + 's>;

/// The data of a raw stream.
fn raw<'s>(
    steps: &[LzmaFilter],
    src: &'s [u8],
    most: u32,
) -> Result<io::Result<Decoder<'s>>, CodecError> {
    let (last, before) = split(steps)?;
    let decoder: io::Result<Decoder<'s>> = match last {
        Last::Lzma1(settings) => {
            let LzmaOptions {
                dict_size,
                lc,
                lp,
                pb,
                ..
            } = options(settings)?;
            let decoder = LzmaReader::new(src, UNKNOWN, lc, lp, pb, dict_size.min(most), None);
            decoder.map(|decoder| Box::new(decoder) as Decoder<'s>)
        }
        Last::Lzma2(settings) => {
            let dictionary = options(settings)?.dict_size.min(most);
            Ok(Box::new(Lzma2Reader::new(src, dictionary, None)))
        }
    };
    Ok(decoder.map(|decoder| {
        let each = before.iter().rev();
        each.fold(decoder, |inner, step| undone(*step, inner))
    }))
}

/// What was there before a filter.
fn undone(step: Before, inner: Decoder<'_>) -> Decoder<'_> {
    match step {
        Before::Delta(distance) => Box::new(delta::DeltaReader::new(inner, distance)),
        Before::Jumps(machine, start) => Box::new(match machine {
            4 => bcj::BcjReader::new_x86(inner, start),
            5 => bcj::BcjReader::new_ppc(inner, start),
            6 => bcj::BcjReader::new_ia64(inner, start),
            7 => bcj::BcjReader::new_arm(inner, start),
            8 => bcj::BcjReader::new_arm_thumb(inner, start),
            _ => bcj::BcjReader::new_sparc(inner, start),
        }),
    }
}

/// Appends the stream of `src` to `dst`.
pub(crate) fn encode(format: &LzmaFormat, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError> {
    let backend = |e: io::Error| CodecErrorKind::Backend(Box::new(e)).of(NAME);
    let bounded = |options: LzmaOptions| LzmaOptions {
        dict_size: dictionary(options.dict_size, src.len()),
        ..options
    };
    let filters = format.filters.as_deref();
    match (format.container, filters) {
        (Container::Auto, _) => Err(refused("files of any format are only read")),
        (Container::Xz, _) => {
            let (lzma_options, before) = match filters {
                None => (preset(format.preset), vec![]),
                Some(steps) => match split(steps)? {
                    (Last::Lzma2(settings), before) => (encoder_options(settings)?, before),
                    (Last::Lzma1(_), _) => return Err(refused("an xz file ends with LZMA2")),
                },
            };
            let options = XzOptions {
                lzma_options: bounded(lzma_options),
                check_type: match format.check {
                    XzCheck::None => CheckType::None,
                    XzCheck::Crc32 => CheckType::Crc32,
                    XzCheck::Crc64 => CheckType::Crc64,
                    XzCheck::Sha256 => CheckType::Sha256,
                },
                block_size: None,
                filters: before.into_iter().map(Before::config).collect(),
            };
            xz(options, src, dst).map_err(backend)
        }
        (Container::Alone, _) => {
            let options = match filters {
                None => preset(format.preset),
                Some([LzmaFilter::Lzma1(settings)]) => encoder_options(settings)?,
                Some(_) => return Err(refused("such a file has LZMA1 alone")),
            };
            // With a mark at its end, as liblzma writes it.
            let writer = LzmaWriter::new(dst, &bounded(options), true, true, None);
            lzma1(writer, src).map_err(backend)
        }
        (Container::Raw, _) => {
            let (last, before) = split(filters.unwrap_or_default())?;
            let filtered = before
                .into_iter()
                .try_fold(src.to_vec(), |bytes, step| done(&bytes, step));
            let filtered = filtered.map_err(backend)?;
            match last {
                Last::Lzma1(settings) => {
                    let options = bounded(encoder_options(settings)?);
                    let writer = LzmaWriter::new_no_header(dst, &options, true);
                    lzma1(writer, &filtered).map_err(backend)
                }
                Last::Lzma2(settings) => {
                    let lzma_options = bounded(encoder_options(settings)?);
                    let options = Lzma2Options {
                        lzma_options,
                        chunk_size: None,
                    };
                    let mut writer = Lzma2Writer::new(dst, options);
                    let written = writer.write_all(&filtered);
                    let written = written.and_then(|()| writer.finish().map(drop));
                    written.map_err(backend)
                }
            }
        }
    }
}

fn xz(options: XzOptions, src: &[u8], dst: &mut Vec<u8>) -> io::Result<()> {
    let mut writer = XzWriter::new(dst, options)?;
    writer.write_all(src)?;
    writer.finish().map(drop)
}

fn lzma1(writer: io::Result<LzmaWriter<&mut Vec<u8>>>, src: &[u8]) -> io::Result<()> {
    let mut writer = writer?;
    writer.write_all(src)?;
    writer.finish().map(drop)
}

/// What a filter makes of bytes.
fn done(bytes: &[u8], step: Before) -> io::Result<Vec<u8>> {
    let made = Vec::with_capacity(bytes.len());
    match step {
        Before::Delta(distance) => {
            let mut writer = delta::DeltaWriter::new(made, distance);
            writer.write_all(bytes)?;
            Ok(writer.into_inner())
        }
        Before::Jumps(machine, start) => {
            let mut writer = match machine {
                4 => bcj::BcjWriter::new_x86(made, start),
                5 => bcj::BcjWriter::new_ppc(made, start),
                6 => bcj::BcjWriter::new_ia64(made, start),
                7 => bcj::BcjWriter::new_arm(made, start),
                8 => bcj::BcjWriter::new_arm_thumb(made, start),
                _ => bcj::BcjWriter::new_sparc(made, start),
            };
            writer.write_all(bytes)?;
            writer.finish()
        }
    }
}

/// The compressor at the end of a chain.
enum Last<'s> {
    Lzma1(&'s LzmaSettings),
    Lzma2(&'s LzmaSettings),
}

/// A filter before it.
#[derive(Clone, Copy)]
enum Before {
    /// How far back.
    Delta(usize),
    /// The number of the machine, and where the code begins.
    Jumps(u64, usize),
}

impl Before {
    fn config(self) -> FilterConfig {
        match self {
            Before::Delta(distance) => FilterConfig::new_delta(distance as u32),
            Before::Jumps(machine, start) => {
                let start = start as u32;
                match machine {
                    4 => FilterConfig::new_bcj_x86(start),
                    5 => FilterConfig::new_bcj_ppc(start),
                    6 => FilterConfig::new_bcj_ia64(start),
                    7 => FilterConfig::new_bcj_arm(start),
                    8 => FilterConfig::new_bcj_arm_thumb(start),
                    _ => FilterConfig::new_bcj_sparc(start),
                }
            }
        }
    }
}

/// The compressor of a chain, and the filters before it.
fn split(steps: &[LzmaFilter]) -> Result<(Last<'_>, Vec<Before>), CodecError> {
    let last = match steps.last() {
        Some(LzmaFilter::Lzma1(settings)) => Last::Lzma1(settings),
        Some(LzmaFilter::Lzma2(settings)) => Last::Lzma2(settings),
        _ => return Err(refused("a chain ends with LZMA1 or LZMA2")),
    };
    let before = steps.iter().take(steps.len() - 1).map(|step| match step {
        LzmaFilter::Delta { distance } => Ok(Before::Delta(usize::from(*distance) + 1)),
        LzmaFilter::Jumps { machine, start } => Ok(Before::Jumps(*machine, *start as usize)),
        _ => Err(refused("only the last filter compresses")),
    });
    Ok((last, before.collect::<Result<_, _>>()?))
}

/// What liblzma makes of a preset.
fn preset(preset: u32) -> LzmaOptions {
    let level = preset & !EXTREME;
    let mut options = LzmaOptions::with_preset(level);
    if preset & EXTREME != 0 {
        options.mode = EncodeMode::Normal;
        options.mf = MfType::Bt4;
        (options.nice_len, options.depth_limit) = match level {
            3 | 5 => (192, 0),
            _ => (273, 512),
        };
    }
    options
}

/// The settings of a compressor, checked: the library takes any and may panic.
fn options(settings: &LzmaSettings) -> Result<LzmaOptions, CodecError> {
    let mut options = preset(settings.preset);
    options.dict_size = settings.dict_size.unwrap_or(options.dict_size);
    options.lc = settings.lc.unwrap_or(options.lc);
    options.lp = settings.lp.unwrap_or(options.lp);
    options.pb = settings.pb.unwrap_or(options.pb);
    options.nice_len = settings.nice_len.unwrap_or(options.nice_len);
    if let Some(mode) = settings.mode {
        options.mode = match mode {
            LzmaMode::Fast => EncodeMode::Fast,
            LzmaMode::Normal => EncodeMode::Normal,
        };
    }
    match settings.mf {
        Some(MatchFinder::HashChain4) => options.mf = MfType::Hc4,
        Some(MatchFinder::BinaryTree4) => options.mf = MfType::Bt4,
        _ => {}
    }
    if let Some(depth) = settings.depth {
        options.depth_limit = i32::try_from(depth).unwrap_or(i32::MAX);
    }
    if options.dict_size < LEAST_DICTIONARY {
        return Err(refused("`dict_size` must be 4096 or more"));
    }
    if options.lc + options.lp > 4 || options.pb > 4 {
        return Err(refused(
            "`lc` and `lp` must be 4 at most together, and `pb`",
        ));
    }
    Ok(options)
}

/// As [`options`], for an encoder, which needs more of them.
fn encoder_options(settings: &LzmaSettings) -> Result<LzmaOptions, CodecError> {
    use MatchFinder::{BinaryTree4, HashChain4};
    let options = options(settings)?;
    if !(LzmaOptions::NICE_LEN_MIN..=LzmaOptions::NICE_LEN_MAX).contains(&options.nice_len) {
        return Err(refused("`nice_len` must be 8 to 273"));
    }
    if !matches!(settings.mf, None | Some(HashChain4 | BinaryTree4)) {
        return Err(refused("the only match finders (`mf`) are 4 and 20"));
    }
    Ok(options)
}

/// The dictionary for so many bytes: all matches lie in it, and it takes no more memory.
fn dictionary(asked: u32, len: usize) -> u32 {
    let whole = u32::try_from(len)
        .ok()
        .and_then(u32::checked_next_power_of_two);
    whole.map_or(asked, |whole| asked.min(whole.max(LEAST_DICTIONARY)))
}

fn refused(why: &str) -> CodecError {
    let text = format!(
        "is refused: {why}, with lzma in Rust (feature `lzma-rust`); change it, or build with the feature `lzma`"
    );
    setting::error(NAME, "filters", text)
}
