//! From elements to a frame. Sizes of blocks, splits and fall-backs are those of c-blosc, so that frames come
//! out alike.

use super::block_buffers::BlockBuffers;
use super::config::{BloscSettings, Compressor};
use super::header::{self, Header};
use super::part::{self, Encoding};
use super::shuffle::Shuffle;
use crate::chain::scratch::CodecContexts;
use crate::codecs::shuffle_kernels;

/// c-blosc's idea of a first-level cache, by which it measures blocks.
const CACHE: usize = 32 << 10;

/// Appends the frame of `src`, which has at most [`header::MAX_DECODED`] bytes, to `dst`.
pub(super) fn encode(
    settings: &BloscSettings,
    src: &[u8],
    dst: &mut Vec<u8>,
    cx: &mut CodecContexts,
) {
    let start = dst.len();
    let mut header = plan(settings, src.len());
    if !header.stored {
        let mut scratch = std::mem::take(cx.get::<BlockBuffers>());
        let fits = blocks(settings, &header, src, dst, &mut scratch, cx);
        *cx.get() = scratch.trimmed();
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
fn plan(settings: &BloscSettings, len: usize) -> Header {
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
fn block_len(settings: &BloscSettings, len: usize) -> usize {
    let BloscSettings {
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

/// Appends header, offsets and all blocks. `None` if that is no shorter than storing `src`.
fn blocks(
    settings: &BloscSettings,
    header: &Header,
    src: &[u8],
    dst: &mut Vec<u8>,
    scratch: &mut BlockBuffers,
    cx: &mut CodecContexts,
) -> Option<()> {
    let start = dst.len();
    let limit = start + src.len() + header::LEN;
    let how = Encoding::of(settings, header.split);
    let mut at = start + header.front();
    if at > limit {
        return None;
    }
    dst.reserve(limit - start);
    dst.resize(at, 0);
    for (i, block) in src.chunks(header.block).enumerate() {
        put(dst, start + header::LEN + 4 * i, at - start)?;
        let BlockBuffers {
            block: shuffled,
            planes,
            table,
        } = scratch;
        let block = match header.shuffle.of_block(header.typesize, block.len()) {
            Shuffle::None => block,
            Shuffle::Byte => {
                shuffled.resize(block.len(), 0);
                shuffle_kernels::shuffle(header.typesize, block, shuffled);
                shuffled
            }
            Shuffle::Bit => {
                shuffled.resize(block.len(), 0);
                shuffle_kernels::bit_shuffle(header.typesize, block, shuffled, planes);
                shuffled
            }
        };
        let len = block.len() / header.parts(block.len());
        for bytes in block.chunks_exact(len) {
            let most = len.min(limit.checked_sub(at + 4)?);
            // What an earlier part did not need is zero already, or will be written over.
            if dst.len() < at + 4 + most {
                dst.resize(at + 4 + most, 0);
            }
            let room = dst
                .get_mut(at + 4..at + 4 + most)
                .filter(|room| !room.is_empty())?;
            let made = match part::encode(how, bytes, room, table, cx) {
                Some(made) if made > 0 && made < len => made,
                _ => {
                    room.get_mut(..len)?.copy_from_slice(bytes);
                    len
                }
            };
            put(dst, at, made)?;
            at += 4 + made;
        }
    }
    dst.truncate(at);
    Some(())
}

/// Writes a length or an offset, which is below [`header::MAX_DECODED`].
fn put(dst: &mut [u8], at: usize, number: usize) -> Option<()> {
    let word = dst.get_mut(at..at + 4)?;
    word.copy_from_slice(&(number as u32).to_le_bytes());
    Some(())
}
