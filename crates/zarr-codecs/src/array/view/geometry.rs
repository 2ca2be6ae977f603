//! Which bytes a view names: shape, byte strides and element size. This is arithmetic alone; `view.rs` makes
//! sure that the bytes are there.

use crate::{Dims, Region, volume};

/// Shape, byte strides and element size; what both kinds of view share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StridedGeometry {
    pub(super) shape: Dims<usize>,
    pub(super) strides: Dims<isize>,
    pub(super) elem: usize,
}

impl StridedGeometry {
    /// C order without gaps, if that many bytes can exist in memory.
    pub(super) fn dense(shape: &[u64], elem: usize) -> Option<(Self, usize)> {
        let bytes = usize::try_from(volume(shape)?).ok()?.checked_mul(elem)?;
        isize::try_from(bytes).ok()?;
        let shape: Dims<usize> = shape
            .iter()
            .map(|&n| usize::try_from(n).ok())
            .collect::<Option<_>>()?;
        let mut strides: Dims<isize> = shape.iter().map(|_| 0).collect();
        let mut stride = elem as isize;
        for (s, &len) in strides.iter_mut().zip(&shape).rev() {
            *s = stride;
            // Only a shape with a zero axis can overflow here, and such a view is never walked.
            stride = stride.checked_mul(len as isize).unwrap_or(0);
        }
        Some((
            Self {
                shape,
                strides,
                elem,
            },
            bytes,
        ))
    }

    /// The byte offset of `region`'s first cell and the geometry of its cells.
    pub(super) fn region(&self, region: &Region) -> Option<(isize, Self)> {
        let shape: Dims<u64> = self.shape.iter().map(|&n| n as u64).collect();
        if !region.fits(&shape) {
            return None;
        }
        let mut offset = 0_isize;
        let mut inner = self.clone();
        for ((range, len), stride) in region
            .ranges
            .iter()
            .zip(&mut inner.shape)
            .zip(&mut inner.strides)
        {
            // `fits` bounds every start, count and step by a length that is in memory, so neither the
            // casts nor the products can overflow for a view that has cells.
            if !region.is_empty() {
                offset += *stride * range.start() as isize;
            }
            *len = range.count() as usize;
            *stride = stride.checked_mul(range.step() as isize).unwrap_or(0);
        }
        Some((offset, inner))
    }

    pub(super) fn permute(&self, axes: &[usize]) -> Option<Self> {
        let mut seen: Dims<bool> = self.shape.iter().map(|_| false).collect();
        for &axis in axes {
            if std::mem::replace(seen.get_mut(axis)?, true) {
                return None;
            }
        }
        (axes.len() == self.shape.len()).then(|| Self {
            shape: axes.iter().map(|&a| self.shape[a]).collect(),
            strides: axes.iter().map(|&a| self.strides[a]).collect(),
            elem: self.elem,
        })
    }

    /// The geometry of one part of every element.
    pub(super) fn field(&self, offset: usize, len: usize) -> Option<Self> {
        let inside = offset.checked_add(len)? <= self.elem;
        inside.then(|| Self {
            elem: len,
            ..self.clone()
        })
    }

    /// The number of bytes if the cells lie in C order without gaps.
    pub(super) fn contiguous(&self) -> Option<usize> {
        if self.shape.contains(&0) {
            return Some(0);
        }
        let mut bytes = self.elem;
        for (&len, &stride) in self.shape.iter().zip(&self.strides).rev() {
            // A step along an axis of one cell leads nowhere.
            if len != 1 && usize::try_from(stride) != Ok(bytes) {
                return None;
            }
            bytes = bytes.checked_mul(len)?;
        }
        Some(bytes)
    }

    pub(super) fn len(&self) -> usize {
        // Beside an axis without cells the others may be of any length.
        match self.shape.contains(&0) {
            true => 0,
            false => self.shape.iter().product(),
        }
    }
}
