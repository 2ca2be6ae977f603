//! The index of a shard: where each inner chunk lies in it.

use std::ops::Range;

use crate::{CodecError, CodecErrorKind};

pub(super) const NAME: &str = "sharding_indexed";
/// Offset and length of an inner chunk that is not there.
pub(super) const ABSENT: u64 = u64::MAX;

/// Which inner chunks a shard holds, and where.
#[derive(Clone, Debug)]
pub struct ShardIndex {
    /// Offset and length of each inner chunk, in C order of the grid, as they were decoded: an index may
    /// be large, and is not copied.
    entries: Vec<u8>,
}

impl ShardIndex {
    /// An index as its codecs decode it, of a shard of `size` bytes.
    ///
    /// # Errors
    /// If an inner chunk lies outside the shard.
    pub(super) fn new(entries: Vec<u8>, size: u64) -> Result<Self, CodecError> {
        for (i, entry) in entries.as_chunks().0.iter().enumerate() {
            let [offset, len] = numbers(entry);
            let absent = offset == ABSENT && len == ABSENT;
            if !absent && offset.checked_add(len).is_none_or(|end| end > size) {
                return Err(CodecErrorKind::Corrupt(format!(
                    "inner chunk {i} claims {len} bytes from {offset} on, in a shard of {size}"
                ))
                .of(NAME));
            }
        }
        Ok(Self { entries })
    }

    /// Where the `i`-th inner chunk lies in the object, or `None` if it is absent.
    pub fn get(&self, i: usize) -> Option<Range<u64>> {
        let [offset, len] = numbers(self.entries.as_chunks().0.get(i)?);
        (offset != ABSENT || len != ABSENT).then(|| offset..offset.saturating_add(len))
    }

    /// The numbers of the inner chunks that are there, in order.
    pub fn present(&self) -> impl Iterator<Item = usize> + '_ {
        let entries = self.entries.as_chunks::<16>().0.iter().enumerate();
        entries.filter_map(|(i, entry)| (*entry != [0xFF; 16]).then_some(i))
    }

    /// Says where the `i`-th inner chunk lies, or that it is absent.
    pub(super) fn set(&mut self, i: usize, place: Option<Range<u64>>) {
        if let Some(entry) = self.entries.as_chunks_mut::<16>().0.get_mut(i) {
            let [offset, len] = entry.as_chunks_mut::<8>().0 else {
                return;
            };
            let place = place.map_or([ABSENT; 2], |place| [place.start, place.end - place.start]);
            [*offset, *len] = place.map(u64::to_ne_bytes);
        }
    }

    /// The entries as the codecs of the index encode them.
    pub(super) fn entries(&self) -> &[u8] {
        &self.entries
    }

    /// Bytes this index occupies in memory.
    pub fn byte_len(&self) -> usize {
        self.entries.len()
    }
}

/// Offset and length in an entry of an index.
fn numbers(entry: &[u8; 16]) -> [u64; 2] {
    let (offset, len) = entry.split_at(8);
    [offset, len].map(|bytes| bytes.try_into().map_or(ABSENT, u64::from_ne_bytes))
}
