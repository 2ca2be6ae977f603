//! Selections, chunk grids and the chunk I/O engine of Zarr.
