//! Turns the central directory of an archive into a map of checked keys. `rawzip` parses the records; this file checks
//! what `rawzip` does not: names, links, sizes, overlaps, counts. It does no I/O.

use std::{collections::BTreeMap, io, ops::Range, sync::Arc};

use bytes::Bytes;
use rawzip::{RECOMMENDED_BUFFER_SIZE, ReaderAt, ZipFileHeaderRecord, ZipLocator};

use super::{
    end::{self, Directory},
    entry::{FileHeader, HEADER_BYTES, STORED, ZipEntry},
    refusal::Refusal,
};
use crate::{Key, KeyProblem, ZipError, key};

/// The values of an archive.
pub(super) type Index = BTreeMap<Key, Arc<ZipEntry>>;

/// The size of a value.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "what a map hands out")]
pub(super) fn size(entry: &Arc<ZipEntry>) -> u64 {
    entry.size()
}

/// The length of the longest record: name, fields and comment of 65535 bytes each.
const LONGEST_RECORD: u64 = 46 + 3 * 65535;

/// An archive whose directory is being read: what is needed, and what it gives.
pub(super) struct Opening {
    directory: Directory,
    size: u64,
    tail: Bytes,
}

impl Opening {
    /// Starts from the last bytes ([`end::TAIL`] or all) of an archive of `size` bytes. Its directory may have at most
    /// `limit` bytes.
    pub(super) fn new(tail: Bytes, size: u64, limit: u64) -> Result<Self, ZipError> {
        let directory = end::locate(&tail, size)?;
        let bytes = directory.range.end - directory.range.start;
        if bytes > limit {
            return Err(ZipError::DirectoryTooLarge { size: bytes, limit });
        }
        Ok(Opening {
            directory,
            size,
            tail,
        })
    }

    /// What else must be read, if anything.
    pub(super) fn missing(&self) -> Option<Range<u64>> {
        let (start, tail) = (
            self.directory.range.start,
            self.size - self.tail.len() as u64,
        );
        (start < tail).then_some(start..tail)
    }

    /// Where the directory begins, and so where the data ends.
    pub(super) fn data_end(&self) -> u64 {
        self.directory.range.start
    }

    /// The archive's comment, which follows its end record.
    #[cfg(all(feature = "local", any(unix, windows)))]
    pub(super) fn comment(&self) -> Bytes {
        let end = self.directory.end + end::END_BYTES as u64;
        let from_the_end = (self.size - end.min(self.size)) as usize;
        let at = self.tail.len().saturating_sub(from_the_end);
        self.tail.slice(at..)
    }

    /// The values, given the bytes of [`missing`](Self::missing), and how many entries no store can show, not counting
    /// directories. `stamp` distinguishes the versions of the values.
    pub(super) fn index(&self, missing: Bytes, stamp: u64) -> Result<(Index, usize), Refusal> {
        let tail_at = self.size - self.tail.len() as u64;
        let window = Window([
            (self.directory.range.start, missing),
            (tail_at, self.tail.clone()),
        ]);
        let mut records = Vec::new();
        self.each_record(window, |record| {
            records.push(Record::new(record, self.data_end())?);
            Ok(())
        })?;
        let hidden = records.iter().filter(|record| record.is_hidden).count();
        Ok((checked_index(records, self.data_end(), stamp)?, hidden))
    }

    fn each_record(
        &self,
        window: Window,
        mut each: impl FnMut(&ZipFileHeaderRecord<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let broken = ZipError::Contradiction("its directory is damaged");
        let Directory {
            range,
            entries,
            end,
        } = &self.directory;
        let longest = (range.end - range.start).min(LONGEST_RECORD);
        let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE.max(longest as usize)];
        let archive = ZipLocator::new()
            .max_search_space(self.size - end)
            .locate_in_reader(window, &mut buffer, self.size)
            .map_err(|_| broken.clone())?;
        if archive.directory_offset() != range.start {
            let why = "its directory could begin at two places";
            return Err(ZipError::Contradiction(why).into());
        }
        let mut seen = 0;
        let mut records = archive.entries(&mut buffer);
        while let Some(record) = records.next_entry().map_err(|_| broken.clone())? {
            seen += 1;
            each(&record)?;
        }
        if seen != *entries {
            let why = "its end record gives another number of entries than its directory has";
            return Err(ZipError::Contradiction(why).into());
        }
        Ok(())
    }
}

/// One record of the directory, whose fields do not contradict each other.
struct Record {
    /// `None` for what is not a value: directories, and names that stores reserve for their own files.
    key: Option<Key>,
    /// Whether it has no key although it is not a directory.
    is_hidden: bool,
    name_bytes: u64,
    header: FileHeader,
}

impl Record {
    fn new(record: &ZipFileHeaderRecord<'_>, data_end: u64) -> Result<Self, Refusal> {
        let name = record.file_path().as_bytes();
        let refuse = |why| Refusal {
            entry: Some(String::from_utf8_lossy(name).into_owned()),
            why,
        };
        let key = std::str::from_utf8(name)
            .map_err(|_| ZipError::NotUtf8)
            .and_then(key_of)
            .map_err(refuse)?;
        if record.mode().is_symlink() {
            return Err(refuse(ZipError::Symlink));
        }
        let header = FileHeader {
            offset: record.local_header_offset(),
            compressed_size: record.compressed_size_hint(),
            size: record.uncompressed_size_hint(),
            crc32: record.crc32(),
            method: record.compression_method().as_u16(),
            flags: record.flags().bits(),
        };
        if header.method == STORED
            && header.compressed_size != header.size
            && !record.flags().is_encrypted()
        {
            let why = "its stored size differs from the size of its value";
            return Err(refuse(ZipError::Contradiction(why)));
        }
        let record = Record {
            is_hidden: key.is_none() && !name.ends_with(b"/"),
            key,
            name_bytes: name.len() as u64,
            header,
        };
        match record.least_end() {
            Some(end) if end <= data_end => Ok(record),
            _ => Err(refuse(ZipError::Outside)),
        }
    }

    /// The earliest place where its data can end: the local header may have an extra field.
    fn least_end(&self) -> Option<u64> {
        let data = self
            .header
            .offset
            .checked_add(HEADER_BYTES + self.name_bytes)?;
        data.checked_add(self.header.compressed_size)
    }
}

/// The key of an entry; `None` for a directory and for a name that no store would show.
fn key_of(name: &str) -> Result<Option<Key>, ZipError> {
    let bare = name.strip_suffix('/').unwrap_or(name);
    match key::check(bare) {
        Ok(()) if bare.len() < name.len() => Ok(None),
        Ok(()) => Ok(Key::new(name).ok()),
        Err(KeyProblem::Reserved | KeyProblem::Long | KeyProblem::LongSegment) => Ok(None),
        Err(problem) => Err(ZipError::Name(problem)),
    }
}

/// Refuses entries that overlap, and sets where the data of each ends at the latest. Of several entries with one name, the last in the
/// directory is the value, since some writers can only append.
fn checked_index(records: Vec<Record>, data_end: u64, stamp: u64) -> Result<Index, Refusal> {
    let mut order: Vec<&Record> = records.iter().collect();
    order.sort_by_key(|record| record.header.offset);
    let starts: Vec<u64> = order.iter().map(|record| record.header.offset).collect();
    for pair in order.windows(2) {
        if let [one, next] = pair
            && one.least_end().is_none_or(|end| end > next.header.offset)
        {
            return Err(Refusal {
                entry: next.key.as_ref().map(ToString::to_string),
                why: ZipError::Overlap,
            });
        }
    }
    let limit = |at: u64| {
        let next = starts.partition_point(|&start| start <= at);
        starts.get(next).copied().unwrap_or(data_end)
    };
    let values = records.into_iter().filter_map(|record| {
        let entry = ZipEntry::new(record.header, limit(record.header.offset), stamp, None);
        Some((record.key?, Arc::new(entry)))
    });
    Ok(values.collect())
}

/// Two pieces of an archive, each with its offset. `rawzip` reads from these alone.
struct Window([(u64, Bytes); 2]);

impl ReaderAt for Window {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = self.0.iter().find_map(|(start, bytes)| {
            let skip = usize::try_from(offset.checked_sub(*start)?).ok()?;
            bytes.get(skip..).filter(|rest| !rest.is_empty())
        });
        let rest = rest.unwrap_or_default();
        let len = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..len), rest.get(..len)) {
            to.copy_from_slice(from);
        }
        Ok(len)
    }
}
