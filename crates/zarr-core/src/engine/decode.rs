//! Reads a box of cells of one chunk that is no shard: decodes all of it, or reads only the bytes that hold the
//! cells. Knows neither drivers nor other requests for the chunk.
//!
//! If cells are stored as they are and lie close together, one read goes from the first to the last. If much
//! lies between them, or there are many of them, their box is cut along the axis along which they lie furthest
//! apart, and each piece is such a box again.

mod stored_elements;

use std::ops::Range;

use zarr_codecs::{
    AxisRange, ByteLen, ChunkAccess, CodecChain, CodecErrorKind, NdViewMut, Region, StridedLayout,
};
use zarr_store::Object;

use super::cache::Versioned;
use super::plan::check_held;
use super::pool::{Workers, with_scratch};
use super::read_at::read_at;
use super::source::{ByteSource, ChunkSource, READ_COST, check_exact};
use crate::ChunkError;
use crate::cells::Cells;

pub(super) use stored_elements::StoredElements;

/// Runs of at least this many bytes are read straight into the output; shorter ones cost more in
/// system calls than the copy they save.
const DIRECT_RUN: usize = 4 << 10;
/// Copying so many bytes takes less time than to ask a file for its size, which one read of a whole chunk and a byte
/// more tells as well.
const SMALL: u64 = 8 << 10;
/// The bytes that are read into scratch at a time: they are still in the processor's cache when they are copied
/// to their place.
const SLAB: u64 = 256 << 10;
/// The same if axes are stored in another order. Each read then gives a few cells of many rows of the output;
/// fewer cells than fill a cache line would cost twice as much.
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
            match partial_reader(source, chain, &at, &dst, workers.context().chunk_bytes())? {
                Some((reader, run)) => reader.read_runs(&at, run, dst),
                None => whole(source, chain, part, dst, workers),
            }
        }
        ChunkAccess::Whole => whole(source, chain, part, dst, workers),
        // A shard is read by its inner chunks.
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
    if let Err(too_large) = check_held(chain, workers.context().chunk_bytes()) {
        check_exact(chain.encoded_len(), source.size()?)?;
        // The cells of a chunk that is in memory as it is are taken from there.
        let is_as_is = matches!(chain.access(part), ChunkAccess::Cells(_));
        return match source.is_in_memory() && is_as_is {
            true => encoded(source, chain, part, dst, workers),
            false => Err(too_large),
        };
    }
    // Handles are of the heap of one operation.
    if !chain.spec().fill.is_variable()
        && let Some(id) = source.in_cache()
        && let Some(kept) = id.cached(|| decoded(source, chain, workers))
    {
        return copied(&*kept?, chain, part, dst);
    }
    encoded(source, chain, part, dst, workers)
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
    decoded: &Versioned<Vec<u8>>,
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
            let decode = || chain.decode_part(bytes, part, dst, cx);
            Ok(workers.context().decoding(decode)?)
        })
    })
}

/// Reads a box of a chunk into scratch memory, and lends its elements.
pub(super) fn with_box<T>(
    source: &ChunkSource<'_>,
    chain: &CodecChain,
    region: &Region,
    workers: Workers<'_>,
    take: impl FnOnce(&[u8]) -> T,
) -> Result<T, ChunkError> {
    let elem = chain.spec().elem();
    let cells = region.volume().and_then(|n| usize::try_from(n).ok());
    let len = cells.and_then(|n| n.checked_mul(elem));
    let len = len.ok_or(ChunkError::INTERNAL)?;
    if len as u64 > workers.context().chunk_bytes() {
        check_held(chain, workers.context().chunk_bytes())?;
    }
    let mut memory = with_scratch(|cx| cx.buffers.take_any(len));
    let view = NdViewMut::over(&mut memory, &region.shape(), elem).ok_or(ChunkError::INTERNAL)?;
    read(source, chain, region, view, workers)?;
    let taken = take(&memory);
    with_scratch(|cx| cx.buffers.give(memory));
    Ok(taken)
}

/// An encoded chunk in an object, to be read in pieces.
struct PartialReader<'a> {
    object: &'a dyn Object,
    /// Where in the object the chunk begins.
    start: u64,
    chain: &'a CodecChain,
}

/// A reader of the cells that lie `at`, and the bytes of each run of them. `None` if the chunk is better taken whole: it is in memory, or one read
/// of all of it is best and within the limit, or it does not have the length that its metadata says, which is
/// an error whatever part of it is wanted.
fn partial_reader<'a>(
    source: &ChunkSource<'a>,
    chain: &'a CodecChain,
    at: &StridedLayout,
    dst: &NdViewMut<'_>,
    limit: u64,
) -> Result<Option<(PartialReader<'a>, usize)>, ChunkError> {
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
    let is_whole = span == (0..len) && check_held(chain, limit).is_ok();
    if is_whole && len <= SMALL && matches!(source.at, ByteSource::Object(_)) {
        return Ok(None);
    }
    let run = chain.run_len(at, dst);
    let in_one = is_whole && strategy(at, dst, run, len) == ReadStrategy::AtOnce;
    if in_one || object.slice(0..0).is_some() || source.size()? != len {
        return Ok(None);
    }
    let reader = PartialReader {
        object,
        start,
        chain,
    };
    Ok(Some((reader, run)))
}

impl PartialReader<'_> {
    /// Reads the cells that lie `at`.
    fn read(&self, at: &StridedLayout, dst: NdViewMut<'_>) -> Result<(), ChunkError> {
        self.read_runs(at, self.chain.run_len(at, &dst), dst)
    }

    /// Reads the cells that lie `at`, in runs of `run` bytes.
    fn read_runs(
        &self,
        at: &StridedLayout,
        run: usize,
        mut dst: NdViewMut<'_>,
    ) -> Result<(), ChunkError> {
        let Some(span) = at.byte_range(dst.shape()) else {
            return Ok(());
        };
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
            read_at(self.object, self.start + offset, memory)
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

/// How to read a box whose cells lie `at`, within `span` bytes, in runs of `run` bytes that are contiguous on both
/// sides.
fn strategy(at: &StridedLayout, dst: &NdViewMut<'_>, run: usize, span: u64) -> ReadStrategy {
    if run >= DIRECT_RUN || run == dst.byte_len() {
        return ReadStrategy::Direct;
    }
    cut(at, dst, span).map_or(ReadStrategy::AtOnce, |(axis, cells)| {
        ReadStrategy::Cut(axis, cells)
    })
}

/// The axis to cut a box along, and the cells of a piece along it. `None` if the box is best read as it is.
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

/// A chunk is fetched in no more ranges than this.
const MOST_RANGES: usize = 1 << 16;
/// Cells with no more than this between them are fetched together.
const GAP: u64 = 64 << 10;

/// The bytes of a chunk that hold these cells, none of them twice. `None` if they are not stored as they are, or
/// lie in too many places.
pub(super) fn ranges(chain: &CodecChain, wanted: &[Cells]) -> Option<Vec<Range<u64>>> {
    let whole = Region::whole(&chain.spec().shape);
    let mut all = vec![];
    for cells in wanted {
        match cells {
            Cells::Box { cells, .. } => {
                let shape = cells.shape();
                let shape: Option<Vec<usize>> = shape.iter().map(|&n| n.try_into().ok()).collect();
                of_box(&located(chain, cells)?, &mut shape?, &mut all)?;
            }
            Cells::Scattered(cells) => {
                let at = located(chain, &whole)?;
                for run in cells.runs(&whole) {
                    of_run(
                        &at,
                        &chain.spec().shape,
                        run.from..run.from + run.len,
                        &mut all,
                    )?;
                }
            }
        }
    }
    all.sort_unstable_by_key(|range| range.start);
    let mut joined: Vec<Range<u64>> = vec![];
    for range in all {
        match joined.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(GAP) => {
                last.end = last.end.max(range.end);
            }
            _ => joined.push(range),
        }
    }
    (joined.len() <= MOST_RANGES).then_some(joined)
}

fn located(chain: &CodecChain, part: &Region) -> Option<StridedLayout> {
    match chain.access(part) {
        ChunkAccess::Cells(at) => Some(at),
        _ => None,
    }
}

/// The bytes of a box of cells: all from the first to the last where they lie close, else those of each part
/// of it along the axis along which they lie furthest apart.
fn of_box(at: &StridedLayout, shape: &mut [usize], all: &mut Vec<Range<u64>>) -> Option<()> {
    let span = at.byte_range(shape)?;
    let cells = shape
        .iter()
        .try_fold(at.elem as u64, |n, &len| n.checked_mul(len as u64))?;
    let (Some(axis), true) = (
        at.outermost(shape),
        span.end - span.start > cells.saturating_add(GAP),
    ) else {
        all.push(span);
        return (all.len() <= MOST_RANGES).then_some(());
    };
    let len = std::mem::replace(&mut shape[axis], 1);
    for i in 0..len {
        of_box(&at.skip(axis, i), shape, all)?;
    }
    shape[axis] = len;
    Some(())
}

/// The bytes of some cells of a chunk of this shape that follow each other in C order.
fn of_run(
    at: &StridedLayout,
    shape: &[u64],
    cells: Range<usize>,
    all: &mut Vec<Range<u64>>,
) -> Option<()> {
    if at.is_dense(shape) {
        let place = |cell: usize| at.offset + (cell * at.elem) as u64;
        all.push(place(cells.start)..place(cells.end));
        return (all.len() <= MOST_RANGES).then_some(());
    }
    let row = shape
        .last()
        .map_or(1, |&n| usize::try_from(n).unwrap_or(usize::MAX));
    let mut next = cells.start;
    while next < cells.end {
        let len = (row - next % row).min(cells.end - next);
        let (mut first, mut rest) = (at.clone(), next);
        for (axis, &n) in shape.iter().enumerate().rev() {
            let n = usize::try_from(n).ok()?;
            first = first.skip(axis, rest % n);
            rest /= n;
        }
        let mut lengths = vec![1; shape.len()];
        *lengths.last_mut()? = len;
        of_box(&first, &mut lengths, all)?;
        next += len;
    }
    Some(())
}

#[cfg(test)]
#[path = "decode/tests.rs"]
mod tests;
