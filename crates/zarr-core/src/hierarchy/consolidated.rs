//! The documents of all nodes below a group in one place, as either format keeps them. Knows where they are kept;
//! `zarr-metadata` knows what they say.

use zarr_metadata::{GroupMetadata, MetadataError, NodeMetadata, NodePath, ZarrFormat, v2, v3};
use zarr_store::Location;

use super::{document, invalid};
use crate::Result;

/// Consolidated metadata of either format. Paths are relative to the group that has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ConsolidatedDocuments {
    V2(v2::ConsolidatedMetadataV2),
    V3(v3::ConsolidatedMetadataV3),
}

impl ConsolidatedDocuments {
    pub(super) fn new(format: ZarrFormat) -> Self {
        match format {
            ZarrFormat::V2 => Self::V2(v2::ConsolidatedMetadataV2::default()),
            ZarrFormat::V3 => Self::V3(v3::ConsolidatedMetadataV3::default()),
        }
    }

    /// Those of a group: in format 3 in its own document, in format 2 beside it under `name`, which the store is
    /// asked for. `None` where the group has none.
    ///
    /// # Errors
    /// Where the document of format 2 cannot be read or is not valid.
    pub(super) async fn read(
        location: &Location,
        group: &GroupMetadata,
        name: &str,
    ) -> Result<Option<Self>> {
        if let GroupMetadata::V3(group) = group {
            return Ok(group.consolidated_metadata.clone().map(Self::V3));
        }
        let Some(text) = document(location, name).await? else {
            return Ok(None);
        };
        let documents = v2::ConsolidatedMetadataV2::from_zmetadata(&text);
        let documents = documents.map_err(|error| invalid(location, name, error))?;
        Ok(Some(Self::V2(documents)))
    }

    /// The node at a path, or `None` where there is no document of it.
    pub(super) fn get(&self, path: &str) -> Option<Result<NodeMetadata, MetadataError>> {
        match self {
            Self::V2(documents) => documents.get(path),
            Self::V3(documents) => documents.get(path),
        }
    }

    /// The paths of all nodes, in any order. In format 2 the group itself is one of them.
    pub(super) fn paths(&self) -> Vec<&str> {
        match self {
            Self::V2(documents) => documents.paths().into_iter().collect(),
            Self::V3(documents) => documents.paths().collect(),
        }
    }

    /// Adds a node, in place of what is there of it. In format 3 the group itself is passed over, since its document is
    /// the one that holds all others.
    ///
    /// # Errors
    /// Where the node is of another format.
    pub(super) fn insert(
        &mut self,
        path: &NodePath,
        node: &NodeMetadata,
    ) -> Result<(), MetadataError> {
        match self {
            Self::V2(documents) => documents.insert(path, node),
            Self::V3(_) if path.is_root() => Ok(()),
            Self::V3(documents) => documents.insert(path, node),
        }
    }

    pub(super) fn remove(&mut self, path: &str) {
        match self {
            Self::V2(documents) => documents.remove(path),
            Self::V3(documents) => documents.remove(path),
        };
    }
}
