//! Carrying out the copy of nodes: groups first, so that everything has its place, then arrays, a few
//! of them at a time.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::{GroupMetadata, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{BoxFuture, Entry, Key, Location};

use super::array::Job;
use super::meter::{Meter, is_document};
use super::others::Moving;
use super::plan::{Action, How, Plan, Step, Trouble, plan};
use super::words::Words;
use super::{CopyOptions, CopySource, CopyStats, CopyStep};
use crate::hierarchy::{self, Below, Changed, Document, Groups, Written};
use crate::{ChunkedArray, Context, Error, ErrorClass, NodeKind, Result, engine};
use zarr_store::runtime::Budget;

/// So many arrays are copied at once: each by itself keeps workers and requests busy.
const ARRAYS: usize = 4;

/// Copies nodes with their data to a place, where the topmost comes to lie. Groups that are missing
/// above it are made.
///
/// Nothing is changed before all is checked that can be checked without changing it. A copy that is
/// dropped or fails in the middle leaves what it copied so far, and [`Update`](super::IfExists::Update)
/// goes on from there. An array of which a chunk cannot be read is taken out again, unless it was there
/// before.
///
/// # Errors
/// What is in the way, what a format cannot say, and what the stores say.
pub async fn copy_nodes(
    mut source: CopySource,
    dest: &Location,
    options: &CopyOptions,
) -> Result<CopyStats> {
    let mut meter = Meter::new(options.progress.clone());
    source.location = meter.incoming(&source.location);
    let Plan {
        steps,
        others,
        left_out,
    } = plan(&source, &meter.outgoing(dest), options).await?;
    let budget = Budget::new(options.context.memory());
    let moving = Moving {
        from: &source.location,
        to: dest,
        if_exists: options.if_exists,
        budget: &budget,
        context: &options.context,
    };
    let others = moving.wanted(others).await?;
    meter.announce(steps.iter().map(Step::chunks).fold(0, u64::saturating_add));
    let run = Run {
        budget: Arc::clone(&budget),
        meter,
        options,
    };
    let format = steps.iter().find_map(Step::format);
    let told = match format.filter(|_| !options.dry_run) {
        Some(format) => Some(to_tell(&steps, dest, format, &options.context).await?),
        None => None,
    };
    let copied = run.all(steps, &moving, others).await;
    // Groups that have consolidated metadata are told of all nodes at once, also of half a copy.
    if let Some(groups) = told {
        let above = hierarchy::ancestors(dest).map(|place| (place, Below::Same));
        let changed = [(dest.clone(), Below::Any)].into_iter().chain(above);
        let changed: Vec<_> = changed
            .map(|(place, below)| Changed { place, below })
            .collect();
        let told = groups.tell(&changed, &options.context).await;
        // What the copy failed of comes first.
        if copied.is_ok() {
            told?;
        }
    }
    let mut stats = copied?;
    let is_meant = |path: &NodePath| {
        let choice = options.choice.as_ref();
        choice.is_none_or(|is_meant| is_meant(path.as_str()))
    };
    let unread = source.unread.iter().filter(|(path, _)| is_meant(path));
    let unread = unread.map(|(path, error)| (path.as_str(), error));
    let refused = left_out.iter().map(|(path, error)| (path.as_str(), error));
    for (path, error) in unread.chain(refused) {
        run.meter.tell(path, CopyStep::LeftOut(error));
        stats.left_out += 1;
    }
    Ok(stats)
}

/// The groups whose consolidated metadata is to say what is copied.
async fn to_tell(
    steps: &[Step],
    dest: &Location,
    format: ZarrFormat,
    context: &Context,
) -> Result<Groups> {
    let merged = steps.iter().filter_map(Step::merges);
    let merged: Vec<Location> = merged
        .map(|to| Location::new(Arc::clone(dest.store()), to.path().clone()))
        .collect();
    let groups = Groups::above(dest, format, context).await?;
    groups.and_at(merged, context).await
}

/// A copy that is on its way.
struct Run<'o> {
    meter: Meter,
    budget: Arc<Budget>,
    options: &'o CopyOptions,
}

impl Step {
    /// The group that is there already, if it is one.
    fn merges(&self) -> Option<&Location> {
        matches!(self.action, Action::Merge(_)).then_some(&self.to)
    }

    /// The format of what it writes.
    fn format(&self) -> Option<ZarrFormat> {
        match &self.action {
            Action::Group { metadata, .. } => Some(metadata.format()),
            Action::Array { to, .. } => Some(to.metadata().format()),
            Action::Skip | Action::Merge(_) => None,
        }
    }

    /// How many chunks there are to do.
    fn chunks(&self) -> u64 {
        match &self.action {
            Action::Array { to, .. } => to.grid().len().unwrap_or(u64::MAX),
            _ => 0,
        }
    }
}

impl Step {
    /// Where consolidated metadata is made anew, when all below is there.
    fn to_consolidate(&self) -> Option<Location> {
        let again = matches!(
            self.action,
            Action::Group {
                consolidate: true,
                ..
            }
        );
        again.then(|| self.to.clone())
    }
}

impl Run<'_> {
    /// Copies values beside the nodes, documents among them last.
    async fn others(&self, moving: &Moving<'_>, others: Vec<(Entry, Key)>) -> Result<CopyStats> {
        let (documents, others): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|(entry, _)| is_document(entry.key.as_str()));
        let mut stats = CopyStats::default();
        for values in [others, documents] {
            let copies: Vec<BoxFuture<'_, _>> = values
                .iter()
                .map(|(from, to)| Box::pin(self.other(moving, from, to)) as BoxFuture<'_, _>)
                .collect();
            let copies = stream::iter(copies).buffer_unordered(moving.at_once());
            let copied: Vec<CopyStats> = copies.try_collect().await?;
            copied.into_iter().for_each(|one| stats.add(one));
        }
        Ok(stats)
    }

    async fn other(&self, moving: &Moving<'_>, from: &Entry, to: &Key) -> Result<CopyStats> {
        let mut stats = CopyStats::default();
        self.meter
            .tell(from.key.as_str(), CopyStep::Key(to.as_str()));
        let moved = match self.options.dry_run {
            true => Ok(()),
            false => moving.one(from, to).await,
        };
        match moved {
            Ok(()) => stats.others = 1,
            Err(error) if self.options.keep_going && error.class() == ErrorClass::Limit => {
                self.meter
                    .tell(from.key.as_str(), CopyStep::LeftOut(&error));
                stats.left_out = 1;
            }
            Err(error) => return Err(error),
        }
        Ok(stats)
    }

    async fn all(
        &self,
        steps: Vec<Step>,
        moving: &Moving<'_>,
        others: Vec<(Entry, Key)>,
    ) -> Result<CopyStats> {
        let (arrays, groups): (Vec<_>, Vec<_>) = steps
            .into_iter()
            .partition(|step| matches!(step.action, Action::Array { .. }));
        let mut stats = CopyStats::default();
        let again: Vec<Location> = groups.iter().filter_map(Step::to_consolidate).collect();
        for step in groups {
            stats.add(self.one(step).await.map_err(Trouble::into_error)?);
        }
        let copies: Vec<BoxFuture<'_, _>> = arrays
            .into_iter()
            .map(|step| Box::pin(self.one_array(step)) as BoxFuture<'_, _>)
            .collect();
        let copies = stream::iter(copies);
        let copied: Vec<_> = copies.buffer_unordered(ARRAYS).try_collect().await?;
        let mut failed = Vec::new();
        for (one, left_out) in copied {
            stats.add(one);
            failed.extend(left_out);
        }
        let is_beside = |(_, to): &(Entry, Key)| {
            let within = |(place, _): &(Location, _)| to.strip(place.path()).is_some();
            !failed.iter().any(within)
        };
        let others = others.into_iter().filter(is_beside).collect();
        stats.add(self.others(moving, others).await?);
        for (place, format) in failed {
            self.forget(place, format).await?;
        }
        if !self.options.dry_run {
            // The innermost first: what a group says of a group below holds what that says.
            for place in again.iter().rev() {
                Box::pin(hierarchy::consolidate(place, None, &self.options.context)).await?;
            }
        }
        stats.chunks = self.meter.chunks();
        Ok(stats)
    }

    /// Copies an array. Where it is left out instead, its place comes with the format that it would have.
    async fn one_array(&self, step: Step) -> Result<(CopyStats, Option<(Location, ZarrFormat)>)> {
        let left_out = step.format().map(|format| (step.to.clone(), format));
        let (path, is_topmost) = (step.path.clone(), step.is_topmost);
        match self.one(step).await {
            Ok(stats) => Ok((stats, None)),
            Err(Trouble::Node(error)) if self.options.keep_going && !is_topmost => {
                self.meter.tell(&path, CopyStep::LeftOut(&error));
                let stats = CopyStats {
                    left_out: 1,
                    ..CopyStats::default()
                };
                Ok((stats, left_out))
            }
            Err(trouble) => Err(trouble.into_error()),
        }
    }

    /// Takes a node that was left out of what groups of the copy say of all below them.
    async fn forget(&self, place: Location, format: ZarrFormat) -> Result<()> {
        let context = &self.options.context;
        let groups = Groups::above(&place, format, context).await?;
        let below = Below::Gone;
        groups.tell(&[Changed { place, below }], context).await
    }

    async fn one(&self, step: Step) -> Result<CopyStats, Trouble> {
        let Step {
            path,
            place,
            node,
            to,
            action,
            is_topmost,
            reworded,
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
        for what in &reworded {
            self.meter.tell(&path, CopyStep::Reworded(what));
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
                words,
                ..
            } => {
                let new = NodeMetadata::Group(*metadata);
                let written = words.documents(&place, &node, &new).await?;
                put(to, new, written, overwrite, context).await?;
            }
            Action::Array {
                from,
                to,
                how,
                words,
            } => stats.bytes = self.array(&path, (&node, from), to, how, &words).await?,
        }
        Ok(stats)
    }

    async fn array(
        &self,
        path: &str,
        (old, from): (&NodeMetadata, Arc<ChunkedArray>),
        to: Arc<ChunkedArray>,
        how: How,
        words: &Words,
    ) -> Result<u64, Trouble> {
        if how != How::Complete {
            let node = NodeMetadata::Array(to.metadata().clone());
            let place = to.location().clone();
            let written = words.documents(from.location(), old, &node).await?;
            put(place, node, written, how == How::Replace, to.context()).await?;
        }
        let made = (how != How::Complete).then(|| Arc::clone(&to));
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
        if let Err(error) = job.run(path).await {
            if !is_of_array(&error) {
                return Err(Trouble::All(error));
            }
            // Half of an array would be read as all of it.
            if let Some(made) = made {
                engine::settled(&made).await?;
                hierarchy::take_out(made.location()).await?;
            }
            return Err(Trouble::Node(error));
        }
        Ok(match decoded {
            Some((elements, size)) => elements.saturating_mul(size as u64),
            None => self.meter.sent().saturating_sub(before),
        })
    }
}

/// Whether chunks of one array are what is wrong: another array may be copied all the same, and the same
/// again would not help this one.
fn is_of_array(error: &Error) -> bool {
    use ErrorClass::{Corrupt, Limit, Permission, Unsupported};
    matches!(error.class(), Corrupt | Limit | Permission | Unsupported)
}

/// Writes a node's documents. In a box, since the compiler cannot see otherwise that it may move between
/// threads.
fn put(
    place: Location,
    node: NodeMetadata,
    written: Option<Written>,
    overwrite: bool,
    context: &Context,
) -> BoxFuture<'_, Result<()>> {
    Box::pin(
        async move { hierarchy::create_untold(&place, &node, written, overwrite, context).await },
    )
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
                all.merge(&new);
                Ok(())
            }
            NodeMetadata::Array(_) => Err(wrong()),
        },
    );
    merged.await.map(drop)
}
