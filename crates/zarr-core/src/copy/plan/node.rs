//! What is done about one node: decided by what is there.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::TryStreamExt;
use zarr_codecs::Dims;
use zarr_metadata::{ArrayMetadata, Attributes, GroupMetadata, NodeMetadata, NodePath, v3};
use zarr_store::Location;

use super::array_metadata::ArrayTarget;
use super::{ArrayAction, CopyFailure, NodeAction, NodeCopy, Planner};
use crate::copy::documents::DocumentSource;
use crate::copy::{IfExists, array};
use crate::hierarchy::{self, path_of};
use crate::{ArrayConfig, ChunkedArray, Error, ErrorKind, NodeKind, Result};

impl Planner<'_> {
    pub(super) async fn node(
        &self,
        path: &NodePath,
        node: &NodeMetadata,
        to: Location,
        there: Option<NodeMetadata>,
    ) -> Result<NodeCopy, CopyFailure> {
        let action = match node {
            NodeMetadata::Group(group) => self.group(group, &to, there).await?,
            NodeMetadata::Array(array) => self.array(path, array, &to, there).await?,
        };
        let from = self.source.location.join(path.as_str())?;
        if !matches!(action, NodeAction::Skip) {
            let name = path_of(&to)?;
            name.check_new()
                .map_err(|error| CopyFailure::Node(error.into()))?;
            let replaced = match &action {
                NodeAction::Group { overwrite, .. } => *overwrite,
                NodeAction::Array { action, .. } => *action == ArrayAction::Replace,
                NodeAction::Skip | NodeAction::Merge(_) => false,
            };
            self.overlap.check(&to, replaced)?;
        }
        Ok(NodeCopy {
            path: path_of(&from)?.as_str().to_owned(),
            from,
            to,
            source: node.clone(),
            reworded: self.reworded(node, &action),
            action,
            is_topmost: path.is_root(),
        })
    }

    async fn group(
        &self,
        group: &GroupMetadata,
        to: &Location,
        there: Option<NodeMetadata>,
    ) -> Result<NodeAction> {
        let attributes = match self.options.without_attrs {
            true => Attributes::new(),
            false => group.attributes().clone(),
        };
        let overwrite = match there {
            Some(NodeMetadata::Group(_)) => return Ok(NodeAction::Merge(attributes)),
            None => false,
            Some(NodeMetadata::Array(array)) => match self.options.if_exists {
                IfExists::Replace => true,
                IfExists::Skip => return Ok(NodeAction::Skip),
                IfExists::SkipInitialized if self.is_complete(to, array).await? => {
                    return Ok(NodeAction::Skip);
                }
                IfExists::SkipInitialized => true,
                IfExists::Raise | IfExists::Update => return Err(exists(to, NodeKind::Array)),
            },
        };
        let keeps = group.format() == self.format && !self.options.without_attrs;
        let metadata = match (keeps, group) {
            (false, _) => GroupMetadata::new(self.format, attributes),
            (true, GroupMetadata::V2 { .. }) => group.clone(),
            (true, GroupMetadata::V3(group)) => GroupMetadata::V3(v3::GroupMetadataV3 {
                consolidated_metadata: None,
                ..group.clone()
            }),
        };
        if !overwrite && !self.is_vacant {
            hierarchy::check_orphans(to, &NodeMetadata::Group(metadata.clone())).await?;
        }
        Ok(NodeAction::Group {
            metadata: Box::new(metadata),
            overwrite,
            documents: match keeps && self.source.has_documents {
                true => DocumentSource::Verbatim,
                false => DocumentSource::Metadata,
            },
            consolidate: false,
        })
    }

    async fn array(
        &self,
        path: &NodePath,
        metadata: &ArrayMetadata,
        to: &Location,
        there: Option<NodeMetadata>,
    ) -> Result<NodeAction, CopyFailure> {
        let action = match (&there, self.options.if_exists) {
            (None, _) => ArrayAction::Create,
            (Some(_), IfExists::Skip) => return Ok(NodeAction::Skip),
            (Some(_), IfExists::Replace) => ArrayAction::Replace,
            (Some(NodeMetadata::Array(_)), IfExists::Update) => ArrayAction::AddMissing,
            (Some(NodeMetadata::Array(array)), IfExists::SkipInitialized) => {
                if self.is_complete(to, array.clone()).await?
                    || self
                        .has_all_stored(path, metadata, to, array.clone())
                        .await?
                {
                    return Ok(NodeAction::Skip);
                }
                ArrayAction::Replace
            }
            (Some(found), _) => return Err(exists(to, hierarchy::kind(found)).into()),
        };
        let from = self
            .open_source(path, metadata)
            .map_err(CopyFailure::Node)?;
        let name = from.path().clone();
        let target = match (action, there) {
            (ArrayAction::AddMissing, Some(NodeMetadata::Array(there))) => ArrayTarget {
                metadata: there,
                config: ArrayConfig::default(),
                documents: DocumentSource::Verbatim,
            },
            _ => self.array_target(&name, metadata)?,
        };
        let action = match action {
            ArrayAction::Create if !self.is_vacant => {
                self.over_orphans(to, &target.metadata).await?
            }
            action => action,
        };
        let to = self.open(to, target.metadata, target.config)?;
        array::check_source(&from, &to).map_err(CopyFailure::Node)?;
        array::check(&from, &to)?;
        Ok(NodeAction::Array {
            from: Arc::new(from),
            to: Arc::new(to),
            action,
            documents: target.documents,
        })
    }

    /// What is done about chunks without a document where an array is to be created.
    async fn over_orphans(&self, to: &Location, metadata: &ArrayMetadata) -> Result<ArrayAction> {
        let node = NodeMetadata::Array(metadata.clone());
        match hierarchy::check_orphans(to, &node).await {
            Err(error)
                if matches!(error.kind(), ErrorKind::Orphaned { .. })
                    && self.options.if_exists == IfExists::Replace =>
            {
                Ok(ArrayAction::Replace)
            }
            checked => checked.map(|()| ArrayAction::Create),
        }
    }

    fn open_source(&self, path: &NodePath, metadata: &ArrayMetadata) -> Result<ChunkedArray> {
        let place = self.source.location.join(path.as_str())?;
        let (context, config) = (self.source.context.clone(), ArrayConfig::default());
        let name = path_of(&place)?;
        ChunkedArray::new(place, name, metadata.clone(), context, config)
    }

    fn open(
        &self,
        place: &Location,
        metadata: ArrayMetadata,
        config: ArrayConfig,
    ) -> Result<ChunkedArray> {
        let context = self.options.context.clone();
        ChunkedArray::new(place.clone(), path_of(place)?, metadata, context, config)
    }

    /// Whether every chunk of an array that is there holds data.
    async fn is_complete(&self, place: &Location, metadata: ArrayMetadata) -> Result<bool> {
        let array = Arc::new(self.open(place, metadata, ArrayConfig::default())?);
        let is_sharded = array.chain()?.shard().is_some();
        let all = match is_sharded {
            false => array.grid().len(),
            true => {
                let axes = array.metadata().shape().iter();
                let inner = axes.zip(array.inner_chunk_shape()?);
                let counts: Vec<u64> = inner.map(|(n, chunk)| n.div_ceil(chunk.max(1))).collect();
                zarr_codecs::volume(&counts)
            }
        };
        Ok(Some(array.initialized_chunks().await?) == all)
    }

    /// Whether an array that is there has every chunk that the source has stored: all that a copy would write. Only of
    /// arrays with the same chunks can this be told without decoding.
    async fn has_all_stored(
        &self,
        path: &NodePath,
        source: &ArrayMetadata,
        place: &Location,
        there: ArrayMetadata,
    ) -> Result<bool> {
        let from = self.open_source(path, source)?;
        let to = self.open(place, there, ArrayConfig::default())?;
        if !array::moves_chunks(&from, &to) || !from.can_list() {
            return Ok(false);
        }
        let there: HashSet<Dims<u64>> = to.list_chunks().try_collect().await?;
        let wanted: HashSet<Dims<u64>> = from.list_chunks().try_collect().await?;
        Ok(from.can_list() && wanted.is_subset(&there))
    }

    /// What the documents of a copy cannot say, or say otherwise.
    fn reworded(&self, node: &NodeMetadata, action: &NodeAction) -> Vec<String> {
        let is_new = matches!(action, NodeAction::Group { .. } | NodeAction::Array { .. });
        if !is_new || node.format() == self.format {
            return Vec::new();
        }
        let converted = node.convert(self.format);
        let lost = converted.map(|converted| converted.lost);
        lost.iter().flatten().map(ToString::to_string).collect()
    }
}

fn exists(place: &Location, found: NodeKind) -> Error {
    match path_of(place) {
        Ok(path) => hierarchy::exists(place, path, found),
        Err(error) => error,
    }
}
