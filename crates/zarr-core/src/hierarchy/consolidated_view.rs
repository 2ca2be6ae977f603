//! A group that was opened by its consolidated metadata: the nodes below it without asking the store for any of them, and
//! whether what is known of them is out of date.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use zarr_metadata::documents;
use zarr_metadata::{GroupMetadata, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Call, Hook, Hooked, Location, Op, Outcome, Reads};

use super::consolidated::ConsolidatedDocuments;
use super::{Depth, FoundMember, consolidate, find, not_found, path_of};
use crate::{Context, Error, ErrorKind, NodeKind, Result, Warning};

/// Whether nodes below a group are looked up in its consolidated metadata.
///
/// `true`, `false` and texts convert into it, as zarr-python writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UseConsolidated {
    /// No: the store is asked, and what it says is never out of date.
    Never,
    /// Where there is such metadata. What is changed through the group or its descendants is seen: the metadata is read
    /// again, or the store is asked if it was left as it is. Changes by others are not noticed.
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
    shared: Arc<SharedDocuments>,
    /// The path of the group that has the metadata.
    root: NodePath,
    /// The path of this group below that one.
    base: NodePath,
    /// The name of the document, in format 2.
    name: Arc<str>,
    /// Whether the group was to have it.
    is_required: bool,
}

/// What all groups know that were opened by the same consolidated metadata.
#[derive(Debug)]
struct SharedDocuments {
    latest: Mutex<Arc<ConsolidatedDocuments>>,
    /// Whether documents were changed since.
    stale: AtomicBool,
}

impl SharedDocuments {
    fn latest(&self) -> Arc<ConsolidatedDocuments> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&latest)
    }

    fn replace(&self, documents: ConsolidatedDocuments) {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        *latest = Arc::new(documents);
    }
}

/// Marks consolidated metadata as out of date when a document is changed.
#[derive(Debug)]
struct StaleMarker {
    shared: Arc<SharedDocuments>,
    root: NodePath,
    /// Who is warned, unless the metadata will be read again.
    warned: Option<Context>,
}

impl Hook for StaleMarker {
    const READS: Reads = Reads::Pass;
    const COPIES: bool = true;

    fn after(&self, call: &Call<'_>, _: &Outcome<'_>) {
        let name = call.key.rsplit('/').next().unwrap_or_default();
        let is_document = documents::ALL.contains(&name);
        // A put that failed may have been done all the same.
        let is_change = match call.op {
            Op::Put | Op::Copy | Op::Update | Op::Delete => is_document,
            Op::DeletePrefix => true,
            _ => false,
        };
        if is_change
            && !self.shared.stale.swap(true, Ordering::AcqRel)
            && let Some(context) = &self.warned
        {
            let path = self.root.clone();
            context.warn(&Warning::StaleConsolidated { path });
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
            shared: Arc::new(SharedDocuments {
                latest: Mutex::new(Arc::new(documents)),
                stale: AtomicBool::new(false),
            }),
            root,
            base: NodePath::root(),
            name: name.into(),
            is_required: *which != UseConsolidated::Auto,
        }))
    }

    /// The group's place, reached so that changes through it, and through all that comes from it, are noticed.
    pub fn watched(&self, location: &Location, context: &Context) -> Location {
        let marker = StaleMarker {
            shared: Arc::clone(&self.shared),
            root: self.root.clone(),
            warned: (!self.is_kept(context)).then(|| context.clone()),
        };
        let store = Hooked::with(Arc::clone(location.store()), marker);
        Location::new(Arc::new(store), location.path().clone())
    }

    /// Whether a document was changed through the group, or through what came from it, since the metadata was read.
    pub fn is_stale(&self) -> bool {
        self.shared.stale.load(Ordering::Acquire)
    }

    /// Whether the group was to be opened by this metadata, which then answers even if it is out of date.
    pub fn is_required(&self) -> bool {
        self.is_required
    }

    /// Whether operations keep the metadata in the store up to date.
    fn is_kept(&self, context: &Context) -> bool {
        !context.config().leave_consolidated && &*self.name == documents::ZMETADATA
    }

    /// Reads the metadata again if documents were changed through the group, or through what came from it, and the
    /// metadata in the store followed. `location` is that of the group.
    ///
    /// # Errors
    /// Where its document cannot be read.
    pub async fn follow(&self, location: &Location, context: &Context) -> Result<()> {
        if self.is_stale() && self.is_kept(context) {
            self.reload(location).await?;
        }
        Ok(())
    }

    /// Reads the metadata again, and says whether there is any; otherwise what is known stays.
    async fn reload(&self, location: &Location) -> Result<bool> {
        // What is changed while the document is read makes this stale again.
        self.shared.stale.store(false, Ordering::Release);
        let read = async {
            let (top, format) = (self.top(location), self.format());
            let NodeMetadata::Group(group) = find(&top, Some(format), "group").await? else {
                return Err(Error::wrong_kind(self.root.clone(), NodeKind::Group));
            };
            ConsolidatedDocuments::read(&top, &group, &self.name).await
        };
        let read = read.await;
        if !matches!(read, Ok(Some(_))) {
            self.shared.stale.store(true, Ordering::Release);
        }
        let Some(documents) = read? else {
            return Ok(false);
        };
        self.shared.replace(documents);
        Ok(true)
    }

    /// The place of the group that has the metadata, from that of this one.
    fn top(&self, location: &Location) -> Location {
        let mut top = location.clone();
        for _ in self.base.segments() {
            top = top.parent().unwrap_or(top);
        }
        top
    }

    fn format(&self) -> ZarrFormat {
        match *self.shared.latest() {
            ConsolidatedDocuments::V2(_) => ZarrFormat::V2,
            ConsolidatedDocuments::V3(_) => ZarrFormat::V3,
        }
    }

    /// Consolidates the metadata again and uses it, by the group at `location`, which need not be the one that has it.
    ///
    /// # Errors
    /// Where it has a name of its own, and as [`consolidate`].
    pub async fn consolidate_again(&self, location: &Location, context: &Context) -> Result<()> {
        if &*self.name != documents::ZMETADATA {
            let text = "metadata under a name of its own is not written; open the group by \
                        `UseConsolidated::Require`";
            return Err(Error::argument("use_consolidated", text));
        }
        consolidate(&self.top(location), Some(self.format()), context).await?;
        self.reload(location).await.map(drop)
    }

    /// The metadata as it is now, or `None` where there is none any more.
    ///
    /// # Errors
    /// Where its document cannot be read.
    pub async fn refreshed(self, location: &Location, context: &Context) -> Result<Option<Self>> {
        let was_stale = self.is_stale();
        let is_there = self.reload(location).await?;
        // What was changed through this group is in it only where it is kept.
        if was_stale && !self.is_kept(context) {
            self.shared.stale.store(true, Ordering::Release);
        }
        Ok(is_there.then_some(self))
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
        let node = self.shared.latest().get(path.as_str()).transpose();
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
        let name = match self.format() {
            ZarrFormat::V2 => &*self.name,
            ZarrFormat::V3 => documents::ZARR_JSON,
        };
        let slash = if self.root.is_root() { "" } else { "/" };
        format!(
            "the consolidated metadata in `{}{slash}{name}`",
            self.root.as_str()
        )
    }

    /// The paths of the nodes below the group, relative to it and in any order.
    pub fn paths(&self) -> Vec<String> {
        let documents = self.shared.latest();
        let all = documents.paths().into_iter();
        let below = all.filter_map(|path| match self.base.as_str() {
            "" => Some(path),
            base => path.strip_prefix(base)?.strip_prefix('/'),
        });
        let below = below.filter(|path| !path.is_empty());
        below.map(str::to_owned).collect()
    }

    /// The nodes below the group by their paths, in any order, or why their documents cannot be read.
    pub fn each_member(&self, depth: Depth) -> Vec<FoundMember> {
        let paths = self.paths().into_iter();
        let reached = paths.filter(move |path| depth.reaches(path.split('/').count()));
        let member = |path: String| {
            let parsed = NodePath::parse(&path).map_err(Error::from);
            let node = parsed.and_then(|path| self.get(&path));
            (path, node)
        };
        reached.map(member).collect()
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
