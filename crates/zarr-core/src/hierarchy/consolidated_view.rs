//! A group that was opened by its consolidated metadata: the nodes below it without asking the store for any of them, and
//! whether what is known of them is out of date.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zarr_metadata::documents;
use zarr_metadata::{GroupMetadata, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Call, Hook, Hooked, Location, Op, Outcome, Reads};

use super::consolidated::ConsolidatedDocuments;
use super::members::MemberList;
use super::{Depth, consolidate, not_found, path_of};
use crate::{Context, Error, ErrorKind, Result};

/// Whether nodes below a group are looked up in its consolidated metadata.
///
/// `true`, `false` and texts convert into it, as zarr-python writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UseConsolidated {
    /// No: the store is asked, and what it says is never out of date.
    Never,
    /// Where there is such metadata, until nodes are changed through the group or its descendants: then the store is
    /// asked. Changes by others are not noticed.
    #[default]
    Auto,
    /// Yes: it is an error where there is none.
    Require,
    /// Yes, under another name than `.zmetadata` (format 2).
    Key(String),
}

impl From<bool> for UseConsolidated {
    fn from(yes: bool) -> Self {
        match yes {
            true => Self::Require,
            false => Self::Never,
        }
    }
}

impl From<&str> for UseConsolidated {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<String> for UseConsolidated {
    fn from(key: String) -> Self {
        Self::Key(key)
    }
}

/// Consolidated metadata as one of the groups in it sees it.
#[derive(Clone, Debug)]
pub struct ConsolidatedView {
    documents: Arc<ConsolidatedDocuments>,
    /// The path of the group that has the metadata.
    root: NodePath,
    /// The path of this group below that one.
    base: NodePath,
    /// The name of the document, in format 2.
    name: Arc<str>,
    /// Whether the group was to have it.
    is_required: bool,
    /// Whether documents were changed since.
    stale: Arc<AtomicBool>,
}

/// Marks consolidated metadata as out of date when a document is changed.
#[derive(Debug)]
struct StaleMarker(Arc<AtomicBool>);

impl Hook for StaleMarker {
    const READS: Reads = Reads::Pass;

    fn after(&self, call: &Call<'_>, _: &Outcome<'_>) {
        let name = call.key.rsplit('/').next().unwrap_or_default();
        let is_document = documents::ALL.contains(&name) && name != documents::ZMETADATA;
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
            UseConsolidated::Auto | UseConsolidated::Require => documents::ZMETADATA,
            UseConsolidated::Key(_) if group.format() == ZarrFormat::V3 => {
                let text = "in format 3 it has no name of its own; use `UseConsolidated::Require`";
                return Err(Error::not_in_format("use_consolidated", text));
            }
            UseConsolidated::Key(name) => name,
        };
        let documents = ConsolidatedDocuments::read(location, group, name).await?;
        if documents.is_none() && *which != UseConsolidated::Auto {
            let text = format!(
                "`{}` in {} has no consolidated metadata; make it with `consolidate_metadata`, or \
                 open the group without",
                path_of(location)?,
                location.store()
            );
            return Err(Error::argument("use_consolidated", text));
        }
        let root = path_of(location)?;
        Ok(documents.map(|documents| Self {
            documents: Arc::new(documents),
            root,
            base: NodePath::root(),
            name: name.into(),
            is_required: *which != UseConsolidated::Auto,
            stale: Arc::default(),
        }))
    }

    /// The group's place, reached so that changes through it, and through all that comes from it, are noticed.
    pub fn watched(&self, location: &Location) -> Location {
        let marker = StaleMarker(Arc::clone(&self.stale));
        let store = Hooked::with(Arc::clone(location.store()), marker);
        Location::new(Arc::new(store), location.path().clone())
    }

    /// Whether a document was changed through the group, or through what came from it, since the metadata was read.
    pub fn is_stale(&self) -> bool {
        self.stale.load(Ordering::Relaxed)
    }

    /// Whether the group was to be opened by this metadata, which then answers even if it is out of date.
    pub fn is_required(&self) -> bool {
        self.is_required
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
        if &*self.name != documents::ZMETADATA {
            let text = "metadata under a name of its own is not written; open the group by \
                        `UseConsolidated::Require`";
            return Err(Error::argument("use_consolidated", text));
        }
        let mut top = location.clone();
        for _ in self.base.segments() {
            top = top.parent().unwrap_or(top);
        }
        let metadata = consolidate(&top, Some(format), context).await?;
        let documents = ConsolidatedDocuments::read(&top, &metadata, &self.name).await?;
        self.stale.store(false, Ordering::Relaxed);
        Ok(Self {
            documents: documents.map_or(self.documents, Arc::new),
            ..self
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
        let documents = ConsolidatedDocuments::read(location, group, &self.name).await?;
        Ok(documents.map(|documents| Self {
            documents: Arc::new(documents),
            // What was changed through this group since is in it, unless that is to be left.
            stale: match context.config().leave_consolidated {
                true => self.stale,
                false => Arc::default(),
            },
            ..self
        }))
    }

    /// The node at a path below the group, which must be there. `location` is the node's own.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where there is none, and where its document is not valid.
    pub fn find(&self, location: &Location, path: &NodePath) -> Result<NodeMetadata> {
        match self.get(path)? {
            Some(node) => Ok(node),
            None => Err(not_found(location, "array or group", &self.source())?),
        }
    }

    fn get(&self, path: &NodePath) -> Result<Option<NodeMetadata>> {
        let path = self.base.join(path.as_str())?;
        let node = self.documents.get(path.as_str()).transpose();
        node.map_err(|source| {
            ErrorKind::Metadata {
                path: self.root.join(path.as_str()).unwrap_or_default(),
                document: self.source(),
                source,
            }
            .into()
        })
    }

    /// Where the documents were found, for errors.
    fn source(&self) -> String {
        let name = match *self.documents {
            ConsolidatedDocuments::V2(_) => &*self.name,
            ConsolidatedDocuments::V3(_) => documents::ZARR_JSON,
        };
        let slash = if self.root.is_root() { "" } else { "/" };
        format!(
            "the consolidated metadata in `{}{slash}{name}`",
            self.root.as_str()
        )
    }

    /// The nodes below the group, sorted by their paths relative to it.
    ///
    /// # Errors
    /// Where documents are not valid: all of those are named ([`ErrorKind::Nodes`]).
    pub fn members(&self, depth: Depth) -> Result<Vec<(NodePath, NodeMetadata)>> {
        let mut all = MemberList::default();
        for member in self.each_member(depth) {
            all.add(member)?;
        }
        all.finish()
    }

    /// The paths of the nodes below the group, relative to it and in any order.
    pub fn paths(&self) -> Vec<&str> {
        let all = self.documents.paths().into_iter();
        let below = all.filter_map(|path| match self.base.as_str() {
            "" => Some(path),
            base => path.strip_prefix(base)?.strip_prefix('/'),
        });
        below.filter(|path| !path.is_empty()).collect()
    }

    /// As [`members`](Self::members) and in any order, with an error for each whose document is not valid.
    pub fn each_member(&self, depth: Depth) -> Vec<Result<(NodePath, NodeMetadata)>> {
        let member = |(path, node): (&str, Result<Option<NodeMetadata>>)| -> Result<_> {
            let path = NodePath::parse(path)?;
            Ok(node?.map(|node| (path, node)))
        };
        let each = self.read_each(depth);
        each.filter_map(|one| member(one).transpose()).collect()
    }

    /// The documents of each node by its path, in any order, or why they cannot be read.
    pub fn each_metadata(&self, depth: Depth) -> Vec<(String, Result<NodeMetadata>)> {
        let text = "the node is gone from the consolidated metadata";
        let found = |node: Option<NodeMetadata>| node.ok_or_else(|| Error::argument("path", text));
        let each = self.read_each(depth);
        each.map(|(path, node)| (path.to_owned(), node.and_then(found)))
            .collect()
    }

    fn read_each(
        &self,
        depth: Depth,
    ) -> impl Iterator<Item = (&str, Result<Option<NodeMetadata>>)> {
        let paths = self.paths().into_iter();
        let reached = paths.filter(move |path| depth.reaches(path.split('/').count()));
        reached.map(|path| {
            let node = NodePath::parse(path).map_err(Error::from);
            (path, node.and_then(|path| self.get(&path)))
        })
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
