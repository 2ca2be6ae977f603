//! `Group`, the handle on a group: its metadata, and the nodes below it by path. It holds no algorithm;
//! `zarr-core` reads and writes.

mod filter;
mod get_many;
pub(crate) mod members;
pub(crate) mod put;
pub(crate) mod require;
pub(crate) mod tree;
pub(crate) mod tree_view;

use std::sync::Arc;

use zarr_core::hierarchy::ConsolidatedView;
use zarr_core::{CacheMetadata, Context, Error, ErrorKind, LastRead, Result, hierarchy};
use zarr_metadata::{Attributes, DataType, GroupMetadata, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Location, Store};

use crate::info::GroupInfo;
use crate::{
    Array, CreateArray, CreateGroup, Members, Node, Shape, Tree, create_array, create_group, open,
    tree,
};

/// A handle on a group in a store, cheap to clone.
///
/// Writes to a zip archive reach the file when the last handle on the archive is dropped. [`close`](Self::close) writes
/// the file earlier and returns the error if that fails.
#[derive(Clone, Debug)]
pub struct Group {
    location: Location,
    path: NodePath,
    metadata: Arc<GroupMetadata>,
    context: Context,
    /// The consolidated metadata that answers instead of the store, if the group was opened by it.
    view: Option<ConsolidatedView>,
    /// Consolidated metadata of format 2 that was just written; in format 3 it is part of the group's metadata.
    collected: Option<Arc<ConsolidatedView>>,
    /// How long `read_attrs` does not read from the store.
    cache_attrs: CacheMetadata,
    last_attrs: Arc<LastRead<Attributes>>,
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
            cache_attrs: CacheMetadata::Always,
            last_attrs: Arc::default(),
        })
    }

    pub(crate) fn caching_attrs(self, cache_attrs: CacheMetadata) -> Self {
        Self {
            cache_attrs,
            ..self
        }
    }

    /// The same group, opened by its consolidated metadata. Changes through it and through its descendants make the view
    /// stale, so that it follows.
    pub(crate) fn viewed(self, view: ConsolidatedView) -> Self {
        Self {
            location: view.watched(&self.location, &self.context),
            view: Some(view),
            ..self
        }
    }

    pub(crate) fn with_view(self, view: Option<ConsolidatedView>) -> Self {
        Self { view, ..self }
    }

    pub(crate) fn with_collected(self, collected: Option<ConsolidatedView>) -> Self {
        Self {
            collected: collected.map(Arc::new),
            ..self
        }
    }

    pub(crate) fn view(&self) -> Option<&ConsolidatedView> {
        self.view.as_ref()
    }

    /// The view with what was changed through this group. Metadata that was only used because it was there does not
    /// answer where it is known to be out of date.
    pub(crate) async fn current_view(&self) -> Result<Option<&ConsolidatedView>> {
        let Some(view) = &self.view else {
            return Ok(None);
        };
        match view.follow(&self.location, &self.context).await {
            Err(error) if view.is_required() => Err(error),
            _ => Ok(Some(view).filter(|view| view.is_required() || !view.is_stale())),
        }
    }

    /// A node below this group, from its metadata.
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
        self.last_attrs = Arc::default();
    }

    /// Makes a handle from metadata that you have, without a request to the store.
    ///
    /// # Errors
    /// If the location's path is not a valid node path.
    #[doc(alias = "from_dict")]
    pub fn from_metadata(
        location: &Location,
        metadata: GroupMetadata,
        context: &Context,
    ) -> Result<Self> {
        Self::new(location.clone(), metadata, context.clone())
    }

    /// The store and the path of the group's metadata.
    #[doc(alias = "store_path")]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The group's path in its store.
    pub fn path(&self) -> &NodePath {
        &self.path
    }

    /// The path with a leading slash, as in zarr-python.
    pub fn name(&self) -> String {
        self.path.to_string()
    }

    /// The last part of the path; empty at the root of the store.
    pub fn basename(&self) -> &str {
        self.path().name().unwrap_or_default()
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        self.location.store()
    }

    /// Whether this handle cannot write.
    pub fn read_only(&self) -> bool {
        !self.store().hints().writable
    }

    /// The user's attributes, as this handle keeps them; [`read_attrs`](Self::read_attrs) obeys `cache_attrs`.
    #[doc(alias = "attributes")]
    pub fn attrs(&self) -> &Attributes {
        self.metadata.attributes()
    }

    /// The attributes that this handle keeps or, if they are older than `cache_attrs` allows, those in the store.
    /// [`attrs`](Self::attrs) cannot wait for a store, and returns what the handle keeps.
    ///
    /// # Errors
    /// If the group is gone or is no group any more.
    pub async fn read_attrs(&self) -> Result<Attributes> {
        if let Some(last) = self.last_attrs.younger_than(self.cache_attrs.max_age()) {
            return Ok(last.unwrap_or_else(|| self.attrs().clone()));
        }
        let mut group = self.clone();
        group.refresh().await?;
        self.last_attrs.note(Some(group.attrs().clone()));
        Ok(group.attrs().clone())
    }

    /// The group's metadata.
    pub fn metadata(&self) -> &GroupMetadata {
        &self.metadata
    }

    /// The paths of all nodes in the group's consolidated metadata, relative to the group and in order; empty
    /// if there is no such metadata. Format 2 stores it in a separate document, which this handle knows only
    /// if the group was opened by it or comes from [`consolidate_metadata`](crate::consolidate_metadata).
    pub fn consolidated_paths(&self) -> Vec<String> {
        let mut paths = match (self.view(), &*self.metadata) {
            (Some(view), _) => view.paths(),
            (None, GroupMetadata::V3(group)) => {
                let nodes = group.consolidated_metadata.iter();
                let paths = nodes.flat_map(zarr_metadata::v3::ConsolidatedMetadataV3::paths);
                paths.map(str::to_owned).collect()
            }
            (None, GroupMetadata::V2 { .. }) => {
                let collected = self.collected.as_ref();
                collected.map(|view| view.paths()).unwrap_or_default()
            }
        };
        paths.sort_unstable();
        paths
    }

    /// The group's format.
    pub fn zarr_format(&self) -> ZarrFormat {
        self.metadata.format()
    }

    /// The context that operations on this group share.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The node at a path below this group.
    ///
    /// # Errors
    /// If there is none, or its metadata cannot be read.
    #[doc(alias = "getitem")]
    pub async fn get(&self, path: impl AsRef<str>) -> Result<Node> {
        let format = self.zarr_format();
        if let Some(view) = self.current_view().await? {
            let path = NodePath::parse(path.as_ref())?;
            if path.is_root() {
                return Ok(Node::Group(self.clone()));
            }
            let location = self.location.join(path.as_str())?;
            return self.child(&path, view.find(&location, &path)?);
        }
        open(self)
            .existing()
            .use_consolidated(false)
            .path(path)
            .zarr_format(format)
            .context(&self.context)
            .await
    }

    /// The node at a path below this group, or `None` if there is none.
    ///
    /// # Errors
    /// If its metadata cannot be read.
    pub async fn try_get(&self, path: impl AsRef<str>) -> Result<Option<Node>> {
        match self.get(path).await {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound { .. }) => Ok(None),
            found => found.map(Some),
        }
    }

    /// Whether there is a node at a path below this group.
    ///
    /// # Errors
    /// If its metadata cannot be read.
    pub async fn contains(&self, path: impl AsRef<str>) -> Result<bool> {
        Ok(self.try_get(path).await?.is_some())
    }

    /// The array at a path below this group.
    ///
    /// # Errors
    /// If there is none, or it is a group.
    #[doc(alias = "get_array")]
    pub async fn array(&self, path: impl AsRef<str>) -> Result<Array> {
        self.get(path).await?.into_array()
    }

    /// The group at a path below this group.
    ///
    /// # Errors
    /// If there is none, or it is an array.
    #[doc(alias = "get_group")]
    pub async fn group(&self, path: impl AsRef<str>) -> Result<Group> {
        self.get(path).await?.into_group()
    }

    /// Creates an array below this group, in its format.
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

    /// Creates a group below this group, in its format.
    pub fn create_group(&self, name: impl AsRef<str>) -> CreateGroup {
        let create = create_group(self).path(name).context(&self.context);
        create.zarr_format(self.zarr_format())
    }

    /// The nodes below this group: its children, unless you ask [`Members`] for more levels.
    pub fn members(&self) -> Members {
        Members::new(self.clone())
    }

    /// The nodes below this group whose paths match a pattern: `*` and `?` match within a name, `**` any number of
    /// names, `[a-z]` one of these characters, `{a,b}` either.
    ///
    /// Only the groups are listed in which a node may match: `a/b/*` lists `a/b` alone.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::group(Target::Memory).wait()?;
    /// for path in ["a/temperature", "a/x/temperature2", "b/temperature"] {
    ///     root.zeros(path, [4]).wait()?;
    /// }
    /// let found = root.glob("a/**/temperature*").wait()?;
    /// let paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
    /// assert_eq!(paths, ["a/temperature", "a/x/temperature2"]);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "walk")]
    pub fn glob(&self, pattern: impl AsRef<str>) -> Members {
        Members::new(self.clone()).matching(pattern.as_ref())
    }

    /// A tree of everything below this group: see [`tree`](crate::tree).
    pub fn tree(&self) -> Tree {
        tree(self)
    }

    /// A summary of the group, without a request to the store.
    pub fn info(&self) -> GroupInfo {
        let (format, store) = (self.zarr_format(), self.store().kind());
        GroupInfo::new(&self.path, format, store, self.read_only())
    }

    /// A summary of the group that counts the nodes below it.
    ///
    /// # Errors
    /// If the store cannot list, or metadata cannot be read; the error names all such nodes.
    pub async fn info_complete(&self) -> Result<GroupInfo> {
        let members = self.members().max_depth(None).metadata().await?;
        let is_array = |node: &NodeMetadata| matches!(node, NodeMetadata::Array(_));
        let arrays = members.iter().filter(|(_, node)| is_array(node)).count() as u64;
        let groups = members.len() as u64 - arrays;
        Ok(self.info().with_members(arrays, groups))
    }

    /// Whether metadata was changed through this group, or through a handle that came from it, after the consolidated
    /// metadata that it was opened by was read.
    ///
    /// Every change through this library is written into the consolidated metadata of the groups above, too, and the
    /// next look at the nodes below this group reads it again. With
    /// [`Config::leave_consolidated`](crate::Config::leave_consolidated), and if the metadata has a
    /// [name of its own](crate::UseConsolidated::Key), it stays as it is until it is
    /// [consolidated again](Self::reconsolidate). Changes by others are not noticed: [`refresh`](Self::refresh) finds
    /// them.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::group(Target::Memory).wait()?;
    /// zarr::consolidate_metadata(&root).wait()?;
    /// let root = zarr::open_consolidated(&root).wait()?;
    /// root.zeros("a", [4]).wait()?;
    /// assert!(root.is_stale());
    /// assert!(root.contains("a").wait()?);
    /// assert!(!root.is_stale());
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_stale(&self) -> bool {
        self.view().is_some_and(ConsolidatedView::is_stale)
    }

    /// Consolidates the metadata that this group was opened by again, and uses the new one, as do the groups that came
    /// from this one.
    ///
    /// # Errors
    /// If the group was not opened by consolidated metadata, and as for
    /// [`consolidate_metadata`](crate::consolidate_metadata).
    pub async fn reconsolidate(&mut self) -> Result<()> {
        let Some(view) = self.view() else {
            let text =
                "this group was opened without consolidated metadata; use `consolidate_metadata`";
            return Err(Error::argument("use_consolidated", text));
        };
        view.consolidate_again(&self.location, &self.context).await
    }
}
