//! The nodes below a group, found by listing. Knows no consolidated metadata.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;

use futures_util::stream::FuturesUnordered;
use futures_util::{Stream, StreamExt, stream};
use zarr_metadata::{NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{BoxFuture, Location};

use super::{check_presence, is_unreadable, path_of, read};
use crate::{Error, ErrorKind, Result};

/// How far below a group to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Down to this many levels; 1 is the group's children.
    Levels(usize),
    /// All of it.
    All,
}

impl Depth {
    /// Whether a node this many levels down is still looked at.
    pub fn reaches(self, levels: usize) -> bool {
        match self {
            Self::All => true,
            Self::Levels(deepest) => levels <= deepest,
        }
    }

    /// What is left one level further down; `None` where that is nothing.
    fn below(self) -> Option<Self> {
        match self {
            Self::All => Some(Self::All),
            Self::Levels(levels) => match levels.checked_sub(1)? {
                0 => None,
                rest => Some(Self::Levels(rest)),
            },
        }
    }
}

/// A node and its path.
type Found = (NodePath, NodeMetadata);

/// A place where a node is, or something that cannot be read.
type Looked = (Location, Result<NodeMetadata>);

/// All nodes of one format below a group, sorted by path. Each child costs a read of the document
/// that makes it a node; what is neither an array nor a group is passed over.
///
/// # Errors
/// Where the store cannot list, or documents cannot be read or are not valid: all of those are named
/// ([`ErrorKind::Nodes`]).
pub async fn members(
    location: &Location,
    format: ZarrFormat,
    depth: Depth,
) -> Result<Vec<(NodePath, NodeMetadata)>> {
    let mut all = Gathered::default();
    let mut members = pin!(stream_members(location.clone(), format, depth));
    while let Some(member) = members.next().await {
        all.take(member)?;
    }
    all.finish()
}

/// Nodes on their way into one list, which is given where all can be read.
#[derive(Default)]
pub(super) struct Gathered {
    found: Vec<Found>,
    broken: Vec<Error>,
}

impl Gathered {
    /// # Errors
    /// What concerns more than one node.
    pub(super) fn take(&mut self, member: Result<Found>) -> Result<()> {
        match member {
            Ok(found) => self.found.push(found),
            Err(error) if is_unreadable(&error) => self.broken.push(error),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The nodes, sorted by path.
    pub(super) fn finish(mut self) -> Result<Vec<Found>> {
        match self.broken.len() {
            0 => {
                self.found.sort_by(|(a, _), (b, _)| a.cmp(b));
                Ok(self.found)
            }
            1 => Err(self.broken.remove(0)),
            _ => {
                self.broken.sort_by_key(ToString::to_string);
                let errors = self.broken;
                Err(ErrorKind::Nodes { errors }.into())
            }
        }
    }
}

/// As [`members`], one after the other as they are found. An error concerns one node, or what lies
/// below one group that cannot be listed; the others still come.
pub fn stream_members(
    location: Location,
    format: ZarrFormat,
    depth: Depth,
) -> impl Stream<Item = Result<(NodePath, NodeMetadata)>> + Send + use<> {
    let walk = Walk::new(location, Some(format), depth, false);
    walk.stream().map(|(place, node)| {
        let node = node?;
        Ok((path_of(&place)?, node))
    })
}

/// As [`stream_members`], each by its path below the group with what was found there: whatever cannot be
/// read costs its own node and no other. Without a format, nodes of either are found.
///
/// With `through`, nodes are looked for below directories without documents too. Of these nothing is
/// said, and they count as no level: a node that is found deeper than asked for tells of those above.
pub fn each_member(
    location: Location,
    format: Option<ZarrFormat>,
    depth: Depth,
    through: bool,
) -> impl Stream<Item = (String, Result<NodeMetadata>)> + Send + use<> {
    let root = location.path().clone();
    let walk = Walk::new(location, format, depth, through);
    walk.stream().map(move |(place, node)| {
        let path = place.path().as_str();
        let path = path.strip_prefix(root.as_str()).unwrap_or(path);
        (path.trim_matches('/').to_owned(), node)
    })
}

/// A hierarchy on its way: so many calls at a time however wide and deep it is.
struct Walk {
    format: Option<ZarrFormat>,
    /// Whether directories without documents are looked into.
    through: bool,
    /// Where it began, until a node was found there: finding nothing must be proved.
    unproved: Option<Location>,
    limit: usize,
    waiting: VecDeque<Step>,
    running: FuturesUnordered<BoxFuture<'static, Done>>,
}

/// What is to be done at a place, from which to look so far down.
enum Step {
    List(Location, Depth),
    Read(Location, Depth),
}

#[expect(clippy::large_enum_variant, reason = "nearly all are reads")]
enum Done {
    Listed(Location, Result<Vec<Location>>, Depth),
    Read(Location, Result<Option<NodeMetadata>>, Depth),
}

impl Walk {
    fn new(location: Location, format: Option<ZarrFormat>, depth: Depth, through: bool) -> Self {
        Self {
            format,
            through,
            // Levels of none look at nothing.
            unproved: (depth != Depth::Levels(0)).then(|| location.clone()),
            limit: location.store().hints().concurrency.max(1),
            waiting: match depth {
                Depth::Levels(0) => VecDeque::new(),
                depth => [Step::List(location, depth)].into(),
            },
            running: FuturesUnordered::new(),
        }
    }

    fn stream(self) -> impl Stream<Item = Looked> + Send + use<> {
        stream::unfold(self, |mut walk| async move {
            let found = walk.next().await?;
            Some((found, walk))
        })
    }

    async fn next(&mut self) -> Option<Looked> {
        // Who looks into other directories must know arrays of the other format: theirs are chunks.
        let asked = self.format.filter(|_| !self.through);
        loop {
            while self.running.len() < self.limit
                && let Some(step) = self.waiting.pop_front()
            {
                self.running.push(Box::pin(step.run(asked)));
            }
            let Some(done) = self.running.next().await else {
                let began = self.unproved.take()?;
                let absent = check_presence(&began).await.err()?;
                return Some((began, Err(absent)));
            };
            match done {
                Done::Listed(_, Ok(children), depth) => {
                    let steps = children.into_iter().map(|child| Step::Read(child, depth));
                    self.waiting.extend(steps);
                }
                Done::Read(place, Ok(None), depth) => {
                    if self.through {
                        self.waiting.push_back(Step::List(place, depth));
                    }
                }
                Done::Read(_, Ok(Some(node)), _) if self.is_other(&node) => {}
                Done::Read(place, Ok(Some(node)), depth) => {
                    if let (NodeMetadata::Group(_), Some(depth)) = (&node, depth.below()) {
                        self.waiting.push_back(Step::List(place.clone(), depth));
                    }
                    self.unproved = None;
                    return Some((place, Ok(node)));
                }
                Done::Listed(place, Err(error), _) | Done::Read(place, Err(error), _) => {
                    self.unproved = None;
                    return Some((place, Err(error)));
                }
            }
        }
    }

    fn is_other(&self, node: &NodeMetadata) -> bool {
        self.format.is_some_and(|format| format != node.format())
    }
}

impl Step {
    async fn run(self, format: Option<ZarrFormat>) -> Done {
        match self {
            Self::List(place, depth) => {
                let store = place.store();
                let listing = store.list_dir(place.path()).await;
                let children = listing.map(|listing| {
                    let children = listing.prefixes.into_iter();
                    let child = |prefix| Location::new(Arc::clone(store), prefix);
                    children.map(child).collect()
                });
                Done::Listed(place, children.map_err(Into::into), depth)
            }
            Self::Read(place, depth) => {
                let node = read(&place, format).await;
                Done::Read(place, node, depth)
            }
        }
    }
}
