//! The functions and builders that open nodes. What a mode means is `zarr-core`'s.

pub(crate) mod opening;

use zarr_core::hierarchy::ConsolidatedView;
use zarr_core::{ArrayOptions, Context, ErrorClass, NodeKind, Result};
use zarr_metadata::{Attribute, ZarrFormat};

use crate::open::opening::At;
use crate::operation::operation;
use crate::target::access::{Access, access, array_handle, handle};
use crate::{Array, Group, Like, Mode, Node, Target, UseConsolidated};

/// Opens whatever node is there. With a [`mode`](Open::mode) it may be created.
///
/// ```
/// use zarr::blocking::Wait;
/// # fn main() -> zarr::Result<()> {
/// # let group = zarr::create_group(zarr::Target::Memory).wait()?;
/// match zarr::open(&group).wait()? {
///     zarr::Node::Array(array) => println!("{}", array.info()),
///     zarr::Node::Group(group) => println!("{}", group.tree().wait()?),
/// }
/// # Ok(())
/// # }
/// ```
pub fn open(store: impl Into<Target>) -> Open {
    Open {
        at: At::new(store.into()),
    }
}

/// Opens an array. With a [`mode`](OpenArray::mode) it may be created.
///
/// ```
/// use zarr::blocking::Wait;
/// use zarr::{ArrayOptions, DataType, MemoryStore, Mode};
/// # fn main() -> zarr::Result<()> {
/// let store = MemoryStore::new();
/// let options = ArrayOptions::new([10], DataType::Int16);
/// let open = zarr::open_array(store.clone()).mode(Mode::Append).or_create(options);
/// open.wait()?.write(.., 3_i16).wait()?;
///
/// let read_only = zarr::open_array(store).mode(Mode::Read).wait()?;
/// assert_eq!(read_only.read::<i16>(0).wait()?[[]], 3);
/// assert!(read_only.write(.., 4_i16).wait().is_err());
/// # Ok(())
/// # }
/// ```
pub fn open_array(store: impl Into<Target>) -> OpenArray {
    OpenArray {
        at: At::new(store.into()),
    }
}

/// Opens an array, or creates one with the structure of another: see
/// [`empty_like`](crate::empty_like).
///
/// ```
/// use zarr::blocking::Wait;
/// # use zarr::Target;
/// # fn main() -> zarr::Result<()> {
/// let group = zarr::group(Target::Memory).wait()?;
/// let a = group.ones("a", [4]).wait()?;
/// let b = zarr::open_like(&group, &a).path("b").wait()?;
/// assert_eq!(b.read::<f64>(..).wait()?.sum(), 4.0);
/// # Ok(())
/// # }
/// ```
pub fn open_like(store: impl Into<Target>, like: &impl Like) -> OpenArray {
    open_array(store)
        .mode(Mode::Append)
        .or_create(like.structure())
}

/// Opens a group. With a [`mode`](OpenGroup::mode) it may be created.
pub fn open_group(store: impl Into<Target>) -> OpenGroup {
    OpenGroup {
        at: At::new(store.into()),
        use_consolidated: UseConsolidated::Never,
        implicit: false,
    }
}

/// Opens a group by its consolidated metadata, which must be there: what is below it is then known
/// without asking the store.
///
/// What was created, changed or deleted below since then is not seen before
/// [`refresh`](Group::refresh), and what it was before has to be consolidated first.
///
/// ```
/// use zarr::blocking::Wait;
/// # use zarr::Target;
/// # fn main() -> zarr::Result<()> {
/// let root = zarr::group(Target::Memory).wait()?;
/// root.ones("a/b", [4]).wait()?;
/// zarr::consolidate_metadata(&root).wait()?;
/// let root = zarr::open_consolidated(&root).wait()?;
/// assert_eq!(root.array("a/b").wait()?.shape(), [4]);
/// # Ok(())
/// # }
/// ```
pub fn open_consolidated(store: impl Into<Target>) -> OpenGroup {
    open_group(store).use_consolidated(UseConsolidated::Require)
}

/// The setters of an opening.
macro_rules! opening {
    ($builder:ident) => {
        access!($builder, at.access);
        handle!($builder, at.access);

        impl $builder {
            /// The node's path below the store.
            pub fn path(mut self, path: impl AsRef<str>) -> Self {
                self.at.path = path.as_ref().to_owned();
                self
            }

            /// Looks for this format only, and creates nodes of it; format 3, then 2, is looked for
            /// if not given.
            pub fn zarr_format(mut self, format: ZarrFormat) -> Self {
                self.at.zarr_format = Some(format);
                self
            }

            /// What to do about a node that is there, or is not. Without a mode the node must be
            /// there, and is written as the store allows.
            pub fn mode(mut self, mode: Mode) -> Self {
                self.at.mode = Some(mode);
                self
            }

            /// Codecs, workers and limits other than the default ones.
            pub fn context(mut self, context: &Context) -> Self {
                self.at.context = Some(context.clone());
                self
            }
        }
    };
}

/// The setter of openings that may create an array.
macro_rules! or_create {
    ($builder:ident) => {
        impl $builder {
            /// The array to create where the mode asks for it. One that is there keeps its own shape,
            /// type and settings.
            pub fn or_create(mut self, array: ArrayOptions) -> Self {
                self.at.array = Some(array);
                self
            }
        }
    };
}

/// A node to be opened: see [`open`].
#[must_use = "nothing is opened until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct Open {
    at: At,
}
opening!(Open);
or_create!(Open);
array_handle!(Open, at.access);

impl Open {
    async fn run(self) -> Result<Node> {
        self.at.open(None).await
    }
}
operation!(Open => Node);

/// An array to be opened: see [`open_array`].
#[must_use = "nothing is opened until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct OpenArray {
    at: At,
}
opening!(OpenArray);
or_create!(OpenArray);
array_handle!(OpenArray, at.access);

impl OpenArray {
    async fn run(self) -> Result<Array> {
        self.at.open(Some(NodeKind::Array)).await?.into_array()
    }
}
operation!(OpenArray => Array);

/// A group to be opened: see [`open_group`].
#[must_use = "nothing is opened until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct OpenGroup {
    at: At,
    use_consolidated: UseConsolidated,
    implicit: bool,
}
opening!(OpenGroup);

impl OpenGroup {
    pub(crate) fn access(mut self, access: Access) -> Self {
        self.at.access = access;
        self
    }

    /// The attributes of a group that is created: a JSON object. One that is there keeps its own.
    pub fn attributes(mut self, attributes: impl Into<Attribute>) -> Self {
        self.at.attributes = Some(attributes.into());
        self
    }

    /// Whether nodes below are looked up in the group's consolidated metadata.
    pub fn use_consolidated(mut self, which: UseConsolidated) -> Self {
        self.use_consolidated = which;
        self
    }

    /// Takes a place without a document for a group without attributes where a node lies directly
    /// below it, of the format of that node. zarr-python finds no group there, and so is it here if
    /// this is not set.
    pub fn implicit(mut self, yes: bool) -> Self {
        self.implicit = yes;
        self
    }

    async fn run(self) -> Result<Group> {
        let at = self.at.clone();
        let opened = self.at.open(Some(NodeKind::Group)).await;
        let group = match opened {
            Err(error) if self.implicit && error.class() == ErrorClass::NotFound => {
                return at.implicit().await?.ok_or(error);
            }
            opened => opened?.into_group()?,
        };
        let (location, metadata) = (group.location(), group.metadata());
        let view = ConsolidatedView::read(location, metadata, &self.use_consolidated).await?;
        Ok(match view {
            Some(view) => group.viewed(view),
            None => group,
        })
    }
}
operation!(OpenGroup => Group);
