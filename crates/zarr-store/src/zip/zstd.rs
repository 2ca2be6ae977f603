//! Entries compressed with zstd, in a build that has it.

pub(super) const KNOWN: bool = true;

/// Exactly `size` bytes, or `None`.
pub(super) fn decode(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    // Never more than it has room for; and not zeroed before.
    let value = zstd::bulk::decompress(packed, size).ok()?;
    (value.len() == size).then_some(value)
}
