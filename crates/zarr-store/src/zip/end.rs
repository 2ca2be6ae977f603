//! Finds the central directory of an archive from the last bytes of the archive alone. It does no I/O.
//! Format: APPNOTE.TXT 6.3.10, sections 4.3.14 to 4.3.16.
//!
//! Why not `rawzip`'s locator: it does its own I/O, takes a failed read for "no directory here",
//! does not tell the size of the directory before reading it, and ignores a zip64 record that
//! contradicts the classic one. Here, fields that are stored twice must agree.

use std::ops::Range;

use crate::ZipError;

/// How many bytes at the end of an archive are read first: enough for the longest possible end (a comment
/// of 65535 bytes and records of 98) and for the directory of a few hundred entries.
pub(super) const TAIL: u64 = 128 << 10;

pub(super) const END: &[u8; 4] = b"PK\x05\x06";
/// Bytes of the end record without its comment.
pub(super) const END_BYTES: usize = 22;
const LOCATOR: &[u8; 4] = b"PK\x06\x07";
const LOCATOR_BYTES: u64 = 20;
const END64: &[u8; 4] = b"PK\x06\x06";
const END64_BYTES: u64 = 56;
/// The fewest bytes that one entry takes in the directory.
const RECORD_BYTES: u64 = 46;

/// Where the directory lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Directory {
    pub(super) range: Range<u64>,
    pub(super) entries: u64,
    /// Where the last end record begins.
    pub(super) end: u64,
}

/// Finds the directory of an archive of `size` bytes that ends with `tail`.
pub(super) fn locate(tail: &[u8], size: u64) -> Result<Directory, ZipError> {
    let tail_at = size
        .checked_sub(tail.len() as u64)
        .ok_or(ZipError::Changed)?;
    let (place, bytes) = last_record(tail).ok_or(ZipError::NoEnd)?;
    let end = tail_at + place as u64;
    let record = EndRecord {
        disks: [u16_at(bytes, 4)?, u16_at(bytes, 6)?].map(u32::from),
        entries: [u16_at(bytes, 8)?, u16_at(bytes, 10)?].map(u64::from),
        size: u32_at(bytes, 12)?.into(),
        offset: u32_at(bytes, 16)?.into(),
    };
    let locator = end
        .checked_sub(LOCATOR_BYTES)
        .and_then(|at| bytes_at(tail, tail_at, at, LOCATOR_BYTES))
        .filter(|locator| locator.starts_with(LOCATOR));
    let Some(locator) = locator else {
        return record.directory(end, end, true);
    };
    let at = u64_at(locator, 8)?;
    let long = bytes_at(tail, tail_at, at, END64_BYTES)
        .filter(|record| record.starts_with(END64))
        .ok_or(ZipError::Contradiction("its zip64 end record is missing"))?;
    if at.checked_add(12 + u64_at(long, 4)?.min(size)) != Some(end - LOCATOR_BYTES) {
        return Err(ZipError::Contradiction(
            "its zip64 end record has a wrong size",
        ));
    }
    let zip64 = EndRecord {
        disks: [u32_at(long, 16)?, u32_at(long, 20)?],
        entries: [u64_at(long, 24)?, u64_at(long, 32)?],
        size: u64_at(long, 40)?,
        offset: u64_at(long, 48)?,
    };
    if !record.agrees(&zip64) {
        return Err(ZipError::Contradiction("its two end records differ"));
    }
    zip64.directory(at, end, false)
}

/// The last end record whose comment reaches exactly to the end of the archive, and where the record begins.
fn last_record(tail: &[u8]) -> Option<(usize, &[u8])> {
    let last = tail.len().checked_sub(END_BYTES)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last).rev().find_map(|place| {
        let record = tail.get(place..)?;
        let comment = usize::from(u16_at(record, 20).ok()?);
        (record.starts_with(END) && record.len() == END_BYTES + comment).then_some((place, record))
    })
}

/// The fields of an end record of either kind.
struct EndRecord {
    disks: [u32; 2],
    /// On this disk, and in all.
    entries: [u64; 2],
    size: u64,
    offset: u64,
}

impl EndRecord {
    /// Whether the zip64 record agrees with this one in every field that this one has room for.
    fn agrees(&self, long: &EndRecord) -> bool {
        let same = |short: u64, long: u64, full: u64| short == full || short == long;
        let (count, field) = (u64::from(u16::MAX), u64::from(u32::MAX));
        same(self.entries[0], long.entries[0], count)
            && same(self.entries[1], long.entries[1], count)
            && same(self.size, long.size, field)
            && same(self.offset, long.offset, field)
    }

    /// The directory that ends where the first end record begins. Where `may_shift`, other data may precede the archive
    /// (such as a program that unpacks it), which shifts all offsets.
    fn directory(&self, records: u64, end: u64, may_shift: bool) -> Result<Directory, ZipError> {
        let wrong = |what| Err(ZipError::Contradiction(what));
        if self.disks != [0, 0] || self.entries[0] != self.entries[1] {
            return wrong("it is one part of a split archive");
        }
        let Some(start) = records.checked_sub(self.size) else {
            return wrong("its end record gives a directory larger than the archive");
        };
        if self.offset > start || (self.offset != start && !may_shift) {
            return wrong("its directory does not begin where its end record says");
        }
        if self.entries[1] > self.size / RECORD_BYTES {
            return wrong("its directory is too small for its entries");
        }
        Ok(Directory {
            range: start..records,
            entries: self.entries[1],
            end,
        })
    }
}

/// The bytes at `at` of the archive, if they are in `tail`, which begins at `tail_at`.
fn bytes_at(tail: &[u8], tail_at: u64, at: u64, len: u64) -> Option<&[u8]> {
    let start = usize::try_from(at.checked_sub(tail_at)?).ok()?;
    tail.get(start..start.checked_add(usize::try_from(len).ok()?)?)
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Result<u16, ZipError> {
    array_at(bytes, at).map(u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Result<u32, ZipError> {
    array_at(bytes, at).map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Result<u64, ZipError> {
    array_at(bytes, at).map(u64::from_le_bytes)
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], ZipError> {
    bytes
        .get(at..)
        .and_then(|bytes| bytes.first_chunk())
        .copied()
        .ok_or(ZipError::NoEnd)
}
