//! Creating a node: everything is checked before anything is deleted, and the document that makes the node visible is
//! written last.

use futures_util::future::join3;
use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::documents;
use zarr_metadata::{Attributes, GroupMetadata, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Location, PutMode, StoreErrorKind, StoreExt};

use super::delete::remove;
use super::encode::{DocumentTexts, encode_documents};
use super::orphans::{check_foreign, check_orphans};
use super::update_consolidated::{ChangedNode, ConsolidatedGroups, NodesBelow};
use super::warn::warn_of_new;
use super::{ancestors, kind, path_of, read};
use crate::{Context, Error, ErrorKind, NodeKind, Result};

/// Writes the documents of a new node, and those of groups above it that are missing. Consolidated
/// metadata of groups above is [updated](crate::Config::leave_consolidated).
///
/// With `overwrite` whatever is at the place is deleted first: its documents, then the rest. Nothing
/// is deleted before every check that can be made has passed; what the documents say is the
/// caller's to check, except that they can be read again.
///
/// # Errors
/// Documents above the limits of readers, [`ErrorKind::Exists`] where a node of either format is there and is not to be
/// overwritten, [`ErrorKind::Orphaned`] where there is none and yet something that would become part of it,
/// [`ErrorKind::ParentIsArray`] below an array, and what the store says.
pub async fn create(
    location: &Location,
    node: &NodeMetadata,
    overwrite: bool,
    context: &Context,
) -> Result<()> {
    let new = check(location, node, overwrite, context).await?;
    let mut changed = vec![ChangedNode::new(location, NodesBelow::of_new(overwrite))];
    let missing = new.missing.iter();
    changed.extend(missing.map(|place| ChangedNode::new(place, NodesBelow::Unchanged)));
    let above = new.above.clone();
    let groups = ConsolidatedGroups::among(location, above, node.format(), context).await?;
    write(location, node, new, overwrite, context).await?;
    groups.update(&changed, context).await
}

/// As [`create`], but consolidated metadata stays as it is: for operations that create many nodes and update
/// it once. `documents` are written in place of those that `node` makes.
pub(crate) async fn create_without_update(
    location: &Location,
    node: &NodeMetadata,
    documents: Option<DocumentTexts>,
    overwrite: bool,
    context: &Context,
) -> Result<()> {
    let mut new = check(location, node, overwrite, context).await?;
    new.documents = documents.unwrap_or(new.documents);
    write(location, node, new, overwrite, context).await
}

/// A node that can be created.
pub(super) struct NewNode {
    documents: DocumentTexts,
    /// Whether there is a node in its place.
    pub(super) replaces: bool,
    above: Vec<(Location, Option<NodeMetadata>)>,
    /// The places above where no groups are yet, nearest first.
    pub(super) missing: Vec<Location>,
}

/// Checks everything before anything is changed.
pub(super) async fn check(
    location: &Location,
    node: &NodeMetadata,
    overwrite: bool,
    context: &Context,
) -> Result<NewNode> {
    let path = path_of(location)?;
    path.check_new()?;
    let documents = encode_documents(location, node, context)?;
    let above: Vec<Location> = ancestors(location).collect();
    let orphans = async {
        match overwrite {
            true => Ok(()),
            false => check_orphans(location, node).await,
        }
    };
    let (here, above, orphans) = join3(read(location, None), read_each(above), orphans).await;
    let above = above?;
    let missing = missing_groups(&path, &above)?;
    let replaces = match here {
        // A document that is not valid is replaced like any other.
        Err(error) if overwrite && matches!(error.kind(), ErrorKind::Metadata { .. }) => true,
        found => match found? {
            Some(found) if !overwrite => return Err(exists(location, path, kind(&found))),
            found => found.is_some(),
        },
    };
    orphans?;
    if overwrite && !replaces && location.path().is_root() {
        check_foreign(location).await?;
    }
    Ok(NewNode {
        documents,
        replaces,
        above,
        missing,
    })
}

async fn write(
    location: &Location,
    node: &NodeMetadata,
    new: NewNode,
    overwrite: bool,
    context: &Context,
) -> Result<()> {
    if overwrite {
        remove(location, new.replaces).await?;
    }
    for place in new.missing.into_iter().rev() {
        put_group(&place, node.format(), context).await?;
    }
    put_node(location, node, new.documents, !overwrite).await?;
    warn_of_new(location, node, context);
    Ok(())
}

/// Writes the documents of a node that was asked for.
pub(super) async fn put_node(
    location: &Location,
    node: &NodeMetadata,
    documents: DocumentTexts,
    new: bool,
) -> Result<()> {
    match put(location, documents, new).await {
        Err(error) if is_taken(&error) => Err(exists(location, path_of(location)?, kind(node))),
        other => other,
    }
}

/// Writes the document of a group on the way to a node.
pub(super) async fn put_group(
    place: &Location,
    format: ZarrFormat,
    context: &Context,
) -> Result<()> {
    let documents = encode_documents(place, &empty_group(format), context)?;
    match put(place, documents, true).await {
        // Another writer created it at the same time.
        Err(error) if is_taken(&error) => Ok(()),
        other => other,
    }
}

pub(super) fn empty_group(format: ZarrFormat) -> NodeMetadata {
    NodeMetadata::Group(GroupMetadata::new(format, Attributes::new()))
}

/// Refuses a place below which there is anything at all: a node, or what is not Zarr.
///
/// # Errors
/// [`ErrorKind::Exists`] where there is a node, [`ErrorKind::Foreign`] where there is something else.
pub async fn check_vacant(location: &Location) -> Result<()> {
    if let Some(found) = read(location, None).await? {
        return Err(exists(location, path_of(location)?, kind(&found)));
    }
    match location.store().is_empty(location.path()).await? {
        true => Ok(()),
        false => {
            let (path, store) = (path_of(location)?, location.store().to_string());
            Err(ErrorKind::Foreign { path, store }.into())
        }
    }
}

/// The nodes at places.
pub(super) async fn read_each(
    places: Vec<Location>,
) -> Result<Vec<(Location, Option<NodeMetadata>)>> {
    stream::iter(places)
        .map(|place| async move {
            let found = read(&place, None).await?;
            Ok((place, found))
        })
        .buffered(8)
        .try_collect()
        .await
}

pub(super) fn missing_groups(
    path: &NodePath,
    above: &[(Location, Option<NodeMetadata>)],
) -> Result<Vec<Location>> {
    let mut missing = vec![];
    for (place, found) in above {
        match found {
            Some(NodeMetadata::Group(_)) => {}
            None => missing.push(place.clone()),
            Some(NodeMetadata::Array(_)) => {
                let (path, ancestor) = (path.clone(), path_of(place)?);
                return Err(ErrorKind::ParentIsArray { path, ancestor }.into());
            }
        }
    }
    Ok(missing)
}

/// Writes a node's documents; the one that makes it a node comes last.
async fn put(location: &Location, mut documents: DocumentTexts, new: bool) -> Result<()> {
    let store = location.store();
    let can_create = store.hints().conditions.create;
    documents.sort_by_key(|(name, _)| *name != documents::ZATTRS);
    for (name, text) in documents {
        let makes_node = name != documents::ZATTRS;
        let mode = if new && can_create && makes_node {
            PutMode::Create
        } else {
            PutMode::Overwrite
        };
        store.put(&location.key(name)?, text.into(), mode).await?;
    }
    Ok(())
}

fn is_taken(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Store(e) if matches!(e.kind, StoreErrorKind::AlreadyExists))
}

pub(crate) fn exists(location: &Location, path: NodePath, found: NodeKind) -> Error {
    ErrorKind::Exists {
        path,
        found,
        store: location.store().to_string(),
    }
    .into()
}
