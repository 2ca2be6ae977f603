//! Deflate and its checksum by the C library libdeflate.

use libdeflater::{CompressionLvl, Compressor, Crc, Decompressor};

/// A checksum of bytes that come one by one.
pub(in crate::zip) struct Crc32(Crc);

impl Crc32 {
    pub(in crate::zip) fn new() -> Self {
        Self(Crc::new())
    }

    pub(in crate::zip) fn of(bytes: &[u8]) -> u32 {
        libdeflater::crc32(bytes)
    }

    pub(in crate::zip) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(in crate::zip) fn sum(self) -> u32 {
        self.0.sum()
    }
}

/// Exactly `size` bytes, or `None`.
pub(in crate::zip) fn inflate(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut value = vec![0; size];
    let written = Decompressor::new().deflate_decompress(packed, &mut value);
    (written.ok()? == size).then_some(value)
}

/// Fewer bytes than `value` has, at a level of 1 to 12, or `None`.
pub(in crate::zip) fn deflate(value: &[u8], level: i32) -> Option<Vec<u8>> {
    let level = CompressionLvl::new(level).unwrap_or_default();
    let mut packed = vec![0; value.len()];
    let written = Compressor::new(level).deflate_compress(value, &mut packed);
    packed.truncate(written.ok()?);
    (packed.len() < value.len()).then_some(packed)
}
