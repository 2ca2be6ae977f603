//! The sixteen bytes in front of a Blosc 1 frame, and what follows from them: how many blocks there
//! are, how long each is, and which of them are split.
//!
//! | bytes | |
//! |---|---|
//! | 0 | version of the frame: 2 |
//! | 1 | version of the compressor's format: 1 |
//! | 2 | flags: 1 byte shuffle, 2 stored, 4 bit shuffle, 16 not split; the top three bits name the compressor |
//! | 3 | bytes of an element |
//! | 4–7 | decoded bytes |
//! | 8–11 | bytes of a block |
//! | 12–15 | bytes of the frame |
//!
//! Numbers are little-endian. In a compressed frame the offset of every block follows, and each part of a
//! block comes after its own length.
//! Format: c-blosc, `README_CHUNK_FORMAT.rst`.

use std::ops::Range;

use super::shuffle::Shuffle;
use crate::{ByteLen, CodecError, CodecErrorKind};

/// Bytes of a header; a stored frame has nothing else but the data.
pub(super) const LEN: usize = 16;
/// The most that can be encoded: sizes are signed 32-bit numbers, with a header on top.
pub(super) const MAX_DECODED: usize = i32::MAX as usize - LEN;
/// The largest block that c-blosc makes or reads.
pub(super) const MAX_BLOCK: usize = (i32::MAX as usize - 4 * MAX_TYPESIZE) / 3;
/// The largest element; larger ones are written as single bytes.
pub(super) const MAX_TYPESIZE: usize = 255;
/// Fewer bytes than this are never compressed, nor is a part of a block that short made.
pub(super) const MIN_PART: usize = 128;
/// Elements of more bytes are never split.
const MAX_PARTS: usize = 16;

/// The name of the codec, for errors.
pub(super) const NAME: &str = "blosc";

const VERSION: u8 = 2;
const FORMAT_VERSION: u8 = 1;
const BYTE_SHUFFLE: u8 = 1;
const STORED: u8 = 2;
const BIT_SHUFFLE: u8 = 4;
/// Whatever this says came after Blosc 1: delta in some drafts, other filters in Blosc 2.
const UNKNOWN: u8 = 8;
const NOT_SPLIT: u8 = 16;

/// What the parts of blocks are compressed with. LZ4 and LZ4HC write one format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    BloscLz = 0,
    Lz4 = 1,
    Snappy = 2,
    Zlib = 3,
    Zstd = 4,
}

/// A frame's header, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) format: Format,
    pub(super) shuffle: Shuffle,
    /// Whether the data follow as they are.
    pub(super) stored: bool,
    /// Whether blocks are split where they can be.
    pub(super) split: bool,
    pub(super) typesize: usize,
    /// Decoded bytes.
    pub(super) len: usize,
    /// Decoded bytes of each block but, it may be, the last.
    pub(super) block: usize,
}

pub(super) fn corrupt(text: impl Into<String>) -> CodecError {
    CodecErrorKind::Corrupt(text.into()).of(NAME)
}

fn word(bytes: &[u8; LEN], at: usize) -> usize {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(word) as usize
}

impl Header {
    /// Reads the header of a whole frame and compares every size in it with the bytes that are there and with
    /// what must come out. Returns the frame, too, without bytes behind it, which z5 leaves and c-blosc
    /// ignores as well.
    ///
    /// # Errors
    /// If Blosc 1 does not write such a size or flag.
    pub(super) fn read(frame: &[u8], expected: ByteLen) -> Result<(Self, &[u8]), CodecError> {
        let Some(bytes) = frame.first_chunk::<LEN>() else {
            let found = frame.len();
            return Err(corrupt(format!(
                "a header of 16 bytes is cut off after {found}"
            )));
        };
        let [version, format_version, flags, typesize, ..] = *bytes;
        let (len, block, cbytes) = (word(bytes, 4), word(bytes, 8), word(bytes, 12));
        if version != VERSION {
            return Err(corrupt(match version {
                3..=6 => format!("version {version} is Blosc 2; only Blosc 1 (version 2) is read"),
                _ => format!("not a Blosc 1 frame: version {version}, not 2"),
            }));
        }
        let Some(frame) = frame.get(..cbytes) else {
            let found = frame.len();
            return Err(corrupt(format!(
                "the header says {cbytes} bytes, and there are {found}"
            )));
        };
        let fits = match expected {
            ByteLen::Exact(exact) => len == exact,
            ByteLen::AtMost(max) => len <= max,
        };
        if !fits {
            let (expected, found) = (expected.max() as u64, len as u64);
            return Err(CodecErrorKind::Length { expected, found }.of(NAME));
        }
        let shuffle = match (flags & BYTE_SHUFFLE != 0, flags & BIT_SHUFFLE != 0) {
            (false, false) => Shuffle::None,
            (true, false) => Shuffle::Byte,
            (false, true) => Shuffle::Bit,
            (true, true) => return Err(corrupt("both byte and bit shuffle are set")),
        };
        if flags & UNKNOWN != 0 {
            return Err(corrupt(format!(
                "Blosc 1 does not have the flags {flags:#04x}"
            )));
        }
        let stored = flags & STORED != 0;
        let format = Format::of(flags >> 5);
        let format = match format {
            Some(format) if stored || format_version == FORMAT_VERSION => format,
            // It is not used then, and c-blosc does not look at it either.
            None if stored => Format::BloscLz,
            Some(_) => {
                let text = format!("version {format_version} of the compressor's format");
                return Err(corrupt(format!(
                    "{text} is not known, only {FORMAT_VERSION}"
                )));
            }
            None => {
                let text = format!("compressor {} is not known to Blosc 1", flags >> 5);
                return Err(corrupt(text));
            }
        };
        let header = Self {
            format,
            shuffle,
            stored,
            split: flags & NOT_SPLIT == 0,
            typesize: usize::from(typesize),
            len,
            block,
        };
        header.check_sizes(cbytes)?;
        Ok((header, frame))
    }

    fn check_sizes(&self, cbytes: usize) -> Result<(), CodecError> {
        let (len, block) = (self.len, self.block);
        if len == 0 {
            return Ok(());
        }
        if self.typesize == 0 {
            return Err(corrupt("elements of no bytes"));
        }
        if block == 0 || block > len || block > MAX_BLOCK {
            return Err(corrupt(format!("blocks of {block} bytes in {len} bytes")));
        }
        let holds = match self.stored {
            true => cbytes == len.saturating_add(LEN),
            false => cbytes >= self.front(),
        };
        if !holds {
            let blocks = self.blocks();
            let text = format!("{cbytes} bytes cannot hold {blocks} blocks of {block} bytes");
            return Err(corrupt(text));
        }
        Ok(())
    }

    /// The header of a frame of `cbytes` bytes.
    pub(super) fn to_bytes(self, cbytes: usize) -> [u8; LEN] {
        let shuffle = match self.shuffle {
            Shuffle::None => 0,
            Shuffle::Byte => BYTE_SHUFFLE,
            Shuffle::Bit => BIT_SHUFFLE,
        };
        let stored = if self.stored { STORED } else { 0 };
        let not_split = if self.split { 0 } else { NOT_SPLIT };
        let flags = (self.format as u8) << 5 | shuffle | stored | not_split;
        let mut bytes = [0; LEN];
        bytes[..4].copy_from_slice(&[VERSION, FORMAT_VERSION, flags, self.typesize as u8]);
        for (to, size) in bytes[4..]
            .chunks_exact_mut(4)
            .zip([self.len, self.block, cbytes])
        {
            // The sizes of a frame are below `i32::MAX`: `MAX_DECODED` is checked first.
            to.copy_from_slice(&(size as u32).to_le_bytes());
        }
        bytes
    }

    /// Where the first block may begin: behind the header and, where blocks are encoded, the offsets
    /// of all of them.
    pub(super) fn front(&self) -> usize {
        let offsets = if self.stored { 0 } else { self.blocks() };
        offsets.saturating_mul(4).saturating_add(LEN)
    }

    /// How many blocks there are.
    pub(super) fn blocks(&self) -> usize {
        self.len.div_ceil(self.block.max(1))
    }

    /// The blocks that hold any of the decoded bytes `range`.
    pub(super) fn blocks_of(&self, range: &Range<usize>) -> Range<usize> {
        let block = self.block.max(1);
        let end = range.end.min(self.len).div_ceil(block);
        (range.start / block).min(end)..end
    }

    /// Decoded bytes of block `i`.
    pub(super) fn block_len(&self, i: usize) -> usize {
        self.len
            .saturating_sub(i.saturating_mul(self.block))
            .min(self.block)
    }

    /// How many parts a block of `len` bytes is cut into: one per byte of an element, where it is
    /// a full block and long enough. Frames from before the flag follow the same rule.
    pub(super) fn parts(&self, len: usize) -> usize {
        if self.split && len == self.block && splits(self.typesize, len) {
            self.typesize
        } else {
            1
        }
    }
}

/// Whether a block can be cut into one part per byte of an element.
pub(super) fn splits(typesize: usize, block: usize) -> bool {
    typesize <= MAX_PARTS && block / typesize.max(1) >= MIN_PART
}

impl Format {
    fn of(code: u8) -> Option<Self> {
        [
            Self::BloscLz,
            Self::Lz4,
            Self::Snappy,
            Self::Zlib,
            Self::Zstd,
        ]
        .into_iter()
        .find(|format| *format as u8 == code)
    }
}
