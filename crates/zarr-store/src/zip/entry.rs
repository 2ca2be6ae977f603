//! `ZipEntry`: what the central directory says of one value, and the check of the local header that precedes
//! its data. It does no I/O.
//!
//! Why not `rawzip`'s local headers: it offers them only for an archive that it has located and reads itself.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{
    ZipError,
    end::{u16_at, u32_at},
};
use crate::{Key, Version};

/// Bytes of a local header before the name.
pub(super) const HEADER_BYTES: u64 = 30;
pub(super) const HEADER: &[u8; 4] = b"PK\x03\x04";
/// Flag: sizes and checksum follow the data in a data descriptor.
const TRAILER: u16 = 1 << 3;
/// Flags: encrypted in one way or another.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

/// How an entry is compressed, as the format numbers it.
pub(super) const STORED: u16 = 0;
pub(super) const DEFLATE: u16 = 8;
pub(super) const ZSTD: u16 = 93;

/// One value of an archive.
#[derive(Debug)]
pub(super) struct ZipEntry {
    pub(super) facts: Facts,
    /// Where the next entry or the directory begins.
    room: u64,
    /// Distinguishes writes of one key.
    stamp: u64,
    /// Where the data begins, once the local header was read; zero before.
    data: AtomicU64,
}

/// What the directory says of an entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// Where its local header begins.
    pub(super) at: u64,
    /// Bytes in the archive.
    pub(super) packed: u64,
    /// Bytes of the value.
    pub(super) size: u64,
    pub(super) crc: u32,
    pub(super) method: u16,
    pub(super) flags: u16,
}

impl ZipEntry {
    /// An entry whose data begins at `data`, if that is known.
    pub(super) fn new(facts: Facts, room: u64, stamp: u64, data: Option<u64>) -> Self {
        ZipEntry {
            facts,
            room,
            stamp,
            data: AtomicU64::new(data.unwrap_or(0)),
        }
    }

    /// The size of the value.
    pub(super) fn size(&self) -> u64 {
        self.facts.size
    }

    pub(super) fn version(&self) -> Version {
        [
            self.stamp,
            self.facts.at,
            self.facts.size,
            self.facts.crc.into(),
        ]
        .into()
    }

    pub(super) fn is_stored(&self) -> bool {
        self.facts.method == STORED
    }

    /// Where the data begins, if the local header was read.
    pub(super) fn data(&self) -> Option<u64> {
        match self.data.load(Ordering::Relaxed) {
            0 => None,
            at => Some(at),
        }
    }

    /// Where the data probably begins: entries usually follow each other without gaps, so the data ends where the
    /// next entry or the directory begins. Where that cannot be, right after the name.
    pub(super) fn data_guess(&self, name: &Key) -> u64 {
        let least = self.facts.at + HEADER_BYTES + name.as_str().len() as u64;
        let trailer = if self.facts.flags & TRAILER == 0 {
            0
        } else {
            16
        };
        let extra = self
            .room
            .saturating_sub(least + self.facts.packed + trailer);
        if extra <= u16::MAX.into() {
            least + extra
        } else {
            least
        }
    }

    /// Compares the local header, with which `header` begins, with the directory, and notes where the data begins.
    pub(super) fn check_header(&self, name: &Key, header: &[u8]) -> Result<u64, ZipError> {
        let differs = |what| Err(ZipError::Header(what));
        let name = name.as_str().as_bytes();
        if !header.starts_with(HEADER) {
            return differs("there is none");
        }
        if u16_at(header, 8)? != self.facts.method
            || (u16_at(header, 6)? ^ self.facts.flags) & ENCRYPTED != 0
        {
            return differs("another method");
        }
        let names = header.get(30..).and_then(|rest| rest.get(..name.len()));
        if usize::from(u16_at(header, 26)?) != name.len() || names != Some(name) {
            return differs("another name");
        }
        // A field of all ones means that the number is in a zip64 field.
        let same = |at, whole: u64| -> Result<bool, ZipError> {
            let said = u32_at(header, at)?;
            Ok(said == u32::MAX || u64::from(said) == whole)
        };
        let follows = u16_at(header, 6)? & TRAILER != 0;
        let all_same = same(14, self.facts.crc.into())?
            && same(18, self.facts.packed)?
            && same(22, self.facts.size)?;
        if !follows && !all_same {
            return differs("another size or checksum");
        }
        let extra = u64::from(u16_at(header, 28)?);
        let data = self.facts.at + HEADER_BYTES + name.len() as u64 + extra;
        if data + self.facts.packed > self.room {
            return Err(ZipError::Overlap);
        }
        self.data.store(data, Ordering::Relaxed);
        Ok(data)
    }

    pub(super) fn check_readable(&self) -> Result<(), ZipError> {
        match self.facts.flags & ENCRYPTED {
            0 => Ok(()),
            _ => Err(ZipError::Encrypted),
        }
    }

    pub(super) fn check_sum(&self, value: &[u8]) -> Result<(), ZipError> {
        let found = libdeflater::crc32(value);
        if found == self.facts.crc {
            return Ok(());
        }
        let expected = self.facts.crc;
        Err(ZipError::Checksum { expected, found })
    }
}
