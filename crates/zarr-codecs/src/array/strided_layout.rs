//! Where cells lie in a run of bytes: an offset, and a stride for each axis.

use crate::Dims;

/// Where the cells of a region lie in an encoded chunk: cell `[i, j, …]` of the region begins at byte
/// `offset + i * strides[0] + j * strides[1] + …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StridedLayout {
    /// The byte at which the first cell begins.
    pub offset: u64,
    /// Bytes from one cell to the next, per axis.
    pub strides: Dims<isize>,
}

impl StridedLayout {
    /// The layout of the cells from the `n`-th on along `axis`.
    #[must_use]
    pub fn skip(&self, axis: usize, n: usize) -> Self {
        let stride = self.strides.get(axis).copied().unwrap_or(0);
        let way = (n as i64).wrapping_mul(stride as i64);
        Self {
            offset: self.offset.wrapping_add_signed(way),
            strides: self.strides.clone(),
        }
    }

    /// The lowest and the highest byte at which a cell begins, for a region of this shape. `None` where it
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
}
