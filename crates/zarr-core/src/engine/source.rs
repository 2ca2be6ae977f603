//! Where one chunk comes from: memory, or a window of an open object; and what is remembered of it.
//! Knows no codec but the index of a shard.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use zarr_codecs::{ByteLen, CodecErrorKind, Scratch, ShardIndex, ShardingCodec, buffer};
use zarr_store::{Key, Object, Version, coalesce};

use super::chunk_cache::{Decoded, Path};
use super::pool::with_scratch;
use super::sparse::Sparse;
use crate::{ChunkError, ChunkedArray};

/// A read costs about as much as this many bytes more in another.
pub(super) const READ_COST: u64 = 8 << 10;
/// No more than this is read as one: it is kept as long as any part of it.
const READ_LIMIT: u64 = 4 << 20;

/// A chunk, present or within reach, and what is remembered of it.
#[derive(Clone)]
pub(crate) struct Source<'o> {
    pub(super) at: At<'o>,
    known: Option<Known<'o>>,
}

/// Where a chunk is.
#[derive(Clone)]
pub(super) enum At<'o> {
    /// In memory, encoded.
    Bytes(Bytes),
    /// The whole of an open object, of unknown size.
    Object(&'o dyn Object),
    /// A part of an open object: an inner chunk of a shard.
    Window(&'o dyn Object, Range<u64>),
    /// Some of the bytes of a large chunk. Only [`chunk`](super::chunk) takes it.
    Sparse(Arc<Sparse>),
    /// In memory, decoded. Only [`chunk`](super::chunk) takes it.
    Decoded(Arc<Decoded>),
}

/// Of which object of an array a chunk is.
#[derive(Clone)]
pub(crate) struct Known<'o> {
    pub(super) array: &'o ChunkedArray,
    pub(super) key: &'o Key,
    /// Of the bytes, where it is known already.
    pub(super) version: Option<Version>,
    pub(super) inner: Path,
}

impl<'o> Known<'o> {
    /// A whole object of an array.
    pub(super) fn new(array: &'o ChunkedArray, key: &'o Key, version: Option<Version>) -> Self {
        let inner = Path::new();
        Self {
            array,
            key,
            version,
            inner,
        }
    }

    /// An inner chunk of it.
    pub(super) fn inner(&self, number: usize) -> Self {
        let mut known = self.clone();
        known.inner.push(number);
        known
    }

    /// What was decoded of it, if it is kept.
    fn kept(&self) -> Option<Arc<Decoded>> {
        let version = self.version.as_ref()?;
        self.array.cached().get(self.key, &self.inner, version)
    }
}

impl From<Bytes> for Source<'_> {
    fn from(bytes: Bytes) -> Self {
        At::Bytes(bytes).into()
    }
}

impl<'o> From<At<'o>> for Source<'o> {
    fn from(at: At<'o>) -> Self {
        Self { at, known: None }
    }
}

impl<'o> Source<'o> {
    /// The whole of an open object.
    pub(crate) fn object(object: &'o dyn Object) -> Self {
        At::Object(object).into()
    }

    /// The same, with what it is.
    pub(super) fn known(self, known: Known<'o>) -> Self {
        let known = Some(known);
        Self { known, ..self }
    }

    /// The inner chunk of this number, which lies in a range that was compared with
    /// [`size`](Self::size).
    pub(super) fn inner(&self, number: usize, range: Range<u64>) -> Source<'o> {
        let known = self.known.as_ref().map(|known| known.inner(number));
        let Self { at, .. } = self.window(range);
        Self { at, known }
    }

    /// Calls `decode` for the whole chunk where it is not kept, and keeps what comes. `None` where
    /// nothing is kept of it.
    pub(super) fn keeping(
        &self,
        decode: impl FnOnce() -> Result<Vec<u8>, ChunkError>,
    ) -> Option<Result<Arc<Decoded>, ChunkError>> {
        let known = self.known.as_ref()?;
        let share = Some(known.array.cached()).filter(|share| share.is_on())?;
        let version = known.version.clone()?;
        let keep = |elements| share.keep(known.key, &known.inner, version, elements);
        Some(known.kept().map_or_else(|| decode().map(keep), Ok))
    }

    /// How many bytes there are.
    pub(crate) fn size(&self) -> Result<u64, ChunkError> {
        Ok(match &self.at {
            At::Bytes(bytes) => bytes.len() as u64,
            At::Object(object) => object.size()?,
            At::Window(_, window) => window.end - window.start,
            At::Sparse(_) | At::Decoded(_) => return Err(ChunkError::Worker),
        })
    }

    /// Whether its bytes are lent without a copy.
    pub(super) fn is_in_memory(&self) -> bool {
        match &self.at {
            At::Bytes(_) => true,
            At::Object(object) | At::Window(object, _) => object.slice(0..0).is_some(),
            At::Sparse(_) | At::Decoded(_) => false,
        }
    }

    /// A part of it. The range was compared with [`size`](Self::size).
    pub(crate) fn window(&self, range: Range<u64>) -> Source<'o> {
        match &self.at {
            At::Bytes(bytes) => {
                let len = bytes.len();
                let at =
                    |offset: u64| usize::try_from(offset).map_or(len, |offset| offset.min(len));
                let (start, end) = (at(range.start), at(range.end));
                At::Bytes(bytes.slice(start..end.max(start))).into()
            }
            At::Object(object) => At::Window(*object, range).into(),
            At::Window(object, window) => {
                let at = |offset: u64| window.start.saturating_add(offset).min(window.end);
                At::Window(*object, at(range.start)..at(range.end)).into()
            }
            At::Sparse(_) | At::Decoded(_) => self.clone(),
        }
    }

    /// Shares or reads the bytes of a range.
    pub(crate) fn read(&self, range: Range<u64>) -> Result<Bytes, ChunkError> {
        match self.window(range).at {
            At::Bytes(bytes) => Ok(bytes),
            At::Window(object, range) => match object.slice(range.clone()) {
                Some(bytes) => Ok(bytes),
                None => Ok(object.read(range)?),
            },
            At::Object(_) | At::Sparse(_) | At::Decoded(_) => Err(ChunkError::Worker),
        }
    }

    /// The index of the shard that this is: one open object is one version, so an index that is
    /// remembered of that version is its own.
    pub(crate) fn index(&self, shard: &ShardingCodec) -> Result<Arc<ShardIndex>, ChunkError> {
        let known = match (&self.at, &self.known) {
            (At::Object(object), Some(known)) => Some((
                known,
                match &known.version {
                    Some(version) => Some(version.clone()),
                    None => object.version()?,
                },
            )),
            _ => None,
        };
        if let Some((known, Some(version))) = &known
            && let Some(kept) = known.array.indexes().get(known.key)
            && kept.version == *version
        {
            return Ok(Arc::clone(&kept.index));
        }
        let size = self.size()?;
        let bytes = self.read(shard.index_range(size)?)?;
        let index = with_scratch(|cx| shard.decode_index(&bytes, size, cx))?;
        let index = Arc::new(index);
        if let Some((known, version)) = known {
            known.array.indexes().keep(known.key, &index, version);
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
            At::Bytes(bytes) => return take(bytes, scratch),
            At::Window(object, range) => (*object, range.clone()),
            At::Object(object) => (*object, 0..Self::end(*object, expected)?),
            At::Sparse(_) | At::Decoded(_) => return Err(ChunkError::Worker),
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
        let complete = match (&self.at, expected) {
            (At::Object(_), ByteLen::Exact(len)) => buffer.len() == len,
            _ => buffer.len() == wanted,
        };
        let result = if complete || buffer.len() >= limit {
            take(&buffer, scratch)
        } else {
            // The system may hand over less than was asked for: `read` goes on, or says why not. Some
            // objects take all of their bytes into memory to read any, so what is too long is not read.
            let size = object.size()?;
            let end = match &self.at {
                At::Object(_) => size,
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

/// `Ok` only where codecs can make so many bytes of a chunk.
pub(super) fn check_len(expected: ByteLen, found: u64) -> Result<(), ChunkError> {
    match expected.max() as u64 {
        expected if found > expected => Err(CodecErrorKind::Length { expected, found }
            .of("chunk")
            .into()),
        _ => Ok(()),
    }
}
