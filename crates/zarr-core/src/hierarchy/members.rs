//! The nodes below a group, found by listing. Consolidated metadata is not used here.

use std::collections::VecDeque;
use std::future::ready;
use std::pin::pin;
use std::sync::Arc;

use futures_util::stream::FuturesUnordered;
use futures_util::{Stream, StreamExt, stream};
use zarr_metadata::{NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{BoxFuture, IoHints, Location, runtime};

use super::{check_presence, is_unreadable, read};
use crate::{ErrorKind, Result};

/// How far below a group to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Down to this many levels; 1 is the group's children.
    Levels(usize),
    /// All of it.
    All,
}

impl Depth {
    /// Whether a node this many levels down is looked at.
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

/// What a walk finds at a path relative to where it began: a node, or `None` where something else is that lists as a
/// directory; or why neither can be said.
pub type FoundMember = (String, Result<Option<NodeMetadata>>);

/// All nodes of one format below a group, sorted by their paths relative to it. Each child costs a read of the
/// document that makes it a node; what is neither an array nor a group is passed over.
///
/// # Errors
/// Where the store cannot list, or documents cannot be read or are not valid: all of those are named
/// ([`ErrorKind::Nodes`]).
pub async fn members(
    location: &Location,
    format: ZarrFormat,
    depth: Depth,
) -> Result<Vec<(NodePath, NodeMetadata)>> {
    collect_members(stream_members(location.clone(), format, depth)).await
}

/// The nodes of a stream, sorted by path.
///
/// # Errors
/// As [`members`].
pub async fn collect_members(
    members: impl Stream<Item = Result<(NodePath, NodeMetadata)>>,
) -> Result<Vec<(NodePath, NodeMetadata)>> {
    let mut all = Vec::new();
    for_each_member(members, |path, node| {
        all.push((path, node));
        Ok(())
    })
    .await?;
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(all)
}

/// Gives each node of a stream to `take`, as they are found.
///
/// # Errors
/// As [`members`], when all have come; what `take` says and what concerns more than one node, at once.
pub(super) async fn for_each_member(
    members: impl Stream<Item = Result<(NodePath, NodeMetadata)>>,
    mut take: impl FnMut(NodePath, NodeMetadata) -> Result<()>,
) -> Result<()> {
    let mut unreadable = Vec::new();
    let mut members = pin!(members);
    while let Some(member) = members.next().await {
        match member {
            Ok((path, node)) => take(path, node)?,
            Err(error) if is_unreadable(&error) => unreadable.push(error),
            Err(error) => return Err(error),
        }
    }
    match unreadable.len() {
        0 => Ok(()),
        1 => Err(unreadable.remove(0)),
        _ => {
            unreadable.sort_by_key(ToString::to_string);
            Err(ErrorKind::Nodes { errors: unreadable }.into())
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
    let each = each_member(location, Some(format), depth, false);
    let member = |(path, node): FoundMember| -> Result<_> {
        let Some(node) = node? else {
            return Ok(None);
        };
        Ok(Some((NodePath::parse(&path)?, node)))
    };
    each.filter_map(move |found| ready(member(found).transpose()))
}

/// As [`stream_members`], each by its path relative to the group with what was found there: what cannot be
/// read costs its own node and no other. Without a format, nodes of either are found; with one, a node of the other is
/// no node.
///
/// With `implicit`, nodes are looked for below directories without documents. These are not reported then,
/// and they do not count as a level: a node that is found deeper than asked for implies those above it.
pub fn each_member(
    location: Location,
    format: Option<ZarrFormat>,
    depth: Depth,
    implicit: bool,
) -> impl Stream<Item = FoundMember> + Send + use<> {
    let root = location.path().clone();
    let walk = HierarchyWalk::new(location, format, depth, implicit);
    walk.stream().map(move |(place, node)| {
        let path = place.path().as_str();
        let path = path.strip_prefix(root.as_str()).unwrap_or(path);
        (path.trim_matches('/').to_owned(), node)
    })
}

/// The most calls that are made in succession before their answers are looked at.
const BATCH: usize = 64;

/// A walk through a hierarchy: a bounded number of calls at a time, however wide and deep it is. Where each would be
/// handed to a thread that is there to wait, several are handed over together.
struct HierarchyWalk {
    format: Option<ZarrFormat>,
    /// Whether directories without documents are looked into.
    implicit: bool,
    /// Where it began, until a node is found: that there is none must be proved.
    unproved: Option<Location>,
    limit: usize,
    /// The most calls of one batch.
    batch: usize,
    waiting: VecDeque<WalkCall>,
    running: FuturesUnordered<BoxFuture<'static, Vec<WalkAnswer>>>,
    answers: VecDeque<WalkAnswer>,
}

/// A call at a place, below which nodes are looked for down to a depth.
#[derive(Clone)]
enum WalkCall {
    List(Location, Depth),
    Read(Location, Depth),
}

#[expect(clippy::large_enum_variant, reason = "nearly all are reads")]
enum WalkAnswer {
    Listed(Location, Result<Vec<Location>>, Depth),
    Read(Location, Result<Option<NodeMetadata>>, Depth),
}

impl HierarchyWalk {
    fn new(location: Location, format: Option<ZarrFormat>, depth: Depth, implicit: bool) -> Self {
        let hints = location.store().hints();
        Self {
            format,
            implicit,
            // Levels of none look at nothing.
            unproved: (depth != Depth::Levels(0)).then(|| location.clone()),
            limit: hints.concurrency.max(1),
            batch: batch(&hints),
            waiting: match depth {
                Depth::Levels(0) => VecDeque::new(),
                depth => [WalkCall::List(location, depth)].into(),
            },
            running: FuturesUnordered::new(),
            answers: VecDeque::new(),
        }
    }

    fn stream(self) -> impl Stream<Item = (Location, Result<Option<NodeMetadata>>)> + Send + use<> {
        stream::unfold(self, |mut walk| async move {
            let found = walk.next().await?;
            Some((found, walk))
        })
    }

    async fn next(&mut self) -> Option<(Location, Result<Option<NodeMetadata>>)> {
        // Arrays of the other format must be recognised then: what lies in them are chunks.
        let asked = self.format.filter(|_| !self.implicit);
        loop {
            self.begin(asked);
            let Some(answer) = self.answers.pop_front() else {
                if let Some(answers) = self.running.next().await {
                    self.answers.extend(answers);
                    continue;
                }
                let began = self.unproved.take()?;
                let absent = check_presence(&began).await.err()?;
                return Some((began, Err(absent)));
            };
            match answer {
                WalkAnswer::Listed(_, Ok(children), depth) => {
                    let reads = children.into_iter();
                    self.waiting
                        .extend(reads.map(|child| WalkCall::Read(child, depth)));
                }
                WalkAnswer::Read(place, Ok(None), depth) if self.implicit => {
                    self.waiting.push_back(WalkCall::List(place, depth));
                }
                WalkAnswer::Read(_, Ok(Some(node)), _) if self.is_other(&node) => {}
                WalkAnswer::Read(place, Ok(None), _) => return Some((place, Ok(None))),
                WalkAnswer::Read(place, Ok(Some(node)), depth) => {
                    if let (NodeMetadata::Group(_), Some(depth)) = (&node, depth.below()) {
                        self.waiting.push_back(WalkCall::List(place.clone(), depth));
                    }
                    self.unproved = None;
                    return Some((place, Ok(Some(node))));
                }
                WalkAnswer::Listed(place, Err(error), _)
                | WalkAnswer::Read(place, Err(error), _) => {
                    self.unproved = None;
                    return Some((place, Err(error)));
                }
            }
        }
    }

    /// Begins as many calls as may run at a time: a share of those that wait for each.
    fn begin(&mut self, format: Option<ZarrFormat>) {
        while self.running.len() < self.limit && !self.waiting.is_empty() {
            let share = self.waiting.len().div_ceil(self.limit - self.running.len());
            let calls = self.waiting.drain(..share.min(self.batch)).collect();
            self.running.push(Box::pin(run_batch(calls, format)));
        }
    }

    fn is_other(&self, node: &NodeMetadata) -> bool {
        self.format.is_some_and(|format| format != node.format())
    }
}

/// How many calls are worth handing over together: only such as are handed to a thread.
fn batch(hints: &IoHints) -> usize {
    match hints.instant || hints.high_latency {
        true => 1,
        false => BATCH,
    }
}

/// Makes calls in succession; several of them on one thread.
async fn run_batch(calls: Vec<WalkCall>, format: Option<ZarrFormat>) -> Vec<WalkAnswer> {
    if calls.len() > 1
        && let Some(answers) = runtime::wait_elsewhere(run_each(calls.clone(), format)).await
    {
        return answers;
    }
    // One by one, each says for itself what it fails of.
    run_each(calls, format).await
}

async fn run_each(calls: Vec<WalkCall>, format: Option<ZarrFormat>) -> Vec<WalkAnswer> {
    let mut answers = Vec::with_capacity(calls.len());
    for call in calls {
        answers.push(call.run(format).await);
    }
    answers
}

impl WalkCall {
    async fn run(self, format: Option<ZarrFormat>) -> WalkAnswer {
        match self {
            Self::List(place, depth) => {
                let store = place.store();
                let listing = store.list_dir(place.path()).await;
                let children = listing.map(|listing| {
                    let children = listing.prefixes.into_iter();
                    let child = |prefix| Location::new(Arc::clone(store), prefix);
                    children.map(child).collect()
                });
                WalkAnswer::Listed(place, children.map_err(Into::into), depth)
            }
            Self::Read(place, depth) => {
                let node = read(&place, format).await;
                WalkAnswer::Read(place, node, depth)
            }
        }
    }
}
