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

/// Takes out a node of which not all could be written. In a store that cannot list its chunks stay, and no
/// document tells of them.
pub(crate) async fn take_out(location: &Location) -> Result<()> {
    match location.store().hints().listable {
        true => remove(location, true).await,
        false => remove_documents(location).await,
    }
}

/// Empties a place; `documents` says whether there may be a node.
pub(super) async fn remove(location: &Location, documents: bool) -> Result<()> {
    if documents {
        remove_documents(location).await?;
    }
    Ok(location.store().delete_prefix(location.path()).await?)
}

async fn remove_documents(location: &Location) -> Result<()> {
    for name in DOCUMENTS {
        location.store().delete(&location.key(name)?, None).await?;
    }
    Ok(())
}
