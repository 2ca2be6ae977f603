//! BloscLZ, the compressor that only Blosc has: literals and matches over the last 73 KiB. Knows no
//! frame and no shuffle.
//!
//! A control byte below 32 is followed by that many literals plus one. Any other is a match: its top
//! three bits hold the length minus two, 7 meaning that bytes to be added follow, up to one that is
//! not 255. Its low five bits and the next byte are the distance minus one. Where all thirteen bits
//! are set, two more bytes hold, high one first, what the distance has above 8192. Of the first
//! control byte only the low five bits count.
//! Format: c-blosc, `blosclz.c` (after FastLZ).

mod encode;

pub(super) use encode::{Table, encode};

/// The longest run of literals under one control byte.
const LITERALS: usize = 32;
/// Distances minus one below this fit a near match; it also marks a far one.
const FAR: usize = 8191;

/// Decodes `src` into the front of `dst` and returns how many bytes that made.
///
/// # Errors
/// Says what is wrong where `src` is damaged or does not fit.
pub(super) fn decode(src: &[u8], dst: &mut [u8]) -> Result<usize, &'static str> {
    let Some((&first, mut src)) = src.split_first() else {
        return Err("there is no data");
    };
    let mut control = first & 31;
    let mut at = 0;
    loop {
        if control < 32 {
            let len = usize::from(control) + 1;
            literals(src, dst, at, len).ok_or("literals are cut off, or too many")?;
            src = src.get(len..).unwrap_or_default();
            at += len;
        } else {
            let (len, distance, rest) =
                back(control, src, dst.len()).ok_or("a match is cut off")?;
            if len > dst.len() - at {
                return Err("more bytes than can come");
            }
            if distance > at {
                return Err("a match from before the beginning");
            }
            repeat(dst, at, distance, len);
            src = rest;
            at += len;
        }
        let Some((&next, rest)) = src.split_first() else {
            return Ok(at);
        };
        (control, src) = (next, rest);
    }
}

/// Copies `len` literals, at most 32 of them: as many bytes as there can be where there is room.
#[inline]
fn literals(src: &[u8], dst: &mut [u8], at: usize, len: usize) -> Option<()> {
    let to = dst.get_mut(at..)?;
    match (
        src.first_chunk::<LITERALS>(),
        to.first_chunk_mut::<LITERALS>(),
    ) {
        (Some(from), Some(to)) => *to = *from,
        _ => to.get_mut(..len)?.copy_from_slice(src.get(..len)?),
    }
    Some(())
}

/// A match's length and distance, and what follows it.
#[inline]
fn back(control: u8, mut src: &[u8], max: usize) -> Option<(usize, usize, &[u8])> {
    let mut len = usize::from(control >> 5) + 2;
    let high = usize::from(control & 31) << 8;
    if len == 9 {
        loop {
            let (&more, rest) = src.split_first()?;
            (len, src) = (len + usize::from(more), rest);
            // No match is longer than all bytes: the sum cannot grow beyond bounds.
            if more != 255 || len > max {
                break;
            }
        }
    }
    let (&low, src) = src.split_first()?;
    let near = high + usize::from(low);
    if near < FAR {
        return Some((len, near + 1, src));
    }
    let (&[high, low], src) = src.split_first_chunk::<2>()?;
    let far = usize::from(u16::from_be_bytes([high, low]));
    Some((len, far + FAR + 1, src))
}

/// How many bytes are copied at a time where there is room for more than asked.
const STEP: usize = 16;

/// Writes `len` bytes at `at` that repeat what stands `distance` before them; a distance below the
/// length repeats itself. Bytes behind them may change. The caller has checked that the distance is
/// 1 to `at` and that `at + len` is inside.
pub(super) fn repeat(dst: &mut [u8], at: usize, distance: usize, len: usize) {
    let from = at - distance;
    if distance >= STEP && dst.len() - at >= len + STEP {
        for done in (0..len).step_by(STEP) {
            let mut step = [0; STEP];
            step.copy_from_slice(&dst[from + done..from + done + STEP]);
            dst[at + done..at + done + STEP].copy_from_slice(&step);
        }
    } else if distance == 1 {
        let byte = dst[from];
        dst[at..at + len].fill(byte);
    } else {
        let mut done = 0;
        while done < len {
            let step = (distance + done).min(len - done);
            dst.copy_within(from..from + step, at + done);
            done += step;
        }
    }
}
