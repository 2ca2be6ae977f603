//! Selections, chunk grids and the chunk I/O engine of Zarr.

mod grid;
mod selection;

pub use grid::{ChunkGrid, ChunkIndices, GridError};
pub use selection::{Bounds, Resolved, Selection, SelectionError, Slice};
