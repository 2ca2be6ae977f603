//! Deleting a node and all below it: its documents first, so that nobody opens half of it.

use zarr_metadata::documents;
use zarr_store::Location;

use super::find;
use super::update_consolidated::{ChangedNode, ConsolidatedGroups, NodesBelow};
use crate::{Context, Result};

/// Deletes the node at a place, and everything below it. Consolidated metadata of groups above is
/// [updated](crate::Config::leave_consolidated).
///
/// # Errors
/// Where there is no node, and what the store says.
pub async fn delete(location: &Location, context: &Context) -> Result<()> {
    let node = find(location, None, "a node").await?;
    let groups = ConsolidatedGroups::above(location, node.format(), context).await?;
    remove(location, true).await?;
    let deleted = ChangedNode::new(location, NodesBelow::Deleted);
    groups.update(&[deleted], context).await
}

/// Deletes a node of which not all could be written, and leaves consolidated metadata as it is. In a store that
/// cannot list, its chunks stay without a document.
pub(crate) async fn delete_incomplete(location: &Location) -> Result<()> {
    match location.store().hints().listable {
        true => remove(location, true).await,
        false => remove_documents(location).await,
    }
}

/// Empties a place; `is_node` says whether there may be a node.
pub(super) async fn remove(location: &Location, is_node: bool) -> Result<()> {
    if is_node {
        remove_documents(location).await?;
    }
    Ok(location.store().delete_prefix(location.path()).await?)
}

async fn remove_documents(location: &Location) -> Result<()> {
    for name in documents::ALL {
        location.store().delete(&location.key(name)?, None).await?;
    }
    Ok(())
}
