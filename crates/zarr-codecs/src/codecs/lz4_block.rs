//! Blocks of LZ4, for every codec that contains them.
//! Format: lz4, `lz4_Block_format.md`.

use std::io::{Error, Result};

use super::backends::lz4 as library;
use crate::array::buffer::Byte;

/// The most bytes that a block can be made of.
pub(crate) const MAX_DECODED: usize = 0x7E00_0000;

/// The room that this many bytes are encoded to; no block of them is longer.
pub(crate) use library::bound;

/// How hard the compressor tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Faster with a larger acceleration, and worse; 1 is LZ4's own default.
    Fast(i32),
    /// LZ4HC at a level of 1 to 12.
    High(i32),
}

/// Why there is no such effort, where there is none.
pub(crate) fn check_effort(effort: Effort) -> std::result::Result<(), &'static str> {
    library::check_effort(effort)
}

/// Decodes one block to the front of `dst`, which may be uninitialised, and returns what that made.
///
/// # Errors
/// If `src` is not a block or makes more bytes than `dst` has.
pub(crate) fn decompressed<'d, B: Byte>(src: &[u8], dst: &'d mut [B]) -> Result<&'d mut [u8]> {
    check(src.len())?;
    check(dst.len())?;
    let corrupt = || Error::other("no block of lz4, or one that makes too many bytes");
    library::decompressed(src, dst).ok_or_else(corrupt)
}

/// Encodes `src` as one block at the front of `dst`, which may be uninitialised, and returns the block.
///
/// # Errors
/// If `src` has more than [`MAX_DECODED`] bytes, or the block does not fit.
pub(crate) fn compressed<'d, B: Byte>(
    src: &[u8],
    dst: &'d mut [B],
    effort: Effort,
) -> Result<&'d mut [u8]> {
    check(src.len())?;
    let most = dst.len().min(i32::MAX as usize);
    let failed = || Error::other("the block does not fit");
    library::compressed(src, &mut dst[..most], effort).ok_or_else(failed)
}

/// C's lengths are signed 32-bit numbers: one that does not fit must not be cut.
fn check(len: usize) -> Result<()> {
    if len <= MAX_DECODED {
        return Ok(());
    }
    Err(Error::other(format!(
        "{len} bytes are too many for a block"
    )))
}

#[cfg(test)]
mod tests {
    use std::mem::MaybeUninit;

    use super::*;

    #[test]
    fn a_block_comes_back() {
        let data: Vec<u8> = (0..5000_u32).map(|i| (i / 7) as u8).collect();
        let efforts = [i32::MIN, 1, 9].map(Effort::Fast);
        for effort in efforts.into_iter().chain([Effort::High(9)]) {
            let mut memory = Box::new_uninit_slice(bound(5000));
            let block = compressed(&data, &mut memory, effort).unwrap();
            assert!(block.len() < 2500, "{}", block.len());
            let mut initialised = vec![7; bound(5000)];
            assert_eq!(compressed(&data, &mut initialised, effort).unwrap(), block);

            for room in [5000, 5001] {
                let mut memory = Box::new_uninit_slice(room);
                assert_eq!(decompressed(block, &mut memory).unwrap(), data);
                assert_eq!(decompressed(block, &mut vec![7; room]).unwrap(), data);
            }
            let (cut, short) = (&block[..block.len() - 1], &mut [0; 4999]);
            decompressed(block, short).unwrap_err();
            decompressed(block, &mut Box::new_uninit_slice(4999)).unwrap_err();
            decompressed(cut, &mut [0; 5000]).unwrap_err();
            decompressed(cut, &mut Box::new_uninit_slice(5000)).unwrap_err();
            compressed(&data, &mut [0; 20], effort).unwrap_err();
            compressed(&data, &mut Box::new_uninit_slice(20), effort).unwrap_err();
        }
        decompressed(&[], &mut [0; 4]).unwrap_err();
        decompressed(&[], &mut Box::new_uninit_slice(4)).unwrap_err();
        decompressed::<u8>(&[0], &mut []).unwrap();
    }

    #[test]
    fn a_known_block_decodes() {
        // By the format: four literals, then a match of 12 bytes from 4 back, then the last literals.
        let block = [
            0x48, b'a', b'b', b'c', b'd', 4, 0, 0x50, b'1', b'2', b'3', b'4', b'5',
        ];
        let made = decompressed(&block, &mut [0; 32]).unwrap().to_vec();
        assert_eq!(made, b"abcdabcdabcdabcd12345");
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
