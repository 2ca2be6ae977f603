//! Zarr arrays and groups: the asynchronous API.
