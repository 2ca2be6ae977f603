//! Headers of Zstandard's frames. Format: RFC 8878, 3.1.1.1 and 3.1.2.

const MAGIC: u32 = 0xFD2F_B528;
const SKIPPABLE: std::ops::RangeInclusive<u32> = 0x184D_2A50..=0x184D_2A5F;
/// Bits of the descriptor.
const SINGLE_SEGMENT: u8 = 1 << 5;
const RESERVED: u8 = 1 << 3;
const HAS_CHECKSUM: u8 = 1 << 2;
/// The size of the content takes eight bytes.
const LONG_CONTENT: u8 = 3 << 6;

/// What a frame is, by its header.
#[derive(Debug)]
pub(super) enum Frame {
    /// So many bytes that mean nothing.
    Skippable(usize),
    Data(FrameHeader),
}

/// The header of a frame of data.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameHeader {
    /// How far back a match may reach.
    pub(super) window: u64,
    /// The byte that says so, unless the window is the content.
    pub(super) window_byte: Option<u8>,
    /// How many bytes the frame holds, if it says so.
    pub(super) content: Option<u64>,
    /// Whether a checksum follows the blocks.
    pub(super) checksum: bool,
}

impl Frame {
    /// The frame that `src` begins with, and what follows its header.
    ///
    /// # Errors
    /// Why `src` does not begin with one.
    pub(super) fn read(src: &[u8]) -> Result<(Self, &[u8]), &'static str> {
        let mut fields = HeaderFields(src);
        let magic = fields.number(4)? as u32;
        if SKIPPABLE.contains(&magic) {
            let len = fields.number(4)?;
            let len = usize::try_from(len).map_err(|_| CUT_OFF)?;
            return Ok((Frame::Skippable(len), fields.0));
        }
        if magic != MAGIC {
            return Err("it is no frame of zstd");
        }
        let descriptor = fields.number(1)? as u8;
        if descriptor & RESERVED != 0 {
            return Err("the header has a bit set that is reserved");
        }
        let is_single = descriptor & SINGLE_SEGMENT != 0;
        let window_byte = match is_single {
            true => None,
            false => Some(fields.number(1)? as u8),
        };
        let dictionary = fields.number([0, 1, 2, 4][usize::from(descriptor & 3)])?;
        if dictionary != 0 {
            return Err("the frame needs a dictionary");
        }
        let content = match (descriptor >> 6, is_single) {
            (0, false) => None,
            (0, true) => Some(fields.number(1)?),
            (1, _) => Some(fields.number(2)? + 256),
            (2, _) => Some(fields.number(4)?),
            _ => Some(fields.number(8)?),
        };
        let window = match window_byte {
            None => content.unwrap_or(0),
            Some(byte) => {
                let base = 1 << (10 + (byte >> 3));
                base + base / 8 * u64::from(byte & 7)
            }
        };
        let header = FrameHeader {
            window,
            window_byte,
            content,
            checksum: descriptor & HAS_CHECKSUM != 0,
        };
        Ok((Frame::Data(header), fields.0))
    }
}

impl FrameHeader {
    /// The header as bytes, with as short a size of the content as the format has for any window.
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let mut descriptor = if self.checksum { HAS_CHECKSUM } else { 0 };
        let content = self.content.map(|len| match u32::try_from(len) {
            Ok(len) => (2 << 6, len.to_le_bytes().to_vec()),
            Err(_) => (LONG_CONTENT, len.to_le_bytes().to_vec()),
        });
        let (size, content) = content.unwrap_or_default();
        descriptor |= size;
        if self.window_byte.is_none() {
            descriptor |= SINGLE_SEGMENT;
        }
        let mut bytes = MAGIC.to_le_bytes().to_vec();
        bytes.push(descriptor);
        bytes.extend(self.window_byte);
        bytes.extend(content);
        bytes
    }
}

/// The header of a frame with a window of exactly so many bytes.
pub(super) fn of_window(window: u64, checksum: bool) -> Vec<u8> {
    let header = FrameHeader {
        window,
        window_byte: None,
        content: Some(window),
        checksum,
    };
    header.to_bytes()
}

const CUT_OFF: &str = "it is cut off";

/// Numbers of one to eight bytes, the lowest first.
struct HeaderFields<'s>(&'s [u8]);

impl HeaderFields<'_> {
    fn number(&mut self, len: usize) -> Result<u64, &'static str> {
        let (number, rest) = self.0.split_at_checked(len).ok_or(CUT_OFF)?;
        self.0 = rest;
        Ok(number.iter().rfold(0, |n, &byte| n << 8 | u64::from(byte)))
    }
}
