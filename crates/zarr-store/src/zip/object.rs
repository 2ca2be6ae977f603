//! `ZipObject`: an entry as an open object for blocking reads. The archive is open too, so the object stays the value
//! that was opened.

use std::{
    mem::MaybeUninit,
    ops::Range,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;

use super::{entry::ZipEntry, fetch::Fetch};
use crate::{Key, Object, Op, Result, StoreError, StoreErrorKind, Version, ZipError};

/// An entry of an open archive.
pub(super) struct ZipObject {
    pub(super) archive: Arc<dyn Object>,
    pub(super) entry: Arc<ZipEntry>,
    pub(super) key: Key,
    /// The archive's name in errors.
    pub(super) name: Arc<str>,
    /// The largest value that is decompressed, in bytes.
    pub(super) entry_bytes: u64,
    /// The value of a compressed entry, once it was read.
    pub(super) decoded: OnceLock<Bytes>,
}

impl ZipObject {
    fn error(&self, why: ZipError) -> StoreError {
        self.refusal(StoreErrorKind::Archive(why))
    }

    fn refusal(&self, kind: StoreErrorKind) -> StoreError {
        StoreError::new(Op::Get, &self.name, &self.key, kind)
    }

    /// Whether a range lies inside the value.
    fn holds(&self, range: &Range<u64>) -> bool {
        range.start <= range.end && range.end <= self.entry.size()
    }

    /// Reads parts of the entry from the archive.
    fn fetch(&self, wanted: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let fetch = Fetch {
            entry: &self.entry,
            name: &self.key,
            wanted,
            entry_bytes: self.entry_bytes,
        };
        // Twice at most: the second time it is known where the data begins.
        loop {
            let known = self.entry.data_offset();
            let requests = fetch.requests(known).map_err(|e| self.error(e))?;
            let read = |range: &Range<u64>| self.archive.read(range.clone());
            let answers = requests.iter().map(read).collect::<Result<Vec<_>>>()?;
            let parts = fetch.settle(known, &answers);
            if let Some(parts) = parts.map_err(|e| self.error(e))? {
                return Ok(parts);
            }
        }
    }

    fn decoded(&self) -> Result<&Bytes> {
        if let Some(decoded) = self.decoded.get() {
            return Ok(decoded);
        }
        let whole = 0..self.entry.size();
        let decoded = self.fetch(&[whole])?.pop().unwrap_or_default();
        Ok(self.decoded.get_or_init(|| decoded))
    }

    /// Where the stored data begins.
    fn data_offset(&self) -> Result<u64> {
        if let Some(data) = self.entry.data_offset() {
            return Ok(data);
        }
        self.fetch(&[])?;
        self.entry
            .data_offset()
            .ok_or_else(|| self.error(ZipError::Header("it is missing")))
    }

    /// Compares a part with the checksum if it is the whole value.
    fn check(&self, range: &Range<u64>, part: &[u8]) -> Result<()> {
        if *range != (0..self.entry.size()) {
            return Ok(());
        }
        self.entry.check_sum(part).map_err(|e| self.error(e))
    }
}

impl Object for ZipObject {
    fn size(&self) -> Result<u64> {
        Ok(self.entry.size())
    }

    fn version(&self) -> Result<Option<Version>> {
        Ok(Some(self.entry.version()))
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        if !self.holds(&range) {
            let kind = StoreErrorKind::out_of_range(range, self.entry.size());
            return Err(self.refusal(kind));
        }
        if self.entry.is_stored() {
            return Ok(self.fetch(&[range])?.pop().unwrap_or_default());
        }
        // The range lies inside a value that is in memory, so it fits.
        let range = range.start as usize..range.end as usize;
        Ok(self.decoded()?.slice(range))
    }

    fn slice(&self, range: Range<u64>) -> Option<Bytes> {
        if !self.holds(&range) {
            return None;
        }
        if !self.entry.is_stored() {
            return Some(
                self.decoded
                    .get()?
                    .slice(range.start as usize..range.end as usize),
            );
        }
        // If something is wrong, `read` meets it again and returns the error.
        self.archive.slice(0..0)?;
        let data = self.data_offset().ok()?;
        let part = self.archive.slice(data + range.start..data + range.end)?;
        self.check(&range, &part).ok().map(|()| part)
    }

    fn read_at<'d>(&self, offset: u64, dst: &'d mut [MaybeUninit<u8>]) -> Result<&'d mut [u8]> {
        if !self.entry.is_stored() {
            return Ok(&mut []);
        }
        self.entry.check_readable().map_err(|e| self.error(e))?;
        let rest = self.entry.size().saturating_sub(offset);
        let len = usize::try_from(rest).map_or(dst.len(), |rest| rest.min(dst.len()));
        let Some(dst) = dst.get_mut(..len).filter(|dst| !dst.is_empty()) else {
            return Ok(&mut []);
        };
        let filled = self.archive.read_at(self.data_offset()? + offset, dst)?;
        self.check(&(offset..offset + filled.len() as u64), filled)?;
        Ok(filled)
    }
}
