//! Creating a node: everything is looked at before anything is deleted, and what is written last
//! makes the node visible.

use futures_util::future::join;
use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::{Attributes, GroupMetadata, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Location, PutMode, StoreErrorKind, StoreExt};

use super::delete::remove;
use super::written::written;
use super::{kind, path_of, read};
use crate::{Context, Error, ErrorKind, NodeKind, Result};

/// Writes the documents of a new node, and those of groups above it that are missing.
///
/// With `overwrite` whatever is at the place is deleted first: its documents, then the rest. Nothing
/// is deleted before every check that can be made has passed; what the documents say is the
/// caller's to check, but that they can be read again.
///
/// # Errors
/// Documents above the limits of readers, [`ErrorKind::Exists`] where a node of either format is there and is not to be overwritten,
/// [`ErrorKind::ParentIsArray`] below an array, and what the store says.
pub async fn create(
    location: &Location,
    node: &NodeMetadata,
    overwrite: bool,
    context: &Context,
) -> Result<()> {
    let documents = documents(node, context);
    create_written(location, node, documents, overwrite, context).await
}

/// The documents of a node, each with its name.
pub(crate) type Written = Vec<(&'static str, Vec<u8>)>;

/// As [`create`], with the documents in somebody's own words.
///
/// # Errors
/// As [`create`].
pub(crate) async fn create_written(
    location: &Location,
    node: &NodeMetadata,
    documents: Written,
    overwrite: bool,
    context: &Context,
) -> Result<()> {
    let path = path_of(location)?;
    path.check_new()?;
    written(location, node, context)?;
    let format = node.format();
    let above: Vec<Location> = ancestors(location).collect();
    let (here, above) = join(read(location, None), look_at(above)).await;
    let missing = missing_groups(&path, above?)?;
    let here = match here {
        // A document that cannot be read is in the way like any other.
        Err(error) if overwrite && matches!(error.kind(), ErrorKind::Metadata { .. }) => true,
        found => match found? {
            Some(found) if !overwrite => return Err(exists(location, path, kind(&found))),
            found => found.is_some(),
        },
    };
    if overwrite {
        // More likely a directory of somebody's files than what is left of an array.
        if !here && location.path().is_root() {
            check_foreign(location, &path).await?;
        }
        remove(location, here).await?;
    }
    for place in missing.into_iter().rev() {
        put_group(&place, format, context).await?;
    }
    match put(location, documents, !overwrite).await {
        Err(error) if is_taken(&error) => Err(exists(location, path, kind(node))),
        other => other,
    }
}

/// The documents of a node as this library writes them.
fn documents(node: &NodeMetadata, context: &Context) -> Written {
    let indent = &context.config().json_indent;
    let documents = node.documents().into_iter();
    documents
        .map(|(name, text)| (name, indent.lay_out(text)))
        .collect()
}

/// Writes the documents of a node that was asked for.
pub(super) async fn put_node(
    location: &Location,
    node: &NodeMetadata,
    new: bool,
    context: &Context,
) -> Result<()> {
    match put(location, documents(node, context), new).await {
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
    match put(place, documents(&empty_group(format), context), true).await {
        // Somebody else made it at the same time.
        Err(error) if is_taken(&error) => Ok(()),
        other => other,
    }
}

pub(super) fn empty_group(format: ZarrFormat) -> NodeMetadata {
    NodeMetadata::Group(GroupMetadata::new(format, Attributes::new()))
}

/// Refuses a place where there is no node and yet something.
pub(super) async fn check_foreign(location: &Location, path: &NodePath) -> Result<()> {
    if !location.store().is_empty(location.path()).await? {
        let store = location.store().to_string();
        return Err(ErrorKind::Foreign {
            path: path.clone(),
            store,
        }
        .into());
    }
    Ok(())
}

/// The places above, nearest first.
pub(super) fn ancestors(location: &Location) -> impl Iterator<Item = Location> {
    std::iter::successors(location.parent(), Location::parent)
}

pub(super) async fn look_at(places: Vec<Location>) -> Result<Vec<(Location, Option<NodeKind>)>> {
    stream::iter(places)
        .map(|place| async move {
            let found = read(&place, None).await?.as_ref().map(kind);
            Ok((place, found))
        })
        .buffered(8)
        .try_collect()
        .await
}

pub(super) fn missing_groups(
    path: &NodePath,
    above: Vec<(Location, Option<NodeKind>)>,
) -> Result<Vec<Location>> {
    let mut missing = vec![];
    for (place, found) in above {
        match found {
            Some(NodeKind::Group) => {}
            None => missing.push(place),
            Some(NodeKind::Array) => {
                let (path, ancestor) = (path.clone(), path_of(&place)?);
                return Err(ErrorKind::ParentIsArray { path, ancestor }.into());
            }
        }
    }
    Ok(missing)
}

/// Writes a node's documents; the one that makes it a node comes last.
async fn put(location: &Location, mut documents: Written, new: bool) -> Result<()> {
    let store = location.store();
    let can_create = store.hints().conditions.create;
    documents.sort_by_key(|(name, _)| *name != ".zattrs");
    for (name, text) in documents {
        let makes_node = name != ".zattrs";
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

pub(super) fn exists(location: &Location, path: NodePath, found: NodeKind) -> Error {
    ErrorKind::Exists {
        path,
        found,
        store: location.store().to_string(),
    }
    .into()
}
