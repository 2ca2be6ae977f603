//! Decodes compressed entries, each as a whole and to exactly the size that the directory promises.

use bytes::Bytes;

use super::{
    backends::{deflate, zstd},
    entry::{DEFLATE, ZSTD, ZipEntry},
};
use crate::ZipError;

/// The most bytes that one byte of deflate can decode to: a match of 258 bytes takes two bits at the least.
const DEFLATE_RATIO: u64 = 1032;
/// The most bytes that one byte of zstd can decode to: a block of four bytes can repeat one value for 128 KiB.
const ZSTD_RATIO: u64 = 32 << 10;

/// Decodes packed bytes to exactly as many bytes as are asked for.
type Decode = fn(&[u8], usize) -> Option<Vec<u8>>;

/// The value of an entry, of exactly its size and with its checksum, if it has at most `limit` bytes.
pub(super) fn decode(entry: &ZipEntry, packed: &[u8], limit: u64) -> Result<Bytes, ZipError> {
    let (ratio, decode): (u64, Decode) = match entry.header.method {
        DEFLATE => (DEFLATE_RATIO, deflate::inflate),
        ZSTD if zstd::KNOWN => (ZSTD_RATIO, zstd::decode),
        method => return Err(ZipError::Method(method)),
    };
    // No memory is allocated for a size that the packed bytes cannot decode to.
    let possible = (packed.len() as u64).saturating_mul(ratio);
    let size = match usize::try_from(entry.size()) {
        Ok(size) if entry.size() <= possible.min(limit) => size,
        _ => {
            return Err(ZipError::EntryTooLarge {
                size: entry.size(),
                packed: entry.header.compressed_size,
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
