//! Nodes on disk: which documents make a node, in which format, and in which order they are read,
//! written and deleted. Knows nothing of chunks.

mod change;
mod consolidate;
mod consolidated;
mod create;
mod create_all;
mod delete;
mod keep;
mod members;
mod move_node;
mod presence;
mod remains;
mod written;

use futures_util::future::join3;
use zarr_metadata::{ArrayMetadata, GroupMetadata, Limits, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Location, StoreExt};

use crate::{ErrorKind, NodeKind, Result};

pub use change::{Document, change};
pub use consolidate::consolidate;
pub use consolidated::Consolidated;
pub use create::create;
pub(crate) use create::{ancestors, create_untold};
pub use create_all::create_all;
pub use delete::delete;
pub(crate) use keep::{Below, Changed, Groups};
pub use members::{Depth, each_member, members, stream_members};
pub use move_node::move_node;
pub(crate) use presence::check_presence;
pub(crate) use remains::check_remains;
pub(crate) use written::Written;

/// The node path of a place: its directory in the store.
///
/// # Errors
/// Where the directory's name is not one that a node can have.
pub fn path_of(location: &Location) -> Result<NodePath> {
    Ok(NodePath::parse(location.path().as_str())?)
}

/// The documents of the node at a place, or `None` where there is none.
///
/// Without a format, `zarr.json` is asked for first and decides if it is there.
///
/// # Errors
/// Where a document cannot be read or is not valid.
pub async fn read(location: &Location, format: Option<ZarrFormat>) -> Result<Option<NodeMetadata>> {
    if format != Some(ZarrFormat::V2)
        && let Some(bytes) = document(location, "zarr.json").await?
    {
        let node = NodeMetadata::from_zarr_json(&bytes);
        return node
            .map(Some)
            .map_err(|e| invalid(location, "zarr.json", e));
    }
    if format == Some(ZarrFormat::V3) {
        return Ok(None);
    }
    let (array, group, attributes) = join3(
        document(location, ".zarray"),
        document(location, ".zgroup"),
        document(location, ".zattrs"),
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

/// The node of format 2 that these documents make. Of two that are read together, an error names the
/// one that is broken.
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
            (Ok(_), _) => ".zattrs",
            (Err(_), NodeKind::Array) => ".zarray",
            (Err(_), NodeKind::Group) => ".zgroup",
        };
        invalid(location, broken, error)
    })
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
        Some(ZarrFormat::V3) => "zarr.json",
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

/// The one folder in which all of an archive lies: people pack a directory with its name, and the store is one level
/// down.
async fn outer_folder(location: &Location) -> Result<Option<String>> {
    // What one of macOS puts beside it.
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

/// Says that there is no such node at a place.
fn not_found(location: &Location, wanted: &'static str, looked_for: &str) -> Result<crate::Error> {
    Ok(ErrorKind::NotFound {
        wanted,
        path: path_of(location)?,
        store: location.store().to_string(),
        looked_for: looked_for.to_owned(),
    }
    .into())
}

/// Refuses a place below which there is anything at all: a node, or what is not Zarr.
///
/// # Errors
/// [`ErrorKind::Exists`] where there is a node, [`ErrorKind::Foreign`] where there is something else.
pub async fn check_vacant(location: &Location) -> Result<()> {
    if let Some(found) = read(location, None).await? {
        return Err(create::exists(location, path_of(location)?, kind(&found)));
    }
    create::check_empty(location, &path_of(location)?).await
}

/// Which kind of node this is.
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

/// The most bytes of a document; no reader takes more, so no more are asked for.
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
