//! Fletcher's checksum as HDF5 computes it: over big-endian words of two bytes.

/// As many words as can be added before the sums are folded.
const WORDS: usize = 360;

pub(super) fn sum(data: &[u8]) -> u32 {
    let (words, odd) = data.as_chunks::<2>();
    let (mut sum1, mut sum2) = (0_u32, 0_u32);
    for block in words.chunks(WORDS) {
        for word in block {
            sum1 = sum1.wrapping_add(u32::from(u16::from_be_bytes(*word)));
            sum2 = sum2.wrapping_add(sum1);
        }
        (sum1, sum2) = (fold(sum1), fold(sum2));
    }
    if let [last] = odd {
        sum1 = sum1.wrapping_add(u32::from(*last) << 8);
        sum2 = sum2.wrapping_add(sum1);
        (sum1, sum2) = (fold(sum1), fold(sum2));
    }
    // A sum may have kept a carry.
    (fold(sum2) << 16) | fold(sum1)
}

/// Adds the carries to the lower half.
fn fold(sum: u32) -> u32 {
    (sum & 0xFFFF) + (sum >> 16)
}
