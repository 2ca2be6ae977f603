//! Consolidating: all documents below a group are copied to one place, so that readers open the hierarchy with one
//! request.

use zarr_metadata::documents;
use zarr_metadata::{GroupMetadata, NodeMetadata, NodePath, ZarrFormat, v2};
use zarr_store::{Location, Payload, PutMode};

use super::consolidated::ConsolidatedDocuments;
use super::members::for_each_member;
use super::{Depth, Document, change, find, path_of, stream_members};
use crate::{Context, Error, ErrorKind, NodeKind, Result};

/// Collects the documents of all nodes below the group at a place, and stores them there: in format
/// 3 in the group's own document, in format 2 as `.zmetadata` beside it. It is written last, so that
/// it never names what is not there yet.
///
/// # Errors
/// Where there is no group, where the store cannot list, where a document below cannot be read, and where
/// all of them are more than readers take in one document.
pub async fn consolidate(
    location: &Location,
    format: Option<ZarrFormat>,
    context: &Context,
) -> Result<GroupMetadata> {
    let node = find(location, format, "a group").await?;
    let root = path_of(location)?;
    let NodeMetadata::Group(group) = &node else {
        return Err(Error::wrong_kind(root, NodeKind::Group));
    };
    let refused = |source| ErrorKind::Metadata {
        path: root.clone(),
        document: "the consolidated metadata".to_owned(),
        source,
    };
    let mut all = ConsolidatedDocuments::new(group.format());
    all.insert(&NodePath::root(), &node).map_err(refused)?;
    let members = stream_members(location.clone(), group.format(), Depth::All);
    for_each_member(members, |path, node| {
        Ok(all.insert(&path, &node).map_err(refused)?)
    })
    .await?;
    match all {
        ConsolidatedDocuments::V2(all) => {
            let text = all.to_zmetadata();
            // What is too large to be read again helps nobody.
            v2::ConsolidatedMetadataV2::from_zmetadata(&text).map_err(refused)?;
            let (key, text) = (
                location.key(documents::ZMETADATA)?,
                Payload::from(text).durable(),
            );
            location.store().put(&key, text, PutMode::Overwrite).await?;
            Ok(group.clone())
        }
        ConsolidatedDocuments::V3(all) => {
            let set = |node: &mut NodeMetadata| {
                if let NodeMetadata::Group(GroupMetadata::V3(group)) = node {
                    group.consolidated_metadata = Some(all.clone());
                }
                Ok(())
            };
            match change(location, &node, Document::Node, context, set).await? {
                NodeMetadata::Group(group) => Ok(group),
                NodeMetadata::Array(_) => Err(Error::wrong_kind(root, NodeKind::Group)),
            }
        }
    }
}
