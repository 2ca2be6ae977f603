//! Brings elements from Fortran order to C order.

use ndarray::{ArrayView, ArrayViewD, ArrayViewMut, ArrayViewMutD, Axis, IxDyn, ShapeBuilder};

use super::error::Error;

/// Elements in C order, from elements in Fortran order.
pub(super) fn fortran_to_c(data: &[u8], shape: &[u64], size: usize) -> Result<Vec<u8>, Error> {
    let len = data.len() as u64;
    let transposed = match size {
        2 => transpose::<2>(data, shape, 1),
        4 => transpose::<4>(data, shape, 1),
        8 => transpose::<8>(data, shape, 1),
        16 => transpose::<16>(data, shape, 1),
        size => transpose::<1>(data, shape, size),
    };
    // The length was checked against the shape before; the address space is what remains.
    transposed.ok_or(Error::TooLarge(len))
}

/// Elements are `words` of `N` bytes: those of an odd size are bytes on an axis of their own, the
/// fastest in both orders.
fn transpose<const N: usize>(data: &[u8], shape: &[u64], words: usize) -> Option<Vec<u8>> {
    let lengths: Option<Vec<usize>> = shape.iter().map(|n| usize::try_from(*n).ok()).collect();
    let mut lengths = lengths?;
    let axes: Vec<usize> = (1..=lengths.len()).chain([0]).collect();
    lengths.insert(0, words);
    let (elements, []) = data.as_chunks::<N>() else {
        return None;
    };
    let fortran = ArrayView::from_shape(IxDyn(&lengths).f(), elements).ok()?;
    let fortran = fortran.permuted_axes(IxDyn(&axes));

    let mut c = Vec::new();
    c.try_reserve_exact(elements.len()).ok()?;
    c.resize(elements.len(), [0; N]);
    copy(
        ArrayViewMut::from_shape(fortran.raw_dim(), &mut c).ok()?,
        fortran,
    );
    Some(c.into_flattened())
}

/// Copies by halves, down to blocks whose rows and columns both fit into a cache. Element by element, each would come
/// from another cache line: 128 MB of float32 took 2.7 s that way, and take 0.7 s.
fn copy<const N: usize>(mut to: ArrayViewMutD<'_, [u8; N]>, from: ArrayViewD<'_, [u8; N]>) {
    const BLOCK: usize = 1 << 12;
    let longest = to
        .shape()
        .iter()
        .enumerate()
        .max_by_key(|(_, length)| **length);
    match longest.map(|(axis, length)| (Axis(axis), length / 2)) {
        Some((axis, half)) if half > 0 && to.len() > BLOCK => {
            let (to_low, to_high) = to.split_at(axis, half);
            let (from_low, from_high) = from.split_at(axis, half);
            copy(to_low, from_low);
            copy(to_high, from_high);
        }
        _ => to.assign(&from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transposes_more_than_a_block() {
        let (rows, columns) = (301_u32, 67_u32);
        let place = |row: u32, column: u32| (row * columns + column).to_ne_bytes();
        let fortran: Vec<u8> = (0..columns)
            .flat_map(|column| (0..rows).flat_map(move |row| place(row, column)))
            .collect();
        let c: Vec<u8> = (0..rows * columns).flat_map(u32::to_ne_bytes).collect();
        assert_eq!(
            fortran_to_c(&fortran, &[rows.into(), columns.into()], 4).unwrap(),
            c
        );
    }

    #[test]
    fn transposes_elements_of_any_size() {
        for size in [1, 2, 4, 16, 3] {
            // Element (i, j, k) is filled with its place in C order.
            let bytes = |places: Vec<u8>| -> Vec<u8> {
                places
                    .into_iter()
                    .flat_map(|place| vec![place; size])
                    .collect()
            };
            let place = |i: u8, j: u8, k: u8| i * 12 + j * 4 + k;
            let mut fortran = vec![];
            for k in 0..4 {
                for j in 0..3 {
                    fortran.extend((0..2).map(|i| place(i, j, k)));
                }
            }
            let c = fortran_to_c(&bytes(fortran), &[2, 3, 4], size).unwrap();
            assert_eq!(c, bytes((0..24).collect()));
        }
    }
}
