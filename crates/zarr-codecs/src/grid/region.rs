//! Boxes of cells, dense or strided.

use std::fmt;

use crate::Dims;

/// `count` cells along one axis: `start, start + step, …`. They are distinct and lie below `u64::MAX`, so
/// that the number of each cell, and the end behind the last one, fit `u64`.
///
/// A negative step walks backwards. A range of one cell, or of none, has step 1.
///
/// No other range can be made, so code that divides memory by ranges need not check them again.
///
/// ```compile_fail
/// let same_cell_twice = zarr_codecs::AxisRange { start: 3, count: 2, step: 0 };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AxisRange {
    start: u64,
    count: u64,
    step: i64,
}

impl AxisRange {
    /// `count` cells from `start` on, `step` apart. `None` if the step is zero, or a cell does not lie
    /// below `u64::MAX`.
    ///
    /// ```
    /// use zarr_codecs::AxisRange;
    /// assert!(AxisRange::new(9, 4, -3).unwrap().cells().eq([9, 6, 3, 0]));
    /// assert!(AxisRange::new(3, 2, 0).is_none(), "it would name one cell twice");
    /// assert!(AxisRange::new(2, 2, -3).is_none(), "there is no cell before the first");
    /// ```
    pub fn new(start: u64, count: u64, step: i64) -> Option<Self> {
        let range = Self {
            start,
            count,
            step: if count > 1 { step } else { 1 },
        };
        (step != 0 && range.fits(u64::MAX)).then_some(range)
    }

    /// `count` neighbouring cells from `start` on, or as many as lie below `u64::MAX`, where every array
    /// ends.
    pub const fn dense(start: u64, count: u64) -> Self {
        let most = u64::MAX - start;
        Self {
            start,
            count: if count < most { count } else { most },
            step: 1,
        }
    }

    /// The first cell, if there is one.
    pub const fn start(&self) -> u64 {
        self.start
    }

    /// How many cells.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The distance from one cell to the next; never zero.
    pub const fn step(&self) -> i64 {
        self.step
    }

    /// Whether the cells are neighbours in rising order.
    pub const fn is_dense(&self) -> bool {
        self.step == 1
    }

    /// The last cell, or `None` if the range is empty.
    pub fn last(&self) -> Option<u64> {
        // No product of these leaves `i128`, nor does the sum.
        let way = i128::from(self.count.checked_sub(1)?) * i128::from(self.step);
        u64::try_from(i128::from(self.start) + way).ok()
    }

    /// The cells one after the other.
    pub fn cells(&self) -> impl Iterator<Item = u64> + use<> {
        let range = *self;
        (0..range.count).map(move |i| range.cell(i))
    }

    /// The `i`-th cell, where `i` is below the count.
    pub(crate) fn cell(&self, i: u64) -> u64 {
        let way = i * self.step.unsigned_abs();
        if self.step < 0 {
            self.start - way
        } else {
            self.start + way
        }
    }

    /// The range moved up by this many cells. `None` if a cell would not lie below `u64::MAX`.
    #[must_use]
    pub fn behind(&self, cells: u64) -> Option<Self> {
        Self::new(self.start.checked_add(cells)?, self.count, self.step)
    }

    /// Whether every cell lies below `len`.
    pub fn fits(&self, len: u64) -> bool {
        self.count == 0 || self.start < len && self.last().is_some_and(|last| last < len)
    }
}

/// A slice as NumPy writes it: `2:5`, with a step `2:9:3`, backwards `7::-1`.
impl fmt::Display for AxisRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { start, step, .. } = *self;
        let Some(last) = self.last() else {
            return write!(f, "{start}:{start}");
        };
        match (step, last.checked_sub(1)) {
            (1, _) => write!(f, "{start}:{}", last + 1),
            (1.., _) => write!(f, "{start}:{}:{step}", last + 1),
            (_, Some(end)) => write!(f, "{start}:{end}:{step}"),
            (_, None) => write!(f, "{start}::{step}"),
        }
    }
}

/// A box of cells: one [`AxisRange`] per axis.
///
/// ```
/// use zarr_codecs::{AxisRange, Region};
/// let window = Region::dense(&[10, 0], &[5, 20]);
/// assert_eq!(window.shape().as_slice(), [5, 20]);
/// assert!(window.fits(&[100, 20]));
/// assert!(!window.is_whole(&[100, 20]));
/// assert_eq!(window.to_string(), "[10:15, 0:20]");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Region {
    /// The cells along each axis.
    pub ranges: Dims<AxisRange>,
}

/// A selection as NumPy writes it: `[0:20, 0:500]`.
impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (axis, range) in self.ranges.iter().enumerate() {
            let comma = if axis == 0 { "" } else { ", " };
            write!(f, "{comma}{range}")?;
        }
        f.write_str("]")
    }
}

impl Region {
    /// All cells of a box of this shape.
    pub fn whole(shape: &[u64]) -> Self {
        Self {
            ranges: shape
                .iter()
                .map(|&count| AxisRange::dense(0, count))
                .collect(),
        }
    }

    /// The dense box of `shape` cells from `start` on, as far as [`AxisRange::dense`] goes. The shorter
    /// argument decides the rank.
    pub fn dense(start: &[u64], shape: &[u64]) -> Self {
        Self {
            ranges: start
                .iter()
                .zip(shape)
                .map(|(&s, &n)| AxisRange::dense(s, n))
                .collect(),
        }
    }

    /// The same cells with axis `i` of the result being axis `axes[i]` of this box. `None` if it has
    /// not all of them.
    pub(crate) fn permute(&self, axes: &[usize]) -> Option<Self> {
        let ranges = axes.iter().map(|&axis| self.ranges.get(axis).copied());
        let ranges = ranges.collect::<Option<_>>()?;
        Some(Self { ranges })
    }

    /// Cells per axis.
    pub fn shape(&self) -> Dims<u64> {
        self.ranges.iter().map(AxisRange::count).collect()
    }

    /// First cell per axis.
    pub fn start(&self) -> Dims<u64> {
        self.ranges.iter().map(AxisRange::start).collect()
    }

    /// The number of cells, or `None` beyond `u64`.
    pub fn volume(&self) -> Option<u64> {
        crate::volume(&self.shape())
    }

    /// Whether there is no cell in it.
    pub fn is_empty(&self) -> bool {
        self.ranges.iter().any(|range| range.count() == 0)
    }

    /// Whether every axis is dense.
    pub fn is_dense(&self) -> bool {
        self.ranges.iter().all(AxisRange::is_dense)
    }

    /// Whether this is all of a box of `shape`, in order.
    pub fn is_whole(&self, shape: &[u64]) -> bool {
        self.ranges.len() == shape.len()
            && self
                .ranges
                .iter()
                .zip(shape)
                .all(|(range, &len)| *range == AxisRange::dense(0, len))
    }

    /// Whether every cell lies in a box of `shape`.
    pub fn fits(&self, shape: &[u64]) -> bool {
        self.ranges.len() == shape.len()
            && self
                .ranges
                .iter()
                .zip(shape)
                .all(|(range, &len)| range.fits(len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backward_span_ends_before_it_starts() {
        let range = AxisRange::new(9, 4, -3).unwrap();
        assert_eq!(range.last(), Some(0));
        assert!(range.fits(10) && !range.fits(9));
        assert_eq!(AxisRange::new(2, 2, -3), None);
    }

    /// NumPy's slices of the same cells.
    #[test]
    fn regions_print_as_slices() {
        let ranges = [
            (0, 20, 1),
            (2, 3, 3),
            (9, 4, -3),
            (9, 2, -3),
            (7, 0, 1),
            (7, 1, -1),
        ];
        let ranges = ranges.map(|(start, count, step)| AxisRange::new(start, count, step).unwrap());
        let region = Region {
            ranges: ranges.into_iter().collect(),
        };
        let text = "[0:20, 2:9:3, 9::-3, 9:5:-3, 7:7, 7:8]";
        assert_eq!(region.to_string(), text);
        assert_eq!(Region::dense(&[], &[]).to_string(), "[]");
    }

    #[test]
    fn a_span_ends_where_u64_does() {
        let last = |start, count, step| AxisRange::new(start, count, step)?.last();
        let third = (u64::MAX / 3) as i64;
        assert_eq!(last(0, 3, third), Some(u64::MAX / 3 * 2));
        assert_eq!(last(0, 4, third), None, "the end behind it is no number");
        assert_eq!(last(u64::MAX - 1, 3, -third), Some(u64::MAX / 3 - 1));
        assert_eq!(last(u64::MAX, 4, -third), None);
        assert_eq!(last(u64::MAX, u64::MAX, i64::MAX), None);
        assert_eq!(last(0, u64::MAX, i64::MIN), None);
        assert_eq!(AxisRange::dense(0, u64::MAX).last(), Some(u64::MAX - 1));
        assert_eq!(AxisRange::dense(u64::MAX - 2, 9).count(), 2);
        assert_eq!(AxisRange::dense(u64::MAX, 1).count(), 0);
    }

    #[test]
    fn a_step_that_is_never_walked_is_one() {
        assert_eq!(AxisRange::new(7, 1, -3), Some(AxisRange::dense(7, 1)));
        assert_eq!(AxisRange::new(7, 0, 5), Some(AxisRange::dense(7, 0)));
        assert_eq!(AxisRange::new(7, 1, 0), None);
    }

    #[test]
    fn an_empty_span_fits_everywhere() {
        assert!(AxisRange::dense(7, 0).fits(0));
        assert!(Region::dense(&[7], &[0]).is_empty());
    }
}
