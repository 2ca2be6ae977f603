//! What a copy of nodes will do, node by node: decided by what is there, and checked, before anything
//! is changed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::{
    ArrayMetadata, Attributes, GroupMetadata, NodeMetadata, NodePath, ZarrFormat, v3,
};
use zarr_store::{Entry, Key, Location, Op, StoreError, StoreErrorKind, StoreExt};

use super::others::Search;
use super::overlap::Ground;
use super::words::Words;
use super::{CopyOptions, CopySource, IfExists, array};
use crate::hierarchy::{self, path_of};
use crate::{ArrayConfig, ArrayOptions, ChunkedArray, Error, ErrorKind, NodeKind, Result};

/// Where xarray keeps the names of axes in format 2.
const DIMENSIONS: &str = "_ARRAY_DIMENSIONS";

/// What is done about one node.
pub(super) struct Step {
    /// Its path in the source's store.
    pub(super) path: String,
    /// Its place there.
    pub(super) place: Location,
    /// What it is there.
    pub(super) node: NodeMetadata,
    /// Where its copy lies.
    pub(super) to: Location,
    pub(super) action: Action,
    /// What the documents of the copy say in other words, or not at all.
    pub(super) reworded: Vec<String>,
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
        words: Words,
        /// Whether consolidated metadata is made anew.
        consolidate: bool,
    },
    Array {
        from: Arc<ChunkedArray>,
        to: Arc<ChunkedArray>,
        how: How,
        words: Words,
    },
}

/// All that will be done.
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    /// Values beside the nodes, and where they come to lie.
    pub(super) others: Vec<(Entry, Key)>,
    /// What is left out, and why.
    pub(super) left_out: Vec<(String, Error)>,
}

/// Why there is no step for a node.
enum Trouble {
    /// Something about this node alone.
    Node(Error),
    /// Something that concerns the whole copy.
    All(Error),
}

impl<E: Into<Error>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::All(error.into())
    }
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
) -> Result<Plan> {
    let ground = Ground::new(&source.location, dest)?;
    if !options.dry_run && !dest.store().hints().writable {
        let key = dest.key("zarr.json")?;
        let kind = zarr_store::StoreErrorKind::ReadOnly;
        let op = zarr_store::Op::Put;
        return Err(zarr_store::StoreError::new(op, dest.store(), key.as_str(), kind).into());
    }
    let store = dest.store();
    let planner = Planner {
        format: format(source, dest, options).await?,
        is_vacant: store.hints().listable && store.is_empty(dest.path()).await?,
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
    let found = planner.look(dest, places).await?;

    let mut steps = Vec::with_capacity(chosen.len());
    let mut left_out = Vec::new();
    // Nodes below which nothing is copied.
    let mut skipped: HashSet<NodePath> = HashSet::new();
    for ((path, node), there) in chosen.into_iter().zip(found) {
        if path.ancestors().any(|above| skipped.contains(&above)) {
            continue;
        }
        let to = dest.join(path.as_str())?;
        let step = match planner.step(path, node, to, there).await {
            Ok(step) => step,
            Err(Trouble::Node(error)) if options.keep_going && !path.is_root() => {
                skipped.insert(path.clone());
                left_out.push((path.as_str().to_owned(), error));
                continue;
            }
            Err(Trouble::Node(error) | Trouble::All(error)) => return Err(error),
        };
        if matches!((&step.action, node), (Action::Skip, NodeMetadata::Group(_))) {
            skipped.insert(path.clone());
        }
        steps.push((path, step));
    }
    planner.beside(dest, steps, left_out).await
}

struct Planner<'a> {
    format: ZarrFormat,
    source: &'a CopySource,
    options: &'a CopyOptions,
    ground: Ground,
    /// Whether nothing at all lies where the copy will be.
    is_vacant: bool,
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

impl Planner<'_> {
    /// What there is at each place.
    async fn look(
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

    /// The plan of these steps, with what lies beside the nodes.
    async fn beside(
        &self,
        dest: &Location,
        mut steps: Vec<(&NodePath, Step)>,
        mut left_out: Vec<(String, Error)>,
    ) -> Result<Plan> {
        let (source, options) = (self.source, self.options);
        let resumes = options.if_exists == IfExists::Update;
        let as_written = steps.iter().all(|(_, step)| match &step.action {
            Action::Group { words, .. } | Action::Array { words, .. } => *words == Words::Source,
            Action::Merge(_) => resumes && !options.without_attrs,
            Action::Skip => false,
        });
        let all = source.unread.is_empty() && steps.len() == source.nodes.len();
        let whole = as_written && all;
        let copied: HashMap<NodePath, &NodeMetadata> = steps
            .iter()
            .filter(|(_, step)| !matches!(step.action, Action::Skip))
            .map(|(path, step)| ((*path).clone(), &step.node))
            .collect();
        let known = source.nodes.iter().map(|(path, _)| path);
        let known = known.chain(source.unread.iter().map(|(path, _)| path));
        let left = known.filter(|path| !copied.contains_key(path));
        let search = Search {
            source: &source.location,
            dest,
            left: &left.cloned().collect(),
            copied: &copied,
            choice: options.choice.as_ref(),
            as_written,
            whole,
            shallow: options.shallow,
        };
        let others = search.run().await?;
        for name in others.unnamed {
            let why = "a name with a backslash or of other bytes than UTF-8, or too long a one, which \
                       no key can have; rename it";
            let store = source.location.store();
            let kind = StoreErrorKind::Unsupported(why);
            let error = StoreError::new(Op::Name, store, &name, kind);
            match options.keep_going {
                true => left_out.push((name, error.into())),
                false => return Err(error.into()),
            }
        }
        if !whole {
            // Nodes that are known by what a group says of them: that can be said of the copies too.
            let is_told = |path: &NodePath| path.is_root() && !source.has_documents;
            let is_listable = dest.store().hints().listable;
            for (path, step) in &mut steps {
                if let Action::Group {
                    words, consolidate, ..
                } = &mut step.action
                {
                    let inside = is_consolidated(&step.node);
                    let is_consolidated = inside || others.consolidated.contains(path);
                    *consolidate = is_listable && (is_consolidated || is_told(path));
                    if inside {
                        *words = Words::Own;
                    }
                }
            }
        }
        Ok(Plan {
            steps: steps.into_iter().map(|(_, step)| step).collect(),
            others: others.values,
            left_out,
        })
    }

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
    ) -> Result<Step, Trouble> {
        let action = match node {
            NodeMetadata::Group(group) => self.group(group, &to, there).await?,
            NodeMetadata::Array(array) => self.array(path, array, &to, there).await?,
        };
        let place = self.source.location.join(path.as_str())?;
        if !matches!(action, Action::Skip) {
            let name = path_of(&to)?;
            name.check_new()
                .map_err(|error| Trouble::Node(error.into()))?;
            let replaced = match &action {
                Action::Group { overwrite, .. } => *overwrite,
                Action::Array { how, .. } => *how == How::Replace,
                Action::Skip | Action::Merge(_) => false,
            };
            self.ground.check(&to, replaced)?;
        }
        Ok(Step {
            path: path_of(&place)?.as_str().to_owned(),
            place,
            node: node.clone(),
            to,
            reworded: self.reworded(node, &action),
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
        let keeps = group.format() == self.format && !self.options.without_attrs;
        let metadata = match (keeps, group) {
            (false, _) => GroupMetadata::new(self.format, attributes),
            (true, GroupMetadata::V2 { .. }) => group.clone(),
            (true, GroupMetadata::V3(group)) => GroupMetadata::V3(v3::GroupMetadataV3 {
                consolidated_metadata: None,
                ..group.clone()
            }),
        };
        if !overwrite && !self.is_vacant {
            hierarchy::check_remains(to, &NodeMetadata::Group(metadata.clone())).await?;
        }
        Ok(Action::Group {
            metadata: Box::new(metadata),
            overwrite,
            words: match keeps && self.source.has_documents {
                true => Words::Source,
                false => Words::Own,
            },
            consolidate: false,
        })
    }

    async fn array(
        &self,
        path: &NodePath,
        metadata: &ArrayMetadata,
        to: &Location,
        there: Option<NodeMetadata>,
    ) -> Result<Action, Trouble> {
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
            (Some(found), _) => return Err(exists(to, hierarchy::kind(found)).into()),
        };
        let place = self.source.location.join(path.as_str())?;
        let (context, config) = (self.source.context.clone(), ArrayConfig::default());
        let name = path_of(&place)?;
        let from = ChunkedArray::new(place, name.clone(), metadata.clone(), context, config)
            .map_err(Trouble::Node)?;
        let (metadata, config, words) = match (how, there) {
            (How::Complete, Some(NodeMetadata::Array(there))) => {
                (there, ArrayConfig::default(), Words::Source)
            }
            _ => self.target(&name, metadata)?,
        };
        let how = match how {
            How::Create if !self.is_vacant => self.over_remains(to, &metadata).await?,
            how => how,
        };
        let to = self.open(to, metadata, config)?;
        array::check_source(&from, &to).map_err(Trouble::Node)?;
        array::check(&from, &to)?;
        Ok(Action::Array {
            from: Arc::new(from),
            to: Arc::new(to),
            how,
            words,
        })
    }

    /// What becomes of chunks that lie where an array is to be created, and no document is.
    async fn over_remains(&self, to: &Location, metadata: &ArrayMetadata) -> Result<How> {
        let node = NodeMetadata::Array(metadata.clone());
        match hierarchy::check_remains(to, &node).await {
            Err(error)
                if matches!(error.kind(), ErrorKind::Remains { .. })
                    && self.options.if_exists == IfExists::Replace =>
            {
                Ok(How::Replace)
            }
            checked => checked.map(|()| How::Create),
        }
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
    ) -> Result<(ArrayMetadata, ArrayConfig, Words), Trouble> {
        let written = metadata;
        let mut metadata = metadata.clone();
        if self.options.without_attrs {
            let converts = metadata.format() != self.format;
            // The names of axes are no attributes, wherever format 2 keeps them.
            metadata
                .attributes_mut()
                .retain(|key, _| converts && key == DIMENSIONS);
        }
        if metadata.format() == self.format && self.options.adapt.is_none() {
            return Ok((
                metadata.clone(),
                ArrayConfig::default(),
                self.words(written, &metadata),
            ));
        }
        let like = ArrayOptions::like_in(&metadata, self.format).map_err(|source| {
            Error::from(ErrorKind::Metadata {
                path: path.clone(),
                document: format!("what would become format {}", self.format),
                source,
            })
        });
        let Some(adapt) = &self.options.adapt else {
            let metadata = like.and_then(|like| like.unchecked(self.format));
            let metadata = metadata.map_err(Trouble::Node)?;
            return Ok((metadata, ArrayConfig::default(), Words::Own));
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
        let unasked = untranslated.is_none().then(|| options.clone());
        let codecs = (options.codecs.clone(), options.serializer.clone());
        let (mut options, config) = adapt(options)?;
        if let Some(error) = untranslated
            && options.codecs.is_none()
            && before == (options.filters.clone(), options.compressors.clone())
        {
            return Err(Trouble::Node(error));
        }
        if options.shape != shape {
            return Err(Error::argument("shape", "a copy keeps the shape").into());
        }
        let asked = options.zarr_format.get_or_insert(self.format);
        if *asked != self.format {
            let text = "it is one for all nodes of a copy; give it to the copy";
            return Err(Error::argument("zarr_format", text).into());
        }
        // The source's own documents may say it in ways that no options make.
        let unasked = unasked.filter(|_| metadata.format() == self.format);
        let plain = match unasked {
            Some(unasked) if unasked.same_as(&options) => {
                let words = self.words(written, &metadata);
                return Ok((metadata, config, words));
            }
            Some(unasked) => unasked.unchecked(self.format).ok(),
            None => None,
        };
        // What others wrote is copied as it is; what is chosen anew has to be right.
        let is_chosen = before != (options.filters.clone(), options.compressors.clone())
            || codecs != (options.codecs.clone(), options.serializer.clone());
        let target = match is_chosen {
            true => options.metadata(self.format)?,
            false => options.unchecked(self.format)?,
        };
        let words = match plain {
            Some(plain) if plain == target => {
                let words = self.words(written, &metadata);
                return Ok((metadata, config, words));
            }
            Some(plain) if self.source.has_documents => Words::Changed(Box::new(plain)),
            _ => Words::Own,
        };
        Ok((target, config, words))
    }

    /// In which words the documents of a copy are that is to say `metadata`.
    fn words(&self, written: &ArrayMetadata, metadata: &ArrayMetadata) -> Words {
        match self.source.has_documents {
            false => Words::Own,
            true if written == metadata => Words::Source,
            true => Words::Changed(Box::new(written.clone())),
        }
    }

    /// What the documents of a copy say in other words than the source, or not at all.
    fn reworded(&self, node: &NodeMetadata, action: &Action) -> Vec<String> {
        let is_new = matches!(action, Action::Group { .. } | Action::Array { .. });
        if !is_new || node.format() == self.format {
            return Vec::new();
        }
        let converted = node.convert(self.format);
        let lost = converted
            .map(|converted| converted.lost)
            .unwrap_or_default();
        lost.iter().map(ToString::to_string).collect()
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

/// Whether a group of format 3 says what all below it say.
fn is_consolidated(node: &NodeMetadata) -> bool {
    let NodeMetadata::Group(GroupMetadata::V3(group)) = node else {
        return false;
    };
    group.consolidated_metadata.is_some()
}

fn exists(place: &Location, found: NodeKind) -> Error {
    let path = path_of(place).unwrap_or_default();
    let store = place.store().to_string();
    ErrorKind::Exists { path, found, store }.into()
}
