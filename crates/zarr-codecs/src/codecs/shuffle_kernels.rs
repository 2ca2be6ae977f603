//! Byte shuffle and bit shuffle of a run of elements: safe loops for any machine, and AVX2 for the front part
//! where the machine has it.
//!
//! A byte shuffle puts byte `j` of all elements into *plane* `j`. A bit shuffle then cuts every plane
//! into eight *rows*: row `k` holds bit `k` of the plane's bytes, eight of them per byte, the first
//! one lowest. Bytes behind the last whole element stay where they are.

use crate::array::buffer::{self, Byte, FilledFront, Uninit};

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod x86;

/// Elsewhere the loops below do all elements.
#[cfg(not(target_arch = "x86_64"))]
mod x86 {
    use crate::array::buffer::{Byte, Uninit};

    pub(super) fn shuffle<'d, B: Byte>(
        _: usize,
        _: &[u8],
        dst: &'d mut [B],
    ) -> (&'d mut [u8], usize) {
        (B::readable(dst), 0)
    }

    pub(super) fn unshuffle<'d>(_: usize, _: &[u8], _: &'d mut Uninit) -> &'d mut [u8] {
        &mut []
    }

    pub(super) fn to_rows(_: &[u8], _: &mut [u8]) -> usize {
        0
    }

    pub(super) fn to_plane(_: &[u8], _: &mut [u8]) -> usize {
        0
    }
}

/// Shuffles the bytes of `src`, which go to the front of `memory`.
pub(crate) fn shuffled<'d>(typesize: usize, src: &[u8], memory: &'d mut Uninit) -> &'d mut [u8] {
    let len = src.len() / typesize * typesize;
    let (elements, tail) = src.split_at(len);
    let mut front = FilledFront::new(memory);
    front.push(len, |memory| planes(typesize, elements, memory));
    front.push(tail.len(), |memory| buffer::copied(memory, tail));
    front.into_filled()
}

/// As [`shuffled`], into memory that is used again.
pub(crate) fn shuffle(typesize: usize, src: &[u8], dst: &mut [u8]) {
    let len = src.len() / typesize * typesize;
    let (elements, tail) = src.split_at(len);
    let (front, rest) = dst.split_at_mut(len);
    planes(typesize, elements, front);
    rest.copy_from_slice(tail);
}

/// Writes the planes of whole elements to `dst`, which is as long.
fn planes<'d, B: Byte>(typesize: usize, elements: &[u8], dst: &'d mut [B]) -> &'d mut [u8] {
    let count = elements.len() / typesize;
    let (planes, done) = x86::shuffle(typesize, elements, dst);
    if done < count {
        for (j, plane) in planes.chunks_exact_mut(count).enumerate() {
            let bytes = elements.iter().skip(done * typesize + j).step_by(typesize);
            for (to, from) in plane.iter_mut().skip(done).zip(bytes) {
                *to = *from;
            }
        }
    }
    planes
}

/// Undoes [`shuffled`]: appends as many bytes as `src` has.
pub(crate) fn unshuffle(typesize: usize, src: &[u8], dst: &mut FilledFront<'_>) {
    let count = src.len() / typesize;
    let (planes, tail) = src.split_at(count * typesize);
    let done = dst.push(planes.len(), |memory| {
        x86::unshuffle(typesize, planes, memory)
    }) / typesize;
    dst.push((count - done) * typesize, |memory| {
        let elements = buffer::zeroed(memory);
        if done < count {
            for (j, plane) in planes.chunks_exact(count).enumerate() {
                let bytes = elements.iter_mut().skip(j).step_by(typesize);
                for (from, to) in plane.iter().skip(done).zip(bytes) {
                    *to = *from;
                }
            }
        }
        elements
    });
    dst.push(tail.len(), |memory| buffer::copied(memory, tail));
}

/// Shuffles the bits of `src` into `dst`, which is as long; `planes` is scratch. The number of
/// elements is a multiple of eight.
pub(crate) fn bit_shuffle(typesize: usize, src: &[u8], dst: &mut [u8], planes: &mut Vec<u8>) {
    let count = src.len() / typesize;
    let (elements, tail) = src.split_at(count * typesize);
    let (all_rows, rest) = dst.split_at_mut(elements.len());
    let of_bytes = if typesize == 1 {
        elements
    } else {
        planes.resize(elements.len(), 0);
        shuffle(typesize, elements, planes);
        planes
    };
    let pairs = of_bytes
        .chunks_exact(count)
        .zip(all_rows.chunks_exact_mut(count));
    for (plane, rows) in pairs {
        let done = x86::to_rows(plane, rows);
        let words = plane.as_chunks::<8>().0;
        for (at, word) in words.iter().enumerate().skip(done) {
            let bits = transposed(u64::from_le_bytes(*word)).to_le_bytes();
            let column = rows.iter_mut().skip(at).step_by(words.len());
            for (to, from) in column.zip(bits) {
                *to = from;
            }
        }
    }
    rest.copy_from_slice(tail);
}

/// Undoes [`bit_shuffle`]: appends as many bytes as `src` has; `planes` is scratch.
pub(crate) fn bit_unshuffle(
    typesize: usize,
    src: &[u8],
    dst: &mut FilledFront<'_>,
    planes: &mut Vec<u8>,
) {
    let count = src.len() / typesize;
    let (all_rows, tail) = src.split_at(count * typesize);
    planes.resize(all_rows.len(), 0);
    let pairs = all_rows
        .chunks_exact(count)
        .zip(planes.chunks_exact_mut(count));
    for (rows, plane) in pairs {
        let done = x86::to_plane(rows, plane);
        let words = plane.as_chunks_mut::<8>().0;
        let len = words.len();
        for (at, word) in words.iter_mut().enumerate().skip(done) {
            let mut bits = [0; 8];
            for (to, from) in bits.iter_mut().zip(rows.iter().skip(at).step_by(len)) {
                *to = *from;
            }
            *word = transposed(u64::from_le_bytes(bits)).to_le_bytes();
        }
    }
    if typesize == 1 {
        dst.push(planes.len(), |memory| buffer::copied(memory, planes));
    } else {
        unshuffle(typesize, planes, dst);
    }
    dst.push(tail.len(), |memory| buffer::copied(memory, tail));
}

/// Swaps rows and columns of a square of 8 by 8 bits, by halves, quarters and eighths.
fn transposed(mut word: u64) -> u64 {
    for (shift, mask) in [
        (7, 0x00AA_00AA_00AA_00AA),
        (14, 0x0000_CCCC_0000_CCCC),
        (28, 0x0000_0000_F0F0_F0F0),
    ] {
        let swapped = (word ^ (word >> shift)) & mask;
        word ^= swapped ^ (swapped << shift);
    }
    word
}

#[cfg(test)]
#[path = "shuffle_kernels/tests.rs"]
mod tests;
