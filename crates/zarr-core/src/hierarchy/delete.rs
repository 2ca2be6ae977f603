//! Deleting a node and all below it: its documents first, so that nobody opens half of it.

use zarr_metadata::documents;
use zarr_store::Location;

use super::{Below, Changed, Groups, find};
use crate::{Context, Result};

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

/// Empties a place; `is_node` says whether there may be a node.
pub(super) async fn remove(location: &Location, is_node: bool) -> Result<()> {
    let store = location.store();
    if is_node {
        for name in documents::ALL {
            store.delete(&location.key(name)?, None).await?;
        }
    }
    Ok(store.delete_prefix(location.path()).await?)
}
