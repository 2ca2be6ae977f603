//! Opening nodes that exist.

use zarr_core::{ArrayConfig, Context, ErrorKind, NodeKind, Result, hierarchy};
use zarr_metadata::{NodeMetadata, ZarrFormat};
use zarr_store::Location;

use crate::operation::operation;
use crate::{Array, Group, Target};

/// An array or a group.
#[derive(Clone, Debug)]
pub enum Node {
    /// An array.
    Array(Array),
    /// A group.
    Group(Group),
}

impl Node {
    pub(crate) fn new(location: Location, node: NodeMetadata, context: Context) -> Result<Self> {
        Ok(match node {
            NodeMetadata::Array(metadata) => Self::Array(Array::new(
                location,
                metadata,
                context,
                ArrayConfig::default(),
            )?),
            NodeMetadata::Group(metadata) => Self::Group(Group::new(location, metadata, context)?),
        })
    }

    /// Which of the two it is.
    pub fn kind(&self) -> NodeKind {
        match self {
            Self::Array(_) => NodeKind::Array,
            Self::Group(_) => NodeKind::Group,
        }
    }

    /// The array.
    ///
    /// # Errors
    /// Where it is a group.
    pub fn into_array(self) -> Result<Array> {
        match self {
            Self::Array(array) => Ok(array),
            Self::Group(group) => {
                let (expected, found) = (NodeKind::Array, NodeKind::Group);
                Err(ErrorKind::WrongKind {
                    path: group.path().clone(),
                    expected,
                    found,
                }
                .into())
            }
        }
    }

    /// The group.
    ///
    /// # Errors
    /// Where it is an array.
    pub fn into_group(self) -> Result<Group> {
        match self {
            Self::Group(group) => Ok(group),
            Self::Array(array) => {
                let (expected, found) = (NodeKind::Group, NodeKind::Array);
                Err(ErrorKind::WrongKind {
                    path: array.path().clone(),
                    expected,
                    found,
                }
                .into())
            }
        }
    }
}

/// Opens whatever node is there.
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

/// Opens an array.
pub fn open_array(store: impl Into<Target>) -> OpenArray {
    OpenArray {
        at: At::new(store.into()),
    }
}

/// Opens a group.
pub fn open_group(store: impl Into<Target>) -> OpenGroup {
    OpenGroup {
        at: At::new(store.into()),
    }
}

/// What all openings share.
#[derive(Clone, Debug)]
struct At {
    target: Target,
    path: String,
    zarr_format: Option<ZarrFormat>,
    context: Option<Context>,
}

impl At {
    fn new(target: Target) -> Self {
        Self {
            target,
            path: String::new(),
            zarr_format: None,
            context: None,
        }
    }

    async fn open(self, wanted: &'static str) -> Result<Node> {
        let location = self.target.location(&self.path).await?;
        let node = hierarchy::find(&location, self.zarr_format, wanted).await?;
        Node::new(location, node, self.context.unwrap_or_default())
    }
}

/// The setters of an opening.
macro_rules! opening {
    ($builder:ident) => {
        impl $builder {
            /// The node's path below the store.
            pub fn path(mut self, path: impl AsRef<str>) -> Self {
                self.at.path = path.as_ref().to_owned();
                self
            }

            /// Looks for this format only; for format 3, then 2, if not given.
            pub fn zarr_format(mut self, format: ZarrFormat) -> Self {
                self.at.zarr_format = Some(format);
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

/// A node to be opened: see [`open`].
#[must_use = "nothing is opened until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct Open {
    at: At,
}
opening!(Open);

impl Open {
    async fn run(self) -> Result<Node> {
        self.at.open("array or group").await
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

impl OpenArray {
    async fn run(self) -> Result<Array> {
        self.at.open("array").await?.into_array()
    }
}
operation!(OpenArray => Array);

/// A group to be opened: see [`open_group`].
#[must_use = "nothing is opened until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct OpenGroup {
    at: At,
}
opening!(OpenGroup);

impl OpenGroup {
    async fn run(self) -> Result<Group> {
        self.at.open("group").await?.into_group()
    }
}
operation!(OpenGroup => Group);
