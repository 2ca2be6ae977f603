//! Some bytes of a large chunk from a store that answers later, as an object of which these can be read:
//! which to ask for, and what came. Knows no store.

use std::mem::MaybeUninit;
use std::ops::Range;

use bytes::Bytes;
use zarr_codecs::{ChunkAccess, CodecChain, Region, StridedLayout, buffer};
use zarr_store::{Object, Result, Version};

use crate::cells::Cells;

/// More ranges than this are not asked for.
const MOST: usize = 1 << 16;
/// Cells with no more than this between them are asked for together.
const GAP: u64 = 64 << 10;

/// Parts of an object. Between them are zeros, which no cell is made of.
pub(super) struct PartialObject {
    size: u64,
    version: Option<Version>,
    parts: Vec<(u64, Bytes)>,
}

impl PartialObject {
    /// What came for these ranges of an object of this size.
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

    /// Copies what there is from `offset` on.
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
    fn size(&self) -> Result<u64> {
        Ok(self.size)
    }

    fn version(&self) -> Result<Option<Version>> {
        Ok(self.version.clone())
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let end = range.end.min(self.size);
        let len = usize::try_from(end.saturating_sub(range.start)).unwrap_or(0);
        let mut memory = vec![0; len];
        self.copy(range.start, &mut memory);
        Ok(memory.into())
    }

    fn read_at<'d>(&self, offset: u64, dst: &'d mut [MaybeUninit<u8>]) -> Result<&'d mut [u8]> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let len = dst.len().min(left);
        let memory = buffer::zeroed(dst.get_mut(..len).unwrap_or_default());
        self.copy(offset, memory);
        Ok(memory)
    }
}

/// The bytes of a chunk that hold these cells, none of them twice, where they are stored as they are and
/// in not too many places.
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
    (joined.len() <= MOST).then_some(joined)
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
        return (all.len() <= MOST).then_some(());
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
        return (all.len() <= MOST).then_some(());
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
mod tests {
    use super::*;

    #[test]
    fn what_lies_apart_is_asked_for_apart() {
        let at = StridedLayout {
            offset: 100,
            strides: [1 << 30, 4][..].into(),
            elem: 4,
        };
        let mut all = vec![];
        of_box(&at, &mut [3, 10], &mut all).unwrap();
        let row = |i: u64| 100 + (i << 30)..140 + (i << 30);
        assert_eq!(all, [row(0), row(1), row(2)]);
        all.clear();
        assert_eq!(of_box(&at, &mut [MOST + 1, 2], &mut all), None);
    }

    #[test]
    fn what_came_is_read() {
        let parts = vec![Bytes::from_static(b"cd"), Bytes::from_static(b"ab")];
        let sparse = PartialObject::new(30, None, &[20..22, 4..6], parts);
        assert_eq!(
            sparse.read(5..22).unwrap()[..],
            *b"b\0\0\0\0\0\0\0\0\0\0\0\0\0\0cd"
        );
        let mut memory = [MaybeUninit::uninit(); 8];
        assert_eq!(sparse.read_at(2, &mut memory).unwrap(), b"\0\0ab\0\0\0\0");
        assert_eq!(sparse.read_at(27, &mut memory).unwrap(), b"\0\0\0");
    }
}
