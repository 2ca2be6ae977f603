//! The nodes below a group, found by listing. Knows no consolidated metadata.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::stream::FuturesUnordered;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use zarr_metadata::{NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{BoxFuture, Location};

use super::{check_presence, path_of, read};
use crate::Result;

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
    pub(super) fn reaches(self, levels: usize) -> bool {
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

/// All nodes of one format below a group, sorted by path. Each child costs a read of the document
/// that makes it a node; what is neither an array nor a group is passed over.
///
/// # Errors
/// Where the store cannot list, or a document cannot be read or is not valid.
pub async fn members(
    location: &Location,
    format: ZarrFormat,
    depth: Depth,
) -> Result<Vec<(NodePath, NodeMetadata)>> {
    let members = stream_members(location.clone(), format, depth);
    let mut found: Vec<Found> = members.try_collect().await?;
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

/// As [`members`], one after the other as they are found. An error concerns one node, or what lies
/// below one group that cannot be listed; the others still come.
pub fn stream_members(
    location: Location,
    format: ZarrFormat,
    depth: Depth,
) -> impl Stream<Item = Result<(NodePath, NodeMetadata)>> + Send + use<> {
    let walk = Walk {
        format,
        // Levels of none look at nothing.
        unproved: (depth != Depth::Levels(0)).then(|| location.clone()),
        limit: location.store().hints().concurrency.max(1),
        waiting: match depth {
            Depth::Levels(0) => VecDeque::new(),
            depth => [Step::List(location, depth)].into(),
        },
        running: FuturesUnordered::new(),
    };
    stream::unfold(walk, |mut walk| async move {
        let found = walk.next().await?;
        Some((found, walk))
    })
}

/// A hierarchy on its way: so many calls at a time however wide and deep it is.
struct Walk {
    format: ZarrFormat,
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
    Listed(Result<Vec<Location>>, Depth),
    Read(Location, Result<Option<NodeMetadata>>, Depth),
}

impl Walk {
    async fn next(&mut self) -> Option<Result<Found>> {
        loop {
            while self.running.len() < self.limit
                && let Some(step) = self.waiting.pop_front()
            {
                self.running.push(Box::pin(step.run(self.format)));
            }
            let Some(done) = self.running.next().await else {
                let began = self.unproved.take()?;
                return Some(Err(check_presence(&began).await.err()?));
            };
            match done {
                Done::Listed(Ok(children), depth) => {
                    let steps = children.into_iter().map(|child| Step::Read(child, depth));
                    self.waiting.extend(steps);
                }
                Done::Read(_, Ok(None), _) => {}
                Done::Read(place, Ok(Some(node)), depth) => {
                    let path = path_of(&place);
                    if let (NodeMetadata::Group(_), Some(depth)) = (&node, depth.below()) {
                        self.waiting.push_back(Step::List(place, depth));
                    }
                    self.unproved = None;
                    return Some(path.map(|path| (path, node)));
                }
                Done::Listed(Err(error), _) | Done::Read(_, Err(error), _) => {
                    self.unproved = None;
                    return Some(Err(error));
                }
            }
        }
    }
}

impl Step {
    async fn run(self, format: ZarrFormat) -> Done {
        match self {
            Self::List(place, depth) => {
                let store = place.store();
                let listing = store.list_dir(place.path()).await;
                let children = listing.map(|listing| {
                    let children = listing.prefixes.into_iter();
                    let child = |prefix| Location::new(Arc::clone(store), prefix);
                    children.map(child).collect()
                });
                Done::Listed(children.map_err(Into::into), depth)
            }
            Self::Read(place, depth) => {
                let node = read(&place, Some(format)).await;
                Done::Read(place, node, depth)
            }
        }
    }
}
