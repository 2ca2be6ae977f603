//! Projections of a region on a grid: the touched chunks of each axis, and their product. No list of chunks is
//! ever collected. Chunks of an array and inner chunks of a shard are projected alike.

use std::cmp::Ordering;
use std::ops::Range;

use crate::grid::axis_projection::AxisProjection;
use crate::{AxisGrid, AxisRange, Dims, Region};

/// The part of a region that lies in one chunk: which cells of the chunk, and where they go in the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    /// The index of the chunk.
    pub chunk: Dims<u64>,
    /// The cells within the chunk, never empty, in the order of the output.
    pub part: Region,
    /// Where these cells go, counted in cells of the region. Dense, with the shape of `part`.
    pub to: Region,
}

impl Projection {
    /// Whether the part is all of the chunk that lies inside the array, in rising order. `extent`
    /// is the shape of what lies inside.
    ///
    /// Such a chunk can be written without reading it first: what lies outside the array is padding.
    pub fn covers(&self, extent: &[u64]) -> bool {
        self.part.is_whole(extent)
    }
}

/// The projections of a region on a grid, in C order of the region.
///
/// Each chunk occurs once, and the `to` boxes partition a box of [`shape`](Self::shape). Nothing is kept per
/// chunk: threads can share this and compute the projections they need.
///
/// ```
/// use zarr_codecs::{Projections, Region};
/// let projections = Projections::new(&Region::dense(&[3, 9], &[6, 1]), &[4, 4]).unwrap();
/// assert_eq!(projections.len(), 3);
/// let last = projections.get(2).unwrap();
/// assert_eq!(last.chunk.as_slice(), [2, 2]);
/// assert_eq!(last.part.start().as_slice(), [0, 1]);
/// assert_eq!(last.to.start().as_slice(), [5, 0]);
/// ```
#[derive(Clone, Debug)]
pub struct Projections {
    axes: Dims<AxisProjection>,
    len: usize,
}

impl Projections {
    /// Projects `region` on a regular grid with this chunk shape. `None` if the number of chunks does not
    /// fit `usize`. An axis whose chunks have no cells has no projections.
    pub fn new(region: &Region, chunk: &[u64]) -> Option<Self> {
        let axes = region.ranges.iter().zip(chunk);
        Self::product(axes.map(|(&range, &length)| AxisProjection::uniform(range, length)))
    }

    /// As [`new`](Self::new), on a grid whose chunks may differ in length along an axis. Cells behind the
    /// last chunk have no projection.
    pub fn of(region: &Region, grids: &[AxisGrid]) -> Option<Self> {
        let axes = region.ranges.iter().zip(grids);
        Self::product(axes.map(|(&range, grid)| AxisProjection::new(range, grid)))
    }

    fn product(axes: impl Iterator<Item = AxisProjection>) -> Option<Self> {
        let axes: Dims<AxisProjection> = axes.collect();
        let counts: Dims<u64> = axes.iter().map(AxisProjection::chunks).collect();
        let len = crate::volume(&counts).and_then(|count| usize::try_from(count).ok())?;
        Some(Self { axes, len })
    }

    /// How many cells per axis the chunks hold: the shape of the region, unless it goes on behind the last
    /// chunk.
    pub fn shape(&self) -> Dims<u64> {
        self.axes.iter().map(AxisProjection::cells).collect()
    }

    /// How many chunks are touched.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no chunk is touched.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The `i`-th projection. Allocates nothing up to five axes.
    pub fn get(&self, i: usize) -> Option<Projection> {
        (i < self.len).then(|| self.at(i))
    }

    /// All projections in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Projection> + ExactSizeIterator + '_ {
        (0..self.len).map(|i| self.at(i))
    }

    /// The number of a chunk's projection, if the chunk is touched: the inverse of [`get`](Self::get). It
    /// takes a binary search along each axis.
    pub fn find(&self, chunk: &[u64]) -> Option<usize> {
        if self.is_empty() || chunk.len() != self.axes.len() {
            return None;
        }
        let mut number = 0;
        for (axis, &chunk) in self.axes.iter().zip(chunk) {
            // It stays below the length.
            number = number * axis.chunks() + axis.find(chunk)?;
        }
        usize::try_from(number).ok()
    }

    /// Joins the `to` boxes of neighbouring projections into a few boxes, which partition the same cells.
    /// `None` if the range goes on behind the last projection.
    ///
    /// ```
    /// use zarr_codecs::{Projections, Region};
    /// let projections = Projections::new(&Region::whole(&[6, 8]), &[2, 2]).unwrap();
    /// // The last two chunks of the first row, and the two rows below it.
    /// let [right, below] = projections.run(2..12).unwrap().try_into().unwrap();
    /// assert_eq!(right, Region::dense(&[0, 4], &[2, 4]));
    /// assert_eq!(below, Region::dense(&[2, 0], &[4, 8]));
    /// ```
    pub fn run(&self, run: Range<usize>) -> Option<Vec<Region>> {
        if run.end > self.len {
            return None;
        }
        let (mut at, end) = (run.start as u64, run.end as u64);
        let mut boxes = Vec::new();
        while at < end {
            // The widest box that begins here: some neighbours along one axis, and with each of them all
            // of the axes behind.
            let (mut axis, mut each, mut behind) = (self.axes.len(), 1, 1);
            for (i, touched) in self.axes.iter().enumerate().rev() {
                if at % behind != 0 || end - at < behind {
                    break;
                }
                (axis, each) = (i, behind);
                behind *= touched.chunks();
            }
            let mut ranges: Dims<AxisRange> = Dims::new();
            let (mut chunks, mut size) = (1, self.len as u64);
            for (i, touched) in self.axes.iter().enumerate() {
                size /= touched.chunks();
                let digit = at / size % touched.chunks();
                let count = match i.cmp(&axis) {
                    Ordering::Less => 1,
                    Ordering::Equal => ((end - at) / each).min(touched.chunks() - digit),
                    Ordering::Greater => touched.chunks(),
                };
                let (first, last) = (touched.at(digit).2, touched.at(digit + count - 1).2);
                let cells = last.start() + last.count() - first.start();
                ranges.push(AxisRange::dense(first.start(), cells));
                chunks *= count;
            }
            boxes.push(Region { ranges });
            at += chunks;
        }
        Some(boxes)
    }

    /// `i` is less than the length, which makes it a mixed-radix number of one digit per axis.
    fn at(&self, i: usize) -> Projection {
        let mut digits: Dims<u64> = smallvec::smallvec![0; self.axes.len()];
        let mut rest = i as u64; // lossless: usize has at most 64 bits
        for (digit, axis) in digits.iter_mut().zip(&self.axes).rev() {
            let chunks = axis.chunks();
            *digit = rest % chunks;
            rest /= chunks;
        }
        let mut projection = Projection {
            chunk: Dims::new(),
            part: Region {
                ranges: Dims::new(),
            },
            to: Region {
                ranges: Dims::new(),
            },
        };
        for (axis, &digit) in self.axes.iter().zip(&digits) {
            let (chunk, part, to) = axis.at(digit);
            projection.chunk.push(chunk);
            projection.part.ranges.push(part);
            projection.to.ranges.push(to);
        }
        projection
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_run_is_the_cells_of_its_projections(
            axes in prop::collection::vec((0_u64..6, 1_u64..7, 1_u64..4), 0..4),
            ends in (0_usize..1000, 0_usize..1000),
        ) {
            let start: Vec<u64> = axes.iter().map(|axis| axis.0).collect();
            let shape: Vec<u64> = axes.iter().map(|axis| axis.1).collect();
            let chunk: Vec<u64> = axes.iter().map(|axis| axis.2).collect();
            let all = Projections::new(&Region::dense(&start, &shape), &chunk).unwrap();
            let (a, b) = (ends.0 % (all.len() + 1), ends.1 % (all.len() + 1));
            let run = a.min(b)..a.max(b);
            let boxes = all.run(run.clone()).unwrap();
            prop_assert!(boxes.len() < 2 * axes.len().max(1));
            let cells = |region: &Region| {
                let mut cells = vec![vec![]];
                for range in &region.ranges {
                    cells = cells.iter().flat_map(|cell: &Vec<u64>| {
                        range.cells().map(move |at| [cell.as_slice(), &[at]].concat())
                    }).collect();
                }
                cells
            };
            let mut expected: Vec<_> = run.flat_map(|i| cells(&all.get(i).unwrap().to)).collect();
            let mut found: Vec<_> = boxes.iter().flat_map(cells).collect();
            expected.sort();
            found.sort();
            prop_assert_eq!(found, expected);
            for (i, projection) in all.iter().enumerate() {
                prop_assert_eq!(all.find(&projection.chunk), Some(i));
            }
        }
    }

    #[test]
    fn what_is_not_touched_is_not_found() {
        let some = Projections::new(&Region::dense(&[4], &[3]), &[2]).unwrap();
        assert_eq!(
            (some.find(&[1]), some.find(&[4]), some.find(&[2, 0])),
            (None, None, None)
        );
        assert_eq!(some.run(0..3), None);
        let none = Projections::new(&Region::whole(&[0, 3]), &[1, 1]).unwrap();
        assert_eq!((none.find(&[0, 0]), none.run(0..0)), (None, Some(vec![])));
    }

    #[test]
    fn axes_multiply_in_c_order() {
        let chunks = Projections::new(&Region::whole(&[3, 5]), &[2, 2]).unwrap();
        let at: Vec<_> = chunks.iter().map(|t| (t.chunk[0], t.chunk[1])).collect();
        assert_eq!(at, [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]);
        assert_eq!(chunks.get(5).unwrap().part.shape().as_slice(), [1, 1]);
    }

    #[test]
    fn a_scalar_is_one_chunk() {
        assert_eq!(Projections::new(&Region::whole(&[]), &[]).unwrap().len(), 1);
        assert!(
            Projections::new(&Region::whole(&[0, 3]), &[1, 1])
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn the_far_end_of_u64_does_not_overflow() {
        let end = i64::MAX as u64;
        let chunks = Projections::new(&Region::dense(&[end - 3], &[3]), &[1 << 62]).unwrap();
        assert_eq!(chunks.len(), 1);
        assert_eq!(chunks.get(0).unwrap().part.ranges[0].count(), 3);
    }
}
