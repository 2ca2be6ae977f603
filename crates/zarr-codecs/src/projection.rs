//! Projections of a box of cells on a grid: one list of chunks per axis, and their product. Pure and
//! random access: no list of chunks is ever collected. Chunks of an array and inner chunks of a shard
//! are projected alike.

use crate::touched::Touched;
use crate::{Cut, Dims, Region};

/// What a region wants of one chunk, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    /// The index of the chunk.
    pub chunk: Dims<u64>,
    /// The cells within the chunk, never empty, in the order of the output.
    pub part: Region,
    /// Where these cells stand in the region, counted in its cells; dense, of `part`'s shape.
    pub to: Region,
}

impl Projection {
    /// Whether the part is all of the chunk that lies inside the array, in rising order. `extent`
    /// is the shape of what lies inside.
    ///
    /// Such a chunk can be written without reading it first: what lies outside of the array is
    /// padding.
    pub fn covers(&self, extent: &[u64]) -> bool {
        self.part.is_whole(extent)
    }
}

/// The projections of a region on a grid, in C order of the region.
///
/// Each chunk occurs once, and the `to` boxes partition a box of [`shape`](Self::shape). Nothing is stored per chunk: any
/// number of threads may share this and compute their own.
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
    axes: Dims<Touched>,
    len: usize,
}

impl Projections {
    /// Cuts `region` by chunks of `chunk` cells per axis. `None` where there are more of them than
    /// can be counted. An axis of chunks without cells has none.
    pub fn new(region: &Region, chunk: &[u64]) -> Option<Self> {
        let axes = region.spans.iter().zip(chunk);
        Self::product(axes.map(|(&span, &length)| Touched::of_equal(span, length)))
    }

    /// As [`new`](Self::new), by chunks of lengths that may differ along an axis. Cells behind the
    /// last chunk have no projection.
    pub fn of(region: &Region, cuts: &[Cut]) -> Option<Self> {
        let axes = region.spans.iter().zip(cuts);
        Self::product(axes.map(|(&span, cut)| Touched::new(span, cut)))
    }

    fn product(axes: impl Iterator<Item = Touched>) -> Option<Self> {
        let axes: Dims<Touched> = axes.collect();
        let counts: Dims<u64> = axes.iter().map(Touched::chunks).collect();
        let len = crate::volume(&counts).and_then(|count| usize::try_from(count).ok())?;
        Some(Self { axes, len })
    }

    /// The cells per axis that the chunks hold: the shape of the region, unless it goes on behind the
    /// last chunk.
    pub fn shape(&self) -> Dims<u64> {
        self.axes.iter().map(Touched::cells).collect()
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
            part: Region { spans: Dims::new() },
            to: Region { spans: Dims::new() },
        };
        for (axis, &digit) in self.axes.iter().zip(&digits) {
            let (chunk, part, to) = axis.at(digit);
            projection.chunk.push(chunk);
            projection.part.spans.push(part);
            projection.to.spans.push(to);
        }
        projection
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(chunks.get(0).unwrap().part.spans[0].count(), 3);
    }
}
