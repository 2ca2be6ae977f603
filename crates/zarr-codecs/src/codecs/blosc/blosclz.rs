//! BloscLZ, the compressor that only Blosc has: literals and matches over the last 73 KiB.
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

/// How many bytes are copied at a time where there is room.
const STEP: usize = 16;
/// From here on it pays to copy more and more at a time.
const LONG: usize = 64;

/// Writes `len` bytes at `at` that repeat what stands `distance` before them; a distance below the
/// length repeats itself. Bytes behind them may change. The caller has checked that the distance is
/// 1 to `at` and that `at + len` is inside.
#[inline(always)]
pub(super) fn repeat(dst: &mut [u8], at: usize, distance: usize, len: usize) {
    // Most matches are short and from further back: one step does.
    if distance >= STEP && len <= STEP {
        let (behind, ahead) = dst.split_at_mut(at);
        let from = behind[at - distance..].first_chunk::<STEP>();
        if let (Some(step), Some(to)) = (from, ahead.first_chunk_mut::<STEP>()) {
            *to = *step;
            return;
        }
    }
    repeat_long(dst, at, distance, len);
}

#[inline(never)]
fn repeat_long(dst: &mut [u8], at: usize, distance: usize, len: usize) {
    let (from, end) = (at - distance, at + len);
    if distance == 1 {
        let byte = dst[from];
        dst[at..end].fill(byte);
        return;
    }
    // What repeats every `distance` bytes does so every few times that, too: once a step's bytes
    // stand there, steps can be taken.
    let mut lag = distance;
    while lag < STEP {
        lag += distance;
    }
    let mut to = at;
    while to < end.min(from + lag) {
        dst[to] = dst[to - distance];
        to += 1;
    }
    while to < end.min(at + LONG) && to + STEP <= dst.len() {
        let mut step = [0; STEP];
        step.copy_from_slice(&dst[to - lag..to - lag + STEP]);
        dst[to..to + STEP].copy_from_slice(&step);
        to += STEP;
    }
    while to < end {
        let lag = (to - from) / distance * distance;
        let step = lag.min(end - to);
        dst.copy_within(to - lag..to - lag + step, to);
        to += step;
    }
}
