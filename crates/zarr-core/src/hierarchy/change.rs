//! Changing a node's document: it is read, changed, and written if no other writer has changed it meanwhile; otherwise
//! all of it again.

use zarr_metadata::documents;
use zarr_metadata::{NodeMetadata, ZarrFormat};
use zarr_store::{ByteRange, Commit, Location, Payload, StoreExt};

use super::encode::encode_documents;
use super::update_consolidated::{ChangedNode, ConsolidatedGroups, NodesBelow};
use super::{document, find, invalid, kind, most, v2_node};
use crate::{Context, NodeKind, Result};

/// Which of a node's documents is changed. In format 3 there is one for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// The one that makes it a node.
    Node,
    /// The one with the user's attributes.
    Attributes,
}

/// Changes the node at a place, and returns what it has become. Nothing is written where nothing
/// changed, or where `change` fails; what is written survives a power loss.
///
/// `change` is called again where another writer changed the document meanwhile: two writers never
/// undo each other's changes. Consolidated metadata of groups above is
/// [updated](crate::Config::leave_consolidated).
///
/// # Errors
/// Where there is no such node, what `change` says, where the result is above the limits of readers, and
/// what the store says.
pub async fn change(
    location: &Location,
    node: &NodeMetadata,
    which: Document,
    context: &Context,
    change: impl FnMut(&mut NodeMetadata) -> Result<()> + Send,
) -> Result<NodeMetadata> {
    let (now, groups) = change_without_update(location, node, which, context, change).await?;
    if let Some(groups) = groups {
        let changed = ChangedNode::new(location, NodesBelow::Unchanged);
        groups.update(&[changed], context).await?;
    }
    Ok(now)
}

/// As [`change`], and gives the groups whose consolidated metadata has to follow, where there was a change.
async fn change_without_update(
    location: &Location,
    node: &NodeMetadata,
    which: Document,
    context: &Context,
    mut change: impl FnMut(&mut NodeMetadata) -> Result<()> + Send,
) -> Result<(NodeMetadata, Option<ConsolidatedGroups>)> {
    let mut groups = None;
    let (format, name) = (node.format(), name(node, which));
    let key = location.key(name)?;
    let mut update = location.store().update(&key).await?;
    loop {
        let old = match update.get(ByteRange::AtMost(most())).await {
            Err(error) if error.is_conflict() => continue,
            old => old?.map(|found| found.data),
        };
        let mut now = match (&old, format) {
            (Some(text), ZarrFormat::V3) => {
                let node = NodeMetadata::from_zarr_json(text);
                node.map_err(|error| invalid(location, name, error))?
            }
            (None, ZarrFormat::V3) => find(location, Some(format), "a node").await?,
            (old, ZarrFormat::V2) => v2(location, node, which, old.as_deref()).await?,
        };
        let before = now.clone();
        change(&mut now)?;
        if now == before {
            return Ok((now, None));
        }
        if groups.is_none() {
            groups = Some(ConsolidatedGroups::above(location, format, context).await?);
        }
        let documents = encode_documents(location, &now, context)?.into_iter();
        let new = documents
            .filter(|(other, _)| *other == name)
            .map(|(_, text)| text)
            .next();
        // Format 2 has no document of no attributes, but the old one must be replaced.
        let new = new.unwrap_or_else(|| b"{}".to_vec());
        // Without this document nothing else of the node can be read.
        let new = Payload::from(new).durable();
        if let Commit::Done(_) = update.commit(Some(new)).await? {
            return Ok((now, groups));
        }
    }
}

fn name(node: &NodeMetadata, which: Document) -> &'static str {
    match (node.format(), which, kind(node)) {
        (ZarrFormat::V3, ..) => documents::ZARR_JSON,
        (ZarrFormat::V2, Document::Attributes, _) => documents::ZATTRS,
        (ZarrFormat::V2, Document::Node, NodeKind::Array) => documents::ZARRAY,
        (ZarrFormat::V2, Document::Node, NodeKind::Group) => documents::ZGROUP,
    }
}

/// The node of format 2, one of whose documents is `text`.
async fn v2(
    location: &Location,
    node: &NodeMetadata,
    which: Document,
    text: Option<&[u8]>,
) -> Result<NodeMetadata> {
    let main = name(node, Document::Node);
    let other = match which {
        Document::Node => document(location, documents::ZATTRS).await?,
        Document::Attributes => document(location, main).await?,
    };
    let (main_text, attributes) = match which {
        Document::Node => (text, other.as_deref()),
        Document::Attributes => (other.as_deref(), text),
    };
    let Some(main_text) = main_text else {
        // The error says what was looked for; a node that was created again meanwhile is as good.
        return find(location, Some(ZarrFormat::V2), "a node").await;
    };
    v2_node(location, kind(node), main_text, attributes)
}
