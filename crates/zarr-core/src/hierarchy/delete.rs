//! Deleting a node and all below it: its documents first, so that nobody opens half of it.

use zarr_store::Location;

use super::find;
use crate::Result;

/// The documents a node can have: those that make it one first.
pub(crate) const DOCUMENTS: [&str; 5] =
    ["zarr.json", ".zarray", ".zgroup", ".zattrs", ".zmetadata"];

/// Deletes the node at a place, and everything below it.
///
/// # Errors
/// Where there is no node, and what the store says.
pub async fn delete(location: &Location) -> Result<()> {
    find(location, None, "a node").await?;
    remove(location, true).await
}

/// Empties a place; `documents` says whether there may be a node.
pub(super) async fn remove(location: &Location, documents: bool) -> Result<()> {
    let store = location.store();
    if documents {
        for name in DOCUMENTS {
            store.delete(&location.key(name)?, None).await?;
        }
    }
    Ok(store.delete_prefix(location.path()).await?)
}
