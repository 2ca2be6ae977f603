//! `Group`: the handle people hold. Holds no algorithm: what is on disk is `zarr-core`'s to know.

use std::sync::Arc;

use zarr_core::hierarchy::Consolidated;
use zarr_core::{Context, ErrorKind, Result, hierarchy};
use zarr_metadata::{Attributes, DataType, GroupMetadata, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Location, Store};

use crate::info::Info;
use crate::view::View;
use crate::{
    Array, CreateArray, CreateGroup, Members, Node, Shape, Source, Tree, array, create_array,
    create_group, open, tree,
};

/// A group in a store. Cheap to clone. What is written to a zip archive is in its place when the last handle on it is
/// dropped, or earlier, with the error if there is one, by [`close`](Self::close).
#[derive(Clone, Debug)]
pub struct Group {
    location: Location,
    path: NodePath,
    metadata: Arc<GroupMetadata>,
    context: Context,
    /// What answers for the store, where the group was opened so.
    view: Option<View>,
    /// Consolidated metadata of format 2 that was just collected; format 3 has it among its documents.
    collected: Option<Arc<Consolidated>>,
    /// Whether attributes are read again each time they are asked of the store.
    reload_attributes: bool,
}

impl Group {
    pub(crate) fn new(
        location: Location,
        metadata: GroupMetadata,
        context: Context,
    ) -> Result<Self> {
        let path = hierarchy::path_of(&location)?;
        Ok(Self {
            location,
            path,
            metadata: Arc::new(metadata),
            context,
            view: None,
            collected: None,
            reload_attributes: false,
        })
    }

    pub(crate) fn reloading(self, reload_attributes: bool) -> Self {
        Self {
            reload_attributes,
            ..self
        }
    }

    pub(crate) fn reloads_attributes(&self) -> bool {
        self.reload_attributes
    }

    /// The same group, its store reached otherwise.
    pub(crate) fn at(self, location: Location) -> Self {
        Self { location, ..self }
    }

    pub(crate) fn with_view(self, view: Option<View>) -> Self {
        Self { view, ..self }
    }

    pub(crate) fn with_collected(self, collected: Option<Consolidated>) -> Self {
        Self {
            collected: collected.map(Arc::new),
            ..self
        }
    }

    pub(crate) fn view(&self) -> Option<&View> {
        self.view.as_ref()
    }

    /// A node below, from its documents.
    pub(crate) fn child(&self, path: &NodePath, node: NodeMetadata) -> Result<Node> {
        let location = self.location.join(path.as_str())?;
        let node = Node::new(location, node, self.context.clone())?;
        Ok(match (node, &self.view) {
            (Node::Group(group), Some(view)) => {
                Node::Group(group.with_view(Some(view.below(path)?)))
            }
            (node, _) => node,
        })
    }

    pub(crate) fn replace(&mut self, metadata: GroupMetadata) {
        self.metadata = Arc::new(metadata);
    }

    /// The place of the group's documents.
    #[doc(alias = "store_path")]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The group's path in its store.
    pub fn path(&self) -> &NodePath {
        &self.path
    }

    /// The path with a leading slash, as zarr-python names nodes.
    pub fn name(&self) -> String {
        self.path.to_string()
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        self.location.store()
    }

    /// The user's attributes.
    #[doc(alias = "attributes")]
    pub fn attrs(&self) -> &Attributes {
        self.metadata.attributes()
    }

    /// The group's documents.
    pub fn metadata(&self) -> &GroupMetadata {
        &self.metadata
    }

    /// The paths of all nodes that the group's consolidated metadata tells of, relative to it and in
    /// order; none where there is no such metadata. Format 2 keeps it beside the group's documents: it
    /// is known where the group was opened with it, or comes from
    /// [`consolidate_metadata`](crate::consolidate_metadata).
    pub fn consolidated_paths(&self) -> Vec<&str> {
        let mut paths = match (self.view(), &*self.metadata) {
            (Some(view), _) => view.paths(),
            (None, GroupMetadata::V3(group)) => {
                let nodes = group.consolidated_metadata.iter();
                let paths = nodes.flat_map(zarr_metadata::v3::ConsolidatedMetadataV3::paths);
                paths.collect()
            }
            (None, GroupMetadata::V2 { .. }) => match &self.collected {
                Some(collected) => collected.paths(&NodePath::root()),
                None => vec![],
            },
        };
        paths.sort_unstable();
        paths
    }

    /// The group's format.
    pub fn zarr_format(&self) -> ZarrFormat {
        self.metadata.format()
    }

    /// What operations on this group share.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The node at a path below this group.
    ///
    /// # Errors
    /// Where there is none, or its metadata cannot be read.
    #[doc(alias = "getitem")]
    pub async fn get(&self, path: impl AsRef<str>) -> Result<Node> {
        let format = self.zarr_format();
        if let Some(view) = &self.view {
            let path = NodePath::parse(path.as_ref())?;
            if path.is_root() {
                return Ok(Node::Group(self.clone()));
            }
            let location = self.location.join(path.as_str())?;
            return self.child(&path, view.find(&location, &path)?);
        }
        open(self)
            .path(path)
            .zarr_format(format)
            .context(&self.context)
            .await
    }

    /// The node at a path below this group, or `None` where there is none.
    ///
    /// # Errors
    /// Where its metadata cannot be read.
    pub async fn try_get(&self, path: impl AsRef<str>) -> Result<Option<Node>> {
        match self.get(path).await {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound { .. }) => Ok(None),
            found => found.map(Some),
        }
    }

    /// Whether there is a node at a path below this group.
    ///
    /// # Errors
    /// Where its metadata cannot be read.
    pub async fn contains(&self, path: impl AsRef<str>) -> Result<bool> {
        Ok(self.try_get(path).await?.is_some())
    }

    /// The array at a path below this group.
    ///
    /// # Errors
    /// Where there is none, or a group is there.
    #[doc(alias = "get_array")]
    pub async fn array(&self, path: impl AsRef<str>) -> Result<Array> {
        self.get(path).await?.into_array()
    }

    /// The group at a path below this group.
    ///
    /// # Errors
    /// Where there is none, or an array is there.
    #[doc(alias = "get_group")]
    pub async fn group(&self, path: impl AsRef<str>) -> Result<Group> {
        self.get(path).await?.into_group()
    }

    /// Creates an array below this group, of its format.
    pub fn create_array(
        &self,
        name: impl AsRef<str>,
        shape: impl Into<Shape>,
        dtype: impl Into<DataType>,
    ) -> CreateArray {
        let create = create_array(self, shape, dtype)
            .name(name)
            .context(&self.context);
        create.default_format(self.zarr_format())
    }

    /// Creates an array below this group from data, in place of what is there: see
    /// [`array()`](crate::array()).
    #[doc(alias = "setitem")]
    pub fn put(&self, name: impl AsRef<str>, data: impl Into<Source>) -> CreateArray {
        let create = array(self, data).name(name).context(self.context());
        create.zarr_format(self.zarr_format()).overwrite(true)
    }

    /// Creates a group below this group, of its format.
    pub fn create_group(&self, name: impl AsRef<str>) -> CreateGroup {
        let create = create_group(self).path(name).context(&self.context);
        create.zarr_format(self.zarr_format())
    }

    /// The nodes below: the children, unless [`Members`] is told to look deeper.
    pub fn members(&self) -> Members {
        Members::new(self.clone())
    }

    /// A picture of everything below: see [`tree`](crate::tree).
    pub fn tree(&self) -> Tree {
        tree(self)
    }

    /// A description, without asking the store.
    pub fn info(&self) -> Info {
        let read_only = !self.store().hints().writable;
        Info::group(
            &self.path,
            self.zarr_format(),
            self.store().kind(),
            read_only,
        )
    }

    /// A description that counts what is below.
    ///
    /// # Errors
    /// Where the store cannot list, or a document cannot be read.
    pub async fn info_complete(&self) -> Result<Info> {
        let members = self.members().all().metadata().await?;
        let is_array = |node: &NodeMetadata| matches!(node, NodeMetadata::Array(_));
        let arrays = members.iter().filter(|(_, node)| is_array(node)).count() as u64;
        Ok(self
            .info()
            .with_members(arrays, members.len() as u64 - arrays))
    }
}
