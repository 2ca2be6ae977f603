//! From elements to a frame: sizes of blocks, splits and fall-backs are those of c-blosc, so that
//! frames come out alike. Knows the order of steps, no format of a compressor.

use super::Buffers;
use super::config::{Compressor, Settings};
use super::header::{self, Header};
use super::part::{self, Encoding};
use super::shuffle::{self, Shuffle};
use crate::scratch::Contexts;

/// c-blosc's idea of a first-level cache, by which it measures blocks.
const CACHE: usize = 32 << 10;

/// Appends the frame of `src`, which has at most [`header::MAX_DECODED`] bytes, to `dst`.
pub(super) fn encode(settings: &Settings, src: &[u8], dst: &mut Vec<u8>, cx: &mut Contexts) {
    let start = dst.len();
    let mut header = plan(settings, src.len());
    if !header.stored {
        let mut scratch = std::mem::take(&mut cx.blosc);
        let fits = blocks(settings, &header, src, dst, &mut scratch, cx);
        cx.blosc = scratch.trimmed();
        if fits.is_none() {
            dst.truncate(start);
            header.stored = true;
        }
    }
    if header.stored {
        dst.extend_from_slice(&[0; header::LEN]);
        dst.extend_from_slice(src);
    }
    let bytes = header.to_bytes(dst.len() - start);
    dst[start..start + header::LEN].copy_from_slice(&bytes);
}

/// What the frame of `len` bytes will look like.
fn plan(settings: &Settings, len: usize) -> Header {
    let typesize = settings.typesize;
    let block = block_len(settings, len);
    Header {
        format: settings.compressor.format(),
        shuffle: settings.shuffle,
        stored: settings.level == 0 || len < header::MIN_PART,
        split: may_split(settings.compressor) && header::splits(typesize, block),
        typesize,
        len,
        block,
    }
}

/// Frames that c-blosc wrote before it knew unsplit blocks hold anything but zstd in splits, and so
/// it writes them to this day.
fn may_split(compressor: Compressor) -> bool {
    compressor != Compressor::Zstd
}

/// How many bytes a block has: c-blosc's rule, step by step.
fn block_len(settings: &Settings, len: usize) -> usize {
    let Settings {
        compressor,
        level,
        typesize,
        ..
    } = *settings;
    if len < typesize {
        return 1;
    }
    // Compressors that try hard see more at once.
    let thorough = matches!(
        compressor,
        Compressor::Lz4Hc | Compressor::Zlib | Compressor::Zstd
    );
    let mut block = if settings.block > 0 {
        settings.block.clamp(header::MIN_PART, header::MAX_BLOCK)
    } else if len >= CACHE {
        let cache = if thorough { 2 * CACHE } else { CACHE };
        match level {
            0 => cache / 4,
            1 => cache / 2,
            2 => cache,
            3 => cache * 2,
            4 | 5 => cache * 4,
            9 if thorough => cache * 16,
            _ => cache * 8,
        }
    } else {
        len
    };
    if level > 0 && may_split(compressor) && header::splits(typesize, block) {
        block = (block.min(1 << 18) * typesize).clamp(1 << 16, 1 << 20);
    }
    block = block.min(len);
    if block > typesize {
        block - block % typesize
    } else {
        block
    }
}

/// Appends header, offsets and all blocks. `None` where that is no shorter than storing `src`.
fn blocks(
    settings: &Settings,
    header: &Header,
    src: &[u8],
    dst: &mut Vec<u8>,
    scratch: &mut Buffers,
    cx: &mut Contexts,
) -> Option<()> {
    let most = src.len() + header::LEN;
    dst.reserve(most);
    let start = dst.len();
    let how = Encoding {
        compressor: settings.compressor,
        level: settings.level,
        split: header.split,
    };
    let front = header.front();
    if front > most {
        return None;
    }
    dst.resize(start + most, 0);
    let (_, frame) = dst.split_at_mut(start);
    let mut at = front;
    for (i, block) in src.chunks(header.block).enumerate() {
        let offset = header::LEN + 4 * i;
        put(frame, offset, at)?;
        let Buffers {
            block: shuffled,
            planes,
            table,
        } = scratch;
        let block = match header.shuffle.of_block(header.typesize, block.len()) {
            Shuffle::None => block,
            Shuffle::Byte => {
                shuffled.resize(block.len(), 0);
                shuffle::shuffle(header.typesize, block, shuffled);
                shuffled
            }
            Shuffle::Bit => {
                shuffled.resize(block.len(), 0);
                shuffle::bit_shuffle(header.typesize, block, shuffled, planes);
                shuffled
            }
        };
        let len = block.len() / header.parts(block.len());
        for bytes in block.chunks_exact(len) {
            let room = frame.get_mut(at + 4..).filter(|room| !room.is_empty())?;
            let most = room.len().min(len);
            let made = part::encode(how, bytes, &mut room[..most], table, cx);
            let made = match made {
                Some(made) if made > 0 && made < len => made,
                _ => {
                    room.get_mut(..len)?.copy_from_slice(bytes);
                    len
                }
            };
            put(frame, at, made)?;
            at += 4 + made;
        }
    }
    dst.truncate(start + at);
    Some(())
}

/// Writes a length or an offset, which is below [`header::MAX_DECODED`].
fn put(frame: &mut [u8], at: usize, number: usize) -> Option<()> {
    let word = frame.get_mut(at..at + 4)?;
    word.copy_from_slice(&(number as u32).to_le_bytes());
    Some(())
}
