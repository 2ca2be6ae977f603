//! Blocks of LZ4 over the C library, for every codec that has such blocks inside. Knows no container.
//! Format: lz4, `lz4_Block_format.md`.

use lz4::block::{CompressionMode, compress_to_buffer, decompress_to_buffer};

use crate::buffer::{self, Uninit};

/// The most bytes that a block can be made of.
pub(crate) const MAX_DECODED: usize = 0x7E00_0000;

/// The most that a block of this many bytes can take.
pub(crate) fn bound(len: usize) -> usize {
    len.saturating_add(len / 255).saturating_add(16)
}

/// How hard the compressor tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Faster with a larger acceleration, and worse; 1 is LZ4's own default.
    Fast(i32),
    /// LZ4HC at a level of 1 to 12.
    High(i32),
}

/// Decodes one block into the front of `dst` and returns how many bytes that made.
///
/// # Errors
/// Where `src` is no block or makes more bytes than `dst` has.
pub(crate) fn decompress(src: &[u8], dst: &mut [u8]) -> std::io::Result<usize> {
    // C's lengths are signed 32-bit numbers: one that does not fit must not be cut.
    let (_, len) = (signed(src.len())?, signed(dst.len())?);
    decompress_to_buffer(src, Some(len), dst)
}

/// As [`decompress`], where `dst` may be uninitialised: zeroing it first takes a tenth of the time.
///
/// # Errors
/// As [`decompress`].
pub(crate) fn decompressed<'d>(src: &[u8], dst: &'d mut Uninit) -> std::io::Result<&'d mut [u8]> {
    // Of C's own limit, as above.
    let _ = (signed(src.len())?, signed(dst.len())?);
    let corrupt = || std::io::Error::other("no block of lz4, or one that makes too many bytes");
    buffer::lz4_decompressed(src, dst).ok_or_else(corrupt)
}

/// As [`compress`], where `dst` may be uninitialised.
///
/// # Errors
/// As [`compress`].
pub(crate) fn compressed<'d>(
    src: &[u8],
    dst: &'d mut Uninit,
    acceleration: i32,
) -> std::io::Result<&'d mut [u8]> {
    signed(src.len())?;
    let most = dst.len().min(i32::MAX as usize);
    let failed = || std::io::Error::other("the block does not fit");
    buffer::lz4_compressed(src, &mut dst[..most], acceleration).ok_or_else(failed)
}

/// Encodes `src` as one block at the front of `dst` and returns how many bytes that made.
///
/// # Errors
/// Where `src` has more than [`MAX_DECODED`] bytes, or the block does not fit.
pub(crate) fn compress(src: &[u8], dst: &mut [u8], effort: Effort) -> std::io::Result<usize> {
    let mode = match effort {
        Effort::Fast(acceleration) => CompressionMode::FAST(acceleration),
        Effort::High(level) => CompressionMode::HIGHCOMPRESSION(level),
    };
    let most = dst.len().min(i32::MAX as usize);
    compress_to_buffer(src, Some(mode), false, &mut dst[..most])
}

fn signed(len: usize) -> std::io::Result<i32> {
    i32::try_from(len)
        .ok()
        .filter(|_| len <= MAX_DECODED)
        .ok_or_else(|| std::io::Error::other(format!("{len} bytes are too many for a block")))
}

#[cfg(test)]
mod tests {
    use std::mem::MaybeUninit;

    use super::*;

    #[test]
    fn a_block_comes_back() {
        let data: Vec<u8> = (0..5000_u32).map(|i| (i / 7) as u8).collect();
        for effort in [Effort::Fast(1), Effort::Fast(9), Effort::High(9)] {
            let (mut block, mut back) = (vec![0; 5100], vec![0; 5000]);
            let len = compress(&data, &mut block, effort).unwrap();
            assert!(len < 2500, "{len}");
            assert_eq!(decompress(&block[..len], &mut back).unwrap(), 5000);
            assert_eq!(back, data);
            decompress(&block[..len], &mut back[..4999]).unwrap_err();
            decompress(&block[..len - 1], &mut back).unwrap_err();

            for room in [5000, 5001] {
                let mut memory = Box::new_uninit_slice(room);
                assert_eq!(decompressed(&block[..len], &mut memory).unwrap(), data);
            }
            let mut memory = Box::new_uninit_slice(4999);
            decompressed(&block[..len], &mut memory).unwrap_err();
            decompressed(&block[..len - 1], &mut memory).unwrap_err();
        }
        compress(&data, &mut [0; 20], Effort::Fast(1)).unwrap_err();
        compressed(&data, &mut Box::new_uninit_slice(20), 1).unwrap_err();
        for acceleration in [i32::MIN, 1, 9] {
            let (mut memory, mut back) = (Box::new_uninit_slice(5100), vec![0; 5000]);
            let block = compressed(&data, &mut memory, acceleration).unwrap();
            assert_eq!(decompress(block, &mut back).unwrap(), 5000);
            assert_eq!(back, data);
        }
        decompress(&[], &mut [0; 4]).unwrap_err();
        decompressed(&[], &mut Box::new_uninit_slice(4)).unwrap_err();
        decompressed(&[0], &mut []).unwrap();
    }

    #[test]
    fn a_known_block_decodes() {
        // By the format: four literals, then a match of 12 bytes from 4 back, then the last literals.
        let block = [
            0x48, b'a', b'b', b'c', b'd', 4, 0, 0x50, b'1', b'2', b'3', b'4', b'5',
        ];
        let mut out = [0; 32];
        let len = decompress(&block, &mut out).unwrap();
        assert_eq!(&out[..len], b"abcdabcdabcdabcd12345");
    }
    #[test]
    fn a_match_with_itself_makes_nothing_of_old_memory() {
        // The format forbids a match from 0 back, and the library decodes it. What it writes must not
        // depend on what was in the memory, which may be uninitialised.
        for matched in [4_u8, 9, 18, 19, 40, 200] {
            let mut block = vec![(matched - 4).min(15), 0, 0];
            block.extend((matched - 4).checked_sub(15));
            for last in [12_usize, 100] {
                let mut block = block.clone();
                block.push((last.min(15) << 4) as u8);
                block.extend(last.checked_sub(15).map(|more| more as u8));
                block.extend(std::iter::repeat_n(b'x', last));
                let made = [0x55, 0xAA].map(|old| {
                    let mut memory = [MaybeUninit::new(old); 400];
                    let made = decompressed(&block, &mut memory);
                    made.map(|bytes| bytes.to_vec()).ok()
                });
                assert_eq!(made[0], made[1], "{matched} {last}");
            }
        }
    }
}
