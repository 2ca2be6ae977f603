//! Consolidated metadata as it is read: the nodes below a group, without asking the store for any of
//! them. Knows where it is kept; `zarr-metadata` knows what it says.

use zarr_metadata::{GroupMetadata, NodeMetadata, NodePath, v2, v3};
use zarr_store::Location;

use super::{Depth, document, invalid, not_found, path_of};
use crate::{ErrorKind, Result};

/// The documents of all nodes below a group, as they were when they were collected.
#[derive(Clone, Debug)]
pub struct Consolidated {
    documents: Documents,
    /// The path of the group.
    root: NodePath,
    /// Where they were found, for errors.
    source: String,
}

#[derive(Clone, Debug)]
enum Documents {
    V2(v2::ConsolidatedMetadataV2),
    V3(v3::ConsolidatedMetadataV3),
}

impl Consolidated {
    /// What a group has of it: in format 3 in its own document, in format 2 beside it under `name`,
    /// which is asked for.
    ///
    /// # Errors
    /// Where the document of format 2 cannot be read or is not valid.
    pub async fn read(
        location: &Location,
        group: &GroupMetadata,
        name: &str,
    ) -> Result<Option<Self>> {
        let (documents, source) = match group {
            GroupMetadata::V3(group) => {
                let documents = group.consolidated_metadata.clone();
                (documents.map(Documents::V3), "zarr.json")
            }
            GroupMetadata::V2 { .. } => match document(location, name).await? {
                None => (None, name),
                Some(text) => {
                    let documents = v2::ConsolidatedMetadataV2::from_zmetadata(&text)
                        .map_err(|error| invalid(location, name, error))?;
                    (Some(Documents::V2(documents)), name)
                }
            },
        };
        let Some(documents) = documents else {
            return Ok(None);
        };
        Ok(Some(Self {
            documents,
            root: path_of(location)?,
            source: location.key(source)?.as_str().to_owned(),
        }))
    }

    /// The node at a path below the group, or `None` where the documents tell of none.
    ///
    /// # Errors
    /// Where its document is not valid.
    pub fn get(&self, path: &NodePath) -> Result<Option<NodeMetadata>> {
        let node = match &self.documents {
            Documents::V2(documents) => documents.get(path.as_str()),
            Documents::V3(documents) => documents.get(path.as_str()),
        };
        node.transpose().map_err(|source| {
            let path = self.root.join(path.as_str()).unwrap_or_default();
            let document = format!("the consolidated metadata in `{}`", self.source);
            ErrorKind::Metadata {
                path,
                document,
                source,
            }
            .into()
        })
    }

    /// The node at a path below the group, which must be there. `location` is the node's own.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where it is not, else as [`get`](Self::get).
    pub fn find(&self, location: &Location, path: &NodePath) -> Result<NodeMetadata> {
        match self.get(path)? {
            Some(node) => Ok(node),
            None => Err(not_found(
                location,
                "array or group",
                &format!("the consolidated metadata in `{}`", self.source),
            )?),
        }
    }

    /// All nodes below the one at `base`, their paths relative to it, sorted by path.
    ///
    /// # Errors
    /// Where a document is not valid.
    pub fn members(&self, base: &NodePath, depth: Depth) -> Result<Vec<(NodePath, NodeMetadata)>> {
        let mut found: Vec<_> = self.each_member(base, depth).collect::<Result<_>>()?;
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(found)
    }

    /// As [`members`](Self::members), in any order. An error concerns one node.
    pub fn each_member(
        &self,
        base: &NodePath,
        depth: Depth,
    ) -> impl Iterator<Item = Result<(NodePath, NodeMetadata)>> {
        let member = move |relative: &str| -> Result<Option<(NodePath, NodeMetadata)>> {
            let relative = NodePath::parse(relative)?;
            let node = self.get(&base.join(relative.as_str())?)?;
            Ok(node.map(|node| (relative, node)))
        };
        let within = self.paths(base).into_iter();
        let reached = within.filter(move |path| depth.reaches(path.split('/').count()));
        reached.filter_map(move |path| member(path).transpose())
    }

    /// The paths of the nodes below one of the groups, relative to it, in any order.
    pub fn paths(&self, base: &NodePath) -> Vec<&str> {
        let all: Vec<&str> = match &self.documents {
            Documents::V2(documents) => documents.paths().into_iter().collect(),
            Documents::V3(documents) => documents.paths().collect(),
        };
        let below = all.into_iter().filter_map(|path| match base.as_str() {
            "" => Some(path),
            base => path.strip_prefix(base)?.strip_prefix('/'),
        });
        below.filter(|path| !path.is_empty()).collect()
    }
}
