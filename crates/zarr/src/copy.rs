//! `copy` and `copy_all`: the arguments of a copy of nodes, and the list of nodes to copy. `zarr-core`
//! copies them.

pub(crate) mod filter;
pub(crate) mod progress;
pub(crate) mod store;

use std::fmt::Display;
use std::sync::Arc;

use zarr_core::copy::{Adapt, CopyOptions, CopySource, CopyStats, IfExists, copy_nodes};
use zarr_core::hierarchy::is_unreadable;
use zarr_core::{Context, Error, Refused, Result};
use zarr_metadata::{NodeMetadata, NodePath};
use zarr_store::Location;

use crate::arguments::format::{FormatArgument, format_setters};
use crate::copy::filter::Filter;
use crate::copy::progress::CopyProgress;
use crate::operation::operation;
use crate::target::access::Access;
use crate::target::finish::finish;
use crate::{CreateArray, Group, Node, Target};

/// Copies an array or a group, with everything below it, into the group at `dest`, which is created if it
/// is missing.
///
/// Chunks are copied as they are stored if codecs, grid and fill value stay the same, also between formats;
/// absent chunks stay absent. Otherwise they are decoded and encoded again, many at a time and within the
/// memory that the [`Context`] allows. Everything is checked before anything is changed.
///
/// Unless you ask for a change, metadata is copied byte for byte, and so are the other files among the nodes.
/// If you ask for one, nothing else changes. Consolidated metadata is copied if the copy has everything that
/// it lists, and otherwise written anew.
///
/// A copy gets the format of the group that it is copied into, so copying into a group of the other format
/// converts it.
///
/// ```
/// # use zarr::{blocking::Wait, IfExists, MemoryStore, ZarrFormat};
/// # fn main() -> zarr::Result<()> {
/// let old = zarr::create_group(MemoryStore::new()).zarr_format(ZarrFormat::V2).wait()?;
/// old.ones("data/x", [100]).chunks([10]).wait()?;
///
/// let new = zarr::group(MemoryStore::new()).wait()?;
/// let stats = zarr::copy(&old.group("data").wait()?, &new)
///     .with(|array| array.chunks([5]).shards([50]))
///     .wait()?;
/// assert_eq!((stats.copied, stats.bytes), (2, 800)); // the group and the array in it
/// assert_eq!(new.array("data/x").wait()?.shards(), Some(vec![50]));
///
/// // Copy again, but only what is missing: no chunk is copied.
/// let again = zarr::copy(&old.group("data").wait()?, &new).if_exists(IfExists::Update);
/// assert_eq!(again.wait()?.chunks, 0);
/// # Ok(())
/// # }
/// ```
pub fn copy(source: impl Into<Node>, dest: impl Into<Target>) -> CopyNodes {
    CopyNodes {
        source: source.into(),
        dest: dest.into(),
        name: None,
        filter: Filter::default(),
        context: None,
        format: FormatArgument::default(),
        options: CopyOptions::default(),
        refused: Refused::default(),
    }
}

/// Copies everything in a group into the group at `dest`, and adds the group's attributes to the
/// attributes there: see [`copy()`].
///
/// ```
/// # use zarr::{blocking::Wait, MemoryStore};
/// # fn main() -> zarr::Result<()> {
/// let from = zarr::group(MemoryStore::new()).wait()?;
/// from.zeros("a", [4]).wait()?;
/// from.zeros("b/c", [4]).wait()?;
/// let to = zarr::group(MemoryStore::new()).wait()?;
/// let stats = zarr::copy_all(&from, &to).excludes(["^a$"]).wait()?;
/// assert_eq!(stats.to_string(), "2 copied, 0 skipped, 32 bytes copied");
/// assert_eq!(to.keys().wait()?, ["b"]);
/// # Ok(())
/// # }
/// ```
pub fn copy_all(source: &Group, dest: impl Into<Target>) -> CopyNodes {
    let mut copy = copy(source, dest).name("");
    copy.options.children_only = true;
    copy
}

/// Nodes to copy: see [`copy()`] and [`copy_all`].
///
/// If you drop its future, the copy stops between two chunks. What was copied stays, and
/// [`IfExists::Update`] resumes it. Readers of an unfinished copy find fill values in place of the missing
/// chunks. The source is read chunk by chunk: the copy may or may not contain what is written to it
/// meanwhile.
#[must_use = "nothing is copied until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct CopyNodes {
    source: Node,
    dest: Target,
    name: Option<String>,
    filter: Filter,
    context: Option<Context>,
    format: FormatArgument,
    options: CopyOptions,
    refused: Refused,
}
format_setters!(
    /// The format of the copies, which must be that of the group they are copied into. By default it is; if
    /// that group does not exist yet, it is the format of the source.
    CopyNodes, format
);

impl CopyNodes {
    /// The name of the copy in the destination; by default that of the source. The empty name means the
    /// destination itself: the source replaces it, or is merged into the group there.
    pub fn name(mut self, name: impl AsRef<str>) -> Self {
        self.name = Some(name.as_ref().to_owned());
        self
    }

    /// Copies only the arrays directly in a group, without the groups in it.
    pub fn shallow(mut self, yes: bool) -> Self {
        self.options.shallow = yes;
        self
    }

    /// Omits attributes. Dimension names are not attributes.
    pub fn without_attrs(mut self, yes: bool) -> Self {
        self.options.without_attrs = yes;
        self
    }

    /// What happens to arrays that already exist in the destination.
    ///
    /// An [`IfExists`], or its name in zarr-python 2, such as `"skip"`.
    pub fn if_exists(mut self, what: impl TryInto<IfExists, Error: Display>) -> Self {
        let what = self.refused.take("if_exists", what.try_into());
        self.options.if_exists = what.unwrap_or_default();
        self
    }

    /// Whether to leave out a node that cannot be copied and copy the others: if its metadata cannot be
    /// read, a codec that is needed is unknown, the other format cannot express it, its name is refused, or
    /// one of its chunks is damaged. Such a node is reported to [`progress`](Self::progress) as
    /// [`CopyStep::LeftOut`](crate::CopyStep::LeftOut) and counted in [`CopyStats::left_out`]. By default it
    /// is an error and nothing is copied or, for a damaged chunk, nothing beyond what was copied before it.
    ///
    /// An array that is left out because of a chunk is removed from the destination again, unless it was
    /// there before ([`IfExists::Update`]): then it keeps what it has.
    pub fn keep_going(mut self, yes: bool) -> Self {
        self.options.keep_going = yes;
        self
    }

    /// Checks and counts everything, and copies nothing.
    pub fn dry_run(mut self, yes: bool) -> Self {
        self.options.dry_run = yes;
        self
    }

    /// Copies nodes whose path below the source matches one of these regular expressions, even if
    /// [`excludes`](Self::excludes) matches it, too.
    pub fn includes<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.filter.include(patterns);
        self
    }

    /// Leaves out nodes whose path below the source, such as `images/0`, matches one of these regular
    /// expressions anywhere.
    pub fn excludes<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.filter.exclude(patterns);
        self
    }

    /// Changes the arrays on the way: their chunks, shards, codecs or fill value. The function is called for
    /// each array, whose [`CreateArray::options`] it can read; shape and data type stay.
    #[doc(alias = "create_kws")]
    pub fn with(
        mut self,
        change: impl Fn(CreateArray) -> CreateArray + Send + Sync + 'static,
    ) -> Self {
        let adapt: Adapt =
            Arc::new(move |options| change(CreateArray::new(Target::Memory, options)).decided());
        self.options.adapt = Some(adapt);
        self
    }

    /// Calls a function with the progress of the copy, in the task that drives it: before each node, and
    /// after every chunk or every few. `Display` of the progress is a line for a log.
    #[doc(alias = "log")]
    pub fn progress(
        mut self,
        listener: impl Fn(&CopyProgress<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.options.progress = Some(progress::listener(listener));
        self
    }

    /// Codecs, workers and limits for the copy; by default the source's.
    pub fn context(mut self, context: &Context) -> Self {
        self.context = Some(context.clone());
        self
    }

    async fn run(mut self) -> Result<CopyStats> {
        self.refused.check()?;
        let choice = self.filter.choice()?;
        self.options.zarr_format = self.format.get()?;
        let source = found(&self.source, &self.options).await?;
        let name = match &self.name {
            Some(name) => name.as_str(),
            None => source_name(&source.location)?,
        };
        let context = self.context.unwrap_or_else(|| source.context.clone());
        let dest = self.dest.reach(name, &Access::finished(), &context).await?;
        self.options.choice = choice;
        self.options.context = context;
        let copied = copy_nodes(source, &dest, &self.options).await?;
        if !self.options.dry_run {
            finish(&dest).await?;
        }
        Ok(copied)
    }
}
operation!(CopyNodes => CopyStats);

/// Lists a node and everything below it.
async fn found(node: &Node, options: &CopyOptions) -> Result<CopySource> {
    let (location, context) = match node {
        Node::Array(array) => (array.chunked().location(), array.chunked().context()),
        Node::Group(group) => (group.location(), group.context()),
    };
    let mut nodes = vec![(NodePath::root(), metadata(node))];
    let (mut unread, mut has_documents) = (Vec::new(), true);
    if let Node::Group(group) = node {
        let mut group = group.clone();
        // Metadata that only spares requests is no reason to copy other documents than those that are there.
        let listable = group.store().hints().listable;
        let view = group.view();
        if listable && view.is_some_and(|view| !view.is_required()) {
            group = group.with_view(None);
        }
        has_documents = group.view().is_none();
        let members = match options.shallow {
            true => group.members(),
            false => group.members().all(),
        };
        if !options.keep_going || !has_documents {
            nodes.extend(members.metadata().await?);
        } else {
            for (path, found) in members.each_metadata().await {
                let path = NodePath::parse(&path)?;
                match found {
                    Ok(node) => nodes.push((path, node)),
                    Err(error) if is_unreadable(&error) => unread.push((path, error)),
                    Err(error) => return Err(error),
                }
            }
        }
    }
    nodes.sort_by(|(a, _), (b, _)| a.cmp(b));
    unread.sort_by(|(a, _), (b, _)| a.cmp(b));
    let (location, context) = (location.clone(), context.clone());
    Ok(CopySource {
        location,
        nodes,
        unread,
        has_documents,
        context,
    })
}

fn metadata(node: &Node) -> NodeMetadata {
    match node {
        Node::Array(array) => NodeMetadata::Array(array.metadata().clone()),
        Node::Group(group) => NodeMetadata::Group(group.metadata().clone()),
    }
}

fn source_name(location: &Location) -> Result<&str> {
    match location.path().name() {
        "" => {
            let text = "the source is the root of its store and has no name; give its copy a name";
            Err(Error::argument("name", text))
        }
        name => Ok(name),
    }
}
