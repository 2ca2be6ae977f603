//! The nodes below a group, as many levels down as asked.

use futures_util::{Stream, StreamExt, stream};
use zarr_core::{Result, hierarchy};
use zarr_metadata::{NodeMetadata, NodePath};

use crate::operation::operation;
use crate::{Array, Group, Node};

/// The nodes below a group, to be awaited: see [`Group::members`]. Paths are relative to the group,
/// and in order. What is no node is passed over; a node whose document is broken is an error, and
/// [`stream`](Self::stream) gives the others all the same.
#[must_use = "nothing is listed until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct Members {
    group: Group,
    depth: hierarchy::Depth,
}

impl Members {
    pub(crate) fn new(group: Group) -> Self {
        Self {
            group,
            depth: hierarchy::Depth::Levels(1),
        }
    }

    /// Down to this many levels; 1 is the children.
    #[doc(alias = "max_depth")]
    pub fn depth(mut self, levels: usize) -> Self {
        self.depth = hierarchy::Depth::Levels(levels);
        self
    }

    /// All levels.
    #[doc(alias = "max_depth")]
    pub fn all(mut self) -> Self {
        self.depth = hierarchy::Depth::All;
        self
    }

    /// The documents alone, without handles.
    ///
    /// # Errors
    /// Where the store cannot list, or a document cannot be read.
    pub async fn metadata(self) -> Result<Vec<(NodePath, NodeMetadata)>> {
        let Self { group, depth } = self;
        if let Some(view) = group.view() {
            return view.members(depth);
        }
        let found = hierarchy::members(group.location(), group.zarr_format(), depth).await?;
        let nodes = found.into_iter();
        nodes
            .map(|(path, node)| Ok((group.relative(&path)?, node)))
            .collect()
    }

    /// The nodes one after the other as they are found, in no promised order: a hierarchy of any size
    /// in bounded memory. An error concerns one node, or what lies below one group that cannot be
    /// listed, and names it; the others still come.
    ///
    /// ```
    /// use std::pin::pin;
    ///
    /// use futures_util::StreamExt;
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::create_group(Target::Memory).wait()?;
    /// root.create_group("a/b/c").wait()?;
    /// let mut nodes = pin!(root.members().all().stream());
    /// let mut paths = vec![];
    /// while let Some(node) = zarr_store::runtime::wait(nodes.next()) {
    ///     match node {
    ///         Ok((path, _)) => paths.push(path.as_str().to_owned()),
    ///         Err(broken) => eprintln!("passed over: {broken}"),
    ///     }
    /// }
    /// paths.sort();
    /// assert_eq!(paths, ["a", "a/b", "a/b/c"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> impl Stream<Item = Result<(NodePath, Node)>> + Send + use<> {
        let Self { group, depth } = self;
        let found = match group.view() {
            Some(view) => stream::iter(view.each_member(depth)).left_stream(),
            None => {
                let above = group.clone();
                let (location, format) = (group.location().clone(), group.zarr_format());
                hierarchy::stream_members(location, format, depth)
                    .map(move |found| {
                        let (path, node) = found?;
                        Ok((above.relative(&path)?, node))
                    })
                    .right_stream()
            }
        };
        found.map(move |found| {
            let (path, node) = found?;
            let node = group.child(&path, node)?;
            Ok((path, node))
        })
    }

    async fn run(self) -> Result<Vec<(NodePath, Node)>> {
        let group = self.group.clone();
        let nodes = self.metadata().await?;
        let open = |(path, node): (NodePath, NodeMetadata)| {
            let node = group.child(&path, node)?;
            Ok((path, node))
        };
        nodes.into_iter().map(open).collect()
    }
}
operation!(Members => Vec<(NodePath, Node)>);

impl Group {
    /// A path in the store as one below this group.
    pub(crate) fn relative(&self, path: &NodePath) -> Result<NodePath> {
        let above = self.path().segments().count();
        let rest: Vec<&str> = path.segments().skip(above).collect();
        Ok(NodePath::parse(&rest.join("/"))?)
    }

    /// How many nodes there are directly below; of those deeper down tells [`Members`].
    ///
    /// # Errors
    /// Where the store cannot list, or a document cannot be read.
    pub async fn nmembers(&self) -> Result<u64> {
        Ok(self.members().metadata().await?.len() as u64)
    }

    /// The names of the nodes directly below, in order.
    ///
    /// # Errors
    /// Where the store cannot list, or a document cannot be read.
    pub async fn keys(&self) -> Result<Vec<String>> {
        let members = self.members().metadata().await?;
        let name = |(path, _): (NodePath, NodeMetadata)| path.as_str().to_owned();
        Ok(members.into_iter().map(name).collect())
    }

    /// The arrays directly below, by name and in order.
    ///
    /// # Errors
    /// Where the store cannot list, or a document cannot be read.
    pub async fn arrays(&self) -> Result<Vec<(String, Array)>> {
        let array = |(path, node): (NodePath, Node)| match node {
            Node::Array(array) => Some((path.as_str().to_owned(), array)),
            Node::Group(_) => None,
        };
        Ok(self
            .members()
            .await?
            .into_iter()
            .filter_map(array)
            .collect())
    }

    /// The groups directly below, by name and in order.
    ///
    /// # Errors
    /// Where the store cannot list, or a document cannot be read.
    pub async fn groups(&self) -> Result<Vec<(String, Group)>> {
        let group = |(path, node): (NodePath, Node)| match node {
            Node::Group(group) => Some((path.as_str().to_owned(), group)),
            Node::Array(_) => None,
        };
        Ok(self
            .members()
            .await?
            .into_iter()
            .filter_map(group)
            .collect())
    }
}
