//! Creating many nodes at once: every check comes before anything is deleted, and the root is written last, so that no
//! reader sees it without the nodes below it.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::{NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Location, StoreExt};

use super::create::{empty_group, exists, missing_groups, put_group, put_node, read_each};
use super::delete::remove;
use super::encode::encode_documents;
use super::orphans::{check_foreign, check_orphans};
use super::update_consolidated::{ChangedNode, ConsolidatedGroups, NodesBelow};
use super::warn::warn_of_new;
use super::{ancestors, kind, path_of, read};
use crate::{Context, Error, ErrorKind, NodeKind, Result};

type Nodes = BTreeMap<NodePath, NodeMetadata>;

/// Writes the documents of new nodes at paths below a place, and those of all groups that are missing
/// between them, at the place itself, and above it. Returns the nodes that were created, those groups too.
///
/// With `overwrite` what is at the named paths is deleted first, with all below it; groups between
/// them are never deleted. What the documents say is the caller's to check.
///
/// # Errors
/// Where nodes differ in format or lie in an array, [`ErrorKind::Exists`] where one is there and is not
/// to be overwritten, [`ErrorKind::Orphaned`] where chunks are, documents above the limits of readers, and
/// what the store says.
pub async fn create_all(
    location: &Location,
    nodes: Nodes,
    overwrite: bool,
    context: &Context,
) -> Result<Nodes> {
    let Some(format) = one_format(&nodes)? else {
        return Ok(nodes);
    };
    let root = path_of(location)?;
    for (path, node) in &nodes {
        root.join(path.as_str())?.check_new()?;
        encode_documents(&location.join(path.as_str())?, node, context)?;
    }
    let between = between(&root, &nodes)?;
    let found = look(location, &nodes, &between, overwrite).await?;

    let mut new = nodes.clone();
    for path in &between {
        // A group that is deleted with an overwritten node is created again.
        let goes = overwrite && path.ancestors().any(|above| nodes.contains_key(&above));
        match found.get(path) {
            Some(NodeKind::Group) if !goes => {}
            Some(NodeKind::Array) if !goes => return Err(inside(&root, path, &nodes)?),
            _ => {
                new.insert(path.clone(), empty_group(format));
            }
        }
    }
    let above = read_each(ancestors(location).collect()).await?;
    let missing = missing_groups(&root, &above)?;
    let mut changed = Vec::with_capacity(new.len() + missing.len());
    for path in new.keys() {
        let below = NodesBelow::of_new(overwrite && nodes.contains_key(path));
        changed.push(ChangedNode::new(&location.join(path.as_str())?, below));
    }
    let above_it = missing.iter();
    changed.extend(above_it.map(|place| ChangedNode::new(place, NodesBelow::Unchanged)));
    let groups = ConsolidatedGroups::among(location, above, format, context).await?;
    let within = between.iter().map(|path| location.join(path.as_str()));
    let within: Vec<Location> = within.collect::<Result<_, _>>()?;
    let groups = groups.and_at(within, context).await?;
    for (path, _) in nodes.iter().filter(|_| overwrite) {
        // The topmost of the named nodes take the others with them.
        if path.ancestors().all(|above| !nodes.contains_key(&above)) {
            remove(&location.join(path.as_str())?, found.contains_key(path)).await?;
        }
    }
    write(location, &new, &nodes, overwrite, context).await?;
    for place in missing {
        put_group(&place, format, context).await?;
    }
    groups.update(&changed, context).await?;
    Ok(new)
}

/// The format of all nodes, or `None` where there is no node.
fn one_format(nodes: &Nodes) -> Result<Option<ZarrFormat>> {
    let formats: BTreeSet<ZarrFormat> = nodes.values().map(NodeMetadata::format).collect();
    if formats.len() > 1 {
        let text = "all nodes of a hierarchy have one format; these are of format 2 and of 3";
        return Err(Error::argument("nodes", text));
    }
    Ok(formats.first().copied())
}

/// The groups that are not named: every path on the way to a node.
fn between(root: &NodePath, nodes: &Nodes) -> Result<BTreeSet<NodePath>> {
    let mut between = BTreeSet::new();
    for path in nodes.keys() {
        for above in path.ancestors() {
            match nodes.get(&above) {
                Some(NodeMetadata::Array(_)) => {
                    let (path, ancestor) = (root.join(path.as_str())?, root.join(above.as_str())?);
                    return Err(ErrorKind::ParentIsArray { path, ancestor }.into());
                }
                Some(NodeMetadata::Group(_)) => {}
                None => {
                    between.insert(above);
                }
            }
        }
    }
    Ok(between)
}

/// The nodes that are there already.
async fn look(
    location: &Location,
    nodes: &Nodes,
    between: &BTreeSet<NodePath>,
    overwrite: bool,
) -> Result<BTreeMap<NodePath, NodeKind>> {
    let store = location.store();
    let limit = store.hints().concurrency.max(1);
    // An empty place has no orphans.
    let is_new = store.hints().listable && store.is_empty(location.path()).await?;
    let looks: Vec<_> = nodes
        .keys()
        .chain(between)
        .map(|path| look_here(location, path, nodes.get(path), overwrite, is_new))
        .collect();
    let found: Vec<_> = stream::iter(looks)
        .buffer_unordered(limit)
        .try_collect()
        .await?;
    Ok(found.into_iter().flatten().collect())
}

/// `node`: what is to be created here, unless this is only on the way to one.
async fn look_here(
    location: &Location,
    path: &NodePath,
    node: Option<&NodeMetadata>,
    overwrite: bool,
    is_new: bool,
) -> Result<Option<(NodePath, NodeKind)>> {
    let place = location.join(path.as_str())?;
    let named = node.is_some();
    let here = match read(&place, None).await {
        // A document that is not valid is replaced like any other.
        Err(error) if named && overwrite && matches!(error.kind(), ErrorKind::Metadata { .. }) => {
            Some(NodeKind::Group)
        }
        found => found?.as_ref().map(kind),
    };
    match here {
        Some(found) if named && !overwrite => Err(exists(&place, path_of(&place)?, found)),
        None if named && overwrite && place.path().is_root() => {
            check_foreign(&place).await?;
            Ok(None)
        }
        None if !overwrite && !is_new => {
            if let Some(node) = node {
                check_orphans(&place, node).await?;
            }
            Ok(None)
        }
        here => Ok(here.map(|kind| (path.clone(), kind))),
    }
}

/// The error that nodes would lie in an array that is there.
fn inside(root: &NodePath, array: &NodePath, nodes: &Nodes) -> Result<Error> {
    let below = |path: &&NodePath| path.ancestors().any(|above| above == *array);
    let path = nodes.keys().find(below).unwrap_or(array);
    let (path, ancestor) = (root.join(path.as_str())?, root.join(array.as_str())?);
    Ok(ErrorKind::ParentIsArray { path, ancestor }.into())
}

/// Level by level, the deepest first.
async fn write(
    location: &Location,
    new: &Nodes,
    named: &Nodes,
    overwrite: bool,
    context: &Context,
) -> Result<()> {
    let limit = location.store().hints().concurrency.max(1);
    let mut levels: BTreeMap<usize, Vec<_>> = BTreeMap::new();
    for (path, node) in new {
        let (place, named) = (location.join(path.as_str())?, named.contains_key(path));
        let level = levels.entry(path.segments().count()).or_default();
        level.push(async move {
            match named {
                true => {
                    let documents = encode_documents(&place, node, context)?;
                    put_node(&place, node, documents, !overwrite).await?;
                    warn_of_new(&place, node, context);
                    Ok(())
                }
                false => put_group(&place, node.format(), context).await,
            }
        });
    }
    for (_, level) in levels.into_iter().rev() {
        stream::iter(level)
            .buffer_unordered(limit)
            .try_collect::<Vec<()>>()
            .await?;
    }
    Ok(())
}
