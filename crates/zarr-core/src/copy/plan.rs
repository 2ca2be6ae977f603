//! The plan of a copy: what is done about each node, decided by what is there, and checked before anything is changed.

mod array_metadata;
mod node;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::documents;
use zarr_metadata::{Attributes, GroupMetadata, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Location, Op, StoreError, StoreErrorKind, StoreExt};

use super::documents::DocumentSource;
use super::other_values::{CopiedArray, CopiedNode, OtherValuesSearch};
use super::overlap::OverlapCheck;
use super::values::ValueCopy;
use super::{CopyOptions, CopySource, IfExists, array};
use crate::hierarchy::{self, path_of};
use crate::{ChunkedArray, Error, ErrorKind, Result};

/// All that will be done.
pub(super) struct CopyPlan {
    pub(super) nodes: Vec<NodeCopy>,
    /// Values among the nodes that are neither documents nor chunks.
    pub(super) others: Vec<ValueCopy>,
    /// The names of nodes and values that are left out, and why.
    pub(super) left_out: Vec<(String, Error)>,
}

/// What is done about one node.
pub(super) struct NodeCopy {
    /// Its path in the source's store.
    pub(super) path: String,
    pub(super) from: Location,
    pub(super) to: Location,
    pub(super) source: NodeMetadata,
    pub(super) action: NodeAction,
    /// What the documents of the copy cannot say, or say otherwise.
    pub(super) reworded: Vec<String>,
    /// Whether all others lie below it.
    pub(super) is_topmost: bool,
}

pub(super) enum NodeAction {
    /// It is there already.
    Skip,
    /// The attributes of the source join those of the group that is there.
    Merge(Attributes),
    Group {
        metadata: Box<GroupMetadata>,
        overwrite: bool,
        documents: DocumentSource,
        /// Whether it gets consolidated metadata when all below it is copied.
        consolidate: bool,
    },
    Array {
        from: Arc<ChunkedArray>,
        to: Arc<ChunkedArray>,
        action: ArrayAction,
        documents: DocumentSource,
    },
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum ArrayAction {
    Create,
    Replace,
    /// The chunks that the array there does not have are added.
    AddMissing,
}

/// Why a node cannot be copied.
pub(super) enum CopyFailure {
    /// Something about this node alone.
    Node(Error),
    /// Something that concerns the whole copy.
    Copy(Error),
}

impl CopyFailure {
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Node(error) | Self::Copy(error) => error,
        }
    }
}

impl<E: Into<Error>> From<E> for CopyFailure {
    fn from(error: E) -> Self {
        Self::Copy(error.into())
    }
}

impl NodeCopy {
    /// `None` where nothing is copied, since it is there already.
    fn copied(&self) -> Option<CopiedNode<'_>> {
        let array = match &self.action {
            NodeAction::Skip => return None,
            NodeAction::Merge(_) | NodeAction::Group { .. } => None,
            NodeAction::Array { from, to, .. } => Some(CopiedArray {
                from,
                keeps_chunks: array::moves_chunks(from, to)
                    && from.metadata().chunk_key_encoding() == to.metadata().chunk_key_encoding(),
            }),
        };
        let format = self.source.format();
        Some(CopiedNode { format, array })
    }
}

/// Plans to copy all nodes to `dest`, which becomes the place of the topmost.
///
/// # Errors
/// Everything that can be known to be in the way.
pub(super) async fn plan(
    source: &CopySource,
    dest: &Location,
    options: &CopyOptions,
) -> Result<CopyPlan> {
    let overlap = OverlapCheck::new(&source.location, dest)?;
    if !options.dry_run && !dest.store().hints().writable {
        let (key, kind) = (dest.key(documents::ZARR_JSON)?, StoreErrorKind::ReadOnly);
        return Err(StoreError::new(Op::Put, dest.store(), key.as_str(), kind).into());
    }
    let store = dest.store();
    let planner = Planner {
        format: format_of_copies(source, dest, options).await?,
        is_vacant: store.hints().listable && store.is_empty(dest.path()).await?,
        source,
        options,
        overlap,
    };
    let chosen: Vec<_> = source
        .nodes
        .iter()
        .filter(|node| planner.is_chosen(node))
        .collect();
    let places = chosen.iter().map(|(path, _)| dest.join(path.as_str()));
    let places: Vec<Location> = places.collect::<Result<_, _>>()?;
    let found = planner.read_each(dest, places).await?;

    let mut nodes = Vec::with_capacity(chosen.len());
    let mut left_out = Vec::new();
    // Nodes below which nothing is copied.
    let mut skipped: HashSet<NodePath> = HashSet::new();
    for ((path, node), there) in chosen.into_iter().zip(found) {
        if path.ancestors().any(|above| skipped.contains(&above)) {
            continue;
        }
        let to = dest.join(path.as_str())?;
        let copy = match planner.node(path, node, to, there).await {
            Ok(copy) => copy,
            Err(CopyFailure::Node(error)) if options.keep_going && !path.is_root() => {
                skipped.insert(path.clone());
                left_out.push((path.as_str().to_owned(), error));
                continue;
            }
            Err(failure) => return Err(failure.into_error()),
        };
        if matches!(
            (&copy.action, node),
            (NodeAction::Skip, NodeMetadata::Group(_))
        ) {
            skipped.insert(path.clone());
        }
        nodes.push((path, copy));
    }
    planner.with_other_values(dest, nodes, left_out).await
}

struct Planner<'a> {
    format: ZarrFormat,
    source: &'a CopySource,
    options: &'a CopyOptions,
    overlap: OverlapCheck,
    /// Whether nothing lies where the copy will be.
    is_vacant: bool,
}

async fn format_of_copies(
    source: &CopySource,
    dest: &Location,
    options: &CopyOptions,
) -> Result<ZarrFormat> {
    let mut place = Some(dest.clone());
    while let Some(here) = place {
        match hierarchy::read(&here, None).await {
            Ok(Some(NodeMetadata::Group(group))) => {
                let there = group.format();
                return match options.zarr_format {
                    Some(asked) if asked != there => {
                        let text = format!(
                            "{here} is a group of format {there}; nodes of format {asked} would \
                             not be found among its members"
                        );
                        Err(Error::conflicting("zarr_format", text))
                    }
                    _ => Ok(there),
                };
            }
            Ok(Some(NodeMetadata::Array(_))) if here.path() != dest.path() => {
                let (path, ancestor) = (path_of(dest)?, path_of(&here)?);
                return Err(ErrorKind::ParentIsArray { path, ancestor }.into());
            }
            // Whether it may be replaced is asked of each node.
            Ok(_) => {}
            Err(error) => return Err(error),
        }
        place = here.parent();
    }
    let own = source.nodes.first().map(|(_, node)| node.format());
    let asked = options.zarr_format.or(own);
    Ok(asked.unwrap_or_else(|| options.context.default_format()))
}

impl Planner<'_> {
    /// The nodes that are there already.
    async fn read_each(
        &self,
        dest: &Location,
        places: Vec<Location>,
    ) -> Result<Vec<Option<NodeMetadata>>> {
        if self.is_vacant {
            return Ok(places.iter().map(|_| None).collect());
        }
        let looks = places
            .into_iter()
            .map(|place| async move { hierarchy::read(&place, None).await });
        let limit = dest.store().hints().concurrency.max(1);
        stream::iter(looks).buffered(limit).try_collect().await
    }

    /// The plan of these nodes and of the other values among them.
    async fn with_other_values(
        &self,
        dest: &Location,
        mut nodes: Vec<(&NodePath, NodeCopy)>,
        mut left_out: Vec<(String, Error)>,
    ) -> Result<CopyPlan> {
        let (source, options) = (self.source, self.options);
        let resumes = options.if_exists == IfExists::Update;
        let verbatim = nodes.iter().all(|(_, node)| match &node.action {
            NodeAction::Group { documents, .. } | NodeAction::Array { documents, .. } => {
                *documents == DocumentSource::Verbatim
            }
            NodeAction::Merge(_) => resumes && !options.without_attrs,
            NodeAction::Skip => false,
        });
        let all = source.unread.is_empty() && nodes.len() == source.nodes.len();
        let whole = verbatim && all;
        let copied: HashMap<NodePath, CopiedNode<'_>> = nodes
            .iter()
            .filter_map(|(path, node)| Some(((*path).clone(), node.copied()?)))
            .collect();
        let known = source.nodes.iter().map(|(path, _)| path);
        let known = known.chain(source.unread.iter().map(|(path, _)| path));
        let not_copied = known.filter(|path| !copied.contains_key(path));
        let search = OtherValuesSearch {
            source: &source.location,
            dest,
            not_copied: &not_copied.cloned().collect(),
            copied: &copied,
            choice: options.choice.as_ref(),
            verbatim,
            whole,
            shallow: options.shallow,
        };
        let others = search.run().await?;
        for name in others.unnamed {
            let why = "the name has a backslash, is not UTF-8, or is too long, so that no key can have it; rename it";
            let store = source.location.store();
            let kind = StoreErrorKind::Unsupported(why);
            let error = StoreError::new(Op::Name, store, &name, kind);
            match options.keep_going {
                true => left_out.push((name, error.into())),
                false => return Err(error.into()),
            }
        }
        for (path, node) in &mut nodes {
            let Some((count, first)) = others.out_of_bounds.get(path) else {
                continue;
            };
            let what = match count {
                1 => format!("the chunk `{first}` lies outside of its shape and stays behind"),
                _ => format!(
                    "{count} chunks lie outside of its shape and stay behind, `{first}` among them"
                ),
            };
            node.reworded.push(what);
        }
        if !whole {
            // Where nodes are known by consolidated metadata alone, the copy has some too.
            let is_opened_by_it = |path: &NodePath| path.is_root() && !source.has_documents;
            let is_listable = dest.store().hints().listable;
            for (path, node) in &mut nodes {
                if let NodeAction::Group {
                    documents,
                    consolidate,
                    ..
                } = &mut node.action
                {
                    let inside = is_consolidated(&node.source);
                    let is_consolidated = inside || others.consolidated.contains(path);
                    *consolidate = is_listable && (is_consolidated || is_opened_by_it(path));
                    if inside {
                        *documents = DocumentSource::Metadata;
                    }
                }
            }
        }
        Ok(CopyPlan {
            nodes: nodes.into_iter().map(|(_, node)| node).collect(),
            others: others.values,
            left_out,
        })
    }

    fn is_chosen(&self, (path, node): &(NodePath, NodeMetadata)) -> bool {
        if path.is_root() {
            return true;
        }
        let is_group = matches!(node, NodeMetadata::Group(_));
        let passed_over = self.options.shallow && (is_group || path.segments().count() > 1);
        let choice = self.options.choice.as_ref();
        !passed_over && choice.is_none_or(|is_chosen| is_chosen(path.as_str()))
    }
}

/// Whether a group of format 3 has consolidated metadata.
fn is_consolidated(node: &NodeMetadata) -> bool {
    let NodeMetadata::Group(GroupMetadata::V3(group)) = node else {
        return false;
    };
    group.consolidated_metadata.is_some()
}
