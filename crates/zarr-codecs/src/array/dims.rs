//! One value per axis, kept inline for the usual ranks.

use smallvec::SmallVec;

/// One value per axis. Up to five, which is time, channel and three axes of space, are kept inline, so that
/// planning a chunk allocates nothing. Room for more would cost more to move than it saves.
pub type Dims<T> = SmallVec<[T; 5]>;

/// The number of cells in a box of this shape, or `None` if it exceeds `u64`.
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
