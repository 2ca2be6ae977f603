//! Deleting a node and all below it: its documents first, so that nobody opens half of it.

use zarr_store::Location;

use super::{Below, Changed, Groups, find};
use crate::{Context, Result};

/// The documents a node can have: those that make it one first.
pub(crate) const DOCUMENTS: [&str; 5] =
    ["zarr.json", ".zarray", ".zgroup", ".zattrs", ".zmetadata"];

/// Deletes the node at a place, and everything below it. Consolidated metadata of groups above is
/// [kept](crate::Config::leave_consolidated).
///
/// # Errors
/// Where there is no node, and what the store says.
pub async fn delete(location: &Location, context: &Context) -> Result<()> {
    let node = find(location, None, "a node").await?;
    let groups = Groups::above(location, node.format(), context).await?;
    remove(location, true).await?;
    let changed = Changed {
        place: location.clone(),
        below: Below::Gone,
    };
    groups.tell(&[changed], context).await
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
