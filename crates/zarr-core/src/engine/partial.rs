//! Reading cells that lie in an object as they are: which of its bytes, in how many reads. Knows no
//! shard, and of codecs only where they put cells.
//!
//! One read from the first cell to the last suits cells that lie close together. Where much lies
//! between them, or they are much altogether, their box is cut along the axis along which they lie furthest
//! apart, and each piece is such a box again.

use std::ops::Range;

use zarr_codecs::{
    AxisRange, ByteLen, CodecChain, CodecErrorKind, NdViewMut, Region, StridedLayout,
};
use zarr_store::Object;

use super::pool::with_scratch;
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

/// An encoded chunk in an object, to be read in pieces.
pub(super) struct PartialReader<'a> {
    object: &'a dyn Object,
    /// Where in the object the chunk begins.
    start: u64,
    chain: &'a CodecChain,
}

/// Where to read the cells that lie `at`. `None` where the chunk had better be taken whole: it is in
/// memory, or one read of all of it is best and within the limit, or it has not the length that its
/// metadata gives it, and is then an error whatever part of it is wanted.
pub(super) fn partial_reader<'a>(
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
            let dst = dst.reborrow().region(&piece).ok_or(ChunkError::Worker)?;
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
mod tests {
    use super::*;

    /// Cuts the box of `shape` elements of two bytes, in an output of its own, out of a chunk in
    /// which these are the strides.
    fn check(shape: &[u64], strides: &[isize], wanted: ReadStrategy) {
        let at = StridedLayout {
            offset: 1 << 40,
            strides: strides.into(),
            elem: 2,
        };
        let mut memory = vec![0; 2 * shape.iter().product::<u64>() as usize];
        // One column is left out of the output, so that its rows do not touch.
        let mut part = Region::whole(shape);
        let dst = NdViewMut::over(&mut memory, shape, 2).unwrap();
        if let Some(last) = part.ranges.last_mut().filter(|last| last.count() > 1) {
            *last = AxisRange::dense(0, last.count() - 1);
        }
        let dst = dst.region(&part).unwrap();
        let reach = |(&n, &stride): (&usize, &isize)| (n as u64 - 1) * stride.unsigned_abs() as u64;
        let span = dst.shape().iter().zip(strides).map(reach).sum::<u64>() + 2;
        let run = dst.run_len(&at);
        assert_eq!(
            strategy(&at, &dst, run, span),
            wanted,
            "{shape:?} {strides:?}"
        );
    }

    #[test]
    fn what_lies_close_is_one_read() {
        check(&[8, 8, 9], &[2048, 128, 2], ReadStrategy::AtOnce);
        check(&[100, 9], &[-64, 2], ReadStrategy::AtOnce);
        check(&[], &[], ReadStrategy::Direct);
        check(&[1, 1, 1], &[1 << 20, 1 << 10, 2], ReadStrategy::Direct);
    }

    #[test]
    fn what_lies_far_apart_is_a_read_each() {
        check(&[8, 8, 9], &[1 << 15, 256, 2], ReadStrategy::Cut(0, 1));
        check(&[8, 8, 9], &[-(1 << 15), 256, 2], ReadStrategy::Cut(0, 1));
        check(&[1, 8, 9], &[1 << 20, 1 << 15, 2], ReadStrategy::Cut(1, 1));
        check(&[3, 1], &[1 << 14, 2], ReadStrategy::Cut(0, 1));
        // Eight planes of 2 KiB with 6 KiB between them: as cheap at once.
        check(&[8, 8, 9], &[8 << 10, 256, 2], ReadStrategy::AtOnce);
    }

    #[test]
    fn what_is_large_is_read_in_slabs() {
        check(
            &[128, 128, 128],
            &[1 << 15, 1 << 8, 2],
            ReadStrategy::Cut(0, 8),
        );
        check(
            &[1, 1 << 14, 128],
            &[1 << 22, 1 << 8, 2],
            ReadStrategy::Cut(1, 1 << 10),
        );
        check(&[16, 128, 128], &[1 << 15, 1 << 8, 2], ReadStrategy::AtOnce);
        // Planes of a MiB: one at a time, and each is cut again.
        check(
            &[4, 4096, 128],
            &[1 << 20, 1 << 8, 2],
            ReadStrategy::Cut(0, 1),
        );
        // What is stored in the other order is cut along its last axis.
        check(&[4096, 1 << 13], &[2, 1 << 13], ReadStrategy::Cut(1, 512));
        check(&[1 << 22, 4], &[2, 1 << 23], ReadStrategy::Cut(1, 1));
        check(&[2048, 1 << 10], &[2, 1 << 12], ReadStrategy::AtOnce);
        // Rows that are worth a read each are not cut at all.
        check(&[512, 1 << 12], &[1 << 13, 2], ReadStrategy::Direct);
    }
}
