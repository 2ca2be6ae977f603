//! Consolidated metadata: copies of all documents below a group, in one place, so that a hierarchy
//! opens with one request. Knows how it is written; `zarr-metadata` knows how it reads.

use zarr_metadata::{GroupMetadata, NodeMetadata, NodePath, ZarrFormat, v2, v3};
use zarr_store::{Location, Payload, PutMode};

use super::{Depth, Document, change, find, members, path_of};
use crate::{Context, Error, ErrorKind, NodeKind, Result};

/// Collects the documents of all nodes below the group at a place, and stores them there: in format
/// 3 in the group's own document, in format 2 as `.zmetadata` beside it. It is written last, so that
/// it never speaks of what is not there yet.
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
    let NodeMetadata::Group(group) = &node else {
        return Err(ErrorKind::WrongKind {
            path: path_of(location)?,
            expected: NodeKind::Group,
            found: NodeKind::Array,
        }
        .into());
    };
    let root = path_of(location)?;
    let found = members(location, group.format(), Depth::All).await?;
    let below = found.iter().map(|(path, node)| (within(&root, path), node));
    let refused = |source| {
        Error::from(ErrorKind::Metadata {
            path: root.clone(),
            document: "the consolidated metadata".to_owned(),
            source,
        })
    };
    match group.format() {
        ZarrFormat::V2 => {
            let mut all = v2::ConsolidatedMetadataV2::default();
            all.insert(&NodePath::default(), &node).map_err(refused)?;
            for (path, node) in below {
                all.insert(&path?, node).map_err(refused)?;
            }
            let key = location.key(".zmetadata")?;
            let text = all.to_zmetadata();
            // What is too large to be read again helps nobody.
            v2::ConsolidatedMetadataV2::from_zmetadata(&text).map_err(refused)?;
            let text = Payload::from(text).durable();
            location.store().put(&key, text, PutMode::Overwrite).await?;
            Ok(group.clone())
        }
        ZarrFormat::V3 => {
            let mut all = v3::ConsolidatedMetadataV3::default();
            for (path, node) in below {
                all.insert(&path?, node).map_err(refused)?;
            }
            let set = |node: &mut NodeMetadata| {
                if let NodeMetadata::Group(GroupMetadata::V3(group)) = node {
                    group.consolidated_metadata = Some(all.clone());
                }
                Ok(())
            };
            match change(location, &node, Document::Node, context, set).await? {
                NodeMetadata::Group(group) => Ok(group),
                NodeMetadata::Array(_) => Err(ErrorKind::WrongKind {
                    path: root.clone(),
                    expected: NodeKind::Group,
                    found: NodeKind::Array,
                }
                .into()),
            }
        }
    }
}

/// A path as seen from a group above it.
pub(super) fn within(group: &NodePath, path: &NodePath) -> Result<NodePath> {
    let rest = match group.as_str() {
        "" => path.as_str(),
        above => path.as_str().strip_prefix(above).unwrap_or(path.as_str()),
    };
    Ok(NodePath::parse(rest.trim_start_matches('/'))?)
}
