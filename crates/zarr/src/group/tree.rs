//! `tree`: lists as much of a hierarchy as is asked for. `TreeView` draws it.

use zarr_core::Result;

use crate::operation::operation;
use crate::{Group, TreeView};

/// Draws a tree of everything in a group, as [`Group::tree`]. Nodes that cannot be read are in it and marked.
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
        expand: None,
    }
}

/// A pending tree: see [`tree`].
#[must_use = "nothing is listed until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct Tree {
    group: Group,
    level: Option<usize>,
    max_nodes: usize,
    expand: Option<bool>,
}

impl Tree {
    /// Makes [`html`](TreeView::html) a tree whose groups can be opened and closed; at first all are open, or only the
    /// topmost is. Without it the HTML is the plain text, as in zarr-python 3, which has no `expand`. The text stays the
    /// same.
    pub fn expand(mut self, yes: bool) -> Self {
        self.expand = Some(yes);
        self
    }

    /// Draws this many levels below the children, as in zarr-python: 0 draws only the children.
    pub fn level(mut self, level: usize) -> Self {
        self.level = Some(level);
        self
    }

    /// Draws at most this many nodes, the first by path, and says so if there are more. The default is 500.
    pub fn max_nodes(mut self, most: usize) -> Self {
        self.max_nodes = most;
        self
    }

    async fn run(self) -> Result<TreeView> {
        let members = self.group.members().max_depth(self.level);
        // One more shows that there are more.
        let most = self.max_nodes.saturating_add(1);
        let mut found = members.first_metadata(most).await;
        // A group that cannot be listed at all has no tree.
        if let [(path, Err(_))] = &found[..]
            && path.is_empty()
            && let Some((_, Err(error))) = found.pop()
        {
            return Err(error);
        }
        let is_more = found.len() > self.max_nodes;
        found.truncate(self.max_nodes);
        let view = TreeView::of_each(&self.group.name(), &found).expanded(self.expand);
        Ok(match is_more {
            true => view.truncated(self.max_nodes),
            false => view,
        })
    }
}
operation!(Tree => TreeView);
