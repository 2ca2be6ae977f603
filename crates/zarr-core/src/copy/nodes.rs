//! Copying nodes as planned: groups first, so that everything has its place, then arrays, a few of them at a time.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::{GroupMetadata, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::runtime::Budget;
use zarr_store::{BoxFuture, Location};

use super::array::ArrayCopy;
use super::documents::DocumentSource;
use super::plan::{ArrayAction, CopyFailure, CopyPlan, NodeAction, NodeCopy, plan};
use super::progress::{CopyReporter, is_document};
use super::values::{ValueCopier, ValueCopy};
use super::{CopyOptions, CopySource, CopyStats, CopyStep};
use crate::hierarchy::{
    self, ChangedNode, ConsolidatedGroups, Document, DocumentTexts, NodesBelow,
};
use crate::{ChunkedArray, Context, Error, ErrorClass, NodeKind, Result, Warning, engine};

/// How many arrays are copied at once: each by itself keeps workers and requests busy.
const ARRAYS: usize = 4;

/// Copies nodes with their data to a place, which becomes that of the topmost. Groups that are missing
/// above it are created.
///
/// Nothing is changed before all is checked that can be checked without changing it. A copy that is
/// dropped or fails in the middle leaves what it copied so far, and [`Update`](super::IfExists::Update)
/// goes on from there. An array of which a chunk cannot be read is deleted again, unless it was there
/// before.
///
/// # Errors
/// What is in the way, what a format cannot say, and what the stores say.
pub async fn copy_nodes(
    mut source: CopySource,
    dest: &Location,
    options: &CopyOptions,
) -> Result<CopyStats> {
    let context = &options.context;
    let mut reporter = CopyReporter::new(options.progress.clone());
    source.location = reporter.counting_reads(&source.location);
    let CopyPlan {
        nodes,
        others,
        left_out,
    } = plan(&source, &reporter.counting_writes(dest), options).await?;
    let copier = ValueCopier {
        from: &source.location,
        to: dest,
        if_exists: options.if_exists,
        verify: false,
        value_bytes: context.value_bytes(),
        budget: Budget::new(context.memory()),
    };
    let present = copier.find_present(&others).await?;
    let others = others.into_iter().zip(present);
    let others = others.filter_map(|(value, is_present)| (!is_present).then_some(value));
    let others: Vec<ValueCopy> = others.collect();
    let chunks = nodes.iter().map(NodeCopy::chunks);
    reporter.set_total(chunks.fold(0, u64::saturating_add));
    let copy = NodesCopy {
        copier: &copier,
        reporter,
        options,
    };
    let format = nodes.iter().find_map(NodeCopy::format);
    let consolidated = match format.filter(|_| !options.dry_run) {
        Some(format) => Some(GroupsToUpdate::find(&nodes, dest, format, context).await?),
        None => None,
    };
    let copied = copy.all(nodes, others).await;
    if let Some(consolidated) = consolidated {
        let updated = consolidated.update(dest, copied.as_ref().ok(), context);
        // The error of the copy comes first.
        match &copied {
            Ok(_) => updated.await?,
            Err(_) => drop(updated.await),
        }
    }
    let mut stats = copied?;
    let is_chosen = |path: &NodePath| {
        let choice = options.choice.as_ref();
        choice.is_none_or(|is_chosen| is_chosen(path.as_str()))
    };
    let unread = source.unread.iter().filter(|(path, _)| is_chosen(path));
    let unread = unread.map(|(path, error)| (path.as_str(), error));
    let refused = left_out.iter().map(|(path, error)| (path.as_str(), error));
    for (path, error) in unread.chain(refused) {
        copy.reporter.report(path, CopyStep::LeftOut(error));
        stats.left_out += 1;
    }
    copy.reporter.report_done(&stats, options.dry_run);
    Ok(stats)
}

/// The groups whose consolidated metadata has to name what is copied. All of them are updated at once, and by half a
/// copy too.
struct GroupsToUpdate {
    /// Those that are there already.
    groups: ConsolidatedGroups,
    /// Those of the copy that get consolidated metadata.
    new: Vec<Location>,
    /// Those of the copy that may have it among their documents.
    copied: Vec<Location>,
}

impl GroupsToUpdate {
    /// # Errors
    /// What the store says.
    async fn find(
        nodes: &[NodeCopy],
        dest: &Location,
        format: ZarrFormat,
        context: &Context,
    ) -> Result<Self> {
        let (mut merged, mut new, mut copied) = (vec![], vec![], vec![]);
        for node in nodes {
            let place = Location::new(Arc::clone(dest.store()), node.to.path().clone());
            match node.action {
                NodeAction::Merge(_) => merged.push(place),
                NodeAction::Group { consolidate, .. } if consolidate => new.push(place),
                NodeAction::Group { .. } => copied.push(place),
                NodeAction::Skip | NodeAction::Array { .. } => {}
            }
        }
        let groups = ConsolidatedGroups::above(dest, format, context).await?;
        let groups = groups.and_at(merged, context).await?;
        Ok(Self {
            groups,
            new,
            copied,
        })
    }

    async fn update(
        self,
        dest: &Location,
        copied: Option<&CopyStats>,
        context: &Context,
    ) -> Result<()> {
        let mut groups = self.groups;
        if let Some(stats) = copied {
            groups = groups.and_new(self.new);
            // Documents that were copied name the arrays that were left out, too.
            if stats.left_out > 0 {
                groups = groups.and_at(self.copied, context).await?;
            }
        }
        let above = hierarchy::ancestors(dest);
        let above = above.map(|place| ChangedNode::new(&place, NodesBelow::Unchanged));
        let dest = ChangedNode::new(dest, NodesBelow::Unknown);
        let changed: Vec<_> = [dest].into_iter().chain(above).collect();
        groups.update(&changed, context).await
    }
}

/// A copy of nodes on its way.
struct NodesCopy<'o> {
    copier: &'o ValueCopier<'o>,
    reporter: CopyReporter,
    options: &'o CopyOptions,
}

impl NodeCopy {
    /// The format of what it writes.
    fn format(&self) -> Option<ZarrFormat> {
        match &self.action {
            NodeAction::Group { metadata, .. } => Some(metadata.format()),
            NodeAction::Array { to, .. } => Some(to.metadata().format()),
            NodeAction::Skip | NodeAction::Merge(_) => None,
        }
    }

    /// How many chunks there are to do.
    fn chunks(&self) -> u64 {
        match &self.action {
            NodeAction::Array { to, .. } => to.grid().len().unwrap_or(u64::MAX),
            _ => 0,
        }
    }
}

impl NodesCopy<'_> {
    async fn all(&self, nodes: Vec<NodeCopy>, mut others: Vec<ValueCopy>) -> Result<CopyStats> {
        let is_array = |node: &NodeCopy| matches!(node.action, NodeAction::Array { .. });
        let (arrays, groups): (Vec<_>, Vec<_>) = nodes.into_iter().partition(is_array);
        let mut stats = CopyStats::default();
        for group in groups {
            let copied = self.node(group).await;
            stats.add(copied.map_err(CopyFailure::into_error)?);
        }
        let copies: Vec<BoxFuture<'_, _>> = arrays
            .into_iter()
            .map(|array| Box::pin(self.array_or_left_out(array)) as BoxFuture<'_, _>)
            .collect();
        let copies = stream::iter(copies).buffer_unordered(ARRAYS);
        for (copied, left_out) in copies
            .try_collect::<Vec<(CopyStats, Option<Location>)>>()
            .await?
        {
            stats.add(copied);
            if let Some(place) = left_out {
                others.retain(|value| value.to.strip(place.path()).is_none());
            }
        }
        stats.add(self.other_values(others).await?);
        stats.chunks = self.reporter.chunks();
        Ok(stats)
    }

    /// Copies values among the nodes, documents last.
    async fn other_values(&self, values: Vec<ValueCopy>) -> Result<CopyStats> {
        let (documents, others): (Vec<_>, Vec<_>) = values
            .into_iter()
            .partition(|value| is_document(value.from.key.as_str()));
        let mut stats = CopyStats::default();
        for values in [others, documents] {
            let copies: Vec<BoxFuture<'_, _>> = values
                .iter()
                .map(|value| Box::pin(self.other_value(value)) as BoxFuture<'_, _>)
                .collect();
            let copies = stream::iter(copies).buffer_unordered(self.copier.concurrency());
            let copied: Vec<CopyStats> = copies.try_collect().await?;
            copied.into_iter().for_each(|one| stats.add(one));
        }
        Ok(stats)
    }

    async fn other_value(&self, value: &ValueCopy) -> Result<CopyStats> {
        let mut stats = CopyStats::default();
        let path = value.from.key.as_str();
        self.reporter.report(path, CopyStep::Key(value.to.as_str()));
        let copied = match self.options.dry_run {
            true => Ok(()),
            false => self.copier.copy(value, &self.reporter).await,
        };
        match copied {
            Ok(()) => stats.others = 1,
            Err(error) if self.options.keep_going && error.class() == ErrorClass::Limit => {
                self.reporter.report(path, CopyStep::LeftOut(&error));
                stats.left_out = 1;
            }
            Err(error) => return Err(error),
        }
        Ok(stats)
    }

    /// Copies an array; or gives the place where it would be, if it is left out.
    async fn array_or_left_out(&self, array: NodeCopy) -> Result<(CopyStats, Option<Location>)> {
        let (path, to, is_topmost) = (array.path.clone(), array.to.clone(), array.is_topmost);
        match self.node(array).await {
            Ok(stats) => Ok((stats, None)),
            Err(CopyFailure::Node(error)) if self.options.keep_going && !is_topmost => {
                self.reporter.report(&path, CopyStep::LeftOut(&error));
                let stats = CopyStats {
                    left_out: 1,
                    ..CopyStats::default()
                };
                Ok((stats, Some(to)))
            }
            Err(failure) => Err(failure.into_error()),
        }
    }

    async fn node(&self, node: NodeCopy) -> Result<CopyStats, CopyFailure> {
        let NodeCopy {
            path,
            from: place,
            to,
            source,
            action,
            is_topmost,
            reworded,
        } = node;
        let mut stats = CopyStats::default();
        if let NodeAction::Skip = action {
            self.reporter.report(&path, CopyStep::Skip(Some(&source)));
            stats.skipped = 1;
            return Ok(stats);
        }
        // The topmost is not one of the copied nodes where only its children are.
        stats.copied = 1;
        if is_topmost && self.options.children_only {
            stats.copied = 0;
        } else {
            self.reporter.report(&path, CopyStep::Node(&source));
        }
        for what in &reworded {
            self.reporter.report(&path, CopyStep::Reworded(what));
            let (path, what) = (hierarchy::path_of(&to)?, what.clone());
            let warning = Warning::Reworded { path, what };
            self.options.context.warn(&warning);
        }
        if self.options.dry_run {
            return Ok(stats);
        }
        let context = &self.options.context;
        match action {
            NodeAction::Skip => {}
            NodeAction::Merge(attributes) if attributes.is_empty() => {}
            NodeAction::Merge(attributes) => merge(&to, attributes, context).await?,
            NodeAction::Group {
                metadata,
                overwrite,
                documents,
                ..
            } => {
                let new = NodeMetadata::Group(*metadata);
                let texts = documents.documents(&place, &source, &new).await?;
                create(to, new, texts, overwrite, context).await?;
            }
            NodeAction::Array {
                from,
                to,
                action,
                documents,
            } => {
                let arrays = (from, to);
                stats.bytes = self
                    .array(&path, &source, arrays, action, &documents)
                    .await?;
            }
        }
        Ok(stats)
    }

    async fn array(
        &self,
        path: &str,
        source: &NodeMetadata,
        (from, to): (Arc<ChunkedArray>, Arc<ChunkedArray>),
        action: ArrayAction,
        documents: &DocumentSource,
    ) -> Result<u64, CopyFailure> {
        let is_new = action != ArrayAction::AddMissing;
        if is_new {
            let node = NodeMetadata::Array(to.metadata().clone());
            let texts = documents.documents(from.location(), source, &node).await?;
            let (place, overwrite) = (to.location().clone(), action == ArrayAction::Replace);
            create(place, node, texts, overwrite, to.context()).await?;
        }
        let metadata = from.metadata();
        let elements = zarr_codecs::volume(metadata.shape());
        let decoded = elements.zip(metadata.data_type().size());
        let before = self.reporter.sent();
        let copy = ArrayCopy {
            from: Arc::clone(&from),
            to: Arc::clone(&to),
            only_missing: !is_new,
            budget: Arc::clone(&self.copier.budget),
            reporter: &self.reporter,
        };
        if let Err(error) = copy.run(path).await {
            if !is_of_array(&error) {
                return Err(CopyFailure::Copy(error));
            }
            // Readers would take half of an array for all of it.
            if is_new {
                engine::settled(&to).await?;
                hierarchy::delete_incomplete(to.location()).await?;
            }
            return Err(CopyFailure::Node(error));
        }
        Ok(match decoded {
            Some((elements, size)) => elements.saturating_mul(size as u64),
            None => self.reporter.sent().saturating_sub(before),
        })
    }
}

/// Whether an error concerns the chunks of one array, so that others can be copied, and trying again would not help.
fn is_of_array(error: &Error) -> bool {
    use ErrorClass::{Corrupt, Limit, Permission, Unsupported};
    matches!(error.class(), Corrupt | Limit | Permission | Unsupported)
}

/// In a box, since the compiler cannot see otherwise that it may move between threads.
fn create(
    place: Location,
    node: NodeMetadata,
    texts: Option<DocumentTexts>,
    overwrite: bool,
    context: &Context,
) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        hierarchy::create_without_update(&place, &node, texts, overwrite, context).await
    })
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
