//! What a group that was opened by its consolidated metadata knows of the nodes below it, and whether that is still
//! true.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zarr_metadata::{GroupMetadata, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Call, Hook, Hooked, Location, Op, Outcome, Reads};

use super::{Consolidated, Depth, consolidate, path_of};
use crate::{Context, Error, Result};

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

const ZMETADATA: &str = ".zmetadata";

/// Consolidated metadata as one of the groups in it sees it.
#[derive(Clone, Debug)]
pub struct ConsolidatedView {
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
        let is_document = matches!(name, "zarr.json" | ".zarray" | ".zgroup" | ".zattrs");
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

impl ConsolidatedView {
    /// The view of the group at a place that has the metadata, or `None` where it has none and need not.
    ///
    /// # Errors
    /// Where it has none and must, and where its document cannot be read.
    pub async fn read(
        location: &Location,
        group: &GroupMetadata,
        which: &UseConsolidated,
    ) -> Result<Option<Self>> {
        let name = match which {
            UseConsolidated::Never => return Ok(None),
            UseConsolidated::Auto | UseConsolidated::Require => ZMETADATA,
            UseConsolidated::Key(_) if group.format() == ZarrFormat::V3 => {
                let text = "in format 3 it has no name of its own; use `UseConsolidated::Require`";
                return Err(Error::argument("use_consolidated", text));
            }
            UseConsolidated::Key(name) => name,
        };
        let all = Consolidated::read(location, group, name).await?;
        if all.is_none() && *which != UseConsolidated::Auto {
            let text = format!(
                "`{}` in {} has no consolidated metadata; make it with `consolidate_metadata`, or \
                 open the group without",
                path_of(location)?,
                location.store()
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

    /// The group's place, reached so that changes through it, and through all that comes from it, are noticed.
    pub fn watched(&self, location: &Location) -> Location {
        let watch = Watch(Arc::clone(&self.stale));
        let store = Hooked::with(Arc::clone(location.store()), watch);
        Location::new(Arc::new(store), location.path().clone())
    }

    /// Whether a document was changed through the group, or through what came from it, since the metadata was read.
    pub fn is_stale(&self) -> bool {
        self.stale.load(Ordering::Relaxed)
    }

    /// The metadata consolidated again, by the group at `location`, which need not be the one that has it.
    ///
    /// # Errors
    /// Where it has a name of its own, and as [`consolidate`].
    pub async fn consolidated_again(
        self,
        location: &Location,
        format: ZarrFormat,
        context: &Context,
    ) -> Result<Self> {
        if &*self.name != ZMETADATA {
            let text = "metadata under a name of its own is not written; open the group by \
                        `UseConsolidated::Require`";
            return Err(Error::argument("use_consolidated", text));
        }
        let mut top = location.clone();
        for _ in self.base.segments() {
            top = top.parent().unwrap_or(top);
        }
        let metadata = consolidate(&top, Some(format), context).await?;
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
    ///
    /// # Errors
    /// Where its document cannot be read.
    pub async fn refreshed(
        self,
        location: &Location,
        group: &GroupMetadata,
        context: &Context,
    ) -> Result<Option<Self>> {
        if !self.base.is_root() {
            return Ok(Some(self));
        }
        let all = Consolidated::read(location, group, &self.name).await?;
        Ok(all.map(|all| Self {
            all: Arc::new(all),
            // What was changed through this group since is in it, unless that is to be left.
            stale: match context.config().leave_consolidated {
                true => self.stale,
                false => Arc::default(),
            },
            ..self
        }))
    }

    /// The node at a path below the group, which lies at `location`.
    ///
    /// # Errors
    /// As [`Consolidated::find`].
    pub fn find(&self, location: &Location, path: &NodePath) -> Result<NodeMetadata> {
        self.all.find(location, &self.base.join(path.as_str())?)
    }

    /// The nodes below the group, their paths relative to it.
    ///
    /// # Errors
    /// Where a document is not valid.
    pub fn members(&self, depth: Depth) -> Result<Vec<(NodePath, NodeMetadata)>> {
        self.all.members(&self.base, depth)
    }

    /// The paths of the nodes below the group, relative to it.
    pub fn paths(&self) -> Vec<&str> {
        self.all.paths(&self.base)
    }

    /// As [`members`](Self::members), with an error for each whose document is not valid.
    pub fn each_member(&self, depth: Depth) -> Vec<Result<(NodePath, NodeMetadata)>> {
        self.all.each_member(&self.base, depth).collect()
    }

    /// The documents of each node by its path, or why they cannot be read.
    pub fn each_metadata(&self, depth: Depth) -> Vec<(String, Result<NodeMetadata>)> {
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
    ///
    /// # Errors
    /// Where the path would be too long.
    pub fn below(&self, path: &NodePath) -> Result<Self> {
        let base = self.base.join(path.as_str())?;
        Ok(Self {
            base,
            ..self.clone()
        })
    }
}
