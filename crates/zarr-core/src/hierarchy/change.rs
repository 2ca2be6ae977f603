//! Changing a node's document: read, change, write on condition that nobody else wrote, and again
//! where somebody did. Knows no array and no chunk.

use zarr_metadata::{NodeMetadata, ZarrFormat};
use zarr_store::{ByteRange, Commit, Location, Payload, StoreExt};

use super::written::written;
use super::{Below, Changed, Groups, document, find, invalid, kind, most, v2_node};
use crate::{Context, NodeKind, Result};

/// Which of a node's documents holds what is to be changed. In format 3 there is one for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// What the node is.
    Node,
    /// The user's attributes.
    Attributes,
}

/// Changes the node at a place, and says what it has become. Nothing is written where nothing
/// changed, or where `change` fails; what is written survives a power loss.
///
/// `change` is called again where somebody else changed the document meanwhile: two writers never
/// undo each other's changes. Consolidated metadata of groups above is
/// [kept](crate::Config::leave_consolidated).
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
    let (now, groups) = change_untold(location, node, which, context, change).await?;
    if let Some(groups) = groups {
        let changed = Changed {
            place: location.clone(),
            below: Below::Same,
        };
        groups.tell(&[changed], context).await?;
    }
    Ok(now)
}

/// As [`change`], with the groups that have consolidated metadata to be told of it, where there was a
/// change.
async fn change_untold(
    location: &Location,
    node: &NodeMetadata,
    which: Document,
    context: &Context,
    mut change: impl FnMut(&mut NodeMetadata) -> Result<()> + Send,
) -> Result<(NodeMetadata, Option<Groups>)> {
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
            groups = Some(Groups::above(location, format, context).await?);
        }
        let documents = written(location, &now, context)?.into_iter();
        let new = documents
            .filter(|(other, _)| *other == name)
            .map(|(_, text)| text)
            .next();
        // Format 2 leaves out attributes that are none; what was there must go all the same.
        let new = new.unwrap_or_else(|| b"{}".to_vec());
        // Without it nothing else can be read.
        let new = Payload::from(new).durable();
        if let Commit::Done(_) = update.commit(Some(new)).await? {
            return Ok((now, groups));
        }
    }
}

fn name(node: &NodeMetadata, which: Document) -> &'static str {
    match (node.format(), which, kind(node)) {
        (ZarrFormat::V3, ..) => "zarr.json",
        (ZarrFormat::V2, Document::Attributes, _) => ".zattrs",
        (ZarrFormat::V2, Document::Node, NodeKind::Array) => ".zarray",
        (ZarrFormat::V2, Document::Node, NodeKind::Group) => ".zgroup",
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
        Document::Node => document(location, ".zattrs").await?,
        Document::Attributes => document(location, main).await?,
    };
    let (main_text, attributes) = match which {
        Document::Node => (text, other.as_deref()),
        Document::Attributes => (other.as_deref(), text),
    };
    let Some(main_text) = main_text else {
        // The message says what was looked for; a node that came back meanwhile is as good.
        return find(location, Some(ZarrFormat::V2), "a node").await;
    };
    v2_node(location, kind(node), main_text, attributes)
}
