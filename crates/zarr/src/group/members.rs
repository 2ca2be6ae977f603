//! The nodes below a group, as many levels down as asked.

use std::collections::BTreeSet;

use futures_util::{Stream, StreamExt, stream};
use zarr_core::{Result, hierarchy};
use zarr_metadata::{Attributes, GroupMetadata, NodeMetadata, NodePath, ZarrFormat};

use crate::operation::operation;
use crate::{Array, Group, Node};

/// The nodes below a group, to be awaited: see [`Group::members`]. Paths are relative to the group,
/// and in order. What is no node is passed over. Nodes whose documents are broken are an error that names
/// all of them; [`each`](Self::each) and [`stream`](Self::stream) give the others all the same.
#[must_use = "nothing is listed until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct Members {
    group: Group,
    depth: hierarchy::Depth,
    implicit: bool,
}

impl Members {
    pub(crate) fn new(group: Group) -> Self {
        Self {
            group,
            depth: hierarchy::Depth::Levels(1),
            implicit: false,
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

    /// Whether a directory without a document counts as a group without attributes where a node lies
    /// below it: for [`each_metadata`](Self::each_metadata) alone. zarr-python passes over such nodes, and
    /// so is it here if this is not set.
    pub fn implicit(mut self, yes: bool) -> Self {
        self.implicit = yes;
        self
    }

    /// The documents of each node by its path, in order, or why they cannot be read: what is broken costs
    /// its own node and no other.
    ///
    /// ```
    /// # use zarr::{Target, blocking::Wait};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::create_group(Target::Memory).wait()?;
    /// root.create_group("a/b").wait()?;
    /// for (path, node) in root.members().all().each_metadata().wait() {
    ///     match node {
    ///         Ok(node) => println!("{path}: format {}", node.format()),
    ///         Err(broken) => eprintln!("{path}: {broken}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn each_metadata(self) -> Vec<(String, Result<NodeMetadata>)> {
        let Self {
            group,
            depth,
            implicit,
        } = self;
        let mut found: Vec<_> = match group.view() {
            Some(view) => view.each_metadata(depth),
            None => {
                let (place, format) = (group.location().clone(), Some(group.zarr_format()));
                let each = hierarchy::each_member(place, format, depth, implicit);
                each.collect().await
            }
        };
        if implicit {
            add_implicit(&mut found, group.zarr_format());
        }
        found.retain(|(path, _)| path.is_empty() || depth.reaches(path.split('/').count()));
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        found
    }

    /// As [`each_metadata`](Self::each_metadata), with handles.
    pub async fn each(self) -> Vec<(String, Result<Node>)> {
        let group = self.group.clone();
        let open = |path: &str, node| group.child(&NodePath::parse(path)?, node);
        let found = self.each_metadata().await.into_iter();
        found
            .map(|(path, node)| {
                let node = node.and_then(|node| open(&path, node));
                (path, node)
            })
            .collect()
    }

    /// The documents alone, without handles.
    ///
    /// # Errors
    /// Where the store cannot list, or a document cannot be read.
    pub async fn metadata(self) -> Result<Vec<(NodePath, NodeMetadata)>> {
        let Self { group, depth, .. } = self;
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
        let Self { group, depth, .. } = self;
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

/// Adds the groups that only nodes below them tell of.
fn add_implicit(found: &mut Vec<(String, Result<NodeMetadata>)>, format: ZarrFormat) {
    let known: BTreeSet<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
    let mut missing = BTreeSet::new();
    for path in &known {
        let mut path = *path;
        while let Some((above, _)) = path.rsplit_once('/') {
            path = above;
            if !known.contains(path) {
                missing.insert(path.to_owned());
            }
        }
    }
    let group = || NodeMetadata::Group(GroupMetadata::new(format, Attributes::new()));
    found.extend(missing.into_iter().map(|path| (path, Ok(group()))));
}

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
