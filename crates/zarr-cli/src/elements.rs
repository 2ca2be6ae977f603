//! Elements of arrays: taken a part at a time, as numbers, and as text.

pub(crate) mod display;
pub(crate) mod numbers;
pub(crate) mod printer;
pub(crate) mod selected_cells;
pub(crate) mod tiles;

use zarr::{DynData, Values};

/// The bytes of each element.
pub(crate) fn each(data: &DynData) -> impl Iterator<Item = &[u8]> {
    let size = data.dtype.size().unwrap_or(1).max(1);
    let count = match &data.data {
        Values::Fixed(bytes) => bytes.len() / size,
        Values::Variable(array) => array.len(),
    };
    (0..count).map(move |i| match &data.data {
        Values::Fixed(bytes) => bytes.get(i * size..(i + 1) * size).unwrap_or_default(),
        Values::Variable(array) => array.get(i).unwrap_or_default(),
    })
}
