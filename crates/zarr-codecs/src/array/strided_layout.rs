//! Where cells lie in a run of bytes: an offset, and a stride for each axis.

use std::ops::Range;

use crate::Dims;

/// Where the cells of a region lie in an encoded chunk: cell `[i, j, …]` of the region begins at byte
/// `offset + i * strides[0] + j * strides[1] + …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StridedLayout {
    /// The byte at which the first cell begins.
    pub offset: u64,
    /// Bytes from one cell to the next, per axis.
    pub strides: Dims<isize>,
    /// The bytes of each cell.
    pub elem: usize,
}

impl StridedLayout {
    /// The layout of the cells from the `n`-th on along `axis`.
    #[must_use]
    pub fn skip(&self, axis: usize, n: usize) -> Self {
        let stride = self.strides.get(axis).copied().unwrap_or(0);
        let way = (n as i64).wrapping_mul(stride as i64);
        Self {
            offset: self.offset.wrapping_add_signed(way),
            ..self.clone()
        }
    }

    /// The lowest and the highest byte at which a cell begins, for a region of this shape. `None` if it
    /// has no cells, or where one cannot be addressed.
    pub fn reach(&self, shape: &[usize]) -> Option<(u64, u64)> {
        if shape.len() != self.strides.len() {
            return None;
        }
        let (mut low, mut high) = (self.offset, self.offset);
        for (&len, &stride) in shape.iter().zip(&self.strides) {
            let way = i64::try_from(len.checked_sub(1)?)
                .ok()?
                .checked_mul(stride as i64)?;
            let end = if way < 0 { &mut low } else { &mut high };
            *end = end.checked_add_signed(way)?;
        }
        Some((low, high))
    }

    /// The bytes of the object from the first to the last cell of a part of `shape`, as a range. `None` as
    /// [`reach`](Self::reach).
    pub fn byte_range(&self, shape: &[usize]) -> Option<Range<u64>> {
        let (low, high) = self.reach(shape)?;
        Some(low..high.checked_add(self.elem as u64)?)
    }

    /// Whether the cells of a part of `shape` follow each other in C order without gaps.
    pub fn is_dense(&self, shape: &[u64]) -> bool {
        let mut stride = Some(self.elem as u64);
        let axes = self.strides.iter().zip(shape).rev();
        shape.len() == self.strides.len()
            && axes.into_iter().all(|(&own, &len)| {
                let is_next = len == 1 || stride.is_some_and(|n| u64::try_from(own) == Ok(n));
                stride = stride.and_then(|n| n.checked_mul(len));
                is_next
            })
    }

    /// The axis of a part of `shape` along which its cells lie furthest apart: a cut along it leaves the
    /// least between the cells of each piece. `None` if there is one cell.
    pub fn outermost(&self, shape: &[usize]) -> Option<usize> {
        let axes = (0..shape.len().min(self.strides.len())).rev();
        axes.filter(|&axis| shape[axis] > 1)
            .max_by_key(|&axis| self.strides[axis].unsigned_abs())
    }
}
