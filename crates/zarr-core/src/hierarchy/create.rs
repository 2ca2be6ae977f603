//! Creating a node: everything is looked at before anything is deleted, and what is written last
//! makes the node visible.

use futures_util::future::join3;
use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::{Attributes, GroupMetadata, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Location, PutMode, StoreErrorKind, StoreExt};

use super::delete::remove;
use super::keep::{Below, Changed, Groups};
use super::remains::{check_foreign, check_remains};
use super::written::{Written, written};
use super::{kind, path_of, read};
use crate::{Context, Error, ErrorKind, NodeKind, Result};

/// Writes the documents of a new node, and those of groups above it that are missing. Consolidated
/// metadata of groups above is [kept](crate::Config::leave_consolidated).
///
/// With `overwrite` whatever is at the place is deleted first: its documents, then the rest. Nothing
/// is deleted before every check that can be made has passed; what the documents say is the
/// caller's to check, but that they can be read again.
///
/// # Errors
/// Documents above the limits of readers, [`ErrorKind::Exists`] where a node of either format is there and is not to be overwritten,
/// [`ErrorKind::Remains`] where there is none and yet something that would become part of it,
/// [`ErrorKind::ParentIsArray`] below an array, and what the store says.
pub async fn create(
    location: &Location,
    node: &NodeMetadata,
    overwrite: bool,
    context: &Context,
) -> Result<()> {
    let ready = check(location, node, overwrite, context).await?;
    let mut changed = vec![Changed {
        place: location.clone(),
        below: if overwrite { Below::Gone } else { Below::Same },
    }];
    changed.extend(ready.missing.iter().map(|place| Changed {
        place: place.clone(),
        below: Below::Same,
    }));
    let above = ready.above.clone();
    let groups = Groups::among(location, above, node.format(), context).await?;
    write(location, node, ready, overwrite, context).await?;
    groups.tell(&changed, context).await
}

/// As [`create`], but for consolidated metadata: for whoever makes many nodes and tells of all at once.
/// `documents` are in somebody's own words, where there are any.
pub(crate) async fn create_untold(
    location: &Location,
    node: &NodeMetadata,
    documents: Option<Written>,
    overwrite: bool,
    context: &Context,
) -> Result<()> {
    let mut ready = check(location, node, overwrite, context).await?;
    ready.documents = documents.unwrap_or(ready.documents);
    write(location, node, ready, overwrite, context).await
}

/// What was found where a node may be created.
struct Ready {
    documents: Written,
    /// Whether there is a node.
    here: bool,
    above: Vec<(Location, Option<NodeMetadata>)>,
    /// The places above that are no groups yet, nearest first.
    missing: Vec<Location>,
}

/// Looks at everything before anything is changed.
async fn check(
    location: &Location,
    node: &NodeMetadata,
    overwrite: bool,
    context: &Context,
) -> Result<Ready> {
    let path = path_of(location)?;
    path.check_new()?;
    let documents = written(location, node, context)?;
    let above: Vec<Location> = ancestors(location).collect();
    let left = async {
        match overwrite {
            true => Ok(()),
            false => check_remains(location, node).await,
        }
    };
    let (here, above, left) = join3(read(location, None), look_at(above), left).await;
    let above = above?;
    let missing = missing_groups(&path, &above)?;
    let here = match here {
        // A document that cannot be read is in the way like any other.
        Err(error) if overwrite && matches!(error.kind(), ErrorKind::Metadata { .. }) => true,
        found => match found? {
            Some(found) if !overwrite => return Err(exists(location, path, kind(&found))),
            found => found.is_some(),
        },
    };
    left?;
    if overwrite && !here && location.path().is_root() {
        check_foreign(location).await?;
    }
    Ok(Ready {
        documents,
        here,
        above,
        missing,
    })
}

async fn write(
    location: &Location,
    node: &NodeMetadata,
    ready: Ready,
    overwrite: bool,
    context: &Context,
) -> Result<()> {
    if overwrite {
        remove(location, ready.here).await?;
    }
    for place in ready.missing.into_iter().rev() {
        put_group(&place, node.format(), context).await?;
    }
    put_node(location, node, ready.documents, !overwrite).await
}

/// Writes the documents of a node that was asked for.
pub(super) async fn put_node(
    location: &Location,
    node: &NodeMetadata,
    documents: Written,
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
    let documents = written(place, &empty_group(format), context)?;
    match put(place, documents, true).await {
        // Somebody else made it at the same time.
        Err(error) if is_taken(&error) => Ok(()),
        other => other,
    }
}

pub(super) fn empty_group(format: ZarrFormat) -> NodeMetadata {
    NodeMetadata::Group(GroupMetadata::new(format, Attributes::new()))
}

/// Refuses a place where there is anything at all.
pub(super) async fn check_empty(location: &Location, path: &NodePath) -> Result<()> {
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
pub(crate) fn ancestors(location: &Location) -> impl Iterator<Item = Location> {
    std::iter::successors(location.parent(), Location::parent)
}

pub(super) async fn look_at(
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
