//! Projections of a box of cells on a regular grid: one list of chunks per axis, and their product.
//! Pure and random access: no list of chunks is ever collected. Chunks of an array and inner chunks
//! of a shard are projected alike.

use crate::{Dims, Region, Span};

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

/// The projections of a region on a regular grid, in C order of the region.
///
/// Each chunk occurs once, and the `to` boxes partition the region. Nothing is stored per chunk: any
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
        let axes: Dims<Touched> = axes
            .map(|(&span, &length)| Touched::new(length, span))
            .collect();
        let counts: Dims<u64> = axes.iter().map(|axis| axis.chunks).collect();
        let len = crate::volume(&counts).and_then(|count| usize::try_from(count).ok())?;
        Some(Self { axes, len })
    }

    /// How many chunks are touched.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no chunk is touched.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The `i`-th projection. Allocates nothing up to eight axes.
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
            *digit = rest % axis.chunks;
            rest /= axis.chunks;
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

/// The chunks that a span touches along one axis, in the order of its walk.
///
/// The span lies inside the axis, so that neither its cells nor its chunks can leave `u64`.
#[derive(Clone, Debug)]
struct Touched {
    span: Span,
    /// The length of a chunk.
    length: u64,
    /// The chunk of the first cell.
    first: u64,
    /// How many chunks are touched.
    chunks: u64,
}

impl Touched {
    fn new(length: u64, span: Span) -> Self {
        let mut touched = Self {
            span,
            length,
            first: 0,
            chunks: 0,
        };
        if span.count > 0 && length > 0 {
            touched.first = span.start / length;
            touched.chunks = if touched.leaps() {
                span.count
            } else {
                touched
                    .first
                    .abs_diff(touched.cell(span.count - 1) / length)
                    + 1
            };
        }
        touched
    }

    /// Whether every cell has a chunk of its own. Otherwise no chunk between the first and the last
    /// is stepped over.
    fn leaps(&self) -> bool {
        self.span.step.unsigned_abs() >= self.length
    }

    /// The `i`-th cell of the span.
    fn cell(&self, i: u64) -> u64 {
        let way = i * self.span.step.unsigned_abs();
        if self.span.step < 0 {
            self.span.start - way
        } else {
            self.span.start + way
        }
    }

    /// The `j`-th chunk, its cells, and their place in the output.
    fn at(&self, j: u64) -> (u64, Span, Span) {
        let Span { start, count, step } = self.span;
        let stride = step.unsigned_abs();
        let (chunk, from, to) = if self.leaps() {
            (self.cell(j) / self.length, j, j + 1)
        } else if step < 0 {
            let chunk = self.first - j;
            let low = chunk * self.length;
            let high = low.saturating_add(self.length - 1);
            let from = start.saturating_sub(high).div_ceil(stride);
            (chunk, from, count.min((start - low) / stride + 1))
        } else {
            let chunk = self.first + j;
            let low = chunk * self.length;
            // Saturated, it is still beyond every cell.
            let end = low.saturating_add(self.length);
            let from = low.saturating_sub(start).div_ceil(stride);
            (chunk, from, count.min((end - start).div_ceil(stride)))
        };
        let part = Span {
            start: self.cell(from) - chunk * self.length,
            count: to - from,
            step: if to - from == 1 { 1 } else { step },
        };
        (chunk, part, Span::dense(from, to - from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cell(span: Span, k: u64) -> u64 {
        span.start.checked_add_signed(k as i64 * span.step).unwrap()
    }

    proptest! {
        #[test]
        fn chunks_partition_the_region(
            start in 0_u64..40, count in 0_u64..20, step in -9_i64..9, chunk in 1_u64..8,
        ) {
            let step = if step == 0 { 1 } else { step };
            let span = Span { start, count, step };
            prop_assume!(span.fits(200));
            let chunks = Projections::new(&Region { spans: [span].into_iter().collect() }, &[chunk]).unwrap();
            let mut seen = vec![];
            for t in chunks.iter() {
                let (part, to) = (t.part.spans[0], t.to.spans[0]);
                prop_assert!(part.count > 0 && part.fits(chunk));
                prop_assert_eq!((part.count, to.start, to.step), (to.count, seen.len() as u64, 1));
                seen.extend((0..part.count).map(|k| t.chunk[0] * chunk + cell(part, k)));
            }
            let wanted: Vec<u64> = (0..count).map(|k| cell(span, k)).collect();
            prop_assert_eq!(seen, wanted);
        }
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
        assert_eq!(chunks.get(0).unwrap().part.spans[0].count, 3);
    }
}
