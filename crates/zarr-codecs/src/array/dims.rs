//! One value per axis, inline for the ranks that occur. Knows nothing of what the values mean.

use smallvec::SmallVec;

/// One value per axis: five live inline, as many as there are of time, channel and space, so that planning
/// a chunk allocates nothing. More of them cost more in moves than they save.
pub type Dims<T> = SmallVec<[T; 5]>;

/// The number of cells in a box of this shape, or `None` where it exceeds `u64`.
///
/// ```
/// assert_eq!(zarr_codecs::volume(&[3, 4]), Some(12));
/// assert_eq!(zarr_codecs::volume(&[]), Some(1)); // a scalar is one cell
/// assert_eq!(zarr_codecs::volume(&[u64::MAX, 2]), None);
/// ```
pub fn volume(shape: &[u64]) -> Option<u64> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape
        .iter()
        .try_fold(1_u64, |product, &axis| product.checked_mul(axis))
}
