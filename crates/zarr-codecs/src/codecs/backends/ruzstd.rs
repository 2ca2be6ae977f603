//! Zstandard by `ruzstd`, in Rust. It decodes every frame, and encodes at one level.
//!
//! Headers of frames are read and written here: the library would take memory by what they claim, does not compare what
//! comes with their size, and writes none.

mod frame;

use std::io::{self, Read};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use ruzstd::encoding::{CompressionLevel, compress};

use self::frame::{Frame, FrameHeader};
use crate::array::buffer::Byte;
use crate::codecs::zstd::ZstdError;

/// The most bytes of a block.
const BLOCK: usize = 128 << 10;
/// A decoder that keeps more memory than this is not kept.
const KEPT_BYTES: usize = 16 << 20;
/// The bytes of a checksum.
const CHECKSUM: usize = 4;

/// The state of a decoder.
pub(crate) struct ZstdDecoder {
    decoder: FrameDecoder,
    ignores_checksums: bool,
}

impl ZstdDecoder {
    /// As that of the C library, which may lack the memory.
    #[allow(clippy::unnecessary_wraps, reason = "its twin may fail")]
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            decoder: FrameDecoder::new(),
            ignores_checksums: false,
        })
    }

    /// Whether frames decode from now on whose checksum does not match.
    #[allow(clippy::unnecessary_wraps, reason = "its twin may fail")]
    pub(crate) fn ignore_checksums(&mut self, is_ignored: bool) -> io::Result<()> {
        self.ignores_checksums = is_ignored;
        Ok(())
    }

    /// Decodes all frames to the front of `memory`.
    pub(crate) fn decompress<'d, B: Byte>(
        &mut self,
        mut src: &[u8],
        memory: &'d mut [B],
    ) -> Result<&'d mut [u8], ZstdError> {
        let memory = B::readable(memory);
        let mut made = 0;
        while !src.is_empty() {
            let (frame, rest) = Frame::read(src).map_err(corrupt)?;
            src = match frame {
                Frame::Skippable(len) => rest.get(len..).ok_or_else(|| corrupt("it is cut off"))?,
                Frame::Data(header) => {
                    let mut rest = rest;
                    made += self.frame(&header, &mut rest, &mut memory[made..])?;
                    rest
                }
            };
        }
        Ok(&mut memory[..made])
    }

    /// Decodes the blocks of one frame, with which `src` begins, and goes past them.
    fn frame(
        &mut self,
        header: &FrameHeader,
        src: &mut &[u8],
        memory: &mut [u8],
    ) -> Result<usize, ZstdError> {
        if header.content.is_some_and(|len| len > memory.len() as u64) {
            return Err(ZstdError::Full);
        }
        // The decoder holds a window back, and takes memory for it. One of more bytes than may come is none.
        let most = memory.len().max(BLOCK);
        let window = usize::try_from(header.window).map_or(most, |window| window.min(most));
        let bounded = frame::of_window(window as u64, header.checksum);
        self.decoder.init(&bounded[..]).map_err(corrupt)?;
        let mut made = 0;
        loop {
            let one = BlockDecodingStrategy::UptoBlocks(1);
            let is_last = self.decoder.decode_blocks(&mut *src, one);
            let is_last = is_last.map_err(corrupt)?;
            made += self.decoder.read(&mut memory[made..]).map_err(corrupt)?;
            if self.decoder.can_collect() > 0 {
                return Err(ZstdError::Full);
            }
            if is_last {
                break;
            }
        }
        let sums = (
            self.decoder.get_checksum_from_data(),
            self.decoder.get_calculated_checksum(),
        );
        if window > KEPT_BYTES {
            self.decoder = FrameDecoder::new();
        }
        if header.content.is_some_and(|len| len != made as u64) {
            return Err(corrupt("the frame says how much it holds, and holds less"));
        }
        if header.checksum && !self.ignores_checksums && sums.0 != sums.1 {
            let text = "the checksum does not match".to_owned();
            return Err(ZstdError::Checksum(text));
        }
        Ok(made)
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn corrupt<E: ToString>(error: E) -> ZstdError {
    ZstdError::Corrupt(error.to_string())
}

/// An encoder, for one setting.
pub(crate) struct ZstdEncoder {
    level: CompressionLevel,
    checksum: bool,
    frame: Vec<u8>,
}

impl ZstdEncoder {
    /// It encodes at its only level, whatever the level here: [`check_level`] was asked before.
    #[allow(clippy::unnecessary_wraps, reason = "its twin may fail")]
    pub(crate) fn new(_: i32, checksum: bool) -> io::Result<Self> {
        Ok(Self {
            level: CompressionLevel::Fastest,
            checksum,
            frame: vec![],
        })
    }

    /// Encodes `src` as one frame to the front of `memory`; it fails if that does not fit.
    pub(crate) fn compress<'d, B: Byte>(
        &mut self,
        src: &[u8],
        memory: &'d mut [B],
    ) -> io::Result<&'d mut [u8]> {
        self.frame.clear();
        compress(src, &mut self.frame, self.level);
        let (header, blocks) = match Frame::read(&self.frame) {
            Ok((Frame::Data(header), blocks)) => (header, blocks),
            _ => return Err(io::Error::other("the library made no frame")),
        };
        // Its header does not say how much the frame holds, and there always is a checksum.
        let checksum = if header.checksum { CHECKSUM } else { 0 };
        let kept = if self.checksum { 0 } else { checksum };
        let blocks = &blocks[..blocks.len().saturating_sub(kept)];
        let header = FrameHeader {
            content: Some(src.len() as u64),
            checksum: self.checksum,
            ..header
        };
        let memory = B::readable(memory);
        let mut made = 0;
        for part in [&header.to_bytes()[..], blocks] {
            let place = memory.get_mut(made..made + part.len());
            let place = place.ok_or_else(|| io::Error::other("the frame does not fit"))?;
            place.copy_from_slice(part);
            made += part.len();
        }
        if self.frame.capacity() > KEPT_BYTES {
            self.frame = vec![];
        }
        Ok(&mut memory[..made])
    }
}

/// The room that any frame of so many bytes fits: a block that does not shrink is stored behind three bytes.
pub(crate) fn bound(len: usize) -> usize {
    let blocks = len / BLOCK + 2;
    len.saturating_add(3 * blocks).saturating_add(64)
}

/// Why there is no such level, where there is none.
pub(crate) fn check_level(level: i32) -> Result<(), &'static str> {
    match level {
        // The default of whichever library is used.
        0 | 1 => Ok(()),
        _ => Err(
            "zstd in Rust (feature `zstd-rust`) reads all levels and writes only 1, which is its default too",
        ),
    }
}
