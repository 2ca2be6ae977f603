//! `Node`: an array or a group, told apart by what is there.

use zarr_core::{Context, Error, NodeKind, Result};
use zarr_metadata::NodeMetadata;
use zarr_store::Location;

use crate::{Array, Group};

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
            NodeMetadata::Array(metadata) => {
                let config = context.array_config();
                Self::Array(Array::new(location, metadata, context, config)?)
            }
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
            Self::Group(group) => Err(Error::wrong_kind(group.path().clone(), NodeKind::Array)),
        }
    }

    /// The group.
    ///
    /// # Errors
    /// Where it is an array.
    pub fn into_group(self) -> Result<Group> {
        match self {
            Self::Group(group) => Ok(group),
            Self::Array(array) => Err(Error::wrong_kind(array.path().clone(), NodeKind::Group)),
        }
    }
}

impl From<Array> for Node {
    fn from(array: Array) -> Self {
        Self::Array(array)
    }
}

impl From<&Array> for Node {
    fn from(array: &Array) -> Self {
        Self::Array(array.clone())
    }
}

impl From<Group> for Node {
    fn from(group: Group) -> Self {
        Self::Group(group)
    }
}

impl From<&Group> for Node {
    fn from(group: &Group) -> Self {
        Self::Group(group.clone())
    }
}

impl From<&Node> for Node {
    fn from(node: &Node) -> Self {
        node.clone()
    }
}
