//! Both shuffles against their definition, for batches and what is left of them.

use std::mem::MaybeUninit;

use super::*;

fn data(len: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let step = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..len).map(step).collect()
}

/// Byte `j` of element `i` goes to place `i` of plane `j`.
fn by_bytes(typesize: usize, src: &[u8]) -> Vec<u8> {
    let count = src.len() / typesize;
    let mut dst = src.to_vec();
    for i in 0..count {
        for j in 0..typesize {
            dst[j * count + i] = src[i * typesize + j];
        }
    }
    dst
}

/// Bit `k` of byte `j` of element `i` goes to bit `i % 8` of byte `i / 8` of row `8 j + k`.
fn by_bits(typesize: usize, src: &[u8]) -> Vec<u8> {
    let count = src.len() / typesize;
    let mut dst = src.to_vec();
    dst[..count * typesize].fill(0);
    for i in 0..count {
        for j in 0..typesize {
            for k in 0..8 {
                let bit = src[i * typesize + j] >> k & 1;
                dst[(8 * j + k) * (count / 8) + i / 8] |= bit << (i % 8);
            }
        }
    }
    dst
}

fn undone(len: usize, undo: impl FnOnce(&mut FilledFront<'_>)) -> Vec<u8> {
    let mut memory = vec![MaybeUninit::new(0xEE); len];
    let mut front = FilledFront::new(&mut memory);
    undo(&mut front);
    front.into_filled().to_vec()
}

const TYPESIZES: [usize; 13] = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 32, 255];

#[test]
fn bytes_are_shuffled_as_defined() {
    for typesize in TYPESIZES {
        for count in [0, 1, 7, 31, 32, 33, 64, 100, 255, 256, 300, 1000] {
            for tail in [0, typesize - 1] {
                let src = data(count * typesize + tail);
                let mut dst = vec![0; src.len()];
                shuffle(typesize, &src, &mut dst);
                assert_eq!(dst, by_bytes(typesize, &src), "{typesize} {count} {tail}");
                let mut memory = Box::new_uninit_slice(src.len() + 3);
                assert_eq!(shuffled(typesize, &src, &mut memory), dst);
                let back = undone(src.len(), |front| unshuffle(typesize, &dst, front));
                assert_eq!(back, src, "{typesize} {count} {tail}");
            }
        }
    }
}

#[test]
fn bits_are_shuffled_as_defined() {
    let mut planes = vec![];
    for typesize in TYPESIZES {
        for count in [8, 16, 64, 248, 256, 264, 512, 1000, 2048] {
            for tail in [0, typesize - 1] {
                let src = data(count * typesize + tail);
                let mut dst = vec![0; src.len()];
                bit_shuffle(typesize, &src, &mut dst, &mut planes);
                assert_eq!(dst, by_bits(typesize, &src), "{typesize} {count} {tail}");
                let back = undone(src.len(), |front| {
                    bit_unshuffle(typesize, &dst, front, &mut planes);
                });
                assert_eq!(back, src, "{typesize} {count} {tail}");
            }
        }
    }
}

#[test]
fn a_square_of_bits_is_transposed() {
    assert_eq!(transposed(0xFF), 0x0101_0101_0101_0101);
    assert_eq!(transposed(0x8040_2010_0804_0201), 0x8040_2010_0804_0201);
    assert_eq!(transposed(1 << 63 | 1 << 8), 1 << 63 | 1 << 1);
}
