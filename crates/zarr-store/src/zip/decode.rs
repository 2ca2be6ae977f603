//! Compressed entries: decoded whole, to exactly the size that the directory promises. It knows
//! bytes, not where they come from.

use bytes::Bytes;
use libdeflater::Decompressor;

use super::{
    ZipError, ZipLimits,
    entry::{DEFLATE, ZSTD, ZipEntry},
    zstd,
};

/// The most bytes that a byte of deflate can stand for: two bits, one match of 258.
const DEFLATE_RATIO: u64 = 1032;
/// The most bytes that a byte of zstd can stand for: a block of four, 128 KiB of one value.
const ZSTD_RATIO: u64 = 32 << 10;

/// From packed bytes to exactly as many as asked for.
type Decode = fn(&[u8], usize) -> Option<Vec<u8>>;

/// The value of an entry, of exactly its size and with its checksum.
pub(super) fn decode(
    entry: &ZipEntry,
    packed: &[u8],
    limits: &ZipLimits,
) -> Result<Bytes, ZipError> {
    let (ratio, decode): (u64, Decode) = match entry.facts.method {
        DEFLATE => (DEFLATE_RATIO, inflate),
        ZSTD if zstd::KNOWN => (ZSTD_RATIO, zstd::decode),
        method => return Err(ZipError::Method(method)),
    };
    // Nothing is allocated for a size that the bytes cannot have.
    let possible = (packed.len() as u64).saturating_mul(ratio);
    let limit = limits.entry_bytes;
    let size = match usize::try_from(entry.size()) {
        Ok(size) if entry.size() <= possible.min(limit) => size,
        _ => {
            return Err(ZipError::EntryTooLarge {
                size: entry.size(),
                packed: entry.facts.packed,
                limit,
            });
        }
    };
    let value = decode(packed, size)
        .filter(|value| value.len() == size)
        .ok_or(ZipError::Damaged { size: entry.size() })?;
    entry.check_sum(&value)?;
    Ok(value.into())
}

fn inflate(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut value = vec![0; size];
    let written = Decompressor::new().deflate_decompress(packed, &mut value);
    (written.ok()? == size).then_some(value)
}
