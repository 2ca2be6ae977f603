//! What exists of a chunk: its bytes, in memory or in a window of an open object, or what is cached of it; of a
//! shard, its inner chunks. Knows no codec but the index of a shard.

use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use smallvec::SmallVec;
use zarr_codecs::{ByteLen, CodecErrorKind, Scratch, ShardIndex, ShardingCodec, buffer};
use zarr_store::{Key, Object, StoreError, Version, coalesce};

use super::cache::Versioned;
use super::plan::ChunkPlan;
use super::pool::with_scratch;
use super::read_at;
use crate::{ChunkError, ChunkedArray};

/// A read costs about as much as this many more bytes in another read.
pub(super) const READ_COST: u64 = 8 << 10;
/// No more than this is read at once: all of it stays in memory as long as any part of it.
const READ_LIMIT: u64 = 4 << 20;

/// A stored chunk, and which chunk it is.
#[derive(Clone)]
pub(crate) struct ChunkSource<'o> {
    pub(super) at: ByteSource<'o>,
    id: Option<ChunkId<'o>>,
}

/// What exists of a chunk.
pub(super) enum ChunkData<'o> {
    /// Nothing: its cells hold the fill value.
    Absent,
    Whole(ChunkSource<'o>),
    /// Some inner chunks of a shard.
    Inner(InnerChunks<'o>),
}

/// The inner chunks of a shard, by their numbers.
pub(super) enum InnerChunks<'o> {
    /// All of them, in the shard.
    Within(&'o ChunkSource<'o>, Arc<ShardIndex>),
    /// The wanted ones that exist, and their shard.
    Fetched(HashMap<usize, ByteSource<'static>>, Option<ChunkId<'o>>),
}

/// Where the bytes of a chunk are.
#[derive(Clone)]
pub(super) enum ByteSource<'o> {
    /// In memory, encoded.
    Bytes(Bytes),
    /// The whole of an open object, of unknown size.
    Object(&'o dyn Object),
    /// A part of an open object: an inner chunk of a shard.
    Window(&'o dyn Object, Range<u64>),
    /// Some of the bytes of a large chunk. Only [`decode`](super::decode) takes it.
    PartialObject(Arc<PartialObject>),
    /// In memory, decoded. Only [`decode`](super::decode) takes it.
    Decoded(Arc<Versioned<Vec<u8>>>),
}

/// Which chunk of which array: the key to what is cached of it.
#[derive(Clone)]
pub(crate) struct ChunkId<'o> {
    pub(super) array: &'o ChunkedArray,
    pub(super) key: &'o Key,
    /// The version of the bytes, if it is known.
    pub(super) version: Option<Version>,
    /// The numbers of the inner chunks that lead to it, from the outermost shard on; none for a whole object.
    inner: SmallVec<[usize; 2]>,
}

impl<'o> ChunkId<'o> {
    /// A whole object of an array.
    pub(super) fn new(array: &'o ChunkedArray, key: &'o Key, version: Option<Version>) -> Self {
        let inner = SmallVec::new();
        Self {
            array,
            key,
            version,
            inner,
        }
    }

    /// An inner chunk of it.
    pub(super) fn inner(&self, number: usize) -> Self {
        let mut id = self.clone();
        id.inner.push(number);
        id
    }

    /// The decoded chunk from the cache, or from `decode`, and then it is cached, if its version is known.
    pub(super) fn cached(
        &self,
        decode: impl FnOnce() -> Result<Vec<u8>, ChunkError>,
    ) -> Option<Result<Arc<Versioned<Vec<u8>>>, ChunkError>> {
        let (cached, version) = (self.array.cached(), self.version.as_ref()?);
        let keep = |elements| cached.keep(self.key, &self.inner, version.clone(), elements);
        let kept = cached.get(self.key, &self.inner, version);
        Some(kept.map_or_else(|| decode().map(keep), Ok))
    }
}

impl<'o> ChunkData<'o> {
    /// The same, of this chunk.
    pub(super) fn of(self, id: ChunkId<'o>) -> Self {
        match self {
            Self::Absent => Self::Absent,
            Self::Whole(source) => Self::Whole(source.of(id)),
            Self::Inner(InnerChunks::Fetched(inner, _)) => {
                Self::Inner(InnerChunks::Fetched(inner, Some(id)))
            }
            Self::Inner(within) => Self::Inner(within),
        }
    }
}

impl<'o> InnerChunks<'o> {
    /// Those of a shard, as its index says.
    pub(super) fn within(
        source: &'o ChunkSource<'o>,
        shard: &ShardingCodec,
    ) -> Result<Self, ChunkError> {
        Ok(Self::Within(source, source.index(shard)?))
    }

    /// The numbers in the plan of those wanted inner chunks that exist, in order.
    pub(super) fn stored_among(&self, shard: &ShardingCodec, wanted: &ChunkPlan) -> Vec<usize> {
        let find = |number| wanted.find(&shard.at(number));
        let mut found: Vec<usize> = match self {
            Self::Within(_, index) => index.present().filter_map(find).collect(),
            Self::Fetched(inner, _) => inner.keys().copied().filter_map(find).collect(),
        };
        found.sort_unstable();
        found
    }

    /// The inner chunk of this number.
    pub(super) fn get(&self, number: usize) -> ChunkData<'o> {
        let source = match self {
            Self::Within(shard, index) => {
                let range = index.get(number);
                range.map(|range| shard.inner(number, range))
            }
            Self::Fetched(inner, shard) => inner.get(&number).map(|at| ChunkSource {
                at: at.clone(),
                id: shard.as_ref().map(|shard| shard.inner(number)),
            }),
        };
        source.map_or(ChunkData::Absent, ChunkData::Whole)
    }
}

impl From<Bytes> for ChunkSource<'_> {
    fn from(bytes: Bytes) -> Self {
        ByteSource::Bytes(bytes).into()
    }
}

impl<'o> From<ByteSource<'o>> for ChunkSource<'o> {
    fn from(at: ByteSource<'o>) -> Self {
        Self { at, id: None }
    }
}

impl<'o> ChunkSource<'o> {
    /// The whole of an open object.
    pub(crate) fn object(object: &'o dyn Object) -> Self {
        ByteSource::Object(object).into()
    }

    /// The same, of this chunk.
    pub(super) fn of(self, id: ChunkId<'o>) -> Self {
        let id = Some(id);
        Self { id, ..self }
    }

    /// The inner chunk of this number, which lies in a range that was compared with
    /// [`size`](Self::size).
    pub(super) fn inner(&self, number: usize, range: Range<u64>) -> ChunkSource<'o> {
        let id = self.id.as_ref().map(|id| id.inner(number));
        let Self { at, .. } = self.window(range);
        Self { at, id }
    }

    /// Which chunk it is in the cache of decoded chunks, if that is on.
    pub(super) fn in_cache(&self) -> Option<&ChunkId<'o>> {
        self.id.as_ref().filter(|id| id.array.cached().is_on())
    }

    /// The number of bytes.
    pub(crate) fn size(&self) -> Result<u64, ChunkError> {
        Ok(match &self.at {
            ByteSource::Bytes(bytes) => bytes.len() as u64,
            ByteSource::Object(object) => object.size()?,
            ByteSource::Window(_, window) => window.end - window.start,
            ByteSource::PartialObject(_) | ByteSource::Decoded(_) => {
                return Err(ChunkError::INTERNAL);
            }
        })
    }

    /// Whether its bytes can be lent without a copy.
    pub(super) fn is_in_memory(&self) -> bool {
        match &self.at {
            ByteSource::Bytes(_) => true,
            ByteSource::Object(object) | ByteSource::Window(object, _) => {
                object.slice(0..0).is_some()
            }
            ByteSource::PartialObject(_) | ByteSource::Decoded(_) => false,
        }
    }

    /// A part of it. The range was compared with [`size`](Self::size).
    pub(crate) fn window(&self, range: Range<u64>) -> ChunkSource<'o> {
        match &self.at {
            ByteSource::Bytes(bytes) => {
                let len = bytes.len();
                let at =
                    |offset: u64| usize::try_from(offset).map_or(len, |offset| offset.min(len));
                let (start, end) = (at(range.start), at(range.end));
                ByteSource::Bytes(bytes.slice(start..end.max(start))).into()
            }
            ByteSource::Object(object) => ByteSource::Window(*object, range).into(),
            ByteSource::Window(object, window) => {
                let at = |offset: u64| window.start.saturating_add(offset).min(window.end);
                ByteSource::Window(*object, at(range.start)..at(range.end)).into()
            }
            ByteSource::PartialObject(_) | ByteSource::Decoded(_) => self.clone(),
        }
    }

    /// Shares or reads the bytes of a range.
    pub(crate) fn read(&self, range: Range<u64>) -> Result<Bytes, ChunkError> {
        match self.window(range).at {
            ByteSource::Bytes(bytes) => Ok(bytes),
            ByteSource::Window(object, range) => match object.slice(range.clone()) {
                Some(bytes) => Ok(bytes),
                None => Ok(object.read(range)?),
            },
            ByteSource::Object(_) | ByteSource::PartialObject(_) | ByteSource::Decoded(_) => {
                Err(ChunkError::INTERNAL)
            }
        }
    }

    /// The index of the shard that this is: one open object is one version, so an index that is
    /// remembered of that version is its own.
    pub(crate) fn index(&self, shard: &ShardingCodec) -> Result<Arc<ShardIndex>, ChunkError> {
        let id = match (&self.at, &self.id) {
            (ByteSource::Object(object), Some(id)) => Some((
                id,
                match &id.version {
                    Some(version) => Some(version.clone()),
                    None => object.version()?,
                },
            )),
            _ => None,
        };
        if let Some((id, Some(version))) = &id
            && let Some(kept) = id.array.indexes().get(id.key, version)
        {
            return Ok(Arc::clone(&kept.data));
        }
        let size = self.size()?;
        let bytes = self.read(shard.index_range(size)?)?;
        let index = with_scratch(|cx| shard.decode_index(&bytes, size, cx))?;
        let index = Arc::new(index);
        if let Some((id, version)) = id {
            id.array.indexes().keep(id.key, &index, version);
        }
        Ok(index)
    }

    /// Shares or reads the bytes of several ranges. Ranges that lie close together are read as one.
    pub(crate) fn read_all(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, ChunkError> {
        let groups = coalesce::plan(ranges, READ_COST, READ_LIMIT);
        let parts: Vec<Bytes> = groups
            .iter()
            .map(|group| self.read(group.range.clone()))
            .collect::<Result<_, _>>()?;
        // Ranges were compared with the size, so if bytes are missing, the object has changed.
        coalesce::scatter(&groups, &parts, ranges).map_err(|_| ChunkError::Changed)
    }

    /// Up to where to read an object that should have `expected` bytes. One byte more than that tells
    /// a longer object without asking a file for its size; memory knows its size.
    fn end(object: &dyn Object, expected: ByteLen) -> Result<u64, ChunkError> {
        match expected {
            ByteLen::Exact(len) if object.slice(0..0).is_none() => Ok(len as u64 + 1),
            _ => Ok(object.size()?),
        }
    }

    /// Lends all bytes, of which there should be `expected`. Files are read into the worker's own
    /// buffer: `openat`, `pread` and `close` are all that a chunk of known size costs.
    pub(crate) fn lend<T>(
        &self,
        expected: ByteLen,
        scratch: &mut Scratch,
        take: impl FnOnce(&[u8], &mut Scratch) -> Result<T, ChunkError>,
    ) -> Result<T, ChunkError> {
        let (object, range) = match &self.at {
            ByteSource::Bytes(bytes) => return take(bytes, scratch),
            ByteSource::Window(object, range) => (*object, range.clone()),
            ByteSource::Object(object) => (*object, 0..Self::end(*object, expected)?),
            ByteSource::PartialObject(_) | ByteSource::Decoded(_) => {
                return Err(ChunkError::INTERNAL);
            }
        };
        if let Some(bytes) = object.slice(range.clone()) {
            return take(&bytes, scratch);
        }
        let mut buffer = scratch.buffers.take();
        let wanted = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        // A chunk is only as large as its codecs can make it: what is longer is not read whole.
        let limit = expected.max().saturating_add(1);
        let read = read_at::append(object, range.start, &mut buffer, wanted.min(limit))?;
        let complete = match (&self.at, expected) {
            (ByteSource::Object(_), ByteLen::Exact(len)) => read.len() == len,
            _ => read.len() == wanted,
        };
        let result = if complete || read.len() >= limit {
            take(read, scratch)
        } else {
            // The system may hand over less than was asked for: `read` goes on, or says why not. Some
            // objects take all of their bytes into memory to read any, so what is too long is not read.
            let size = object.size()?;
            let end = match &self.at {
                ByteSource::Object(_) => size,
                _ => range.end.min(size),
            };
            check_len(expected, end.saturating_sub(range.start))?;
            let bytes = object.read(range.start..end)?;
            take(&bytes, scratch)
        };
        scratch.buffers.give(buffer);
        result
    }
}

/// Checks that codecs can make so many bytes of a chunk.
pub(super) fn check_len(expected: ByteLen, found: u64) -> Result<(), ChunkError> {
    match expected.max() as u64 {
        expected if found > expected => Err(wrong_length(expected, found)),
        _ => Ok(()),
    }
}

/// Checks that a chunk that is stored as it is has exactly the bytes of its cells.
pub(crate) fn check_exact(expected: ByteLen, found: u64) -> Result<(), ChunkError> {
    match expected {
        ByteLen::Exact(len) if len as u64 != found => Err(wrong_length(len as u64, found)),
        _ => Ok(()),
    }
}

fn wrong_length(expected: u64, found: u64) -> ChunkError {
    let wrong = CodecErrorKind::Length { expected, found };
    wrong.of("chunk").into()
}

/// Some bytes of a large chunk in a remote store, as an object with holes. The holes read as zeros, and no cell
/// lies in them.
pub(super) struct PartialObject {
    size: u64,
    version: Option<Version>,
    parts: Vec<(u64, Bytes)>,
}

impl PartialObject {
    /// The parts that were fetched for these ranges of an object of this size.
    pub(super) fn new(
        size: u64,
        version: Option<Version>,
        ranges: &[Range<u64>],
        parts: Vec<Bytes>,
    ) -> Self {
        let starts = ranges.iter().map(|range| range.start);
        let mut parts: Vec<(u64, Bytes)> = starts.zip(parts).collect();
        parts.sort_unstable_by_key(|(start, _)| *start);
        Self {
            size,
            version,
            parts,
        }
    }

    /// Copies the parts from `offset` on.
    fn copy(&self, offset: u64, memory: &mut [u8]) {
        let end = offset.saturating_add(memory.len() as u64);
        let behind = |(start, part): &(u64, Bytes)| start + part.len() as u64 <= offset;
        let first = self.parts.partition_point(behind);
        let parts = self.parts.get(first..).unwrap_or_default();
        for (start, part) in parts.iter().take_while(|(start, _)| *start < end) {
            let from = offset.max(*start);
            let to = end.min(start + part.len() as u64);
            let within = |base: u64| (from - base) as usize..(to - base) as usize;
            if let (Some(to), Some(from)) =
                (memory.get_mut(within(offset)), part.get(within(*start)))
            {
                to.copy_from_slice(from);
            }
        }
    }
}

impl Object for PartialObject {
    fn size(&self) -> Result<u64, StoreError> {
        Ok(self.size)
    }

    fn version(&self) -> Result<Option<Version>, StoreError> {
        Ok(self.version.clone())
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes, StoreError> {
        let end = range.end.min(self.size);
        let len = usize::try_from(end.saturating_sub(range.start)).unwrap_or(0);
        let mut memory = vec![0; len];
        self.copy(range.start, &mut memory);
        Ok(memory.into())
    }

    fn read_at<'d>(
        &self,
        offset: u64,
        dst: &'d mut [MaybeUninit<u8>],
    ) -> Result<&'d mut [u8], StoreError> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let len = dst.len().min(left);
        let memory = buffer::zeroed(dst.get_mut(..len).unwrap_or_default());
        self.copy(offset, memory);
        Ok(memory)
    }
}

#[cfg(test)]
#[path = "source/tests.rs"]
mod tests;
