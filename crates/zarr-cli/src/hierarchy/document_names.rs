//! The names of the documents that describe nodes.

/// The document of a node of format 3.
pub(crate) const ZARR_JSON: &str = "zarr.json";
/// The document of an array of format 2.
pub(crate) const ZARRAY: &str = ".zarray";
/// The document of a group of format 2.
pub(crate) const ZGROUP: &str = ".zgroup";
/// The attributes of a node of format 2.
pub(crate) const ZATTRS: &str = ".zattrs";
/// Consolidated metadata of format 2.
pub(crate) const ZMETADATA: &str = ".zmetadata";

pub(crate) const ALL: [&str; 5] = [ZARR_JSON, ZARRAY, ZGROUP, ZATTRS, ZMETADATA];

/// Each of these makes a directory a node.
pub(crate) const OF_NODES: [&str; 3] = [ZARR_JSON, ZARRAY, ZGROUP];

/// Each of these makes a directory a node of format 2.
pub(crate) const NODE_V2: [&str; 2] = [ZARRAY, ZGROUP];

/// The documents of a node of format 2, in the order in which they are deleted.
pub(crate) const OF_V2_NODES: [&str; 4] = [ZMETADATA, ZATTRS, ZARRAY, ZGROUP];
