//! Entries compressed with zstd, which need a feature of their own.

/// Whether this build can read them.
pub(super) const KNOWN: bool = cfg!(feature = "zip-zstd");

/// Exactly `size` bytes, or `None`.
#[cfg(feature = "zip-zstd")]
pub(super) fn decode(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    // Never more than it has room for; and not zeroed before.
    let value = zstd::bulk::decompress(packed, size).ok()?;
    (value.len() == size).then_some(value)
}

#[cfg(not(feature = "zip-zstd"))]
pub(super) fn decode(_: &[u8], _: usize) -> Option<Vec<u8>> {
    None
}
