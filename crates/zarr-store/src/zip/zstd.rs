//! Decodes entries compressed with zstd, if the feature `zip-zstd` is on.

/// Whether this build can decode zstd.
pub(super) const KNOWN: bool = cfg!(feature = "zip-zstd");

/// Exactly `size` bytes, or `None`.
#[cfg(feature = "zip-zstd")]
pub(super) fn decode(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    // This never writes more than `size` bytes, and does not zero the memory first.
    let value = zstd::bulk::decompress(packed, size).ok()?;
    (value.len() == size).then_some(value)
}

#[cfg(not(feature = "zip-zstd"))]
pub(super) fn decode(_: &[u8], _: usize) -> Option<Vec<u8>> {
    None
}
