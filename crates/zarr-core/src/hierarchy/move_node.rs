//! Moving a node: all of it is copied before any of it is deleted, and the documents that make it a
//! node come last and go first, so that nobody opens half of it.

use futures_util::{TryStreamExt, future};
use zarr_metadata::documents;
use zarr_store::{Copied, Entry, Location, PutMode, StoreExt};

use super::create::{check_vacant, missing_groups, put_group, read_each};
use super::delete::remove;
use super::update_consolidated::{ChangedNode, ConsolidatedGroups, NodesBelow};
use super::{ancestors, find, path_of};
use crate::{Context, Error, Result};

/// Moves the node at a place, and everything below it, to another place of the same store. Groups
/// that are missing above it are made.
///
/// Values are copied within the [memory](Context::memory) of the context. What is written into the
/// node meanwhile may stay behind; who dies in the middle leaves the node where it was, and copies of
/// values at the other place. Consolidated metadata of groups above is
/// [updated](crate::Config::leave_consolidated).
///
/// # Errors
/// Where there is no node, where the other place is not empty, lies in an array or inside of the node
/// or the other way round, and what the store says.
pub async fn move_node(from: &Location, to: &Location, context: &Context) -> Result<()> {
    let node = find(from, None, "a node").await?;
    let path = path_of(to)?;
    path.check_new()?;
    let (a, b) = (from.path(), to.path());
    if a.strip(b).is_some() || b.strip(a).is_some() {
        let text = format!("`{a}` and `{b}` overlap; move the node beside itself");
        return Err(Error::conflicting("to", text));
    }
    check_vacant(to).await?;
    let above = read_each(ancestors(to).collect()).await?;
    let missing = missing_groups(&path, &above)?;
    let format = node.format();
    let sources = ConsolidatedGroups::above(from, format, context).await?;
    let targets = ConsolidatedGroups::among(to, above, format, context).await?;
    for place in missing.iter().rev() {
        put_group(place, format, context).await?;
    }
    let store = from.store();
    let is_document = |entry: &Entry| {
        let name = entry.key.as_str().strip_prefix(a.as_str());
        name.is_some_and(|name| documents::ALL.contains(&name))
    };
    store
        .list(a)
        .try_filter(|entry| future::ready(!is_document(entry)))
        .map_err(Error::from)
        .map_ok(|entry| async move { copy(from, to, &entry, context).await })
        .try_buffer_unordered(store.hints().concurrency.max(1))
        .try_collect::<()>()
        .await?;
    for name in documents::ALL.iter().rev() {
        let key = from.key(name)?;
        if let Some(found) = store.head(&key).await? {
            let size = found.size;
            copy(from, to, &Entry { key, size }, context).await?;
        }
    }
    // The power may go: then the node is at one of the two places at least. An archive that is being
    // made is old or new as a whole.
    if !store.hints().held_back {
        store.sync().await?;
    }
    remove(from, true).await?;
    let groups = missing.iter();
    let groups = groups.map(|place| ChangedNode::new(place, NodesBelow::Unchanged));
    let moved = ChangedNode::new(to, NodesBelow::Unknown);
    let new: Vec<_> = groups.chain([moved]).collect();
    targets.update(&new, context).await?;
    let deleted = ChangedNode::new(from, NodesBelow::Deleted);
    sources.update(&[deleted], context).await
}

async fn copy(from: &Location, to: &Location, entry: &Entry, context: &Context) -> Result<()> {
    let (store, most) = (from.store(), context.value_bytes());
    let Some(name) = entry.key.as_str().strip_prefix(from.path().as_str()) else {
        return Ok(());
    };
    let key = to.key(name)?;
    // It may have been deleted meanwhile, so that none is there to be copied.
    if store.copy_into(&entry.key, store, &key, most).await? == Copied::Elsewhere {
        let _reserved = context.budget().take(entry.size).await;
        if let Some(value) = store.get_at_most(&entry.key, most).await? {
            store.put(&key, value.into(), PutMode::Overwrite).await?;
        }
    }
    Ok(())
}
