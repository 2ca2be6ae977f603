//! The BloscLZ compressor. It takes the matches that c-blosc takes, so that sizes are the same. Parts that
//! promise too little are not compressed.

use super::{FAR, LITERALS};

/// Where bytes that hash alike were seen last: scratch of the compressor.
pub(in crate::codecs::blosc) type Table = Vec<u32>;

/// Table sizes as powers of two: of the compressor, and of the probe.
const LOG: u32 = 14;
const PROBE_LOG: u32 = 12;
/// Distances must lie below this.
const FARTHEST: usize = 65535 + FAR - 1;
/// The last bytes are always literals.
const TAIL: usize = 12;
/// The first bytes, which cannot be a match.
const UNSEEN: usize = 4;
const MASK: usize = (1 << LOG) - 1;
/// How many bytes the probe looks at.
const PROBE: usize = 4096;

/// How matches are looked for.
struct MatchSearch {
    log: u32,
    /// The shortest length a match may have, coded (bytes minus two).
    least: usize,
    /// How many matching bytes are given back, plus three.
    shift: usize,
    /// Whether the table learns two places behind a match.
    twice: bool,
}

/// A match: how many literals stand before it, its coded length, its distance minus one.
struct Match {
    literals: usize,
    len: usize,
    distance: usize,
}

/// Encodes `src` into the front of `dst` and returns how many bytes that made. `None` if it does
/// not fit or is not worth it. `level` is 1 to 9; `split` says whether the block is.
pub(in crate::codecs::blosc) fn encode(
    level: u8,
    split: bool,
    src: &[u8],
    dst: &mut [u8],
    table: &mut Table,
) -> Option<usize> {
    // Below these sizes the format's own bytes eat every gain.
    if src.len() < 16 || dst.len() < 66 {
        return None;
    }
    let ratio = promised(src, table);
    let least = match level {
        1 => 2.0,
        2 => 1.5,
        3..=6 => 1.2,
        7 => 1.15,
        8 => 1.1,
        _ => 1.0,
    };
    if ratio < least {
        return None;
    }
    // Long matches only where they are the rule: short ones cost time when decoding.
    let short = !split || ratio < 4.0;
    let search = MatchSearch {
        log: match level {
            1 => LOG - 2,
            2 => LOG - 1,
            _ => LOG,
        },
        least: if short { 3 } else { 4 },
        shift: if short { 3 } else { 4 },
        twice: level == 9,
    };
    let mut out = BlockWriter { dst, at: 0 };
    let mut literals = src;
    search.run(src, UNSEEN, table, |found| {
        out.literals(literals, found.literals)?;
        out.back(&found)?;
        literals = literals.get(found.literals + found.bytes()..)?;
        Some(())
    })?;
    out.literals(literals, literals.len())?;
    // The mark of the format, in bits the decoder does not look at.
    *out.dst.first_mut()? |= 32;
    Some(out.at)
}

/// How many times shorter a part would become, guessed from the beginning of its last quarter.
fn promised(src: &[u8], table: &mut Table) -> f64 {
    let (_, probe) = src.split_at(src.len() - src.len() / 4);
    let probe = &probe[..probe.len().min(PROBE)];
    let search = MatchSearch {
        log: PROBE_LOG,
        least: 3,
        shift: 3,
        twice: false,
    };
    // Counted as if a few literals had gone before.
    let (mut made, mut pending) = (0, UNSEEN);
    let mut seen = 0;
    let end = search.run(probe, 0, table, |found| {
        let literals = found.literals + pending;
        made += literals + literals.div_ceil(LITERALS) + found.cost();
        seen += found.literals + found.bytes();
        pending = 0;
        Some(())
    });
    let end = end.unwrap_or(seen);
    let literals = end - seen + pending;
    made += literals + literals / LITERALS + 1;
    end as f64 / made as f64
}

impl Match {
    /// How many bytes it stands for.
    fn bytes(&self) -> usize {
        self.len + 2
    }

    /// How many bytes it is, were it near.
    fn cost(&self) -> usize {
        2 + (self.len + 248) / 255
    }
}

impl MatchSearch {
    /// Calls `found` with every match in `src` from `start` on, until it returns `None`. Returns
    /// where the search ended.
    fn run(
        &self,
        src: &[u8],
        start: usize,
        table: &mut Table,
        mut found: impl FnMut(Match) -> Option<()>,
    ) -> Option<usize> {
        table.resize(1 << LOG, 0);
        let table = table.first_chunk_mut::<{ 1 << LOG }>()?;
        table[..1 << self.log].fill(0);
        let hash =
            |word: u32| (word.wrapping_mul(2_654_435_761) >> (32 - self.log)) as usize & MASK;
        let limit = src.len().saturating_sub(TAIL);
        let (mut at, mut from) = (start, 0);
        while at < limit {
            let word = word(src, at);
            let slot = &mut table[hash(word)];
            let before = std::mem::replace(slot, at as u32) as usize;
            let distance = at - before;
            if distance == 0 || distance >= FARTHEST || self::word(src, before) != word {
                at += 1;
                continue;
            }
            let next = differs(src, at + 4, distance) - self.shift;
            let (len, distance) = (next - at, distance - 1);
            // A short match from far away is not worth its bytes.
            if len < self.least || len <= 5 && distance >= FAR {
                at += 1;
                continue;
            }
            let literals = at - from;
            found(Match {
                literals,
                len,
                distance,
            })?;
            let word = self::word(src, next);
            table[hash(word)] = next as u32;
            if self.twice {
                table[hash(word >> 8)] = (next + 1) as u32;
            }
            at = next + 2;
            from = at;
        }
        Some(at)
    }
}

/// The four bytes at `at`, which is at least that far from the end.
#[inline]
fn word(src: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&src[at..at + 4]);
    u32::from_le_bytes(word)
}

/// One more than the first place from `at` on whose byte is another than the one `distance` before
/// it, but not beyond the last byte.
#[inline]
fn differs(src: &[u8], at: usize, distance: usize) -> usize {
    let bound = src.len() - 1;
    let ahead = &src[at..bound];
    let behind = &src[at - distance..bound - distance];
    let mut same = 0;
    for (a, b) in ahead
        .as_chunks::<8>()
        .0
        .iter()
        .zip(behind.as_chunks::<8>().0)
    {
        let other = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if other != 0 {
            return at + same + other.trailing_zeros() as usize / 8 + 1;
        }
        same += 8;
    }
    let rest = ahead.iter().zip(behind).skip(same);
    same += rest.take_while(|(a, b)| a == b).count();
    (at + same + 1).min(bound)
}

/// Encoded bytes, as far as there is room.
struct BlockWriter<'d> {
    dst: &'d mut [u8],
    at: usize,
}

impl BlockWriter<'_> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.at + bytes.len();
        self.dst.get_mut(self.at..end)?.copy_from_slice(bytes);
        self.at = end;
        Some(())
    }

    /// The first `count` bytes of `src`.
    #[inline]
    fn literals(&mut self, mut src: &[u8], mut count: usize) -> Option<()> {
        while count > 0 {
            let run = count.min(LITERALS);
            self.put(&[run as u8 - 1])?;
            // All bytes of a run at once where there is room: what is too much is written over.
            let to = self.dst.get_mut(self.at..)?;
            match (
                src.first_chunk::<LITERALS>(),
                to.first_chunk_mut::<LITERALS>(),
            ) {
                (Some(from), Some(to)) => *to = *from,
                _ => to.get_mut(..run)?.copy_from_slice(src.get(..run)?),
            }
            self.at += run;
            src = src.get(run..)?;
            count -= run;
        }
        Some(())
    }

    #[inline]
    fn back(&mut self, found: &Match) -> Option<()> {
        let near = found.distance.min(FAR);
        let [high, low] = (near as u16).to_be_bytes();
        if found.len < 7 && near < FAR {
            return self.put(&[(found.len as u8) << 5 | high, low]);
        }
        self.put(&[(found.len.min(7) as u8) << 5 | high])?;
        if let Some(mut more) = found.len.checked_sub(7) {
            while more >= 255 {
                self.put(&[255])?;
                more -= 255;
            }
            self.put(&[more as u8])?;
        }
        self.put(&[low])?;
        if near == FAR {
            let far = (found.distance - FAR) as u16;
            self.put(&far.to_be_bytes())?;
        }
        Some(())
    }
}
