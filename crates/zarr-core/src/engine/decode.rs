//! Reading a box of cells of one chunk that is no shard: all of it is decoded, or only the bytes that hold
//! the cells are read. Knows neither drivers nor who else wants something of the chunk.
//!
//! Of what lies in an object as it is, one read from the first cell to the last suits cells that lie close
//! together. Where much lies between them, or they are much altogether, their box is cut along the axis
//! along which they lie furthest apart, and each piece is such a box again.

use std::ops::Range;

use zarr_codecs::{
    AxisRange, ByteLen, ChunkAccess, CodecChain, CodecErrorKind, NdViewMut, Region, StridedLayout,
};
use zarr_store::Object;

use super::cache::DecodedChunk;
use super::pool::{Workers, with_scratch};
use super::source::{ByteSource, ChunkSource, READ_COST};
use super::work::check_held;
use crate::ChunkError;

/// Runs of at least this many bytes are read straight into the output; shorter ones cost more in
/// system calls than the copy they save.
const DIRECT_RUN: usize = 4 << 10;
/// As much as is read into scratch at a time where there is plenty: it is still in cache when it is
/// copied to its place.
const SLAB: u64 = 256 << 10;
/// The same where axes are stored in another order: what comes at once is a few cells of many rows of the
/// output, and fewer than fill a line of the cache would cost as much again.
const TURNED_SLAB: u64 = 4 << 20;

/// Reads the cells of `part` of a chunk into `dst`, which has their shape.
pub(super) fn read(
    source: &ChunkSource<'_>,
    chain: &CodecChain,
    part: &Region,
    dst: NdViewMut<'_>,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    if let ByteSource::Decoded(decoded) = &source.at {
        return copied(decoded, chain, part, dst);
    }
    if let ByteSource::PartialObject(partial) = &source.at {
        return read(&ChunkSource::object(&**partial), chain, part, dst, workers);
    }
    match chain.access(part) {
        ChunkAccess::Cells(at) => {
            match partial_reader(source, chain, &at, &dst, workers.chunk_bytes())? {
                Some(reader) => reader.read(&at, dst),
                None => whole(source, chain, part, dst, workers),
            }
        }
        ChunkAccess::Whole => whole(source, chain, part, dst, workers),
        // Each of its inner chunks is read by itself.
        ChunkAccess::Shard(_) => Err(ChunkError::INTERNAL),
    }
}

fn whole(
    source: &ChunkSource<'_>,
    chain: &CodecChain,
    part: &Region,
    dst: NdViewMut<'_>,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    if let Err(too_large) = check_held(chain, workers.chunk_bytes()) {
        return match large(source, chain, part)? {
            true => encoded(source, chain, part, dst, workers),
            false => Err(too_large),
        };
    }
    // Handles are of the heap of one operation.
    let is_kept = !chain.spec().fill.is_variable();
    let kept = is_kept.then(|| source.keeping(|| decoded(source, chain, workers)));
    if let Some(kept) = kept.flatten() {
        return copied(&*kept?, chain, part, dst);
    }
    encoded(source, chain, part, dst, workers)
}

/// Whether a chunk above the limit is in memory as it is, so that its cells are taken from there.
fn large(source: &ChunkSource<'_>, chain: &CodecChain, part: &Region) -> Result<bool, ChunkError> {
    let found = source.size()?;
    if let ByteLen::Exact(expected) = chain.encoded_len()
        && expected as u64 != found
    {
        let expected = expected as u64;
        return Err(CodecErrorKind::Length { expected, found }
            .of("chunk")
            .into());
    }
    Ok(source.is_in_memory() && matches!(chain.access(part), ChunkAccess::Cells(_)))
}

/// The elements of a whole chunk.
fn decoded(
    source: &ChunkSource<'_>,
    chain: &CodecChain,
    workers: Workers<'_>,
) -> Result<Vec<u8>, ChunkError> {
    let spec = chain.spec();
    // Its size was compared with the limit.
    let mut elements = vec![0; spec.byte_len().ok_or(ChunkError::INTERNAL)?];
    let view = NdViewMut::over(&mut elements, &spec.shape, spec.elem());
    let (view, whole) = (
        view.ok_or(ChunkError::INTERNAL)?,
        Region::whole(&spec.shape),
    );
    encoded(source, chain, &whole, view, workers)?;
    Ok(elements)
}

fn copied(
    decoded: &DecodedChunk,
    chain: &CodecChain,
    part: &Region,
    mut dst: NdViewMut<'_>,
) -> Result<(), ChunkError> {
    let done = decoded.copy(chain.spec(), part, &mut dst).then_some(());
    done.ok_or(ChunkError::INTERNAL)
}

fn encoded(
    source: &ChunkSource<'_>,
    chain: &CodecChain,
    part: &Region,
    dst: NdViewMut<'_>,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    workers.scratch(|cx| {
        source.lend(chain.encoded_len(), cx, |bytes, cx| {
            Ok(chain.decode_part(bytes, part, dst, cx)?)
        })
    })
}

/// An encoded chunk in an object, to be read in pieces.
struct PartialReader<'a> {
    object: &'a dyn Object,
    /// Where in the object the chunk begins.
    start: u64,
    chain: &'a CodecChain,
}

/// Where to read the cells that lie `at`. `None` where the chunk had better be taken whole: it is in
/// memory, or one read of all of it is best and within the limit, or it has not the length that its
/// metadata gives it, and is then an error whatever part of it is wanted.
fn partial_reader<'a>(
    source: &ChunkSource<'a>,
    chain: &'a CodecChain,
    at: &StridedLayout,
    dst: &NdViewMut<'_>,
    limit: u64,
) -> Result<Option<PartialReader<'a>>, ChunkError> {
    let (object, start) = match &source.at {
        ByteSource::Bytes(_) | ByteSource::PartialObject(_) | ByteSource::Decoded(_) => {
            return Ok(None);
        }
        ByteSource::Object(object) => (*object, 0),
        ByteSource::Window(object, window) => (*object, window.start),
    };
    let len = chain.encoded_len().max() as u64;
    let Some(span) = at.byte_range(dst.shape()) else {
        return Ok(None);
    };
    let run = chain.run_len(at, dst);
    let in_one = span == (0..len)
        && strategy(at, dst, run, len) == ReadStrategy::AtOnce
        && check_held(chain, limit).is_ok();
    if in_one || object.slice(0..0).is_some() || source.size()? != len {
        return Ok(None);
    }
    Ok(Some(PartialReader {
        object,
        start,
        chain,
    }))
}

impl PartialReader<'_> {
    /// Reads the cells that lie `at`.
    pub(super) fn read(
        &self,
        at: &StridedLayout,
        mut dst: NdViewMut<'_>,
    ) -> Result<(), ChunkError> {
        let Some(span) = at.byte_range(dst.shape()) else {
            return Ok(());
        };
        let run = self.chain.run_len(at, &dst);
        let (axis, cells) = match strategy(at, &dst, run, span.end - span.start) {
            ReadStrategy::Direct => return self.direct(at, span, dst),
            ReadStrategy::AtOnce => return self.at_once(at, span, dst),
            ReadStrategy::Cut(axis, cells) => (axis, cells),
        };
        let shape = dst.shape().iter().map(|&n| n as u64);
        let mut piece = Region::whole(&shape.collect::<Vec<_>>());
        let all = dst.shape().get(axis).copied().unwrap_or(0);
        for first in (0..all).step_by(cells) {
            let count = cells.min(all - first);
            if let Some(span) = piece.ranges.get_mut(axis) {
                *span = AxisRange::dense(first as u64, count as u64);
            }
            let dst = dst.reborrow().region(&piece).ok_or(ChunkError::INTERNAL)?;
            self.read(&at.skip(axis, first), dst)?;
        }
        Ok(())
    }

    /// Reads cells straight to their place.
    fn direct(
        &self,
        at: &StridedLayout,
        span: Range<u64>,
        mut dst: NdViewMut<'_>,
    ) -> Result<(), ChunkError> {
        let read = self.chain.place(at, dst.reborrow(), |offset, memory| {
            Ok::<_, ChunkError>(self.object.read_at(self.start + offset, memory)?)
        });
        match read {
            // The system may hand over less than was asked for; at once, reading goes on until all is
            // there or an error says why not.
            Err(ChunkError::Codec(error))
                if matches!(error.kind, CodecErrorKind::Length { .. }) =>
            {
                self.at_once(at, span, dst)
            }
            other => other,
        }
    }

    /// Reads all of a span, and cells from there.
    fn at_once(
        &self,
        at: &StridedLayout,
        span: Range<u64>,
        dst: NdViewMut<'_>,
    ) -> Result<(), ChunkError> {
        let window = self.start + span.start..self.start + span.end;
        let len = usize::try_from(span.end - span.start).unwrap_or(usize::MAX);
        with_scratch(|cx| {
            ChunkSource::from(ByteSource::Window(self.object, window)).lend(
                ByteLen::Exact(len),
                cx,
                |bytes, _| Ok(self.chain.gather(at, span.start, bytes, dst)?),
            )
        })
    }
}

/// How a box of cells is best read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReadStrategy {
    /// Each run of neighbouring cells by a read of its own, or there is only one run.
    Direct,
    /// By one read from the first cell to the last.
    AtOnce,
    /// In pieces of so many cells along an axis.
    Cut(usize, usize),
}

/// How to read a box whose cells lie `at`, in `span` bytes, of which so many as `run` neighbour in both.
fn strategy(at: &StridedLayout, dst: &NdViewMut<'_>, run: usize, span: u64) -> ReadStrategy {
    if run >= DIRECT_RUN || run == dst.byte_len() {
        return ReadStrategy::Direct;
    }
    cut(at, dst, span).map_or(ReadStrategy::AtOnce, |(axis, cells)| {
        ReadStrategy::Cut(axis, cells)
    })
}

/// The axis to cut a box along, and the cells of a piece along it. `None` where it is best read as
/// it is.
fn cut(at: &StridedLayout, dst: &NdViewMut<'_>, span: u64) -> Option<(usize, usize)> {
    let axis = at.outermost(dst.shape())?;
    let first = dst.shape().iter().position(|&n| n > 1);
    let most = if first == Some(axis) {
        SLAB
    } else {
        TURNED_SLAB
    };
    let all = *dst.shape().get(axis)? as u64;
    let stride = at.strides.get(axis)?.unsigned_abs() as u64;
    // The bytes of a piece that is one cell long, from its first to its last.
    let piece = span.checked_sub((all - 1).checked_mul(stride)?)?;
    if all.saturating_mul(READ_COST.saturating_add(piece)) < READ_COST.saturating_add(span) {
        return Some((axis, 1));
    }
    let slab = most.checked_div(stride)?.max(1);
    (span > 2 * most && slab < all).then_some((axis, usize::try_from(slab).ok()?))
}

#[cfg(test)]
#[path = "decode/tests.rs"]
mod tests;
