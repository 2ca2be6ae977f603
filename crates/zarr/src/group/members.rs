//! `Members`, the nodes below a group, down to a number of levels; and shorter ways to the children.

use std::collections::BTreeSet;

use futures_util::{Stream, StreamExt, stream};
use zarr_core::{NodeKind, Result, hierarchy};
use zarr_metadata::{Attributes, GroupMetadata, NodeMetadata, NodePath, ZarrFormat};

use crate::operation::operation;
use crate::{Array, Group, Node};

/// A pending listing of the nodes below a group: see [`Group::members`].
///
/// Paths are relative to the group, and in order. Whatever is not a node is skipped. If some nodes have broken
/// metadata, the listing is an error that names all of them; [`each`](Self::each) and
/// [`stream`](Self::stream) return the other nodes nevertheless.
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

    /// Lists this many levels; 1 is the children.
    #[doc(alias = "max_depth")]
    pub fn depth(mut self, levels: usize) -> Self {
        self.depth = hierarchy::Depth::Levels(levels);
        self
    }

    /// Lists all levels.
    #[doc(alias = "max_depth")]
    pub fn all(mut self) -> Self {
        self.depth = hierarchy::Depth::All;
        self
    }

    /// Whether a directory without a document counts as a group without attributes if there is a node below
    /// it. By default such directories are skipped, as in zarr-python. Only
    /// [`each_metadata`](Self::each_metadata) and [`each`](Self::each) use this.
    pub fn implicit(mut self, yes: bool) -> Self {
        self.implicit = yes;
        self
    }

    /// The metadata of each node with its path, in order, or the error why it cannot be read. A broken node
    /// does not affect the others.
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
        let mut found: Vec<_> = match group.answering_view() {
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

    /// As [`each_metadata`](Self::each_metadata), but with handles.
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

    /// The metadata alone, without handles.
    ///
    /// # Errors
    /// If the store cannot list, or metadata cannot be read.
    pub async fn metadata(self) -> Result<Vec<(NodePath, NodeMetadata)>> {
        let Self { group, depth, .. } = self;
        if let Some(view) = group.answering_view() {
            return view.members(depth);
        }
        hierarchy::members(group.location(), group.zarr_format(), depth).await
    }

    /// A stream of the nodes as they are found, in no defined order. It needs bounded memory for a hierarchy
    /// of any size. An error concerns one node, or everything below one group that cannot be listed, and names
    /// it; the others still arrive.
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
    ///         Err(broken) => eprintln!("skipped: {broken}"),
    ///     }
    /// }
    /// paths.sort();
    /// assert_eq!(paths, ["a", "a/b", "a/b/c"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> impl Stream<Item = Result<(NodePath, Node)>> + Send + use<> {
        let Self { group, depth, .. } = self;
        let found = match group.answering_view() {
            Some(view) => stream::iter(view.each_member(depth)).left_stream(),
            None => {
                let (location, format) = (group.location().clone(), group.zarr_format());
                hierarchy::stream_members(location, format, depth).right_stream()
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

/// Adds the groups that have no document, only nodes below them.
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
    /// The number of children; [`Members`] also counts deeper levels.
    ///
    /// # Errors
    /// If the store cannot list, or metadata cannot be read.
    pub async fn nmembers(&self) -> Result<u64> {
        Ok(self.members().metadata().await?.len() as u64)
    }

    /// The names of the children, in order.
    ///
    /// # Errors
    /// If the store cannot list, or metadata cannot be read.
    pub async fn keys(&self) -> Result<Vec<String>> {
        let members = self.members().metadata().await?;
        let name = |(path, _): (NodePath, NodeMetadata)| path.as_str().to_owned();
        Ok(members.into_iter().map(name).collect())
    }

    /// The names of the arrays among the children, in order.
    ///
    /// # Errors
    /// If the store cannot list, or metadata cannot be read.
    pub async fn array_keys(&self) -> Result<Vec<String>> {
        self.names(NodeKind::Array).await
    }

    /// The names of the groups among the children, in order.
    ///
    /// # Errors
    /// If the store cannot list, or metadata cannot be read.
    pub async fn group_keys(&self) -> Result<Vec<String>> {
        self.names(NodeKind::Group).await
    }

    async fn names(&self, wanted: NodeKind) -> Result<Vec<String>> {
        let members = self.members().metadata().await?.into_iter();
        let of_kind = |node: &NodeMetadata| hierarchy::kind(node) == wanted;
        let chosen = members.filter(|(_, node)| of_kind(node));
        Ok(chosen.map(|(path, _)| path.as_str().to_owned()).collect())
    }

    /// The arrays among the children with their names, in order.
    ///
    /// # Errors
    /// If the store cannot list, or metadata cannot be read.
    pub async fn arrays(&self) -> Result<Vec<(String, Array)>> {
        self.children(|node| node.into_array().ok()).await
    }

    /// The groups among the children with their names, in order.
    ///
    /// # Errors
    /// If the store cannot list, or metadata cannot be read.
    pub async fn groups(&self) -> Result<Vec<(String, Group)>> {
        self.children(|node| node.into_group().ok()).await
    }

    async fn children<T>(&self, choose: fn(Node) -> Option<T>) -> Result<Vec<(String, T)>> {
        let nodes = self.members().await?.into_iter();
        let chosen = nodes.map(|(path, node)| Some((path.as_str().to_owned(), choose(node)?)));
        Ok(chosen.flatten().collect())
    }
}
