//! Keeping consolidated metadata true: what is changed below a group that has some is changed in it too.
//! Collecting all of it is `consolidate`'s.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::{GroupMetadata, NodeMetadata, NodePath, ZarrFormat, v2, v3};
use zarr_store::{BoxFuture, ByteRange, Commit, Location, Payload, StoreExt, Update, Writers};

use super::consolidate::within;
use super::create::ancestors;
use super::{Depth, most, path_of, read, stream_members};
use crate::{Context, Error, ErrorClass, ErrorKind, Result};

/// A place whose documents were changed.
#[derive(Clone, Debug)]
pub(crate) struct Changed {
    pub(crate) place: Location,
    pub(crate) below: Below,
}

/// What became of the nodes below such a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Below {
    /// They are as they were.
    Same,
    /// They are gone.
    Gone,
    /// They may be any: they are listed.
    Any,
}

/// What documents say of a changed place by now.
struct News {
    path: NodePath,
    /// Whether the nodes below it that were known are so no longer.
    forgets_below: bool,
    nodes: Vec<(NodePath, NodeMetadata)>,
}

impl Changed {
    /// What of it lies at a group or below.
    fn within(&self, group: &Location) -> Option<Self> {
        let (place, group_path) = (self.place.path(), group.path());
        if place.strip(group_path).is_some() {
            return Some(self.clone());
        }
        let is_around = self.below == Below::Any && group_path.strip(place).is_some();
        is_around.then(|| Self {
            place: group.clone(),
            below: Below::Any,
        })
    }

    /// `None` where the place has a document that cannot be read: then nobody knows.
    // In a box, since the compiler cannot see otherwise that it may move between threads.
    fn news(&self, format: ZarrFormat) -> BoxFuture<'_, Result<Option<News>>> {
        Box::pin(self.look(format))
    }

    async fn look(&self, format: ZarrFormat) -> Result<Option<News>> {
        let Self { place, below } = self;
        let node = match read(place, Some(format)).await {
            Err(error) if is_unreadable(&error) => return Ok(None),
            node => node?,
        };
        let path = path_of(place)?;
        let forgets_below = node.is_none() || *below != Below::Same;
        let mut nodes = vec![];
        if let (Below::Any, Some(NodeMetadata::Group(_))) = (below, &node) {
            let mut found = pin!(stream_members(place.clone(), format, Depth::All));
            while let Some(member) = found.next().await {
                match member {
                    Err(error) if is_unreadable(&error) => {}
                    member => nodes.push(member?),
                }
            }
        }
        nodes.extend(node.map(|node| (path.clone(), node)));
        Ok(Some(News {
            path,
            forgets_below,
            nodes,
        }))
    }
}

/// The groups that have consolidated metadata in which a place may be found.
#[derive(Debug)]
pub(crate) struct Groups {
    groups: Vec<Location>,
    format: ZarrFormat,
}

impl Groups {
    /// Those at a place and above it. Asked before anything is changed, so that whoever cannot look
    /// changes nothing.
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
            false => look(ancestors(location).collect(), format).await?,
        };
        Self::among(location, above, format, context).await
    }

    /// Those at a place, and among the ones above it, of which is known what they are.
    pub(crate) async fn among(
        location: &Location,
        above: Vec<(Location, Option<NodeMetadata>)>,
        format: ZarrFormat,
        context: &Context,
    ) -> Result<Self> {
        let mut groups = vec![];
        if context.config().leave_consolidated {
            return Ok(Self { groups, format });
        }
        if format == ZarrFormat::V2 && has_zmetadata(location).await? {
            groups.push(location.clone());
        }
        for (place, node) in above {
            if has_consolidated(&place, node.as_ref(), format).await? {
                groups.push(place);
            }
        }
        Ok(Self { groups, format })
    }

    /// These, and those at other places.
    pub(crate) async fn and_at(mut self, places: Vec<Location>, context: &Context) -> Result<Self> {
        if context.config().leave_consolidated {
            return Ok(self);
        }
        for (place, node) in look(places, self.format).await? {
            if has_consolidated(&place, node.as_ref(), self.format).await? {
                self.groups.push(place);
            }
        }
        Ok(self)
    }

    /// Tells them what was changed.
    ///
    /// # Errors
    /// [`ErrorKind::StaleConsolidated`], with what the store says. What was changed stays changed.
    pub(crate) async fn tell(&self, changed: &[Changed], context: &Context) -> Result<()> {
        for group in &self.groups {
            let told = tell(group, self.format, changed, context).await;
            told.map_err(|source| {
                let path = changed.first().and_then(|one| path_of(&one.place).ok());
                Error::from(ErrorKind::StaleConsolidated {
                    path: path.unwrap_or_default(),
                    group: path_of(group).unwrap_or_default(),
                    source,
                })
            })?;
        }
        Ok(())
    }
}

fn is_unreadable(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Metadata { .. })
        || matches!(error.class(), ErrorClass::Permission | ErrorClass::Limit)
}

/// What there is at places. What cannot be read tells nobody anything.
async fn look(
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

async fn has_consolidated(
    place: &Location,
    node: Option<&NodeMetadata>,
    format: ZarrFormat,
) -> Result<bool> {
    match (node, format) {
        (Some(NodeMetadata::Group(GroupMetadata::V3(group))), ZarrFormat::V3) => {
            Ok(group.consolidated_metadata.is_some())
        }
        (Some(NodeMetadata::Group(GroupMetadata::V2 { .. })), ZarrFormat::V2) => {
            has_zmetadata(place).await
        }
        _ => Ok(false),
    }
}

async fn has_zmetadata(place: &Location) -> Result<bool> {
    let found = place.store().exists(&place.key(".zmetadata")?).await;
    match found.map_err(Error::from) {
        Err(error) if is_unreadable(&error) => Ok(false),
        found => found,
    }
}

/// Changes one group's consolidated metadata. What places say is read after the version that is changed:
/// so of two writers the later one to write has seen what both did.
async fn tell(
    group: &Location,
    format: ZarrFormat,
    changed: &[Changed],
    context: &Context,
) -> Result<()> {
    let (store, root) = (group.store(), path_of(group)?);
    let key = group.key(match format {
        ZarrFormat::V2 => ".zmetadata",
        ZarrFormat::V3 => "zarr.json",
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
        let Some(mut all) = old.and_then(|old| All::read(format, &old.data)) else {
            return Ok(());
        };
        let before = all.clone();
        let here: Vec<Changed> = changed.iter().filter_map(|one| one.within(group)).collect();
        let news = here.iter().map(|one| one.news(format));
        let news: Vec<_> = news.collect();
        let news = stream::iter(news).buffered(store.hints().concurrency.max(1));
        for news in news.try_collect::<Vec<_>>().await? {
            news.map_or(Ok(()), |news| all.follow(&root, news))?;
        }
        if all == before {
            return Ok(());
        }
        let text = match all {
            All::V2(all) => all.to_zmetadata(),
            All::V3(group) => {
                let node = NodeMetadata::Group(GroupMetadata::V3(*group));
                let text = node.documents().into_iter().map(|(_, text)| text).next();
                context
                    .config()
                    .json_indent
                    .lay_out(text.unwrap_or_default())
            }
        };
        if let Commit::Done(_) = update.commit(Some(Payload::from(text).durable())).await? {
            return Ok(());
        }
    }
}

/// A group's consolidated metadata, with what it is written together with.
#[derive(Clone, PartialEq)]
enum All {
    V2(v2::ConsolidatedMetadataV2),
    V3(Box<v3::GroupMetadataV3>),
}

impl All {
    /// `None` where there is none, or none any more.
    fn read(format: ZarrFormat, text: &[u8]) -> Option<Self> {
        match format {
            ZarrFormat::V2 => v2::ConsolidatedMetadataV2::from_zmetadata(text)
                .ok()
                .map(Self::V2),
            ZarrFormat::V3 => match NodeMetadata::from_zarr_json(text).ok()? {
                NodeMetadata::Group(GroupMetadata::V3(group)) => {
                    let has = group.consolidated_metadata.is_some();
                    has.then(|| Self::V3(Box::new(group)))
                }
                _ => None,
            },
        }
    }

    /// Says of a changed place what its documents say. What says so already stays in its own words.
    fn follow(&mut self, root: &NodePath, news: News) -> Result<()> {
        let path = within(root, &news.path)?;
        let mut nodes = BTreeMap::new();
        for (path, node) in news.nodes {
            nodes.insert(within(root, &path)?, node);
        }
        if news.forgets_below {
            self.forget_below(&path, &nodes);
        }
        if !nodes.contains_key(&path) {
            self.remove(path.as_str());
        }
        for (path, node) in &nodes {
            if !self.says(path, node) {
                self.remove(path.as_str());
                self.insert(path, node)?;
            }
        }
        Ok(())
    }

    /// Whether this is what it says of a node.
    fn says(&self, path: &NodePath, node: &NodeMetadata) -> bool {
        let said = match self {
            Self::V2(all) => all.get(path.as_str()),
            Self::V3(group) => {
                let all = group.consolidated_metadata.as_ref();
                all.and_then(|all| all.get(path.as_str()))
            }
        };
        matches!(said, Some(Ok(said)) if said == *node)
    }

    fn insert(&mut self, path: &NodePath, node: &NodeMetadata) -> Result<()> {
        let inserted = match self {
            Self::V2(all) => all.insert(path, node),
            // The group itself is not in it.
            Self::V3(_) if path.is_root() => Ok(()),
            Self::V3(group) => match &mut group.consolidated_metadata {
                Some(all) => all.insert(path, node),
                None => Ok(()),
            },
        };
        inserted.map_err(|source| {
            let (path, document) = (path.clone(), "the consolidated metadata".to_owned());
            ErrorKind::Metadata {
                path,
                document,
                source,
            }
            .into()
        })
    }

    fn remove(&mut self, path: &str) {
        match self {
            Self::V2(all) => all.remove(path),
            Self::V3(group) => {
                let all = group.consolidated_metadata.as_mut();
                all.is_some_and(|all| all.remove(path))
            }
        };
    }

    /// Forgets the nodes below a place but those that are known to be there.
    fn forget_below(&mut self, path: &NodePath, there: &BTreeMap<NodePath, NodeMetadata>) {
        let paths: Vec<String> = match self {
            Self::V2(all) => all.paths().into_iter().map(str::to_owned).collect(),
            Self::V3(group) => {
                let all = group.consolidated_metadata.iter();
                all.flat_map(v3::ConsolidatedMetadataV3::paths)
                    .map(str::to_owned)
                    .collect()
            }
        };
        let there: BTreeSet<&str> = there.keys().map(NodePath::as_str).collect();
        let goes = |other: &&String| match path.as_str() {
            _ if there.contains(other.as_str()) => false,
            "" => !other.is_empty(),
            path => other
                .strip_prefix(path)
                .is_some_and(|rest| rest.starts_with('/')),
        };
        for path in paths.iter().filter(goes) {
            self.remove(path);
        }
    }
}
