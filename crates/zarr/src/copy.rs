//! `copy` and `copy_all`: nodes with their data from place to place. How they are copied is
//! `zarr-core`'s; here is only what people say.

pub(crate) mod filter;
pub(crate) mod progress;
pub(crate) mod store;

use std::sync::Arc;

use zarr_core::copy::{Adapt, CopyOptions, CopySource, CopyStats, IfExists, copy_nodes};
use zarr_core::hierarchy::is_unreadable;
use zarr_core::{Context, Error, Result};
use zarr_metadata::{NodeMetadata, NodePath, ZarrFormat};
use zarr_store::Location;

use crate::copy::filter::Filter;
use crate::copy::progress::CopyProgress;
use crate::operation::operation;
use crate::target::finish::{Finish, finish};
use crate::{CreateArray, Group, Node, Target};

/// Copies an array or a group, with all below it, into the group at `dest`, which is made if it is
/// missing.
///
/// Chunks are copied as they are stored where codecs, grid and fill value stay the same, also between
/// formats; absent ones stay absent. Otherwise they are decoded and encoded, many at a time and within
/// the memory that the [`Context`] allows. Nothing is changed before all is checked.
///
/// Where nothing is asked to change, documents are copied as they stand, byte for byte, and so is what other
/// programs keep among the nodes: files of other kinds. Where something is, only that changes. Consolidated
/// metadata is copied with all that it speaks of, and else made anew.
///
/// Copies get the format of the group that they come to lie in: copying into a group of the other
/// format converts.
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
/// // Again: only what is missing, which is nothing.
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
        includes: Vec::new(),
        excludes: Vec::new(),
        context: None,
        options: CopyOptions::default(),
    }
}

/// Copies everything in a group into the group at `dest`, and adds the group's attributes to those
/// that are there: see [`copy()`].
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

/// Nodes to be copied, to be awaited: see [`copy()`] and [`copy_all`].
///
/// Dropping its future stops the copy between two chunks; what was copied stays, and
/// [`IfExists::Update`] goes on from there. Readers of the copy find fill values where it is not done
/// yet. The source is read as it is found, chunk by chunk: what is written to it meanwhile is in the
/// copy, or is not.
#[must_use = "nothing is copied until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct CopyNodes {
    source: Node,
    dest: Target,
    name: Option<String>,
    includes: Vec<String>,
    excludes: Vec<String>,
    context: Option<Context>,
    options: CopyOptions,
}

impl CopyNodes {
    /// What the copy is called in the destination; as the source, if not given. An empty name is the
    /// destination itself: the source takes its place, or joins the group that is there.
    pub fn name(mut self, name: impl AsRef<str>) -> Self {
        self.name = Some(name.as_ref().to_owned());
        self
    }

    /// Copies only the arrays directly in a group, and not the groups in it.
    pub fn shallow(mut self, yes: bool) -> Self {
        self.options.shallow = yes;
        self
    }

    /// Leaves attributes behind. Names of axes are none.
    pub fn without_attrs(mut self, yes: bool) -> Self {
        self.options.without_attrs = yes;
        self
    }

    /// What is done about arrays that are there already.
    pub fn if_exists(mut self, what: IfExists) -> Self {
        self.options.if_exists = what;
        self
    }

    /// Whether what stands in the way of one node costs that node alone: a document that cannot be read, a
    /// codec that is needed and not known, what a format has no word for, a name that is refused, a chunk
    /// that is damaged. It is told to [`progress`](Self::progress) as
    /// [`CopyStep::LeftOut`](crate::CopyStep::LeftOut), counted in [`CopyStats::left_out`], and the rest is
    /// copied. Without this nothing is, or, where it is a chunk, no more than was copied before.
    ///
    /// An array that is left out for a chunk is taken out again, unless it was there before
    /// ([`IfExists::Update`]): then it stays with what it has.
    pub fn keep_going(mut self, yes: bool) -> Self {
        self.options.keep_going = yes;
        self
    }

    /// Checks and counts everything, and copies nothing.
    pub fn dry_run(mut self, yes: bool) -> Self {
        self.options.dry_run = yes;
        self
    }

    /// Copies nodes whose path below the source is found by one of these regular expressions also
    /// where [`excludes`](Self::excludes) names them.
    pub fn includes<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.includes.extend(patterns.into_iter().map(Into::into));
        self
    }

    /// Leaves out nodes whose path below the source, such as `images/0`, is found by one of these
    /// regular expressions.
    pub fn excludes<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.excludes.extend(patterns.into_iter().map(Into::into));
        self
    }

    /// The format of the copies. It must be that of the group they come to lie in, which it is if not
    /// given; where there is none yet, the source's.
    pub fn zarr_format(mut self, format: ZarrFormat) -> Self {
        self.options.zarr_format = Some(format);
        self
    }

    /// What arrays are to be other than they were: chunks, shards, codecs, fill value. Called for each
    /// of them, of which [`CreateArray::options`] tells; shape and type stay.
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

    /// Tells how far the copy is, from the task that drives it: at the begin of each node, and after
    /// each chunk or a few. Printed, it is a line for a log.
    #[doc(alias = "log")]
    pub fn progress(
        mut self,
        listener: impl Fn(&CopyProgress<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.options.progress = Some(progress::listener(listener));
        self
    }

    /// Codecs, workers and limits for the copies; the source's, if not given.
    pub fn context(mut self, context: &Context) -> Self {
        self.context = Some(context.clone());
        self
    }

    async fn run(mut self) -> Result<CopyStats> {
        let filter = Filter::new(&self.includes, &self.excludes)?;
        let source = found(&self.source, &self.options).await?;
        let name = match &self.name {
            Some(name) => name.as_str(),
            None => source_name(&source.location)?,
        };
        let dest = self.dest.location(name, Finish::Here).await?;
        self.options.choice = filter.map(Filter::into_choice);
        self.options.context = self.context.unwrap_or_else(|| source.context.clone());
        let copied = copy_nodes(source, &dest, &self.options).await?;
        if !self.options.dry_run {
            finish(&dest).await?;
        }
        Ok(copied)
    }
}
operation!(CopyNodes => CopyStats);

/// A node and all below it.
async fn found(node: &Node, options: &CopyOptions) -> Result<CopySource> {
    let (location, context) = match node {
        Node::Array(array) => (array.chunked().location(), array.chunked().context()),
        Node::Group(group) => (group.location(), group.context()),
    };
    let mut nodes = vec![(NodePath::root(), metadata(node))];
    let (mut unread, mut has_documents) = (Vec::new(), true);
    if let Node::Group(group) = node {
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
            let text = "the source is the root of its store and has no name; say what its copy is \
                        to be called";
            Err(Error::argument("name", text))
        }
        name => Ok(name),
    }
}
