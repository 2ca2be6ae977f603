//! The functions and builders that open nodes. `zarr-core` carries out the modes.

pub(crate) mod opening;

use std::fmt::Display;

use serde::Serialize;
use zarr_core::{ArrayOptions, Context, ErrorClass, NodeKind, Result};
use zarr_metadata::Attributes;

use crate::arguments::format::{FormatArgument, format_setters};
use crate::open::opening::{OnConflict, Opening};
use crate::operation::operation;
use crate::target::access::{Access, array_handle_setters, handle_setters, store_setters};
use crate::{Array, Group, Like, Mode, Node, Target, UseConsolidated};

/// Opens an array or a group. If there is none it creates a group, or the array given with
/// [`or_create`](Open::or_create), unless the [`mode`](Open::mode) is another than the default.
///
/// ```
/// use zarr::blocking::Wait;
/// # fn main() -> zarr::Result<()> {
/// # let group = zarr::create_group(zarr::Target::Memory).wait()?;
/// match zarr::open(&group).mode("r").wait()? {
///     zarr::Node::Array(array) => println!("{}", array.info()),
///     zarr::Node::Group(group) => println!("{}", group.tree().wait()?),
/// }
/// assert!(zarr::open(&group).path("typo").mode("r").wait().is_err());
/// let new = zarr::open(&group).path("new").wait()?.into_group()?;
/// # Ok(())
/// # }
/// ```
pub fn open(store: impl Into<Target>) -> Open {
    Open {
        opening: Opening::new(store.into()),
    }
}

/// Opens an array. If there is none it creates the one given with [`or_create`](OpenArray::or_create), unless the
/// [`mode`](OpenArray::mode) is another than the default.
///
/// ```
/// use zarr::blocking::Wait;
/// use zarr::{ArrayOptions, DataType, MemoryStore, Mode};
/// # fn main() -> zarr::Result<()> {
/// let store = MemoryStore::new();
/// let options = ArrayOptions::new([10], DataType::Int16);
/// let open = zarr::open_array(store.clone()).or_create(options);
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
        opening: Opening::new(store.into()),
    }
}

/// Opens an array, or creates it with the structure of another if it does not exist: see
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
/// let c = zarr::open_like(&group, &a).path("c").with(|array| array.shape([8])).wait()?;
/// assert_eq!(c.shape(), [8]);
/// # Ok(())
/// # }
/// ```
pub fn open_like(store: impl Into<Target>, like: &impl Like) -> OpenArray {
    open_array(store)
        .mode(Mode::Append)
        .or_create(like.structure())
}

/// Opens a group, or creates it if there is none, unless the [`mode`](OpenGroup::mode) is another than the default.
///
/// If the group has consolidated metadata, the nodes below it are known from that without a request to the store: see
/// [`use_consolidated`](OpenGroup::use_consolidated). What is changed through this group or its
/// descendants is seen.
pub fn open_group(store: impl Into<Target>) -> OpenGroup {
    OpenGroup {
        opening: Opening::new(store.into()),
        implicit: false,
    }
}

/// Opens a group by its consolidated metadata, which must exist. The nodes below it are then known without a
/// request to the store.
///
/// Nodes that are created, changed or deleted after the group was opened are seen after
/// [`refresh`](Group::refresh). Changes that are missing from the consolidated metadata are seen only after it
/// is consolidated again.
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

/// The setters of every builder that opens a node.
macro_rules! open_setters {
    ($builder:ident) => {
        store_setters!($builder, opening.access);
        handle_setters!($builder, opening.access);
        format_setters!(
            /// Looks only for this format, and creates nodes in it. By default format 3 is tried first,
            /// then 2.
            $builder, opening.format
        );

        impl $builder {
            /// The node's path in the store.
            pub fn path(mut self, path: impl AsRef<str>) -> Self {
                self.opening.path = path.as_ref().to_owned();
                self
            }

            /// The same as [`path`](Self::path).
            pub fn name(self, path: impl AsRef<str>) -> Self {
                self.path(path)
            }

            /// What to do if the node exists, or does not: a [`Mode`], or its name in zarr-python, such as `"r"`.
            ///
            /// The default is [`Mode::Append`], or [`Mode::Read`] for a store that cannot be written.
            /// An array is created only with `or_create`.
            pub fn mode(mut self, mode: impl TryInto<Mode, Error: Display>) -> Self {
                self.opening.mode = self.opening.refused.take("mode", mode.try_into());
                self
            }

            /// Codecs, workers and limits; by default those of [`default_context`](crate::default_context()).
            pub fn context(mut self, context: &Context) -> Self {
                self.opening.context = Some(context.clone());
                self
            }
        }
    };
}

/// The setter of builders that may open a group.
macro_rules! use_consolidated {
    ($builder:ident) => {
        impl $builder {
            /// Whether nodes below the group are looked up in its consolidated metadata: by default if there is any.
            ///
            /// `true` and `false` are [`Require`](UseConsolidated::Require) and [`Never`](UseConsolidated::Never), and a
            /// text is the [`Key`](UseConsolidated::Key) of the metadata in format 2, as in zarr-python.
            pub fn use_consolidated(mut self, which: impl Into<UseConsolidated>) -> Self {
                self.opening.use_consolidated = which.into();
                self
            }
        }
    };
}

/// The setter of builders that may create an array.
macro_rules! or_create {
    ($builder:ident) => {
        impl $builder {
            /// The array to create if the mode asks for one. An existing array keeps its shape, data type
            /// and settings; only `write_empty_chunks` and `read_missing_chunks`, which are not stored, are
            /// those of its handle, too.
            pub fn or_create(mut self, array: ArrayOptions) -> Self {
                self.opening.array = Some(array);
                self
            }

            /// Changes the options of the array to create, if there are any: of an array like another, its
            /// shape for example.
            pub fn with(mut self, change: impl FnOnce(ArrayOptions) -> ArrayOptions) -> Self {
                self.opening.array = self.opening.array.map(change);
                self
            }

            /// What to do about an existing array that has another shape or data type than the array to
            /// create.
            pub fn on_conflict(mut self, what: OnConflict) -> Self {
                self.opening.on_conflict = what;
                self
            }
        }
    };
}

/// A node to open: see [`open`].
#[must_use = "nothing is opened until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct Open {
    opening: Opening,
}
open_setters!(Open);
use_consolidated!(Open);
or_create!(Open);
array_handle_setters!(Open, opening.access);

impl Open {
    /// Without a mode, creates nothing.
    pub(crate) fn existing(mut self) -> Self {
        self.opening.must_exist = true;
        self
    }

    async fn run(self) -> Result<Node> {
        self.opening.open(None).await
    }
}
operation!(Open => Node);

/// An array to open: see [`open_array`].
#[must_use = "nothing is opened until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct OpenArray {
    opening: Opening,
}
open_setters!(OpenArray);
or_create!(OpenArray);
array_handle_setters!(OpenArray, opening.access);

impl OpenArray {
    async fn run(self) -> Result<Array> {
        self.opening.open(Some(NodeKind::Array)).await?.into_array()
    }
}
operation!(OpenArray => Array);

/// A group to open: see [`open_group`].
#[must_use = "nothing is opened until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct OpenGroup {
    opening: Opening,
    implicit: bool,
}
open_setters!(OpenGroup);
use_consolidated!(OpenGroup);

impl OpenGroup {
    pub(crate) fn format(mut self, format: FormatArgument) -> Self {
        self.opening.format = format;
        self
    }

    pub(crate) fn access(mut self, access: Access) -> Self {
        self.opening.access = access;
        self
    }

    /// The attributes of a group that is created: see
    /// [`CreateArray::attributes`](crate::CreateArray::attributes). An existing group keeps its own.
    pub fn attributes(mut self, attributes: impl Serialize) -> Self {
        let attributes = Attributes::of(&attributes);
        self.opening.attributes = self.opening.refused.take("attributes", attributes);
        self
    }

    /// Whether a directory without a document counts as a group without attributes if there is a node
    /// directly below it. The group has the format of that node. By default it is no group, as in zarr-python.
    pub fn implicit(mut self, yes: bool) -> Self {
        self.implicit = yes;
        self
    }

    async fn run(self) -> Result<Group> {
        let mut opening = self.opening.clone();
        // A group without a document is not made one by looking.
        opening.must_exist |= self.implicit;
        let opened = opening.clone().open(Some(NodeKind::Group)).await;
        match opened {
            Err(error) if self.implicit && error.class() == ErrorClass::NotFound => {
                opening.implicit().await?.ok_or(error)
            }
            opened => opened?.into_group(),
        }
    }
}
operation!(OpenGroup => Group);
