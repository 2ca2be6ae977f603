//! `ZipEntry`: what the central directory records of one value, and the check of the local header that precedes
//! its data. It does no I/O.
//!
//! Why not `rawzip`'s local headers: it offers them only for an archive that it has located and reads itself.

use std::sync::atomic::{AtomicU64, Ordering};

use super::backends::deflate::Crc32;
use super::end::{u16_at, u32_at};
use crate::{Key, Version, ZipError};

/// Bytes of a local header before the name.
pub(super) const HEADER_BYTES: u64 = 30;
pub(super) const HEADER: &[u8; 4] = b"PK\x03\x04";
/// Flag: sizes and checksum follow the data in a data descriptor.
const DATA_DESCRIPTOR: u16 = 1 << 3;
/// Flags: encrypted in one way or another.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

/// How an entry is compressed, as the format numbers it.
pub(super) const STORED: u16 = 0;
pub(super) const DEFLATE: u16 = 8;
pub(super) const ZSTD: u16 = 93;

/// One value of an archive.
#[derive(Debug)]
pub(super) struct ZipEntry {
    pub(super) header: FileHeader,
    /// Where the next entry or the directory begins: the data ends before.
    limit: u64,
    /// Distinguishes writes of one key.
    stamp: u64,
    /// Where the data begins, once the local header was read; zero before.
    data_offset: AtomicU64,
}

/// What the central directory header of an entry records; its local header repeats most of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileHeader {
    /// Where its local header begins.
    pub(super) offset: u64,
    /// Bytes in the archive.
    pub(super) compressed_size: u64,
    /// Bytes of the value.
    pub(super) size: u64,
    pub(super) crc32: u32,
    pub(super) method: u16,
    pub(super) flags: u16,
}

impl ZipEntry {
    /// An entry whose data begins at `data_offset`, if that is known.
    pub(super) fn new(
        header: FileHeader,
        limit: u64,
        stamp: u64,
        data_offset: Option<u64>,
    ) -> Self {
        ZipEntry {
            header,
            limit,
            stamp,
            data_offset: AtomicU64::new(data_offset.unwrap_or(0)),
        }
    }

    /// The size of the value.
    pub(super) fn size(&self) -> u64 {
        self.header.size
    }

    pub(super) fn version(&self) -> Version {
        [
            self.stamp,
            self.header.offset,
            self.header.size,
            self.header.crc32.into(),
        ]
        .into()
    }

    pub(super) fn is_stored(&self) -> bool {
        self.header.method == STORED
    }

    /// Where the data begins, if the local header was read.
    pub(super) fn data_offset(&self) -> Option<u64> {
        match self.data_offset.load(Ordering::Relaxed) {
            0 => None,
            at => Some(at),
        }
    }

    /// Where the data probably begins: entries usually follow each other without gaps, so the data ends where the
    /// next entry or the directory begins. Where that cannot be, right after the name.
    pub(super) fn guess_data_offset(&self, name: &Key) -> u64 {
        let least = self.header.offset + HEADER_BYTES + name.as_str().len() as u64;
        let descriptor = if self.header.flags & DATA_DESCRIPTOR == 0 {
            0
        } else {
            16
        };
        let extra = self
            .limit
            .saturating_sub(least + self.header.compressed_size + descriptor);
        if extra <= u16::MAX.into() {
            least + extra
        } else {
            least
        }
    }

    /// Compares the local header, with which `local` begins, with the directory, and notes where the data begins.
    pub(super) fn check_header(&self, name: &Key, local: &[u8]) -> Result<u64, ZipError> {
        let differs = |what| Err(ZipError::Header(what));
        let name = name.as_str().as_bytes();
        if !local.starts_with(HEADER) {
            return differs("it is missing");
        }
        if u16_at(local, 8)? != self.header.method
            || (u16_at(local, 6)? ^ self.header.flags) & ENCRYPTED != 0
        {
            return differs("the method differs");
        }
        let names = local.get(30..).and_then(|rest| rest.get(..name.len()));
        if usize::from(u16_at(local, 26)?) != name.len() || names != Some(name) {
            return differs("the name differs");
        }
        // A field of all ones means that the number is in a zip64 field.
        let same = |at, whole: u64| -> Result<bool, ZipError> {
            let number = u32_at(local, at)?;
            Ok(number == u32::MAX || u64::from(number) == whole)
        };
        let is_in_descriptor = u16_at(local, 6)? & DATA_DESCRIPTOR != 0;
        let all_same = same(14, self.header.crc32.into())?
            && same(18, self.header.compressed_size)?
            && same(22, self.header.size)?;
        if !is_in_descriptor && !all_same {
            return differs("the size or checksum differs");
        }
        let extra = u64::from(u16_at(local, 28)?);
        let data = self.header.offset + HEADER_BYTES + name.len() as u64 + extra;
        if data + self.header.compressed_size > self.limit {
            return Err(ZipError::Overlap);
        }
        self.data_offset.store(data, Ordering::Relaxed);
        Ok(data)
    }

    pub(super) fn check_readable(&self) -> Result<(), ZipError> {
        match self.header.flags & ENCRYPTED {
            0 => Ok(()),
            _ => Err(ZipError::Encrypted),
        }
    }

    pub(super) fn check_sum(&self, value: &[u8]) -> Result<(), ZipError> {
        let found = Crc32::of(value);
        if found == self.header.crc32 {
            return Ok(());
        }
        let expected = self.header.crc32;
        Err(ZipError::Checksum { expected, found })
    }
}
