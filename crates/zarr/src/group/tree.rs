//! `tree`: how much of a hierarchy is drawn. The drawing is `TreeView`'s.

use zarr_core::Result;

use crate::operation::operation;
use crate::{Group, TreeView};

/// A picture of everything in a group: [`Group::tree`]. What cannot be read is in it, and marked.
///
/// ```
/// # use zarr::{blocking::Wait, Target};
/// # fn main() -> zarr::Result<()> {
/// let root = zarr::group(Target::Memory).wait()?;
/// root.zeros("a/b/c", [2]).wait()?;
/// assert_eq!(zarr::tree(&root).level(0).wait()?.to_string(), "/\n└── a\n");
/// # Ok(())
/// # }
/// ```
pub fn tree(group: &Group) -> Tree {
    Tree {
        group: group.clone(),
        level: None,
        max_nodes: 500,
    }
}

/// A picture to be awaited: see [`tree`].
#[must_use = "nothing is listed until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct Tree {
    group: Group,
    level: Option<usize>,
    max_nodes: usize,
}

impl Tree {
    /// Draws this many levels below the children, as zarr-python counts: 0 is the children alone.
    pub fn level(mut self, level: usize) -> Self {
        self.level = Some(level);
        self
    }

    /// Draws this many nodes, the first by path, and says so where there are more; 500 if not given.
    pub fn max_nodes(mut self, most: usize) -> Self {
        self.max_nodes = most;
        self
    }

    async fn run(self) -> Result<TreeView> {
        let members = self.group.members();
        let members = match self.level {
            None => members.all(),
            Some(level) => members.depth(level.saturating_add(1)),
        };
        let mut found = members.each_metadata().await;
        // Who cannot be listed at all has no picture.
        if let [(path, Err(_))] = &found[..]
            && path.is_empty()
            && let Some((_, Err(error))) = found.pop()
        {
            return Err(error);
        }
        let is_more = found.len() > self.max_nodes;
        found.truncate(self.max_nodes);
        let view = TreeView::of_each(&self.group.name(), &found);
        Ok(match is_more {
            true => view.truncated(self.max_nodes),
            false => view,
        })
    }
}
operation!(Tree => TreeView);
