//! Zarr codecs and shards, decoding straight into place, without I/O.
