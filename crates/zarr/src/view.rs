//! What a group knows of the nodes below it without asking the store. Knows no document: finding
//! nodes in consolidated metadata is `zarr-core`'s.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zarr_core::hierarchy::{self, Consolidated, Depth};
use zarr_core::{Error, Result};
use zarr_metadata::documents::{self, ZMETADATA};
use zarr_metadata::{NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Call, Hook, Hooked, Location, Op, Outcome, Reads};

use crate::Group;

/// Whether nodes below a group are looked up in its consolidated metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UseConsolidated {
    /// No: the store is asked, and what it says is never out of date.
    #[default]
    Never,
    /// Where there is such metadata.
    Auto,
    /// Yes: it is an error where there is none.
    Require,
    /// Yes, under another name than `.zmetadata` (format 2).
    Key(String),
}

/// Consolidated metadata as one of the groups in it sees it.
#[derive(Clone, Debug)]
pub(crate) struct View {
    all: Arc<Consolidated>,
    /// The group, as seen from the one that has the metadata.
    base: NodePath,
    /// The name of the document, in format 2.
    name: Arc<str>,
    /// Whether documents were changed since.
    stale: Arc<AtomicBool>,
}

/// Marks consolidated metadata as out of date when a document is changed.
#[derive(Debug)]
struct Watch(Arc<AtomicBool>);

impl Hook for Watch {
    const READS: Reads = Reads::Pass;

    fn after(&self, call: &Call<'_>, _: &Outcome<'_>) {
        let name = call.key.rsplit('/').next().unwrap_or_default();
        let is_document = documents::ALL.contains(&name) && name != ZMETADATA;
        // A put that failed may have been done all the same.
        let is_change = match call.op {
            Op::Put | Op::Update | Op::Delete => is_document,
            Op::DeletePrefix => true,
            _ => false,
        };
        if is_change {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

impl View {
    pub(crate) async fn read(group: &Group, which: &UseConsolidated) -> Result<Option<Self>> {
        let name = match which {
            UseConsolidated::Never => return Ok(None),
            UseConsolidated::Auto | UseConsolidated::Require => ZMETADATA,
            UseConsolidated::Key(_) if group.zarr_format() == ZarrFormat::V3 => {
                let text = "in format 3 it has no name of its own; use `UseConsolidated::Require`";
                return Err(Error::argument("use_consolidated", text));
            }
            UseConsolidated::Key(name) => name,
        };
        let all = Consolidated::read(group.location(), group.metadata(), name).await?;
        if all.is_none() && *which != UseConsolidated::Auto {
            let text = format!(
                "`{}` in {} has no consolidated metadata; make it with `consolidate_metadata`, or \
                 open the group without",
                group.path(),
                group.store()
            );
            return Err(Error::argument("use_consolidated", text));
        }
        Ok(all.map(|all| Self {
            all: Arc::new(all),
            base: NodePath::root(),
            name: name.into(),
            stale: Arc::default(),
        }))
    }

    /// The group with this view, and so that changes through it and all that comes from it are noticed.
    pub(crate) fn attach(self, group: Group) -> Group {
        let (location, watch) = (group.location(), Watch(Arc::clone(&self.stale)));
        let store = Arc::new(Hooked::with(Arc::clone(location.store()), watch));
        let location = Location::new(store, location.path().clone());
        group.at(location).with_view(Some(self))
    }

    /// The metadata collected again, by the group that has it.
    async fn collected_again(self, group: &Group) -> Result<Self> {
        if &*self.name != ZMETADATA {
            let text = "metadata under a name of its own is not written; open the group by \
                        `UseConsolidated::Require`";
            return Err(Error::argument("use_consolidated", text));
        }
        let mut top = group.location().clone();
        for _ in self.base.segments() {
            top = top.parent().unwrap_or(top);
        }
        let metadata =
            hierarchy::consolidate(&top, Some(group.zarr_format()), group.context()).await?;
        let all = Consolidated::read(&top, &metadata, &self.name).await?;
        self.stale.store(false, Ordering::Relaxed);
        Ok(match all {
            None => self,
            Some(all) => Self {
                all: Arc::new(all),
                ..self
            },
        })
    }

    /// The metadata as it is now. A group inside of it keeps what it has: only the group that has
    /// the metadata can look.
    pub(crate) async fn refreshed(self, group: &Group) -> Result<Option<Self>> {
        if !self.base.is_root() {
            return Ok(Some(self));
        }
        let all = Consolidated::read(group.location(), group.metadata(), &self.name).await?;
        Ok(all.map(|all| Self {
            all: Arc::new(all),
            // What was changed through this group since is in it, unless that is to be left.
            stale: match group.context().config().leave_consolidated {
                true => self.stale,
                false => Arc::default(),
            },
            ..self
        }))
    }

    /// The node at a path below the group, which lies at `location`.
    pub(crate) fn find(&self, location: &Location, path: &NodePath) -> Result<NodeMetadata> {
        self.all.find(location, &self.base.join(path.as_str())?)
    }

    /// The nodes below the group, their paths relative to it.
    pub(crate) fn members(&self, depth: Depth) -> Result<Vec<(NodePath, NodeMetadata)>> {
        self.all.members(&self.base, depth)
    }

    /// The paths of the nodes below the group, relative to it.
    pub(crate) fn paths(&self) -> Vec<&str> {
        self.all.paths(&self.base)
    }

    /// As [`members`](Self::members), with an error for each whose document is not valid.
    pub(crate) fn each_member(&self, depth: Depth) -> Vec<Result<(NodePath, NodeMetadata)>> {
        self.all.each_member(&self.base, depth).collect()
    }

    /// The documents of each node by its path, or why they cannot be read.
    pub(crate) fn each_metadata(&self, depth: Depth) -> Vec<(String, Result<NodeMetadata>)> {
        let read = |path: &str| {
            let path = self.base.join(path)?;
            let place = "the node is gone from the consolidated metadata";
            let gone = || Error::argument("path", place);
            self.all.get(&path)?.ok_or_else(gone)
        };
        let reached = |path: &&str| depth.reaches(path.split('/').count());
        let paths = self.all.paths(&self.base).into_iter().filter(reached);
        paths.map(|path| (path.to_owned(), read(path))).collect()
    }

    /// The same metadata as a group below sees it.
    pub(crate) fn below(&self, path: &NodePath) -> Result<Self> {
        let base = self.base.join(path.as_str())?;
        Ok(Self {
            base,
            ..self.clone()
        })
    }
}

impl Group {
    /// Whether the consolidated metadata that this group was opened by is known to be out of date: a
    /// document was changed through the group, or through a handle that came from it.
    ///
    /// What others change is not noticed.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::group(Target::Memory).wait()?;
    /// zarr::consolidate_metadata(&root).wait()?;
    /// let mut root = zarr::open_consolidated(&root).wait()?;
    /// root.zeros("a", [4]).wait()?;
    /// assert!(root.is_stale() && !root.contains("a").wait()?);
    /// root.reconsolidate().wait()?;
    /// assert!(!root.is_stale() && root.contains("a").wait()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_stale(&self) -> bool {
        let view = self.view();
        view.is_some_and(|view| view.stale.load(Ordering::Relaxed))
    }

    /// Collects the consolidated metadata that this group was opened by again, and sees what it tells
    /// now. Groups that came from this one keep what they see.
    ///
    /// # Errors
    /// Where the group was opened without, and as
    /// [`consolidate_metadata`](crate::consolidate_metadata).
    pub async fn reconsolidate(&mut self) -> Result<()> {
        let Some(view) = self.view().cloned() else {
            let text = "this group was opened without; use `consolidate_metadata`";
            return Err(Error::argument("use_consolidated", text));
        };
        let view = view.collected_again(self).await?;
        *self = self.clone().with_view(Some(view));
        Ok(())
    }
}
