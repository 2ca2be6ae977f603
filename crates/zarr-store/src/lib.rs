//! Key-value stores for Zarr: memory and local files, blocking and async.
