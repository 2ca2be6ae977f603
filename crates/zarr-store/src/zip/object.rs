//! An entry as an open object, for threads that may wait: over an archive that is open itself, so it
//! stays the value that was opened. It knows how to read, not where archives lie.

use std::{
    mem::MaybeUninit,
    ops::Range,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;

use super::{ZipError, ZipLimits, entry::ZipEntry, fetch::Fetch};
use crate::{ByteRange, Key, Object, Op, Result, StoreError, StoreErrorKind, Version};

/// An entry of an open archive.
pub(super) struct ZipObject {
    pub(super) archive: Arc<dyn Object>,
    pub(super) entry: Arc<ZipEntry>,
    pub(super) key: Key,
    /// How the archive prints itself, for error texts.
    pub(super) name: Arc<str>,
    pub(super) limits: ZipLimits,
    /// The value of a compressed entry, once it was asked for.
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

    /// Parts of the entry, from the archive.
    fn fetch(&self, wanted: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let fetch = Fetch {
            entry: &self.entry,
            name: &self.key,
            wanted,
            limits: &self.limits,
        };
        // Twice at most: a second time the place of the data is known.
        loop {
            let known = self.entry.data();
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
    fn data(&self) -> Result<u64> {
        if let Some(data) = self.entry.data() {
            return Ok(data);
        }
        self.fetch(&[])?;
        self.entry
            .data()
            .ok_or_else(|| self.error(ZipError::Header("there is none")))
    }

    /// Whether a part is not the whole value, or has its checksum.
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
            return Err(self.refusal(StoreErrorKind::OutOfRange {
                asked: ByteRange::Bounded(range),
                size: self.entry.size(),
            }));
        }
        if self.entry.is_stored() {
            return Ok(self.fetch(&[range])?.pop().unwrap_or_default());
        }
        // It lies inside, so it fits.
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
        // Whatever is wrong, `read` finds it again and says it.
        self.archive.slice(0..0)?;
        let data = self.data().ok()?;
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
        let filled = self.archive.read_at(self.data()? + offset, dst)?;
        self.check(&(offset..offset + filled.len() as u64), filled)?;
        Ok(filled)
    }
}
