//! What several tests need: stores of every kind, and numpy's slices done naively.

pub(crate) mod far;
pub(crate) mod slices;
pub(crate) mod stores;
