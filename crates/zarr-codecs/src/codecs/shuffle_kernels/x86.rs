//! Shuffles with AVX2, for whole batches: each function returns how much it did and leaves the rest to its
//! caller.
//!
//! Every kernel is built from one step. Number the bytes of one lane of `N` registers by register,
//! then position: `log2 N + 4` bits. Interleaving register `i` with register `i + N/2` rotates those
//! bits left by one, so a few equal steps turn *element, byte* into *byte, element* and back. The two
//! lanes of a register do the same work on two neighbouring runs.

use std::arch::x86_64::{
    __m128i, __m256i, _mm_loadu_si128, _mm_storeu_si128, _mm256_and_si256, _mm256_castsi256_si128,
    _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_set_m128i, _mm256_set1_epi64x,
    _mm256_setzero_si256, _mm256_slli_epi64, _mm256_srli_epi64, _mm256_storeu_si256,
    _mm256_unpackhi_epi8, _mm256_unpacklo_epi8, _mm256_xor_si256,
};
use std::slice::{Iter, IterMut};

use crate::array::buffer::{self, Byte, Uninit};

/// Bytes of a lane and of a register.
const LANE: usize = 16;
const REGISTER: usize = 32;

/// Shuffles the elements of `src` into the planes of `dst`, which is as long. Returns all of `dst`, and
/// how many elements it did, from the first one on.
pub(super) fn shuffle<'d, B: Byte>(
    typesize: usize,
    src: &[u8],
    dst: &'d mut [B],
) -> (&'d mut [u8], usize) {
    // A plane shorter than a register is left to the loop.
    if !is_x86_feature_detected!("avx2") || src.len() < REGISTER * typesize {
        return (B::readable(dst), 0);
    }
    // SAFETY: the machine has AVX2, which is all these functions ask.
    unsafe {
        match typesize {
            2 => to_planes::<B, 2>(src, dst),
            4 => to_planes::<B, 4>(src, dst),
            8 => to_planes::<B, 8>(src, dst),
            16 => to_planes::<B, 16>(src, dst),
            _ => (B::readable(dst), 0),
        }
    }
}

/// Undoes [`shuffle`]. Returns the elements it wrote, from the first one on.
pub(super) fn unshuffle<'d>(typesize: usize, src: &[u8], dst: &'d mut Uninit) -> &'d mut [u8] {
    if !is_x86_feature_detected!("avx2") {
        return &mut [];
    }
    // SAFETY: the machine has AVX2, which is all these functions ask.
    unsafe {
        match typesize {
            2 => to_elements::<2, 1>(src, dst),
            4 => to_elements::<4, 2>(src, dst),
            8 => to_elements::<8, 3>(src, dst),
            16 => to_elements::<16, 4>(src, dst),
            _ => &mut [],
        }
    }
}

/// Cuts a plane into eight rows of bits. Returns how many bytes of each row it wrote.
pub(super) fn to_rows(plane: &[u8], rows: &mut [u8]) -> usize {
    if !is_x86_feature_detected!("avx2") {
        return 0;
    }
    // SAFETY: the machine has AVX2, which is all this function asks.
    unsafe { bits_to_rows(plane, rows) }
}

/// Undoes [`to_rows`]. Returns how many bytes of each row it read.
pub(super) fn to_plane(rows: &[u8], plane: &mut [u8]) -> usize {
    if !is_x86_feature_detected!("avx2") {
        return 0;
    }
    // SAFETY: the machine has AVX2, which is all this function asks.
    unsafe { bits_to_plane(rows, plane) }
}

#[target_feature(enable = "avx2")]
fn to_planes<'d, B: Byte, const N: usize>(src: &[u8], dst: &'d mut [B]) -> (&'d mut [u8], usize) {
    // No more batches than each plane has registers.
    let src = &src[..src.len().min(dst.len())];
    let mut planes = registers_mut::<B, N>(dst);
    let mut done = 0;
    for batch in src.chunks_exact(REGISTER * N) {
        let mut registers = load_lanes::<N>(batch);
        for _ in 0..4 {
            registers = rotate(registers);
        }
        store_each(&mut planes, registers);
        done += REGISTER;
    }
    // What is left of each plane, and of memory that would be no whole planes.
    let len = dst.len() / N;
    for plane in dst.chunks_mut(len.max(1)) {
        plane.get_mut(done..).unwrap_or_default().fill(B::ZERO);
    }
    let rest = &mut dst[len * N..];
    rest.fill(B::ZERO);
    // SAFETY: of each of the `N` planes of `len` bytes the first `done` were written, a register by
    // each batch, and what is behind them was zeroed, as was all that is behind the planes.
    (unsafe { buffer::assume_init(dst) }, done)
}

#[target_feature(enable = "avx2")]
fn to_elements<'d, const N: usize, const LOG: usize>(
    src: &[u8],
    dst: &'d mut Uninit,
) -> &'d mut [u8] {
    let mut planes = registers::<N>(src);
    let mut done = 0;
    for batch in dst.chunks_exact_mut(REGISTER * N) {
        let mut registers = load_each(&mut planes);
        for _ in 0..LOG {
            registers = rotate(registers);
        }
        store_lanes(batch, registers);
        done += REGISTER;
    }
    // SAFETY: each batch has `2 * N` lanes, and `store_lanes` wrote all of those before `done`.
    unsafe { buffer::assume_init(&mut dst[..done * N]) }
}

#[target_feature(enable = "avx2")]
fn bits_to_rows(plane: &[u8], rows: &mut [u8]) -> usize {
    let mut rows = registers_mut::<u8, 8>(rows);
    let mut done = 0;
    for batch in plane.chunks_exact(8 * REGISTER) {
        let mut registers = load_lanes::<8>(batch);
        for register in &mut registers {
            *register = transposed(*register);
        }
        for _ in 0..4 {
            registers = rotate(registers);
        }
        store_each(&mut rows, registers);
        done += REGISTER;
    }
    done
}

#[target_feature(enable = "avx2")]
fn bits_to_plane(rows: &[u8], plane: &mut [u8]) -> usize {
    let mut rows = registers::<8>(rows);
    let mut done = 0;
    for batch in plane.chunks_exact_mut(8 * REGISTER) {
        let mut registers = load_each(&mut rows);
        for _ in 0..3 {
            registers = rotate(registers);
        }
        for register in &mut registers {
            *register = transposed(*register);
        }
        store_lanes(batch, registers);
        done += REGISTER;
    }
    done
}

/// `N` equal runs of memory, each as far as it is whole registers.
fn registers<const N: usize>(memory: &[u8]) -> [Iter<'_, [u8; REGISTER]>; N] {
    let len = memory.len() / N;
    std::array::from_fn(|i| memory[i * len..(i + 1) * len].as_chunks().0.iter())
}

/// As [`registers`], to be written.
fn registers_mut<B, const N: usize>(mut memory: &mut [B]) -> [IterMut<'_, [B; REGISTER]>; N] {
    let len = memory.len() / N;
    std::array::from_fn(|_| {
        let (run, rest) = std::mem::take(&mut memory).split_at_mut(len);
        memory = rest;
        run.as_chunks_mut().0.iter_mut()
    })
}

/// The next register of each run.
#[inline]
#[target_feature(enable = "avx2")]
fn load_each<const N: usize>(runs: &mut [Iter<'_, [u8; REGISTER]>; N]) -> [__m256i; N] {
    let mut registers = [_mm256_setzero_si256(); N];
    for (register, run) in registers.iter_mut().zip(runs) {
        if let Some(from) = run.next() {
            *register = load(from);
        }
    }
    registers
}

/// The next register of each run, written.
#[inline]
#[target_feature(enable = "avx2")]
fn store_each<B: Byte, const N: usize>(
    runs: &mut [IterMut<'_, [B; REGISTER]>; N],
    registers: [__m256i; N],
) {
    for (register, run) in registers.into_iter().zip(runs) {
        if let Some(to) = run.next() {
            store(to, register);
        }
    }
}

/// The one step: see the top of this file.
#[inline]
#[target_feature(enable = "avx2")]
fn rotate<const N: usize>(registers: [__m256i; N]) -> [__m256i; N] {
    let mut out = registers;
    for i in 0..N / 2 {
        let (a, b) = (registers[i], registers[i + N / 2]);
        out[2 * i] = _mm256_unpacklo_epi8(a, b);
        out[2 * i + 1] = _mm256_unpackhi_epi8(a, b);
    }
    out
}

/// The eight bytes of each word as a square of bits, rows and columns swapped.
#[inline]
#[target_feature(enable = "avx2")]
fn transposed(mut words: __m256i) -> __m256i {
    words = swapped::<7>(words, 0x00AA_00AA_00AA_00AA);
    words = swapped::<14>(words, 0x0000_CCCC_0000_CCCC);
    swapped::<28>(words, 0x0000_0000_F0F0_F0F0)
}

#[inline]
#[target_feature(enable = "avx2")]
fn swapped<const SHIFT: i32>(words: __m256i, mask: i64) -> __m256i {
    let moved = _mm256_xor_si256(words, _mm256_srli_epi64::<SHIFT>(words));
    let moved = _mm256_and_si256(moved, _mm256_set1_epi64x(mask));
    let both = _mm256_xor_si256(moved, _mm256_slli_epi64::<SHIFT>(moved));
    _mm256_xor_si256(words, both)
}

/// `2 * N` lanes of memory as `N` registers: the first `N` as low lanes, the others as high ones.
#[inline]
#[target_feature(enable = "avx2")]
fn load_lanes<const N: usize>(batch: &[u8]) -> [__m256i; N] {
    let mut registers = [_mm256_setzero_si256(); N];
    let lanes = batch.as_chunks::<LANE>().0;
    let (low, high) = lanes.split_at(lanes.len() / 2);
    for (register, (low, high)) in registers.iter_mut().zip(low.iter().zip(high)) {
        *register = _mm256_set_m128i(load_lane(high), load_lane(low));
    }
    registers
}

/// Undoes [`load_lanes`]: writes all of the `2 * N` lanes that a batch is.
#[inline]
#[target_feature(enable = "avx2")]
fn store_lanes<B: Byte, const N: usize>(batch: &mut [B], registers: [__m256i; N]) {
    let lanes = batch.as_chunks_mut::<LANE>().0;
    let (low, high) = lanes.split_at_mut(N);
    for (register, (low, high)) in registers.into_iter().zip(low.iter_mut().zip(high)) {
        store_lane(low, _mm256_castsi256_si128(register));
        store_lane(high, _mm256_extracti128_si256::<1>(register));
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(from: &[u8; REGISTER]) -> __m256i {
    // SAFETY: the array has the 32 bytes that are read; no alignment is asked.
    unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store<B: Byte>(to: &mut [B; REGISTER], register: __m256i) {
    // SAFETY: a `Byte` is one byte of any value, so the array has the 32 that are written; no
    // alignment is asked.
    unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), register) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_lane(from: &[u8; LANE]) -> __m128i {
    // SAFETY: the array has the 16 bytes that are read; no alignment is asked.
    unsafe { _mm_loadu_si128(from.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store_lane<B: Byte>(to: &mut [B; LANE], lane: __m128i) {
    // SAFETY: a `Byte` is one byte of any value, so the array has the 16 that are written; no
    // alignment is asked.
    unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), lane) }
}
