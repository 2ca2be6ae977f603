//! `create_hierarchy`: creates many nodes in one call. It checks them; `zarr-core` writes them.

use std::collections::BTreeMap;

use futures_util::{Stream, TryStreamExt, stream};
use serde_json::{Map, Value};
use zarr_core::{ArrayOptions, Context, Error, Result, check_new, check_new_array, hierarchy};
use zarr_metadata::{ArrayMetadata, Attributes, GroupMetadata, NodeMetadata, NodePath, ZarrFormat};

use crate::environment::default_context;
use crate::operation::operation;
use crate::target::access::Access;
use crate::{Array, Group, Node, Target};

/// Creates the nodes of a hierarchy, given by path, and the groups between them.
///
/// All of them are checked before anything is written. The deepest nodes are written first and the root
/// last, so a reader who finds the root finds everything.
///
/// ```
/// # use zarr::{blocking::Wait, ArrayOptions, DataType, NewNode, Target};
/// # fn main() -> zarr::Result<()> {
/// let image = ArrayOptions::new([64, 64], DataType::UInt8);
/// let nodes = [
///     ("images/0", NewNode::from(image.clone())),
///     ("images/1", image.into()),
///     ("labels", NewNode::group()),
/// ];
/// let made = zarr::create_hierarchy(Target::Memory, nodes).wait()?;
/// let paths: Vec<_> = made.keys().map(|path| path.as_str()).collect();
/// assert_eq!(paths, ["", "images", "images/0", "images/1", "labels"]);
/// # Ok(())
/// # }
/// ```
#[doc(alias = "create_nodes")]
pub fn create_hierarchy<P: AsRef<str>, N: Into<NewNode>>(
    store: impl Into<Target>,
    nodes: impl IntoIterator<Item = (P, N)>,
) -> CreateHierarchy {
    let nodes = nodes.into_iter();
    CreateHierarchy {
        target: store.into(),
        nodes: nodes
            .map(|(path, node)| (path.as_ref().to_owned(), node.into()))
            .collect(),
        overwrite: false,
        context: None,
        within: None,
    }
}

/// Creates the nodes of a hierarchy that has one root, a node above all others, and returns the root.
///
/// ```
/// # use zarr::{blocking::Wait, ArrayOptions, DataType, MemoryStore, NewNode};
/// # fn main() -> zarr::Result<()> {
/// let image = ArrayOptions::new([64, 64], DataType::UInt8);
/// let nodes = [("scan", NewNode::group()), ("scan/images/0", image.into())];
/// let scan = zarr::create_rooted_hierarchy(MemoryStore::new(), nodes).wait()?.into_group()?;
/// assert_eq!(scan.name(), "/scan");
/// assert!(scan.contains("images/0").wait()?);
/// # Ok(())
/// # }
/// ```
pub fn create_rooted_hierarchy<P: AsRef<str>, N: Into<NewNode>>(
    store: impl Into<Target>,
    nodes: impl IntoIterator<Item = (P, N)>,
) -> CreateRootedHierarchy {
    CreateRootedHierarchy(create_hierarchy(store, nodes))
}

impl Group {
    /// Creates the nodes of a hierarchy below this group, in its format: see [`create_hierarchy`]. The group
    /// itself cannot be one of them.
    pub fn create_hierarchy<P: AsRef<str>, N: Into<NewNode>>(
        &self,
        nodes: impl IntoIterator<Item = (P, N)>,
    ) -> CreateHierarchy {
        CreateHierarchy {
            within: Some(self.zarr_format()),
            ..create_hierarchy(self, nodes).context(self.context())
        }
    }
}

/// A node to create: [`ArrayOptions`], the metadata of an array or a group, or [`NewNode::group`].
#[derive(Clone, Debug)]
pub struct NewNode(NewNodeKind);

#[derive(Clone, Debug)]
enum NewNodeKind {
    Array(Box<ArrayOptions>),
    /// A group in the format of the others.
    Group(Attributes),
    Documents(Box<NodeMetadata>),
}

impl NewNode {
    /// A group without attributes.
    pub fn group() -> Self {
        Self(NewNodeKind::Group(Attributes::new()))
    }

    fn metadata(self, default: ZarrFormat) -> Result<NodeMetadata> {
        match self.0 {
            NewNodeKind::Array(options) => Ok(NodeMetadata::Array(options.metadata(default)?)),
            NewNodeKind::Group(attributes) => {
                Ok(NodeMetadata::Group(GroupMetadata::new(default, attributes)))
            }
            NewNodeKind::Documents(mut documents) => {
                if let NodeMetadata::Array(array) = &mut *documents {
                    array.complete_codecs();
                }
                check_new(&documents)?;
                Ok(*documents)
            }
        }
    }
}

impl From<ArrayOptions> for NewNode {
    fn from(options: ArrayOptions) -> Self {
        Self(NewNodeKind::Array(Box::new(options)))
    }
}

/// A group with these attributes.
impl From<Attributes> for NewNode {
    fn from(attributes: Attributes) -> Self {
        Self(NewNodeKind::Group(attributes))
    }
}

/// A group with these attributes.
impl From<Map<String, Value>> for NewNode {
    fn from(attributes: Map<String, Value>) -> Self {
        Attributes::from(attributes).into()
    }
}

impl From<ArrayMetadata> for NewNode {
    fn from(documents: ArrayMetadata) -> Self {
        NodeMetadata::Array(documents).into()
    }
}

impl From<GroupMetadata> for NewNode {
    fn from(documents: GroupMetadata) -> Self {
        NodeMetadata::Group(documents).into()
    }
}

impl From<NodeMetadata> for NewNode {
    fn from(documents: NodeMetadata) -> Self {
        Self(NewNodeKind::Documents(Box::new(documents)))
    }
}

/// Nodes to create, by path: see [`create_hierarchy`]. The result has every node that was created, including
/// the groups in between.
#[must_use = "nothing is created until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct CreateHierarchy {
    target: Target,
    nodes: Vec<(String, NewNode)>,
    overwrite: bool,
    context: Option<Context>,
    /// The format of the group that the nodes are created in.
    within: Option<ZarrFormat>,
}

impl CreateHierarchy {
    /// Replaces the nodes at the given paths, and everything below them. Groups in between stay.
    pub fn overwrite(mut self, yes: bool) -> Self {
        self.overwrite = yes;
        self
    }

    /// Codecs, workers and limits. The default is the context of the [`Group`] that creates the nodes, or
    /// [`default_context`](crate::default_context()).
    pub fn context(mut self, context: &Context) -> Self {
        self.context = Some(context.clone());
        self
    }

    /// The nodes one by one, in the order of their paths. The first poll creates all of them, so every node
    /// that the stream yields is complete.
    ///
    /// ```
    /// use futures_util::TryStreamExt;
    /// # use zarr::{NewNode, Target, blocking::Wait};
    /// # fn main() -> zarr::Result<()> {
    /// let nodes = zarr::create_hierarchy(Target::Memory, [("a/b", NewNode::group())]).stream();
    /// let paths: Vec<_> = nodes.map_ok(|(path, _)| path.to_string()).try_collect().wait()?;
    /// assert_eq!(paths, ["/", "/a", "/a/b"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> impl Stream<Item = Result<(NodePath, Node)>> + Send + use<> {
        let made = stream::once(self.into_future());
        made.map_ok(|nodes| stream::iter(nodes.into_iter().map(Ok)))
            .try_flatten()
    }

    async fn run(self) -> Result<BTreeMap<NodePath, Node>> {
        let context = self.context.unwrap_or_else(default_context);
        let location = self.target.reach("", &Access::default(), &context).await?;
        let default = match self.within {
            Some(format) => format,
            None => {
                let around = hierarchy::format_at_or_above(&location).await?;
                around.unwrap_or_else(|| context.default_format())
            }
        };
        let mut nodes = BTreeMap::new();
        for (text, node) in self.nodes {
            let path = NodePath::parse(&text)?;
            let node = node.metadata(default)?;
            if self.within.is_some() && path.is_root() {
                let text = "a group cannot create itself; give the paths of nodes below it";
                return Err(Error::argument("nodes", text));
            }
            if self.within.is_some_and(|format| format != node.format()) {
                let text = format!("`{path}` has another format than its group, {default}");
                return Err(Error::conflicting("nodes", text));
            }
            if let NodeMetadata::Array(array) = &node {
                let (place, array) = (location.join(path.as_str())?, array.clone());
                let array = Array::new(place, array, context.clone(), context.array_config())?;
                check_new_array(array.chunked())?;
            }
            if nodes.insert(path, node).is_some() {
                let text = format!("two nodes are at `{text}`");
                return Err(Error::argument("nodes", text));
            }
        }
        let made = hierarchy::create_all(&location, nodes, self.overwrite, &context).await?;
        let open = |(path, node): (NodePath, NodeMetadata)| {
            let place = location.join(path.as_str())?;
            Ok((path, Node::new(place, node, context.clone())?))
        };
        made.into_iter().map(open).collect()
    }
}
operation!(CreateHierarchy => BTreeMap<NodePath, Node>);

/// Nodes to create below one that is their root: see [`create_rooted_hierarchy`].
#[must_use = "nothing is created until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct CreateRootedHierarchy(CreateHierarchy);

impl CreateRootedHierarchy {
    /// Replaces the nodes at the given paths, and everything below them: see [`CreateHierarchy::overwrite`].
    pub fn overwrite(self, yes: bool) -> Self {
        Self(self.0.overwrite(yes))
    }

    /// Codecs, workers and limits: see [`CreateHierarchy::context`].
    pub fn context(self, context: &Context) -> Self {
        Self(self.0.context(context))
    }

    async fn run(self) -> Result<Node> {
        let paths = self.0.nodes.iter().map(|(path, _)| NodePath::parse(path));
        let mut paths: Vec<NodePath> = paths.collect::<Result<_, _>>()?;
        paths.sort();
        let root = paths.first().cloned();
        let root = root.filter(|root| {
            let is_below = |path: &NodePath| path.ancestors().any(|above| above == *root);
            paths.iter().all(|path| path == root || is_below(path))
        });
        let no_root = || {
            let text = "no node is above all others; name the group that is their root, or use `create_hierarchy`";
            Error::argument("nodes", text)
        };
        let root = root.ok_or_else(no_root)?;
        self.0.await?.remove(&root).ok_or_else(no_root)
    }
}
operation!(CreateRootedHierarchy => Node);
