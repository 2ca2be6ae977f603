//! Hierarchies: their nodes, directories and documents, and how much they store.

pub(crate) mod directories;
pub(crate) mod invalid_names;
pub(crate) mod node_list;
pub(crate) mod stale_metadata;
pub(crate) mod stored_sizes;

use zarr::ZarrFormat;

/// In format 2, the names of axes are this attribute, by the convention of xarray.
pub(crate) const DIMENSION_NAMES: &str = "_ARRAY_DIMENSIONS";

/// The number of a format, as documents have it.
pub(crate) fn format_number(format: ZarrFormat) -> u8 {
    match format {
        ZarrFormat::V2 => 2,
        ZarrFormat::V3 => 3,
    }
}
