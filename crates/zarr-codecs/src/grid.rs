//! Cells and chunks as arithmetic: regions, how axes are divided into chunks, and the projection of one on
//! the other.

pub(crate) mod axis_grid;
mod axis_projection;
pub(crate) mod chunk_grid;
pub(crate) mod projection;
pub(crate) mod region;
