//! The elements of arrays: taken a part at a time, as numbers, and as text.

pub(crate) mod display;
pub(crate) mod numbers;
pub(crate) mod printer;
pub(crate) mod selected_cells;
pub(crate) mod tiles;
