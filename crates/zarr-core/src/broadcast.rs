//! How the elements of an array are repeated to fill a selection, by NumPy's rules of broadcasting. Nothing is
//! copied: a repeated axis has a stride of zero.

use zarr_codecs::{Dims, NdView, StridedLayout};

use crate::ResolvedSelection;
use crate::cells::Cells;

/// The place of each selected cell's element among the elements that were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broadcast {
    /// The axes of the cells: for a box, those of the array; otherwise those of the output.
    shape: Dims<u64>,
    /// From one element to the next, counted in elements.
    strides: Dims<usize>,
}

impl Broadcast {
    /// One element for each cell, in C order.
    pub(crate) fn each(selection: &ResolvedSelection) -> Self {
        let shape = Dims::from(selection.full_shape());
        let strides = c_strides(&shape);
        Self { shape, strides }
    }

    /// An array of this shape, if it can be broadcast to the output of a selection: counted from the last axis,
    /// each of its axes is as long as that of the output, or of length one. As in NumPy's assignments, it may
    /// have further axes of length one in front.
    pub(crate) fn new(shape: &[u64], selection: &ResolvedSelection) -> Option<Self> {
        let out = selection.out_shape();
        let (front, own) = shape.split_at(shape.len().saturating_sub(out.len()));
        let (new, behind) = out.split_at(out.len() - own.len());
        let fits = |(own, out): (&u64, &u64)| own == out || *own == 1;
        if front.iter().any(|&n| n != 1) || !own.iter().zip(behind).all(fits) {
            return None;
        }
        let own_strides = c_strides(own);
        let repeated = own.iter().zip(own_strides);
        let repeated = repeated.map(|(&n, stride)| if n == 1 { 0 } else { stride });
        let strides = new.iter().map(|_| 0).chain(repeated).collect();
        let shape = out.into();
        let broadcast = Self { shape, strides };
        Some(match selection.cells() {
            Cells::Box { .. } => broadcast.along(selection.full_shape()),
            Cells::Scattered(_) => broadcast,
        })
    }

    /// The same along the axes of the array. Axes that only one of the shapes has are of length one.
    fn along(&self, full_shape: &[u64]) -> Self {
        let axes = self.shape.iter().zip(&self.strides);
        let mut long = axes.filter(|(n, _)| **n != 1).map(|(_, stride)| *stride);
        let stride = |&n: &u64| match n {
            1 => 0,
            _ => long.next().unwrap_or(0),
        };
        Self {
            strides: full_shape.iter().map(stride).collect(),
            shape: full_shape.into(),
        }
    }

    /// The cells of a box, each with its element of `elem` bytes. `None` if elements are missing.
    pub(crate) fn view<'e>(&self, elements: &'e [u8], elem: usize) -> Option<NdView<'e>> {
        let strides = self.strides.iter().map(|&n| n.checked_mul(elem));
        let strides = strides.map(|bytes| isize::try_from(bytes?).ok());
        let layout = StridedLayout {
            offset: 0,
            strides: strides.collect::<Option<_>>()?,
            elem,
        };
        let shape = self.shape.iter().map(|&n| usize::try_from(n).ok());
        let shape: Dims<usize> = shape.collect::<Option<_>>()?;
        NdView::strided(elements, &layout, &shape)
    }

    /// The place of the element of the `i`-th cell, in C order.
    pub(crate) fn place(&self, i: usize) -> usize {
        let (mut rest, mut place) = (i as u64, 0);
        for (&n, stride) in self.shape.iter().zip(&self.strides).rev() {
            let n = n.max(1);
            place += (rest % n) as usize * stride;
            rest /= n;
        }
        place
    }

    /// Whether the elements are those of the cells in their order.
    pub(crate) fn is_each(&self) -> bool {
        let mut axes = self
            .shape
            .iter()
            .zip(&self.strides)
            .zip(c_strides(&self.shape));
        axes.all(|((&n, &own), dense)| n == 1 || own == dense)
    }
}

/// The strides of an array in C order, in elements. Those of an array that is too large for memory are wrong, and
/// are never used.
fn c_strides(shape: &[u64]) -> Dims<usize> {
    let mut strides = Dims::from_elem(0, shape.len());
    let mut next = 1_usize;
    for (stride, &n) in strides.iter_mut().zip(shape).rev() {
        *stride = next;
        next = next.saturating_mul(usize::try_from(n).unwrap_or(usize::MAX));
    }
    strides
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Selection, sel};

    /// The elements 1, 2, … of an array of this shape as they come into the cells.
    fn filled(selection: &Selection, of: &[u64], shape: &[u64]) -> Option<Vec<u8>> {
        let selection = selection.resolve(of).unwrap();
        let broadcast = Broadcast::new(shape, &selection)?;
        let elements: Vec<u8> = (1..).take(zarr_codecs::volume(shape)? as usize).collect();
        let places = (0..selection.volume()? as usize).map(|i| elements[broadcast.place(i)]);
        let places: Vec<u8> = places.collect();
        if !places.is_empty() && selection.region().is_some() {
            assert_eq!(broadcast.view(&elements, 1)?.to_vec(), places);
        }
        Some(places)
    }

    /// As `a[selection] = data` has them in NumPy 2.5.5, or refuses them.
    #[test]
    fn numpy_broadcasts_the_same() {
        let (all, of) = (&Selection::All, &[2, 3][..]);
        assert_eq!(filled(all, of, &[3]).unwrap(), [1, 2, 3, 1, 2, 3]);
        assert_eq!(filled(all, of, &[2, 1]).unwrap(), [1, 1, 1, 2, 2, 2]);
        assert_eq!(filled(all, of, &[1]).unwrap(), [1; 6]);
        assert_eq!(filled(all, of, &[]).unwrap(), [1; 6]);
        assert_eq!(filled(all, of, &[1, 1, 3]).unwrap(), [1, 2, 3, 1, 2, 3]);
        assert_eq!(filled(all, of, &[1, 2, 1]).unwrap(), [1, 1, 1, 2, 2, 2]);
        assert_eq!(filled(all, of, &[2, 3]).unwrap(), [1, 2, 3, 4, 5, 6]);
        for wrong in [&[2][..], &[2, 1, 3], &[0], &[4, 3], &[3, 2], &[2, 2, 3]] {
            assert_eq!(filled(all, of, wrong), None, "{wrong:?}");
        }
        assert_eq!(filled(&sel![0], of, &[1, 3]).unwrap(), [1, 2, 3]);
        assert_eq!(filled(&sel![.., 1], of, &[1, 2]).unwrap(), [1, 2]);
        assert_eq!(filled(&sel![.., 1], of, &[2, 1]), None);
        assert_eq!(filled(&sel![.., NewAxis, 1], of, &[2, 1]).unwrap(), [1, 2]);
        assert_eq!(filled(&sel![.., NewAxis, 1], of, &[1]).unwrap(), [1, 1]);
        assert_eq!(filled(all, &[], &[1, 1]).unwrap(), [1]);
        for empty in [&[3][..], &[0, 3], &[1, 3], &[1]] {
            assert!(
                filled(&sel![0..0], of, empty).unwrap().is_empty(),
                "{empty:?}"
            );
        }
        assert_eq!(filled(&sel![0..0], of, &[0]), None);
        assert_eq!(filled(&sel![0..0], of, &[2]), None);
    }

    #[test]
    fn elements_of_each_cell_are_told_from_repeated_ones() {
        let all = sel![.., 1].resolve(&[2, 3]).unwrap();
        assert!(Broadcast::new(&[1, 2], &all).unwrap().is_each());
        assert!(Broadcast::each(&all).is_each());
        assert!(!Broadcast::new(&[1], &all).unwrap().is_each());
    }
}
