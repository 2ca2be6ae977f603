//! Zstandard by the C library libzstd.

/// Whether this build can decode zstd.
pub(in crate::zip) const KNOWN: bool = true;

/// Exactly `size` bytes, or `None`.
pub(in crate::zip) fn decode(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    // This never writes more than `size` bytes, and does not zero the memory first.
    let value = zstd::bulk::decompress(packed, size).ok()?;
    (value.len() == size).then_some(value)
}
