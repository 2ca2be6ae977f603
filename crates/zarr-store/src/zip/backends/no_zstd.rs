//! No Zstandard: neither the feature `zip-zstd` nor `zip-rust` is on.

/// Whether this build can decode zstd.
pub(in crate::zip) const KNOWN: bool = false;

/// Nothing.
pub(in crate::zip) fn decode(_: &[u8], _: usize) -> Option<Vec<u8>> {
    None
}
