//! Encodes the records of an archive: local headers, the central directory, the end records. No I/O.
//! Format: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.14 to 4.3.16.
//!
//! Why not `rawzip`'s writer: it cannot take over entries of an older archive or leave out one
//! that was written, and it puts sizes after the data. Times are fixed, so that equal values written
//! in the same order give equal archives.

use std::sync::Arc;

use crate::{
    Key,
    zip::{
        directory::Index,
        entry::{FileHeader, HEADER, ZSTD, ZipEntry},
    },
};

/// 1980-01-01, the first day that the format can express.
const DATE: u16 = 1 << 5 | 1;
const TIME: u16 = 0;
/// Flag: the name is UTF-8.
const UTF8: u16 = 1 << 11;
/// An ordinary file, which its owner may write and all may read: `-rw-r--r--`.
const MODE: u32 = 0o100_644 << 16;
const UNIX: u16 = 3 << 8;
/// Stands for a number that does not fit and is in a zip64 field or record.
const FULL: u32 = u32::MAX;
const ZIP64: u16 = 1;

/// The local header of an entry.
pub(super) fn local_header(key: &Key, header: &FileHeader) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + key.as_str().len());
    out.extend(HEADER);
    let long = header.size >= FULL.into() || header.compressed_size >= FULL.into();
    // In a local header, either both sizes are in the zip64 field or neither is.
    let extra = match long {
        true => zip64(&[header.size, header.compressed_size]),
        false => Vec::new(),
    };
    common(&mut out, header, long, long);
    lengths(&mut out, key, &extra);
    out.extend(key.as_str().as_bytes());
    out.extend(extra);
    out
}

/// The flags of an entry that this library writes.
pub(super) fn flags(key: &Key) -> u16 {
    match key.as_str().is_ascii() {
        true => 0,
        false => UTF8,
    }
}

/// The directory of an archive, to stand at `at`, and the end records with the archive's comment.
pub(super) fn directory(index: &Index, at: u64, comment: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (key, entry) in index {
        record(&mut out, key, entry);
    }
    let size = out.len() as u64;
    end(&mut out, index.len() as u64, at, size);
    // The comment was read from an archive, so its length fits.
    out.extend((comment.len() as u16).to_le_bytes());
    out.extend(comment);
    out
}

fn record(out: &mut Vec<u8>, key: &Key, entry: &Arc<ZipEntry>) {
    let header = entry.header;
    let long = |number: u64| number >= FULL.into();
    let numbers = [header.size, header.compressed_size, header.offset];
    let long_ones: Vec<u64> = numbers.into_iter().filter(|&number| long(number)).collect();
    let extra = zip64(&long_ones);
    out.extend(b"PK\x01\x02");
    out.extend((UNIX | needed(&header, !extra.is_empty())).to_le_bytes());
    common(out, &header, !extra.is_empty(), false);
    lengths(out, key, &extra);
    // No comment, the first disk, no internal attributes.
    out.extend([0; 6]);
    out.extend(MODE.to_le_bytes());
    out.extend(short(header.offset).to_le_bytes());
    out.extend(key.as_str().as_bytes());
    out.extend(extra);
}

/// The fields that both headers have, from the version to the uncompressed size.
fn common(out: &mut Vec<u8>, header: &FileHeader, zip64: bool, all_long: bool) {
    for field in [
        needed(header, zip64),
        header.flags,
        header.method,
        TIME,
        DATE,
    ] {
        out.extend(field.to_le_bytes());
    }
    let number = |number| if all_long { FULL } else { short(number) };
    for field in [
        header.crc32,
        number(header.compressed_size),
        number(header.size),
    ] {
        out.extend(field.to_le_bytes());
    }
}

fn lengths(out: &mut Vec<u8>, key: &Key, extra: &[u8]) {
    // A key has at most 1024 bytes, the extra field at most 28.
    out.extend((key.as_str().len() as u16).to_le_bytes());
    out.extend((extra.len() as u16).to_le_bytes());
}

/// The version of the format that a reader must support.
fn needed(header: &FileHeader, zip64: bool) -> u16 {
    match (header.method, zip64) {
        (ZSTD, _) => 63,
        (_, true) => 45,
        _ => 20,
    }
}

fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(FULL)
}

/// The zip64 extra field with these numbers; empty if there are none.
fn zip64(numbers: &[u64]) -> Vec<u8> {
    let mut out = Vec::new();
    if !numbers.is_empty() {
        out.extend(ZIP64.to_le_bytes());
        out.extend((numbers.len() as u16 * 8).to_le_bytes());
        numbers
            .iter()
            .for_each(|number| out.extend(number.to_le_bytes()));
    }
    out
}

/// The end records, up to the length of the comment.
fn end(out: &mut Vec<u8>, entries: u64, at: u64, size: u64) {
    let count = u16::try_from(entries).unwrap_or(u16::MAX);
    if count == u16::MAX || size >= FULL.into() || at >= FULL.into() {
        out.extend(b"PK\x06\x06");
        // The size of the rest of this record.
        out.extend(44_u64.to_le_bytes());
        out.extend((UNIX | 45).to_le_bytes());
        out.extend(45_u16.to_le_bytes());
        out.extend([0; 8]);
        for number in [entries, entries, size, at] {
            out.extend(number.to_le_bytes());
        }
        out.extend(b"PK\x06\x07\0\0\0\0");
        out.extend((at + size).to_le_bytes());
        out.extend(1_u32.to_le_bytes());
    }
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(short(size).to_le_bytes());
    out.extend(short(at).to_le_bytes());
}
