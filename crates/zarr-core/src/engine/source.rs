//! Where the bytes of one chunk come from: memory, or a window of an open object. Knows no codec
//! but the index of a shard.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use zarr_codecs::{Len, Scratch, Shard, ShardIndex, buffer};
use zarr_store::{Key, Object, coalesce};

use super::index_cache::IndexCache;
use super::pool::with_scratch;
use crate::ChunkError;

/// A read costs about as much as this many bytes more in another.
pub(super) const READ_COST: u64 = 8 << 10;
/// No more than this is read as one: it is kept as long as any part of it.
const READ_LIMIT: u64 = 4 << 20;

/// The encoded bytes of a chunk, present or within reach.
#[derive(Clone)]
pub(crate) enum Source<'o> {
    /// In memory.
    Bytes(Bytes),
    /// The whole of an open object, of unknown size.
    Object(&'o dyn Object, Option<Remembered<'o>>),
    /// A part of an open object: an inner chunk of a shard.
    Window(&'o dyn Object, Range<u64>),
}

/// What is remembered of an array's shards, and under which key this one is.
#[derive(Clone, Copy)]
pub(crate) struct Remembered<'o> {
    pub(crate) indexes: &'o IndexCache,
    pub(crate) key: &'o Key,
}

impl<'o> Source<'o> {
    /// How many bytes there are.
    pub(crate) fn size(&self) -> Result<u64, ChunkError> {
        Ok(match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Object(object, _) => object.size()?,
            Self::Window(_, window) => window.end - window.start,
        })
    }

    /// A part of it. The range was compared with [`size`](Self::size).
    pub(crate) fn window(&self, range: Range<u64>) -> Source<'o> {
        match self {
            Self::Bytes(bytes) => {
                let len = bytes.len();
                let at =
                    |offset: u64| usize::try_from(offset).map_or(len, |offset| offset.min(len));
                let (start, end) = (at(range.start), at(range.end));
                Source::Bytes(bytes.slice(start..end.max(start)))
            }
            Self::Object(object, _) => Source::Window(*object, range),
            Self::Window(object, window) => {
                let at = |offset: u64| window.start.saturating_add(offset).min(window.end);
                Source::Window(*object, at(range.start)..at(range.end))
            }
        }
    }

    /// Shares or reads the bytes of a range.
    pub(crate) fn read(&self, range: Range<u64>) -> Result<Bytes, ChunkError> {
        match self.window(range) {
            Source::Bytes(bytes) => Ok(bytes),
            Source::Window(object, range) => match object.slice(range.clone()) {
                Some(bytes) => Ok(bytes),
                None => Ok(object.read(range)?),
            },
            Source::Object(object, _) => Ok(object.read(0..object.size()?)?),
        }
    }

    /// The index of the shard that this is: one open object is one version, so an index that is
    /// remembered of that version is its own.
    pub(crate) fn index(&self, shard: &Shard) -> Result<Arc<ShardIndex>, ChunkError> {
        let known = match self {
            Self::Object(object, Some(known)) => Some((known, object.version()?)),
            _ => None,
        };
        if let Some((Remembered { indexes, key }, Some(version))) = &known
            && let Some(kept) = indexes.get(key).filter(|kept| kept.version == *version)
        {
            return Ok(Arc::clone(&kept.index));
        }
        let size = self.size()?;
        let bytes = self.read(shard.index_range(size)?)?;
        let index = with_scratch(|cx| shard.decode_index(&bytes, size, cx))?;
        let index = Arc::new(index);
        if let Some((known, version)) = known {
            known.indexes.keep(known.key, &index, version);
        }
        Ok(index)
    }

    /// Shares or reads the bytes of several ranges; such as lie close together are read as one.
    pub(crate) fn read_all(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, ChunkError> {
        let groups = coalesce::plan(ranges, READ_COST, READ_LIMIT);
        let parts: Vec<Bytes> = groups
            .iter()
            .map(|group| self.read(group.range.clone()))
            .collect::<Result<_, _>>()?;
        // Ranges were compared with a size, so what is missing went since then.
        coalesce::scatter(&groups, &parts, ranges).map_err(|_| ChunkError::Changed)
    }

    /// Up to where to read an object that should have `expected` bytes. One byte more than that tells
    /// a longer object without asking a file for its size; memory knows its size.
    fn end(object: &dyn Object, expected: Len) -> Result<u64, ChunkError> {
        match expected {
            Len::Exact(len) if object.slice(0..0).is_none() => Ok(len as u64 + 1),
            _ => Ok(object.size()?),
        }
    }

    /// Lends all bytes, of which there should be `expected`. Files are read into the worker's own
    /// buffer: `openat`, `pread` and `close` are all that a chunk of known size costs.
    pub(crate) fn lend<T>(
        &self,
        expected: Len,
        scratch: &mut Scratch,
        take: impl FnOnce(&[u8], &mut Scratch) -> Result<T, ChunkError>,
    ) -> Result<T, ChunkError> {
        let (object, range) = match self {
            Self::Bytes(bytes) => return take(bytes, scratch),
            Self::Window(object, range) => (*object, range.clone()),
            Self::Object(object, _) => (*object, 0..Self::end(*object, expected)?),
        };
        if let Some(bytes) = object.slice(range.clone()) {
            return take(&bytes, scratch);
        }
        let mut buffer = scratch.buffers.take();
        let wanted = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        // A chunk is only as large as its codecs can make it: what is longer is not read whole.
        let limit = expected.max().saturating_add(1);
        buffer::append(&mut buffer, wanted.min(limit), |memory| {
            object.read_at(range.start, memory)
        })?;
        let complete = match (self, expected) {
            (Self::Object(..), Len::Exact(len)) => buffer.len() == len,
            _ => buffer.len() == wanted,
        };
        let result = if complete || buffer.len() >= limit {
            take(&buffer, scratch)
        } else {
            // The system may hand over less than was asked for: `read` goes on, or says why not.
            let size = object.size()?;
            let bytes = object.read(range.start..range.end.min(size))?;
            take(&bytes, scratch)
        };
        scratch.buffers.give(buffer);
        result
    }
}
