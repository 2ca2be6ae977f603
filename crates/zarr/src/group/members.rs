//! `Members`, the nodes below a group, down to a number of levels; and shorter ways to the children.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;

use futures_util::stream::BoxStream;
use futures_util::{FutureExt, Stream, StreamExt, stream};
use zarr_core::hierarchy::{Depth, FoundMember};
use zarr_core::{NodeKind, Result, Warning, hierarchy};
use zarr_metadata::{Attributes, GroupMetadata, NodeMetadata, NodePath, ZarrFormat};

use super::filter::MemberFilter;
use crate::operation::operation;
use crate::{Array, Group, Node};

/// A pending listing of the nodes below a group: see [`Group::members`] and [`Group::glob`].
///
/// Paths are relative to the group, and in order. If some nodes have broken metadata, the listing is an error that names
/// all of them; [`each`](Self::each) and [`stream`](Self::stream) return the other nodes nevertheless. A directory that is
/// no node is passed over with the warning [`UnknownObject`](Warning::UnknownObject), as in zarr-python.
#[must_use = "nothing is listed until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct Members {
    group: Group,
    depth: Depth,
    implicit: bool,
    filter: MemberFilter,
}

impl Members {
    pub(crate) fn new(group: Group) -> Self {
        Self {
            group,
            depth: Depth::Levels(1),
            implicit: false,
            filter: MemberFilter::default(),
        }
    }

    pub(super) fn matching(mut self, pattern: &str) -> Self {
        self.filter = MemberFilter::glob(pattern);
        self.depth = self.filter.depth();
        self
    }

    /// How many levels to list below the children: 0, the default, lists the children alone, and `None` lists all
    /// levels.
    pub fn max_depth(mut self, levels: impl Into<Option<usize>>) -> Self {
        self.depth = match levels.into() {
            Some(levels) => Depth::Levels(levels.saturating_add(1)),
            None => Depth::All,
        };
        self
    }

    /// Lists all levels, as `max_depth(None)`.
    pub fn all(self) -> Self {
        self.max_depth(None)
    }

    /// Lists only the nodes for which this is true, given their path below the group. Nodes that cannot be read are
    /// reported in any case.
    ///
    /// ```
    /// # use zarr::{NodeMetadata, Target, blocking::Wait};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::create_group(Target::Memory).wait()?;
    /// root.zeros("a/x", [4]).wait()?;
    /// let arrays = root.members().all().filter(|_, node| matches!(node, NodeMetadata::Array(_)));
    /// assert_eq!(arrays.count().wait()?, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter(
        mut self,
        is_wanted: impl Fn(&str, &NodeMetadata) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.filter.add(Arc::new(is_wanted));
        self
    }

    /// Whether a group that was opened by its consolidated metadata answers from it, which is the default. Without it
    /// the store is listed, so that changes by others are seen.
    ///
    /// Other than in zarr-python, a group that was opened without consolidated metadata never takes that of a group
    /// below it for true.
    pub fn use_consolidated_for_children(mut self, yes: bool) -> Self {
        if !yes {
            self.group = self.group.with_view(None);
        }
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
        let (depth, implicit, format) = (self.depth, self.implicit, self.group.zarr_format());
        let filter = self.filter.clone();
        let mut found: Vec<_> = self.found().collect().await;
        if implicit {
            add_implicit(&mut found, format);
        }
        found.retain(|(path, node)| {
            path.is_empty() || depth.reaches(path.split('/').count()) && filter.keeps(path, node)
        });
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        found
    }

    /// The first of [`each_metadata`](Self::each_metadata), so many at most. Few more are held meanwhile, however many
    /// there are.
    pub(super) async fn first_metadata(
        mut self,
        most: usize,
    ) -> Vec<(String, Result<NodeMetadata>)> {
        self.implicit = false;
        let mut found = vec![];
        let mut nodes = pin!(self.found());
        while let Some(node) = nodes.next().await {
            found.push(node);
            if found.len() / 2 > most {
                keep_first(&mut found, most);
            }
        }
        keep_first(&mut found, most);
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
        hierarchy::collect_members(self.chosen()).await
    }

    /// How many nodes there are.
    ///
    /// ```
    /// # use zarr::{Target, blocking::Wait};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::create_group(Target::Memory).wait()?;
    /// root.create_group("a/b").wait()?;
    /// assert_eq!(root.members().count().wait()?, 1);
    /// assert_eq!(root.members().max_depth(None).count().wait()?, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the store cannot list, or metadata cannot be read.
    #[doc(alias = "nmembers")]
    pub async fn count(self) -> Result<u64> {
        Ok(self.metadata().await?.len() as u64)
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
        let group = self.group.clone();
        self.chosen().map(move |found| {
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

    /// The nodes, in any order.
    fn chosen(mut self) -> impl Stream<Item = Result<(NodePath, NodeMetadata)>> + Send + use<> {
        self.implicit = false;
        self.found().map(|(path, node)| {
            let node = node?;
            Ok((NodePath::parse(&path)?, node))
        })
    }

    /// The nodes and what cannot be read, in any order. Warns of what is neither.
    fn found(self) -> impl Stream<Item = (String, Result<NodeMetadata>)> + Send + use<> {
        let (group, filter) = (self.group.clone(), self.filter.clone());
        let chosen = move |(path, node): FoundMember| match node.transpose() {
            Some(node) => (path.is_empty() || filter.keeps(&path, &node)).then_some((path, node)),
            None => {
                if filter.matches(&path)
                    && let Ok(path) = group.path().join(&path)
                {
                    group.context().warn(&Warning::UnknownObject { path });
                }
                None
            }
        };
        let listed = self.listed().flatten_stream();
        listed.filter_map(move |found| std::future::ready(chosen(found)))
    }

    async fn listed(self) -> BoxStream<'static, FoundMember> {
        let Self {
            group,
            depth,
            implicit,
            filter,
        } = self;
        let only = |path: &str, error| stream::iter([(path.to_owned(), Err(error))]).boxed();
        match group.current_view().await {
            Err(error) => return only("", error),
            Ok(Some(view)) => return stream::iter(view.each_member(depth)).boxed(),
            Ok(None) => {}
        }
        let (base, format) = (filter.base().to_owned(), Some(group.zarr_format()));
        let place = match group.location().join(&base) {
            Err(error) => return only("", error.into()),
            Ok(place) => place,
        };
        if base.is_empty() {
            return hierarchy::each_member(place, format, depth, implicit).boxed();
        }
        match hierarchy::read(&place, format).await {
            Err(error) => return only(&base, error),
            Ok(Some(NodeMetadata::Group(_))) => {}
            Ok(None) if implicit => {}
            Ok(_) => return stream::empty().boxed(),
        }
        let depth = match depth {
            Depth::Levels(levels) => Depth::Levels(levels.saturating_sub(base.split('/').count())),
            Depth::All => Depth::All,
        };
        let below = hierarchy::each_member(place, format, depth, implicit);
        let from_group = move |(path, node): FoundMember| match path.as_str() {
            "" => (base.clone(), node),
            path => (format!("{base}/{path}"), node),
        };
        below.map(from_group).boxed()
    }
}
operation!(Members => Vec<(NodePath, Node)>);

/// Sorts what was found by path and drops all but so many.
fn keep_first(found: &mut Vec<(String, Result<NodeMetadata>)>, most: usize) {
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found.truncate(most);
}

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
