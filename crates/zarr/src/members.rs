//! The nodes below a group, as many levels down as asked.

use zarr_core::{Result, hierarchy};
use zarr_metadata::{NodeMetadata, NodePath};

use crate::operation::operation;
use crate::{Group, Node};

/// The nodes below a group, to be awaited: see [`Group::members`]. Paths are relative to the group,
/// and in order.
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
    pub fn depth(mut self, levels: usize) -> Self {
        self.depth = hierarchy::Depth::Levels(levels);
        self
    }

    /// All levels.
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
        let found = hierarchy::members(group.location(), group.zarr_format(), depth).await?;
        let above = group.path().segments().count();
        let relative = |path: NodePath| {
            let rest: Vec<&str> = path.segments().skip(above).collect();
            NodePath::parse(&rest.join("/"))
        };
        found
            .into_iter()
            .map(|(path, node)| Ok((relative(path)?, node)))
            .collect()
    }

    async fn run(self) -> Result<Vec<(NodePath, Node)>> {
        let group = self.group.clone();
        let nodes = self.metadata().await?;
        let open = |(path, node): (NodePath, NodeMetadata)| {
            let location = group.location().join(path.as_str())?;
            Ok((path, Node::new(location, node, group.context().clone())?))
        };
        nodes.into_iter().map(open).collect()
    }
}
operation!(Members => Vec<(NodePath, Node)>);
