//! Plans how parts of an entry are read: which bytes of the archive to request, and what to make of the answers.
//! It does no I/O; the asynchronous and the blocking side of the store carry out the plan.
//!
//! Only the local header says where the data of an entry begins. So the first read of an entry requests
//! the header and the data together, with the data where it probably lies; if that was wrong, a second
//! request follows.

use std::ops::Range;

use bytes::Bytes;

use super::{
    decode::decode,
    entry::{HEADER_BYTES, ZipEntry},
};
use crate::{Key, ZipError};

/// A header and data with at most this many bytes between them are read as one range.
const NEAR: u64 = 4 << 10;

/// A request for parts of one entry.
pub(super) struct Fetch<'a> {
    pub(super) entry: &'a ZipEntry,
    pub(super) name: &'a Key,
    /// The parts of the value, which must lie inside it.
    pub(super) wanted: &'a [Range<u64>],
    /// The largest value that is decompressed, in bytes.
    pub(super) entry_bytes: u64,
}

/// What to ask for, and how to take it apart.
struct Plan {
    /// Where the data is assumed to begin.
    data: u64,
    /// Whether the first request begins with the header.
    header: bool,
    /// Whether the first request ends with the first part.
    together: bool,
    requests: Vec<Range<u64>>,
}

impl Fetch<'_> {
    /// Ranges of the archive, each of which must be answered whole. `known` is where the data is
    /// known to begin ([`ZipEntry::data_offset`]), if it is.
    pub(super) fn requests(&self, known: Option<u64>) -> Result<Vec<Range<u64>>, ZipError> {
        self.entry.check_readable()?;
        Ok(self.plan(known).requests)
    }

    /// The wanted parts, from the answers to `requests` with the same `known`. `None` means to ask again, now
    /// that it is known where the data begins.
    pub(super) fn settle(
        &self,
        known: Option<u64>,
        answers: &[Bytes],
    ) -> Result<Option<Vec<Bytes>>, ZipError> {
        let plan = self.plan(known);
        let short = ZipError::Header("it or the data is cut off");
        let as_asked =
            |(range, answer): (&Range<u64>, &Bytes)| range.end - range.start == answer.len() as u64;
        if plan.requests.len() != answers.len() || !plan.requests.iter().zip(answers).all(as_asked)
        {
            return Err(short);
        }
        let mut parts = answers.to_vec();
        if plan.header {
            let header = parts.first().cloned().unwrap_or_default();
            let data = self.entry.check_header(self.name, &header)?;
            if data != plan.data && !self.wanted.is_empty() {
                return Ok(None);
            }
            if plan.together {
                let skip = usize::try_from(self.start(&plan) - self.entry.header.offset)
                    .unwrap_or(usize::MAX);
                let first = header
                    .get(skip..)
                    .map(|_| header.slice(skip..))
                    .ok_or(short)?;
                parts.splice(..1, [first]);
            } else {
                parts.remove(0);
            }
        }
        self.finish(parts).map(Some)
    }

    /// Where the first part begins in the archive.
    fn start(&self, plan: &Plan) -> u64 {
        let first = self.pieces().next().map_or(0, |piece| piece.start);
        plan.data + first
    }

    /// The parts of the entry's bytes in the archive that are needed.
    fn pieces(&self) -> impl Iterator<Item = Range<u64>> {
        let packed = (!self.entry.is_stored() && !self.wanted.is_empty())
            .then_some(0..self.entry.header.compressed_size);
        let stored = self.wanted.iter().filter(|_| self.entry.is_stored());
        packed.into_iter().chain(stored.cloned())
    }

    fn plan(&self, known: Option<u64>) -> Plan {
        let entry = self.entry;
        let data = known.unwrap_or_else(|| entry.guess_data_offset(self.name));
        let mut requests: Vec<_> = self
            .pieces()
            .map(|piece| data + piece.start..data + piece.end)
            .collect();
        let header = entry.header.offset
            ..entry.header.offset + HEADER_BYTES + self.name.as_str().len() as u64;
        let first = requests.first().map(|first| first.start);
        let together = first.is_some_and(|first| first >= header.end && first - header.end <= NEAR);
        match (known, requests.first_mut()) {
            (Some(_), _) => {}
            (None, Some(first)) if together => first.start = header.start,
            (None, _) => requests.insert(0, header),
        }
        Plan {
            data,
            header: known.is_none(),
            together: together && known.is_none(),
            requests,
        }
    }

    /// Checks and decodes what was read.
    fn finish(&self, parts: Vec<Bytes>) -> Result<Vec<Bytes>, ZipError> {
        let entry = self.entry;
        if entry.is_stored() {
            for (range, part) in self.wanted.iter().zip(&parts) {
                if *range == (0..entry.size()) {
                    entry.check_sum(part)?;
                }
            }
            return Ok(parts);
        }
        let Some(packed) = parts.first() else {
            return Ok(Vec::new());
        };
        let value = decode(entry, packed, self.entry_bytes)?;
        let cut = |range: &Range<u64>| {
            // The value is in memory, so offsets in it fit.
            let (start, end) = (range.start as usize, range.end as usize);
            value.slice(start..end)
        };
        Ok(self.wanted.iter().map(cut).collect())
    }
}
