//! Keeps consolidated metadata up to date: what changes below a group that has some is changed in it too. Collecting
//! all of it is `consolidate`'s.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::documents;
use zarr_metadata::{GroupMetadata, MetadataError, NodeMetadata, NodePath, ZarrFormat, v2, v3};
use zarr_store::{BoxFuture, ByteRange, Commit, Location, Payload, StoreExt, Update, Writers};

use super::consolidated::ConsolidatedDocuments;
use super::{Depth, ancestors, is_unreadable, most, path_below, path_of, read, stream_members};
use crate::{Context, Error, ErrorKind, Result};

/// A node whose documents were written or deleted.
#[derive(Clone, Debug)]
pub(crate) struct ChangedNode {
    place: Location,
    below: NodesBelow,
}

/// What became of the nodes below a changed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodesBelow {
    Unchanged,
    Deleted,
    /// They are listed and read.
    Unknown,
}

impl NodesBelow {
    /// Those below a node that was created.
    pub(crate) fn of_new(overwritten: bool) -> Self {
        if overwritten {
            Self::Deleted
        } else {
            Self::Unchanged
        }
    }
}

/// What the documents of a changed node say now, and those of the nodes below it. Paths are relative to the group that
/// has consolidated metadata.
struct CurrentNodes {
    path: NodePath,
    /// Whether `nodes` are all that there are at the path and below.
    is_complete: bool,
    nodes: BTreeMap<NodePath, NodeMetadata>,
}

impl ChangedNode {
    pub(crate) fn new(place: &Location, below: NodesBelow) -> Self {
        let place = place.clone();
        Self { place, below }
    }

    /// The part of it that lies at a group or below.
    fn within(&self, group: &Location) -> Option<Self> {
        let (place, group_path) = (self.place.path(), group.path());
        if place.strip(group_path).is_some() {
            return Some(self.clone());
        }
        let is_around = self.below == NodesBelow::Unknown && group_path.strip(place).is_some();
        is_around.then(|| Self::new(group, NodesBelow::Unknown))
    }

    /// `None` where its document cannot be read, so that nobody can say what it is.
    // In a box, since the compiler cannot see otherwise that it may move between threads.
    fn read<'a>(
        &'a self,
        group: &'a Location,
        format: ZarrFormat,
    ) -> BoxFuture<'a, Result<Option<CurrentNodes>>> {
        Box::pin(async move {
            let Self { place, below } = self;
            let node = match read(place, Some(format)).await {
                Err(error) if is_unreadable(&error) => return Ok(None),
                node => node?,
            };
            let path = path_below(place, group)?;
            let is_complete = node.is_none() || *below != NodesBelow::Unchanged;
            let mut nodes = BTreeMap::new();
            if let (NodesBelow::Unknown, Some(NodeMetadata::Group(_))) = (below, &node) {
                let members = stream_members(place.clone(), format, Depth::All);
                let mut members = pin!(members);
                while let Some(member) = members.next().await {
                    match member {
                        Err(error) if is_unreadable(&error) => {}
                        member => {
                            let (below, node) = member?;
                            nodes.insert(path.join(below.as_str())?, node);
                        }
                    }
                }
            }
            nodes.extend(node.map(|node| (path.clone(), node)));
            Ok(Some(CurrentNodes {
                path,
                is_complete,
                nodes,
            }))
        })
    }
}

/// The groups whose consolidated metadata has to follow a change.
#[derive(Debug)]
pub(crate) struct ConsolidatedGroups {
    groups: Vec<Location>,
    /// Those that have none yet.
    new: Vec<Location>,
    format: ZarrFormat,
}

impl ConsolidatedGroups {
    /// Those at a place and above it that have consolidated metadata. They are looked for before anything is changed,
    /// so that an operation that cannot look changes nothing.
    ///
    /// # Errors
    /// What the store says, unless nobody may look above.
    pub(crate) async fn above(
        location: &Location,
        format: ZarrFormat,
        context: &Context,
    ) -> Result<Self> {
        let above = match context.config().leave_consolidated {
            true => vec![],
            false => read_each(ancestors(location).collect(), format).await?,
        };
        Self::among(location, above, format, context).await
    }

    /// As [`above`](Self::above), where the nodes above have been read.
    pub(crate) async fn among(
        location: &Location,
        above: Vec<(Location, Option<NodeMetadata>)>,
        format: ZarrFormat,
        context: &Context,
    ) -> Result<Self> {
        let (groups, new) = (vec![], vec![]);
        let mut all = Self {
            groups,
            new,
            format,
        };
        if !context.config().leave_consolidated {
            if format == ZarrFormat::V2 && has_zmetadata(location).await? {
                all.groups.push(location.clone());
            }
            all.add_consolidated(above).await?;
        }
        Ok(all)
    }

    /// These, and those at other places that have consolidated metadata.
    pub(crate) async fn and_at(mut self, places: Vec<Location>, context: &Context) -> Result<Self> {
        if !context.config().leave_consolidated {
            let nodes = read_each(places, self.format).await?;
            self.add_consolidated(nodes).await?;
        }
        Ok(self)
    }

    /// These, and groups that get consolidated metadata by [`update`](Self::update).
    pub(crate) fn and_new(mut self, places: Vec<Location>) -> Self {
        let is_new = |place: &Location| places.iter().any(|new| new.path() == place.path());
        self.groups.retain(|place| !is_new(place));
        self.new = places;
        self
    }

    async fn add_consolidated(
        &mut self,
        nodes: Vec<(Location, Option<NodeMetadata>)>,
    ) -> Result<()> {
        for (place, node) in nodes {
            let has_some = match (&node, self.format) {
                (Some(NodeMetadata::Group(GroupMetadata::V3(group))), ZarrFormat::V3) => {
                    group.consolidated_metadata.is_some()
                }
                (Some(NodeMetadata::Group(GroupMetadata::V2 { .. })), ZarrFormat::V2) => {
                    has_zmetadata(&place).await?
                }
                _ => false,
            };
            if has_some {
                self.groups.push(place);
            }
        }
        Ok(())
    }

    /// Writes what the documents of changed nodes say now into the consolidated metadata of these groups.
    ///
    /// # Errors
    /// [`ErrorKind::StaleConsolidated`], with what the store says. What was changed stays changed.
    pub(crate) async fn update(self, changed: &[ChangedNode], context: &Context) -> Result<()> {
        let old = self.groups.into_iter().map(|place| (place, false));
        let new = self.new.into_iter().map(|place| (place, true));
        let mut groups: Vec<_> = old.chain(new).collect();
        // The innermost first: the document of a group, in that of a group above, holds what the group itself holds.
        groups.sort_by_key(|(place, _)| Reverse(place.path().as_str().len()));
        for (group, is_new) in groups {
            let updated = update_group(&group, is_new, self.format, changed, context).await;
            updated.map_err(|source| {
                let path = changed.first().and_then(|one| path_of(&one.place).ok());
                Error::from(ErrorKind::StaleConsolidated {
                    path: path.unwrap_or_default(),
                    group: path_of(&group).unwrap_or_default(),
                    source,
                })
            })?;
        }
        Ok(())
    }
}

/// The nodes at places; `None` also where a document cannot be read.
async fn read_each(
    places: Vec<Location>,
    format: ZarrFormat,
) -> Result<Vec<(Location, Option<NodeMetadata>)>> {
    let looks = places.into_iter().map(|place| async move {
        match read(&place, Some(format)).await {
            Ok(node) => Ok((place, node)),
            Err(error) if is_unreadable(&error) => Ok((place, None)),
            Err(error) => Err(error),
        }
    });
    stream::iter(looks).buffered(8).try_collect().await
}

async fn has_zmetadata(place: &Location) -> Result<bool> {
    let found = place
        .store()
        .exists(&place.key(documents::ZMETADATA)?)
        .await;
    match found.map_err(Error::from) {
        Err(error) if is_unreadable(&error) => Ok(false),
        found => found,
    }
}

/// Changes one group's consolidated metadata. The changed nodes are read after the version that is replaced: so of two
/// writers the later one to write has seen what both did.
async fn update_group(
    group: &Location,
    is_new: bool,
    format: ZarrFormat,
    changed: &[ChangedNode],
    context: &Context,
) -> Result<()> {
    let store = group.store();
    let key = group.key(match format {
        ZarrFormat::V2 => documents::ZMETADATA,
        ZarrFormat::V3 => documents::ZARR_JSON,
    })?;
    let writers = match store.hints().conditions.update {
        true => Writers::Several,
        false => Writers::Alone,
    };
    let mut update = Update::new(&**store, &key, writers).await?;
    loop {
        let old = match update.get(ByteRange::AtMost(most())).await {
            Err(error) if error.is_conflict() => continue,
            old => old?,
        };
        let text = old.as_ref().map(|old| &*old.data);
        let before = ConsolidatedFile::parse(format, text);
        let Some(mut file) = before
            .clone()
            .or_else(|| ConsolidatedFile::new(format, text).filter(|_| is_new))
        else {
            return Ok(());
        };
        let here = changed.iter().filter_map(|one| one.within(group));
        let here: Vec<ChangedNode> = here.collect();
        let reads: Vec<_> = here.iter().map(|one| one.read(group, format)).collect();
        let reads = stream::iter(reads).buffered(store.hints().concurrency.max(1));
        for current in reads.try_collect::<Vec<_>>().await? {
            current.map_or(Ok(()), |current| file.apply(current))?;
        }
        if before.as_ref() == Some(&file) {
            return Ok(());
        }
        let text = Payload::from(file.into_text(context)?).durable();
        if let Commit::Done(_) = update.commit(Some(text)).await? {
            return Ok(());
        }
    }
}

/// A document that holds consolidated metadata: a `.zmetadata`, or the `zarr.json` of a group.
#[derive(Clone, PartialEq)]
struct ConsolidatedFile {
    documents: ConsolidatedDocuments,
    /// The rest of a `zarr.json`.
    group: Option<Box<v3::GroupMetadataV3>>,
}

impl ConsolidatedFile {
    /// `None` where the document holds no consolidated metadata.
    fn parse(format: ZarrFormat, text: Option<&[u8]>) -> Option<Self> {
        let (documents, group) = match format {
            ZarrFormat::V2 => {
                let documents = v2::ConsolidatedMetadataV2::from_zmetadata(text?).ok()?;
                (ConsolidatedDocuments::V2(documents), None)
            }
            ZarrFormat::V3 => {
                let mut group = v3_group(text?)?;
                let documents = group.consolidated_metadata.take()?;
                (ConsolidatedDocuments::V3(documents), Some(group))
            }
        };
        Some(Self { documents, group })
    }

    /// One with no nodes in it, to be written where this document is; `None` where no group is there.
    fn new(format: ZarrFormat, text: Option<&[u8]>) -> Option<Self> {
        let group = match format {
            ZarrFormat::V2 => None,
            ZarrFormat::V3 => Some(v3_group(text?)?),
        };
        let documents = ConsolidatedDocuments::new(format);
        Some(Self { documents, group })
    }

    /// Makes it say of a changed node what its documents say. What is said already stays as it is written.
    fn apply(&mut self, current: CurrentNodes) -> Result<()> {
        let CurrentNodes {
            path,
            is_complete,
            nodes,
        } = current;
        let is_below = |other: &str| match path.as_str() {
            "" => !other.is_empty(),
            path => {
                let rest = other.strip_prefix(path);
                rest.is_some_and(|rest| rest.starts_with('/'))
            }
        };
        let there: BTreeSet<&str> = nodes.keys().map(NodePath::as_str).collect();
        let goes = |other: &str| {
            let is_meant = other == path.as_str() || (is_complete && is_below(other));
            is_meant && !there.contains(other)
        };
        let paths = self.documents.paths().into_iter();
        let gone: Vec<String> = paths.filter(|path| goes(path)).map(str::to_owned).collect();
        gone.iter().for_each(|path| self.documents.remove(path));
        for (path, node) in &nodes {
            let said = self.documents.get(path.as_str());
            if !matches!(said, Some(Ok(said)) if said == *node) {
                self.documents.remove(path.as_str());
                let inserted = self.documents.insert(path, node);
                inserted.map_err(|source| unwritable(path.clone(), source))?;
            }
        }
        Ok(())
    }

    /// # Errors
    /// Where it is more than readers take in one document.
    fn into_text(self, context: &Context) -> Result<Vec<u8>> {
        let (text, readable) = match self.documents {
            ConsolidatedDocuments::V2(documents) => {
                let text = documents.to_zmetadata();
                let readable = v2::ConsolidatedMetadataV2::from_zmetadata(&text).map(drop);
                (text, readable)
            }
            ConsolidatedDocuments::V3(documents) => {
                let mut group = self.group.unwrap_or_default();
                group.consolidated_metadata = Some(documents);
                let node = NodeMetadata::Group(GroupMetadata::V3(*group));
                let documents = node.documents(context.config().json_indent);
                drop(node);
                let text = documents.into_iter().map(|(_, text)| text).next();
                let text = text.unwrap_or_default();
                let readable = NodeMetadata::from_zarr_json(&text).map(drop);
                (text, readable)
            }
        };
        readable.map_err(|source| unwritable(NodePath::root(), source))?;
        Ok(text)
    }
}

fn v3_group(text: &[u8]) -> Option<Box<v3::GroupMetadataV3>> {
    match NodeMetadata::from_zarr_json(text).ok()? {
        NodeMetadata::Group(GroupMetadata::V3(group)) => Some(Box::new(group)),
        _ => None,
    }
}

fn unwritable(path: NodePath, source: MetadataError) -> Error {
    let document = "the consolidated metadata".to_owned();
    ErrorKind::Metadata {
        path,
        document,
        source,
    }
    .into()
}
