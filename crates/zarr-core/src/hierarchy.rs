//! Nodes in stores: which documents make a node, in which format, and in which order they are read,
//! written and deleted.

mod change;
mod consolidate;
mod consolidated;
mod consolidated_view;
mod create;
mod create_all;
mod create_plan;
mod delete;
mod encode;
mod members;
mod move_node;
mod open;
mod orphans;
mod presence;
mod update_consolidated;
mod warn;

use std::sync::Arc;

use futures_util::future::join3;
use zarr_metadata::documents;
use zarr_metadata::{ArrayMetadata, GroupMetadata, Limits, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Location, Prefixed, StoreExt};

use crate::{Error, ErrorClass, ErrorKind, NodeKind, Result};

pub use change::{Document, change};
pub use consolidate::consolidate;
pub use consolidated_view::{ConsolidatedView, UseConsolidated};
pub use create::{check_vacant, create};
pub(crate) use create::{create_without_update, exists};
pub use create_all::create_all;
pub use create_plan::{CreatePlan, plan_create};
pub use delete::delete;
pub(crate) use delete::delete_incomplete;
pub(crate) use encode::DocumentTexts;
pub use members::{Depth, FoundMember, collect_members, each_member, members, stream_members};
pub use move_node::move_node;
pub use open::{Mode, OpenOptions, implicit_group, open};
pub(crate) use orphans::check_orphans;
pub(crate) use presence::check_presence;
pub(crate) use update_consolidated::{ChangedNode, ConsolidatedGroups, NodesBelow};

/// The node path of a place: its directory in the store.
///
/// # Errors
/// Where the directory's name is not one that a node can have.
pub fn path_of(location: &Location) -> Result<NodePath> {
    Ok(NodePath::parse(location.path().as_str())?)
}

/// The path of a place as seen from another one that it is, or lies in.
fn path_below(location: &Location, above: &Location) -> Result<NodePath> {
    let (path, above) = (location.path().as_str(), above.path().as_str());
    Ok(NodePath::parse(path.strip_prefix(above).unwrap_or(path))?)
}

/// The places above, nearest first.
pub(crate) fn ancestors(location: &Location) -> impl Iterator<Item = Location> {
    std::iter::successors(location.parent(), Location::parent)
}

/// Whether an error concerns the documents of one node, and not its store, so that other nodes can be read.
pub fn is_unreadable(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Metadata { .. })
        || matches!(error.class(), ErrorClass::Permission | ErrorClass::Limit)
}

/// The documents of the node at a place, or `None` where there is none.
///
/// Without a format, `zarr.json` is asked for first and decides if it is there.
///
/// # Errors
/// Where a document cannot be read or is not valid.
pub async fn read(location: &Location, format: Option<ZarrFormat>) -> Result<Option<NodeMetadata>> {
    if format != Some(ZarrFormat::V2)
        && let Some(bytes) = document(location, documents::ZARR_JSON).await?
    {
        let node = NodeMetadata::from_zarr_json(&bytes);
        return node
            .map(Some)
            .map_err(|e| invalid(location, documents::ZARR_JSON, e));
    }
    if format == Some(ZarrFormat::V3) {
        return Ok(None);
    }
    let (array, group, attributes) = join3(
        document(location, documents::ZARRAY),
        document(location, documents::ZGROUP),
        document(location, documents::ZATTRS),
    )
    .await;
    let (array, group, attributes) = (array?, group?, attributes?);
    let (kind, document) = match (array, group) {
        (Some(array), _) => (NodeKind::Array, array),
        (None, Some(group)) => (NodeKind::Group, group),
        (None, None) => return Ok(None),
    };
    v2_node(location, kind, &document, attributes.as_deref()).map(Some)
}

/// The node of format 2 that these documents make. An error names the one of the two that is not valid.
fn v2_node(
    location: &Location,
    kind: NodeKind,
    document: &[u8],
    attributes: Option<&[u8]>,
) -> Result<NodeMetadata> {
    let read = |attributes| match kind {
        NodeKind::Array => ArrayMetadata::from_v2(document, attributes).map(NodeMetadata::Array),
        NodeKind::Group => GroupMetadata::from_v2(document, attributes).map(NodeMetadata::Group),
    };
    read(attributes).map_err(|error| {
        let broken = match (read(None), kind) {
            (Ok(_), _) => documents::ZATTRS,
            (Err(_), NodeKind::Array) => documents::ZARRAY,
            (Err(_), NodeKind::Group) => documents::ZGROUP,
        };
        invalid(location, broken, error)
    })
}

/// The format of the nearest node above a place, which a new node there has unless another is asked for; `None` where
/// there is none.
///
/// # Errors
/// Where a document above cannot be read or is not valid.
pub async fn format_above(location: &Location) -> Result<Option<ZarrFormat>> {
    match location.parent() {
        Some(above) => format_at_or_above(&above).await,
        None => Ok(None),
    }
}

/// The format of the node at a place, or else of the nearest one above; `None` where there is none.
///
/// # Errors
/// As [`format_above`].
pub async fn format_at_or_above(location: &Location) -> Result<Option<ZarrFormat>> {
    let mut place = Some(location.clone());
    while let Some(here) = place {
        if let Some(node) = read(&here, None).await? {
            return Ok(Some(node.format()));
        }
        place = here.parent();
    }
    Ok(None)
}

/// The documents of the node at a place, which must be there.
///
/// # Errors
/// [`ErrorKind::NotFound`] where it is not, else as [`read`].
pub async fn find(
    location: &Location,
    format: Option<ZarrFormat>,
    wanted: &'static str,
) -> Result<NodeMetadata> {
    if let Some(node) = read(location, format).await? {
        return Ok(node);
    }
    let looked_for = match format {
        Some(ZarrFormat::V2) => ".zarray, .zgroup",
        Some(ZarrFormat::V3) => documents::ZARR_JSON,
        None => "zarr.json, .zarray, .zgroup",
    };
    let looked_for = match outer_folder(location).await? {
        Some(folder) => format!(
            "{looked_for}; all of this archive is in one folder, which is {}::{folder}",
            location.store()
        ),
        None => looked_for.to_owned(),
    };
    Err(not_found(location, wanted, &looked_for)?)
}

/// The place of a path in a store. Where all of an archive lies in one folder that is a node, this folder is the root,
/// and a path may begin with its name or not.
///
/// # Errors
/// What the store says, and a path that none can have.
pub async fn place_in(root: &Location, path: &str) -> Result<Location> {
    let Some(folder) = outer_folder(root).await? else {
        return Ok(root.join(path)?);
    };
    let inner = root.join(&folder)?;
    let mut is_node = false;
    for name in documents::OF_NODES {
        is_node |= inner.store().exists(&inner.key(name)?).await?;
    }
    if !is_node {
        return Ok(root.join(path)?);
    }
    let rest = match path.strip_prefix(folder.as_str()) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => rest.trim_start_matches('/'),
        _ => path,
    };
    let store = Prefixed::new(Arc::clone(root.store()), inner.path().clone());
    Ok(Location::root(Arc::new(store)).join(rest)?)
}

/// The one folder in which all of an archive lies, as when a directory is packed with its name.
async fn outer_folder(location: &Location) -> Result<Option<String>> {
    // macOS adds it to archives.
    const FORKS: &str = "__MACOSX/";
    if !location.path().is_root() || location.store().kind() != "ZipStore" {
        return Ok(None);
    }
    let listing = location.store().list_dir(location.path()).await?;
    let mut folders = listing.prefixes.iter().filter(|p| p.as_str() != FORKS);
    match (listing.keys.is_empty(), folders.next(), folders.next()) {
        (true, Some(folder), None) => Ok(Some(folder.name().to_owned())),
        _ => Ok(None),
    }
}

/// The error that there is no such node at a place.
fn not_found(location: &Location, wanted: &'static str, looked_for: &str) -> Result<crate::Error> {
    Ok(ErrorKind::NotFound {
        wanted,
        path: path_of(location)?,
        store: location.store().to_string(),
        looked_for: looked_for.to_owned(),
    }
    .into())
}

/// The kind of a node.
pub fn kind(node: &NodeMetadata) -> NodeKind {
    match node {
        NodeMetadata::Array(_) => NodeKind::Array,
        NodeMetadata::Group(_) => NodeKind::Group,
    }
}

pub(crate) async fn document(location: &Location, name: &str) -> Result<Option<bytes::Bytes>> {
    let key = location.key(name)?;
    Ok(location.store().get_at_most(&key, most()).await?)
}

/// The most bytes of a document that are read, which is what readers accept.
fn most() -> u64 {
    Limits::default().document_bytes as u64
}

fn invalid(location: &Location, name: &str, source: zarr_metadata::MetadataError) -> crate::Error {
    let path = path_of(location).unwrap_or_default();
    let document = location
        .key(name)
        .map_or_else(|_| name.to_owned(), |key| key.as_str().to_owned());
    ErrorKind::Metadata {
        path,
        document: format!("`{document}`"),
        source,
    }
    .into()
}
