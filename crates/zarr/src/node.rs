//! `Node`: an array or a group, for operations that return either.

use zarr_core::{Context, Error, NodeKind, Result};
use zarr_metadata::{NodeMetadata, NodePath, ZarrFormat};
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

    /// Whether it is an array or a group.
    pub fn kind(&self) -> NodeKind {
        match self {
            Self::Array(_) => NodeKind::Array,
            Self::Group(_) => NodeKind::Group,
        }
    }

    /// The node's path in its store.
    pub fn path(&self) -> &NodePath {
        match self {
            Self::Array(array) => array.path(),
            Self::Group(group) => group.path(),
        }
    }

    /// The store and the path of the node's metadata.
    pub fn location(&self) -> &Location {
        match self {
            Self::Array(array) => array.location(),
            Self::Group(group) => group.location(),
        }
    }

    /// The node's format.
    pub fn zarr_format(&self) -> ZarrFormat {
        match self {
            Self::Array(array) => array.zarr_format(),
            Self::Group(group) => group.zarr_format(),
        }
    }

    /// The array.
    ///
    /// # Errors
    /// If it is a group.
    pub fn into_array(self) -> Result<Array> {
        match self {
            Self::Array(array) => Ok(array),
            Self::Group(group) => Err(Error::wrong_kind(group.path().clone(), NodeKind::Array)),
        }
    }

    /// The group.
    ///
    /// # Errors
    /// If it is an array.
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
