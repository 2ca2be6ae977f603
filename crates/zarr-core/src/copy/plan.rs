//! What a copy of nodes will do, node by node: decided by what is there, and checked, before anything
//! is changed.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::{ArrayMetadata, Attributes, GroupMetadata, NodeMetadata, NodePath, ZarrFormat};
use zarr_store::{Location, StoreExt};

use super::overlap::Ground;
use super::{CopyOptions, CopySource, IfExists, array};
use crate::hierarchy::{self, path_of};
use crate::{ArrayConfig, ArrayOptions, ChunkedArray, Error, ErrorKind, NodeKind, Result};

/// Where xarray keeps the names of axes in format 2.
const DIMENSIONS: &str = "_ARRAY_DIMENSIONS";

/// What is done about one node.
pub(super) struct Step {
    /// Its path in the source's store.
    pub(super) path: String,
    /// What it is there.
    pub(super) node: NodeMetadata,
    /// Where its copy lies.
    pub(super) to: Location,
    pub(super) action: Action,
    /// Whether all others lie below it.
    pub(super) is_topmost: bool,
}

pub(super) enum Action {
    /// It is there already.
    Skip,
    /// The attributes of the source join those that are there.
    Merge(Attributes),
    Group {
        metadata: Box<GroupMetadata>,
        overwrite: bool,
    },
    Array {
        from: Arc<ChunkedArray>,
        to: Arc<ChunkedArray>,
        how: How,
    },
}

/// What becomes of what is there.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum How {
    Create,
    Replace,
    /// Its missing chunks are added.
    Complete,
}

/// The steps to copy all nodes to `dest`, where the topmost comes to lie, in their order.
///
/// # Errors
/// Everything that can be known to be in the way.
pub(super) async fn plan(
    source: &CopySource,
    dest: &Location,
    options: &CopyOptions,
) -> Result<Vec<Step>> {
    let ground = Ground::new(&source.location, dest)?;
    if !options.dry_run && !dest.store().hints().writable {
        let key = dest.key("zarr.json")?;
        let kind = zarr_store::StoreErrorKind::ReadOnly;
        let op = zarr_store::Op::Put;
        return Err(zarr_store::StoreError::new(op, dest.store(), key.as_str(), kind).into());
    }
    let planner = Planner {
        format: format(source, dest, options).await?,
        source,
        options,
        ground,
    };
    let chosen: Vec<_> = source
        .nodes
        .iter()
        .filter(|node| planner.is_meant(node))
        .collect();
    let places = chosen.iter().map(|(path, _)| dest.join(path.as_str()));
    let places: Vec<Location> = places.collect::<Result<_, _>>()?;
    let found = look(dest, places).await?;

    let mut steps = Vec::with_capacity(chosen.len());
    let mut skipped: HashSet<NodePath> = HashSet::new();
    for ((path, node), there) in chosen.into_iter().zip(found) {
        if path.ancestors().any(|above| skipped.contains(&above)) {
            continue;
        }
        let to = dest.join(path.as_str())?;
        let step = planner.step(path, node, to, there).await?;
        if matches!((&step.action, node), (Action::Skip, NodeMetadata::Group(_))) {
            skipped.insert(path.clone());
        }
        steps.push(step);
    }
    Ok(steps)
}

struct Planner<'a> {
    format: ZarrFormat,
    source: &'a CopySource,
    options: &'a CopyOptions,
    ground: Ground,
}

/// The format of the copies.
async fn format(source: &CopySource, dest: &Location, options: &CopyOptions) -> Result<ZarrFormat> {
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
                        Err(Error::argument("zarr_format", text))
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

/// What there is at each place.
async fn look(dest: &Location, places: Vec<Location>) -> Result<Vec<Option<NodeMetadata>>> {
    let store = dest.store();
    if store.hints().listable && store.is_empty(dest.path()).await? {
        return Ok(places.iter().map(|_| None).collect());
    }
    let looks = places
        .into_iter()
        .map(|place| async move { hierarchy::read(&place, None).await });
    let limit = store.hints().concurrency.max(1);
    stream::iter(looks).buffered(limit).try_collect().await
}

impl Planner<'_> {
    fn is_meant(&self, (path, node): &(NodePath, NodeMetadata)) -> bool {
        if path.is_root() {
            return true;
        }
        let is_group = matches!(node, NodeMetadata::Group(_));
        let passed_over = self.options.shallow && (is_group || path.segments().count() > 1);
        let choice = self.options.choice.as_ref();
        !passed_over && choice.is_none_or(|is_meant| is_meant(path.as_str()))
    }

    async fn step(
        &self,
        path: &NodePath,
        node: &NodeMetadata,
        to: Location,
        there: Option<NodeMetadata>,
    ) -> Result<Step> {
        let action = match node {
            NodeMetadata::Group(group) => self.group(group, &to, there).await?,
            NodeMetadata::Array(array) => self.array(path, array, &to, there).await?,
        };
        let place = self.source.location.join(path.as_str())?;
        if !matches!(action, Action::Skip) {
            path_of(&to)?.check_new()?;
            let replaced = match &action {
                Action::Group { overwrite, .. } => *overwrite,
                Action::Array { how, .. } => *how == How::Replace,
                Action::Skip | Action::Merge(_) => false,
            };
            self.ground.check(&to, replaced)?;
        }
        Ok(Step {
            path: path_of(&place)?.as_str().to_owned(),
            node: node.clone(),
            to,
            action,
            is_topmost: path.is_root(),
        })
    }

    async fn group(
        &self,
        group: &GroupMetadata,
        to: &Location,
        there: Option<NodeMetadata>,
    ) -> Result<Action> {
        let attributes = match self.options.without_attrs {
            true => Attributes::new(),
            false => group.attributes().clone(),
        };
        let overwrite = match there {
            Some(NodeMetadata::Group(_)) => return Ok(Action::Merge(attributes)),
            None => false,
            Some(NodeMetadata::Array(array)) => match self.options.if_exists {
                IfExists::Replace => true,
                IfExists::Skip => return Ok(Action::Skip),
                IfExists::SkipInitialized if self.is_complete(to, array).await? => {
                    return Ok(Action::Skip);
                }
                IfExists::SkipInitialized => true,
                IfExists::Raise | IfExists::Update => return Err(exists(to, NodeKind::Array)),
            },
        };
        let metadata = Box::new(GroupMetadata::new(self.format, attributes));
        Ok(Action::Group {
            metadata,
            overwrite,
        })
    }

    async fn array(
        &self,
        path: &NodePath,
        metadata: &ArrayMetadata,
        to: &Location,
        there: Option<NodeMetadata>,
    ) -> Result<Action> {
        let how = match (&there, self.options.if_exists) {
            (None, _) => How::Create,
            (Some(_), IfExists::Skip) => return Ok(Action::Skip),
            (Some(_), IfExists::Replace) => How::Replace,
            (Some(NodeMetadata::Array(_)), IfExists::Update) => How::Complete,
            (Some(NodeMetadata::Array(array)), IfExists::SkipInitialized) => {
                if self.is_complete(to, array.clone()).await? {
                    return Ok(Action::Skip);
                }
                How::Replace
            }
            (Some(found), _) => return Err(exists(to, hierarchy::kind(found))),
        };
        let place = self.source.location.join(path.as_str())?;
        let (context, config) = (self.source.context.clone(), ArrayConfig::default());
        let name = path_of(&place)?;
        let from = ChunkedArray::new(place, name.clone(), metadata.clone(), context, config)?;
        let (metadata, config) = match (how, there) {
            (How::Complete, Some(NodeMetadata::Array(there))) => (there, ArrayConfig::default()),
            _ => self.target(&name, metadata)?,
        };
        let to = self.open(to, metadata, config)?;
        array::check(&from, &to)?;
        Ok(Action::Array {
            from: Arc::new(from),
            to: Arc::new(to),
            how,
        })
    }

    fn open(
        &self,
        place: &Location,
        metadata: ArrayMetadata,
        config: ArrayConfig,
    ) -> Result<ChunkedArray> {
        let context = self.options.context.clone();
        ChunkedArray::new(place.clone(), path_of(place)?, metadata, context, config)
    }

    /// The documents of an array's copy.
    fn target(
        &self,
        path: &NodePath,
        metadata: &ArrayMetadata,
    ) -> Result<(ArrayMetadata, ArrayConfig)> {
        let mut metadata = metadata.clone();
        if self.options.without_attrs {
            let converts = metadata.format() != self.format;
            // The names of axes are no attributes, wherever format 2 keeps them.
            metadata
                .attributes_mut()
                .retain(|key, _| converts && key == DIMENSIONS);
        }
        if metadata.format() == self.format && self.options.adapt.is_none() {
            return Ok((metadata, ArrayConfig::default()));
        }
        let like = ArrayOptions::like_in(&metadata, self.format).map_err(|source| {
            Error::from(ErrorKind::Metadata {
                path: path.clone(),
                document: format!("what would become format {}", self.format),
                source,
            })
        });
        let Some(adapt) = &self.options.adapt else {
            let metadata = like?.metadata(self.format)?;
            return Ok((metadata, ArrayConfig::default()));
        };
        let (shape, dtype) = (metadata.shape().to_vec(), metadata.data_type().clone());
        let (options, untranslated) = match like {
            Ok(options) => (options, None),
            // What stands in the way may be chosen otherwise.
            Err(error) => {
                let mut options = ArrayOptions::new(shape.clone(), dtype.clone());
                options.attributes.clone_from(metadata.attributes());
                (options, Some(error))
            }
        };
        let before = (options.filters.clone(), options.compressors.clone());
        let (mut options, config) = adapt(options)?;
        if let Some(error) = untranslated
            && options.codecs.is_none()
            && before == (options.filters.clone(), options.compressors.clone())
        {
            return Err(error);
        }
        if options.shape != shape {
            return Err(Error::argument("shape", "a copy keeps the shape"));
        }
        let asked = options.zarr_format.get_or_insert(self.format);
        if *asked != self.format {
            let text = "it is one for all nodes of a copy; give it to the copy";
            return Err(Error::argument("zarr_format", text));
        }
        Ok((options.metadata(self.format)?, config))
    }

    /// Whether every chunk of an array that is there holds data.
    async fn is_complete(&self, place: &Location, metadata: ArrayMetadata) -> Result<bool> {
        let array = Arc::new(self.open(place, metadata, ArrayConfig::default())?);
        let is_sharded = array.chain()?.shard().is_some();
        let all = match is_sharded {
            false => array.grid().len(),
            true => {
                let axes = array.metadata().shape().iter();
                let inner = axes.zip(array.inner_chunk_shape()?);
                let counts: Vec<u64> = inner.map(|(n, chunk)| n.div_ceil(chunk.max(1))).collect();
                zarr_codecs::volume(&counts)
            }
        };
        Ok(Some(array.initialized_chunks().await?) == all)
    }
}

fn exists(place: &Location, found: NodeKind) -> Error {
    let path = path_of(place).unwrap_or_default();
    let store = place.store().to_string();
    ErrorKind::Exists { path, found, store }.into()
}
