//! Zarr v2 and v3 metadata documents: read, check, write.
