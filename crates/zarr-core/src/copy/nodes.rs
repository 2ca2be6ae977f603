//! Carrying out the copy of nodes: groups first, so that everything has its place, then arrays, a few
//! of them at a time.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::{GroupMetadata, NodeMetadata};
use zarr_store::{BoxFuture, Location};

use super::array::Job;
use super::meter::Meter;
use super::plan::{Action, How, Step, plan};
use super::{CopyOptions, CopySource, CopyStats, CopyStep};
use crate::hierarchy::{self, Document};
use crate::{ChunkedArray, Context, Error, NodeKind, Result};
use zarr_store::runtime::Budget;

/// So many arrays are copied at once: each by itself keeps workers and requests busy.
const ARRAYS: usize = 4;

/// Copies nodes with their data to a place, where the topmost comes to lie. Groups that are missing
/// above it are made.
///
/// Nothing is changed before all is checked that can be checked without changing it. A copy that is
/// dropped or fails in the middle leaves what it copied so far, and [`Update`](super::IfExists::Update)
/// goes on from there.
///
/// # Errors
/// What is in the way, what a format cannot say, and what the stores say.
pub async fn copy_nodes(
    source: &CopySource,
    dest: &Location,
    options: &CopyOptions,
) -> Result<CopyStats> {
    let mut meter = Meter::new(options.progress.clone());
    let counted = CopySource {
        location: meter.incoming(&source.location),
        ..source.clone()
    };
    let steps = plan(&counted, &meter.outgoing(dest), options).await?;
    meter.announce(steps.iter().map(Step::chunks).fold(0, u64::saturating_add));
    let run = Run {
        budget: Budget::new(options.context.memory()),
        meter,
        options,
    };
    let (arrays, others): (Vec<_>, Vec<_>) = steps
        .into_iter()
        .partition(|step| matches!(step.action, Action::Array { .. }));
    let mut stats = CopyStats::default();
    for step in others {
        stats.add(run.one(step).await?);
    }
    let copies: Vec<BoxFuture<'_, _>> = arrays
        .into_iter()
        .map(|step| Box::pin(run.one(step)) as BoxFuture<'_, _>)
        .collect();
    let copies = stream::iter(copies);
    let copied: Vec<CopyStats> = copies.buffer_unordered(ARRAYS).try_collect().await?;
    copied.into_iter().for_each(|one| stats.add(one));
    stats.chunks = run.meter.chunks();
    Ok(stats)
}

/// A copy that is on its way.
struct Run<'o> {
    meter: Meter,
    budget: Arc<Budget>,
    options: &'o CopyOptions,
}

impl Step {
    /// How many chunks there are to do.
    fn chunks(&self) -> u64 {
        match &self.action {
            Action::Array { to, .. } => to.grid().len().unwrap_or(u64::MAX),
            _ => 0,
        }
    }
}

impl Run<'_> {
    async fn one(&self, step: Step) -> Result<CopyStats> {
        let Step {
            path,
            node,
            to,
            action,
            is_topmost,
        } = step;
        let mut stats = CopyStats::default();
        if let Action::Skip = action {
            self.meter.tell(&path, CopyStep::Skip(Some(&node)));
            stats.skipped = 1;
            return Ok(stats);
        }
        // The place itself is none of the copied nodes where only its children are.
        stats.copied = 1;
        if is_topmost && self.options.children_only {
            stats.copied = 0;
        } else {
            self.meter.tell(&path, CopyStep::Node(&node));
        }
        if self.options.dry_run {
            return Ok(stats);
        }
        let context = &self.options.context;
        match action {
            Action::Skip => {}
            Action::Merge(attributes) if attributes.is_empty() => {}
            Action::Merge(attributes) => merge(&to, attributes, context).await?,
            Action::Group {
                metadata,
                overwrite,
            } => put(to, NodeMetadata::Group(*metadata), overwrite, context).await?,
            Action::Array { from, to, how } => {
                stats.bytes = self.array(&path, from, to, how).await?;
            }
        }
        Ok(stats)
    }

    async fn array(
        &self,
        path: &str,
        from: Arc<ChunkedArray>,
        to: Arc<ChunkedArray>,
        how: How,
    ) -> Result<u64> {
        if how != How::Complete {
            let node = NodeMetadata::Array(to.metadata().clone());
            let place = to.location().clone();
            put(place, node, how == How::Replace, to.context()).await?;
        }
        let metadata = from.metadata();
        let elements = zarr_codecs::volume(metadata.shape());
        let decoded = elements.zip(metadata.data_type().size());
        let before = self.meter.sent();
        let job = Job {
            from: Arc::clone(&from),
            to,
            only_missing: how == How::Complete,
            budget: Arc::clone(&self.budget),
            meter: &self.meter,
        };
        job.run(path).await?;
        Ok(match decoded {
            Some((elements, size)) => elements.saturating_mul(size as u64),
            None => self.meter.sent().saturating_sub(before),
        })
    }
}

/// Writes a node's documents. In a box, since the compiler cannot see otherwise that it may move between
/// threads.
fn put(
    place: Location,
    node: NodeMetadata,
    overwrite: bool,
    context: &Context,
) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move { hierarchy::create(&place, &node, overwrite, context).await })
}

/// Adds attributes to a group that is there.
async fn merge(place: &Location, new: zarr_metadata::Attributes, context: &Context) -> Result<()> {
    let wrong = || Error::argument("dest", "the group became an array meanwhile");
    let there = hierarchy::find(place, None, "group").await?;
    if hierarchy::kind(&there) != NodeKind::Group {
        return Err(wrong());
    }
    let merged = hierarchy::change(
        place,
        &there,
        Document::Attributes,
        context,
        |node| match node {
            NodeMetadata::Group(group) => {
                let all: &mut zarr_metadata::Attributes = GroupMetadata::attributes_mut(group);
                all.extend(new.clone());
                Ok(())
            }
            NodeMetadata::Array(_) => Err(wrong()),
        },
    );
    merged.await.map(drop)
}
