//! From a standalone file of pco to its numbers, batch by batch. The head of each chunk is checked first, so
//! that it cannot make pco allocate more than the chunk can need.
//! Format: pcodec, `docs/format.md`.

use pco::FULL_BATCH_N;
use pco::errors::PcoError;
use pco::standalone::{DecompressorItem, FileDecompressor};

use super::number::{NAME, PcodecNumber};
use crate::array::buffer::{self, FilledFront, Uninit};
use crate::{CodecError, CodecErrorKind};

/// Numbers decoded at once: they stay in cache on their way to the output.
const BATCH: usize = 8 * FULL_BATCH_N;
/// A window of lookback that any writer may ask for.
const WINDOW: u64 = 1 << 15;

fn corrupt(text: &str) -> CodecError {
    CodecErrorKind::Corrupt(text.to_string()).of(NAME)
}

/// Fills the front of `memory` with the little-endian numbers of a file.
///
/// # Errors
/// If `src` is no such file, or there are more numbers than fit.
pub(super) fn numbers<'d, T: PcodecNumber>(
    src: &[u8],
    memory: &'d mut Uninit,
) -> Result<&'d mut [u8], CodecError> {
    let broken = |error: PcoError| corrupt(&error.message);
    let len = memory.len();
    let mut left = len / size_of::<T>();
    let mut front = FilledFront::new(memory);
    let (file, mut src) = FileDecompressor::new(src).map_err(broken)?;
    let knows_variants = file.format_version().major >= 3;
    let batch = BATCH.min(left.next_multiple_of(FULL_BATCH_N));
    let (mut numbers, mut bytes) = (vec![zero::<T>()?; batch], vec![]);
    loop {
        if let Some(head) = ChunkHead::read(src, size_of::<T>(), knows_variants)? {
            head.check(left, len)?;
        }
        let mut chunk = match file.chunk_decompressor::<T, _>(src).map_err(broken)? {
            DecompressorItem::Chunk(chunk) => chunk,
            DecompressorItem::EndOfData([]) => return Ok(front.into_filled()),
            DecompressorItem::EndOfData(_) => return Err(corrupt("bytes follow the end")),
        };
        loop {
            let progress = chunk.read(&mut numbers).map_err(broken)?;
            let made = numbers.get(..progress.n_processed).unwrap_or_default();
            T::to_bytes(made, &mut bytes);
            front.push(bytes.len(), |memory| buffer::copied(memory, &bytes));
            left = left.saturating_sub(made.len());
            if progress.finished {
                break;
            }
            if made.is_empty() {
                return Err(corrupt("a chunk ends too early"));
            }
        }
        src = chunk.into_src();
    }
}

fn zero<T: PcodecNumber>() -> Result<T, CodecError> {
    let zero = T::from_bytes(&[0; 8]).first().copied();
    zero.ok_or_else(|| corrupt("numbers of more than eight bytes"))
}

/// What the head of a chunk says that pco allocates memory by.
struct ChunkHead {
    /// The numbers of the chunk.
    count: usize,
    /// Entries of its dictionary.
    dictionary: usize,
    /// Numbers of its window of lookback.
    window: u64,
}

impl ChunkHead {
    /// Reads the head that `src` begins with: `None` if the file ends here. Numbers have `size` bytes,
    /// and files of older versions know no kinds of delta encoding.
    fn read(src: &[u8], size: usize, knows_variants: bool) -> Result<Option<Self>, CodecError> {
        const END: u8 = 0;
        if src.first().is_none_or(|first| *first == END) {
            return Ok(None);
        }
        let mut bits = BitReader { src, at: 8 };
        let head = |bits: &mut BitReader<'_>| {
            let (mut dictionary, mut window) = (0, 0_u64);
            let count = bits.take(24)? + 1;
            match bits.take(4)? {
                // A base of the numbers' own size, how many bits are quantized, or a dictionary.
                1 | 2 => bits.at += 8 * size,
                3 => bits.at += 8,
                4 => {
                    dictionary = bits.take(25)?;
                    bits.at = bits.at.next_multiple_of(8) + 8 * size * dictionary;
                }
                _ => {}
            }
            const LOOKBACK: usize = 2;
            if knows_variants && bits.take(4)? == LOOKBACK {
                window = 2 << bits.take(5)?;
            }
            Some(Self {
                count,
                dictionary,
                window,
            })
        };
        let cut = || corrupt("the head of a chunk is cut off");
        head(&mut bits).map(Some).ok_or_else(cut)
    }

    /// `Ok` where the chunk fits what is `left` of `len` bytes, and nothing in it is larger than the chunk.
    fn check(&self, left: usize, len: usize) -> Result<(), CodecError> {
        if self.count > left {
            let (expected, found) = (len as u64, len as u64 + 1);
            return Err(CodecErrorKind::Length { expected, found }.of(NAME));
        }
        if self.dictionary > self.count {
            return Err(corrupt("a dictionary has more entries than its chunk"));
        }
        if self.window > WINDOW.max(self.count.next_power_of_two() as u64) {
            return Err(corrupt("a window is larger than its chunk"));
        }
        Ok(())
    }
}

/// Reads bits from the lowest one of the first byte on.
struct BitReader<'s> {
    src: &'s [u8],
    at: usize,
}

impl BitReader<'_> {
    /// The next bits, up to 25 of them, as a number.
    fn take(&mut self, count: usize) -> Option<usize> {
        let end = self.at + count;
        let bytes = self.src.get(self.at / 8..end.div_ceil(8))?;
        let word = bytes
            .iter()
            .rev()
            .fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        let number = word >> (self.at % 8) & ((1 << count) - 1);
        self.at = end;
        usize::try_from(number).ok()
    }
}
