//! Boxes of cells, dense or strided, and nothing about memory or chunks.

use crate::Dims;

/// The cells `start, start + step, …` along one axis, `count` of them.
///
/// A negative step walks backwards. A span of one cell has step 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first cell.
    pub start: u64,
    /// How many cells.
    pub count: u64,
    /// From one cell to the next; never zero.
    pub step: i64,
}

impl Span {
    /// `count` neighbouring cells from `start` on.
    pub const fn dense(start: u64, count: u64) -> Self {
        Self {
            start,
            count,
            step: 1,
        }
    }

    /// Whether the cells are neighbours in rising order.
    pub const fn is_dense(&self) -> bool {
        self.step == 1
    }

    /// The last cell, or `None` where the span is empty or leaves `u64`.
    pub fn last(&self) -> Option<u64> {
        // No product of these leaves `i128`, nor does the sum.
        let way = i128::from(self.count.checked_sub(1)?) * i128::from(self.step);
        u64::try_from(i128::from(self.start) + way).ok()
    }

    /// The cells one after the other, as far as they stay in `u64`.
    pub fn cells(&self) -> impl Iterator<Item = u64> + use<> {
        let Span { start, count, step } = *self;
        let next = move |cell: &u64| cell.checked_add_signed(step);
        let cells = std::iter::successors(Some(start), next);
        cells.take(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// The `i`-th cell of a span that stays in `u64`.
    pub(crate) fn cell(&self, i: u64) -> u64 {
        let way = i * self.step.unsigned_abs();
        if self.step < 0 {
            self.start - way
        } else {
            self.start + way
        }
    }

    /// Whether every cell lies below `len`.
    pub fn fits(&self, len: u64) -> bool {
        self.count == 0 || self.start < len && self.last().is_some_and(|last| last < len)
    }
}

/// A box of cells: one [`Span`] per axis.
///
/// ```
/// use zarr_codecs::{Region, Span};
/// let window = Region::dense(&[10, 0], &[5, 20]);
/// assert_eq!(window.shape().as_slice(), [5, 20]);
/// assert!(window.fits(&[100, 20]));
/// assert!(!window.is_whole(&[100, 20]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Region {
    /// The cells along each axis.
    pub spans: Dims<Span>,
}

impl Region {
    /// All cells of a box of this shape.
    pub fn whole(shape: &[u64]) -> Self {
        Self {
            spans: shape.iter().map(|&count| Span::dense(0, count)).collect(),
        }
    }

    /// The dense box of `shape` cells from `start` on. The shorter argument decides the rank.
    pub fn dense(start: &[u64], shape: &[u64]) -> Self {
        Self {
            spans: start
                .iter()
                .zip(shape)
                .map(|(&s, &n)| Span::dense(s, n))
                .collect(),
        }
    }

    /// Cells per axis.
    pub fn shape(&self) -> Dims<u64> {
        self.spans.iter().map(|span| span.count).collect()
    }

    /// First cell per axis.
    pub fn start(&self) -> Dims<u64> {
        self.spans.iter().map(|span| span.start).collect()
    }

    /// The number of cells, or `None` beyond `u64`.
    pub fn volume(&self) -> Option<u64> {
        crate::volume(&self.shape())
    }

    /// Whether there is no cell in it.
    pub fn is_empty(&self) -> bool {
        self.spans.iter().any(|span| span.count == 0)
    }

    /// Whether every axis is dense.
    pub fn is_dense(&self) -> bool {
        self.spans.iter().all(Span::is_dense)
    }

    /// Whether this is all of a box of `shape`, in order.
    pub fn is_whole(&self, shape: &[u64]) -> bool {
        self.spans.len() == shape.len()
            && self
                .spans
                .iter()
                .zip(shape)
                .all(|(span, &len)| *span == Span::dense(0, len))
    }

    /// Whether every cell lies in a box of `shape`.
    pub fn fits(&self, shape: &[u64]) -> bool {
        self.spans.len() == shape.len()
            && self
                .spans
                .iter()
                .zip(shape)
                .all(|(span, &len)| span.fits(len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backward_span_ends_before_it_starts() {
        let span = Span {
            start: 9,
            count: 4,
            step: -3,
        };
        assert_eq!(span.last(), Some(0));
        assert!(span.fits(10) && !span.fits(9));
        assert_eq!(
            Span {
                start: 2,
                count: 2,
                step: -3
            }
            .last(),
            None
        );
    }

    #[test]
    fn a_span_may_be_as_long_as_u64() {
        let span = |start, count, step| Span { start, count, step };
        let third = (u64::MAX / 3) as i64;
        assert_eq!(span(0, 4, third).last(), Some(u64::MAX));
        assert_eq!(span(u64::MAX, 4, -third).last(), Some(0));
        assert_eq!(Span::dense(0, u64::MAX).last(), Some(u64::MAX - 1));
        assert_eq!(span(1, 4, third).last(), None);
        assert_eq!(span(u64::MAX, u64::MAX, i64::MAX).last(), None);
        assert_eq!(span(0, u64::MAX, i64::MIN).last(), None);
    }

    #[test]
    fn an_empty_span_fits_everywhere() {
        assert!(Span::dense(7, 0).fits(0));
        assert!(Region::dense(&[7], &[0]).is_empty());
    }
}
