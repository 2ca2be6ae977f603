//! What a group knows of the nodes below it without asking the store. Knows no document: finding
//! nodes in consolidated metadata is `zarr-core`'s.

use std::sync::Arc;

use zarr_core::hierarchy::{Consolidated, Depth};
use zarr_core::{Error, Result};
use zarr_metadata::{NodeMetadata, NodePath, ZarrFormat};
use zarr_store::Location;

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

const ZMETADATA: &str = ".zmetadata";

/// Consolidated metadata as one of the groups in it sees it.
#[derive(Clone, Debug)]
pub(crate) struct View {
    all: Arc<Consolidated>,
    /// The group, as seen from the one that has the metadata.
    base: NodePath,
    /// The name of the document, in format 2.
    name: Arc<str>,
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
        }))
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

    /// As [`members`](Self::members), with an error for each whose document is not valid.
    pub(crate) fn each_member(&self, depth: Depth) -> Vec<Result<(NodePath, NodeMetadata)>> {
        self.all.each_member(&self.base, depth).collect()
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
