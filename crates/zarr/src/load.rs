//! `load`: reads an array into memory, or the arrays of a group when they are asked for.

use std::fmt::Display;

use std::collections::BTreeMap;
use std::marker::PhantomData;

use ndarray::ArrayD;
use zarr_core::{Context, DynData, Element, Error, NodeKind, Result};
use zarr_metadata::ZarrFormat;

use crate::operation::operation;
use crate::{Group, Mode, Node, Open, Target, open};

/// Loads a node: all elements of an array, or a group whose arrays are loaded by name.
///
/// ```
/// # use zarr::{blocking::Wait, Loaded, MemoryStore};
/// # fn main() -> zarr::Result<()> {
/// let store = MemoryStore::new();
/// zarr::save(store.clone()).named("x", ndarray::array![1_i16, 2]).named("y", 0.5).wait()?;
///
/// let Loaded::Group(group) = zarr::load(store.clone()).wait()? else { unreachable!() };
/// assert_eq!(group.names().collect::<Vec<_>>(), ["x", "y"]);
/// assert_eq!(group.array::<i16>("x").wait()?.sum(), 3);
///
/// let x = zarr::load(store).path("x").wait()?.into_array()?;
/// assert_eq!(x.shape, [2]);
/// # Ok(())
/// # }
/// ```
pub fn load(store: impl Into<Target>) -> Load {
    let open = open(store).mode(Mode::Read);
    Load { open }
}

/// A pending load: see [`load`].
#[must_use = "nothing is loaded until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct Load {
    open: Open,
}

impl Load {
    /// The node's path in the store.
    pub fn path(self, path: impl AsRef<str>) -> Self {
        Self {
            open: self.open.path(path),
        }
    }

    /// Looks only for this format. By default format 3 is tried first, then 2.
    pub fn zarr_format(self, format: impl TryInto<ZarrFormat, Error: Display>) -> Self {
        Self {
            open: self.open.zarr_format(format),
        }
    }

    /// The old name of [`zarr_format`](Self::zarr_format). Different values for both are an error.
    pub fn zarr_version(self, format: impl TryInto<ZarrFormat, Error: Display>) -> Self {
        Self {
            open: self.open.zarr_version(format),
        }
    }

    /// Codecs, workers and limits; by default those of [`default_context`](crate::default_context()).
    pub fn context(self, context: &Context) -> Self {
        Self {
            open: self.open.context(context),
        }
    }

    /// Loads an array with elements of exactly the stored type.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, MemoryStore};
    /// # fn main() -> zarr::Result<()> {
    /// let store = MemoryStore::new();
    /// zarr::save(store.clone()).array(ndarray::array![1_i16, 2]).wait()?;
    /// let sum = zarr::load(store).array::<i16>().wait()?.sum();
    /// assert_eq!(sum, 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn array<T: Element>(self) -> LoadArray<T> {
        LoadArray {
            open: self.open,
            element: PhantomData,
        }
    }

    async fn run(self) -> Result<Loaded> {
        Loaded::new(self.open.await?).await
    }
}
operation!(Load => Loaded);

/// A pending load of an array: see [`Load::array`].
#[must_use = "nothing is loaded until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct LoadArray<T> {
    open: Open,
    element: PhantomData<fn() -> T>,
}

impl<T: Element> LoadArray<T> {
    async fn run(self) -> Result<ArrayD<T>> {
        let array = self.open.await?.into_array()?;
        array.read::<T>(..).await
    }
}
operation!(LoadArray<T: Element> => ArrayD<T>);

/// A loaded node: see [`load`].
#[derive(Clone, Debug)]
pub enum Loaded {
    /// All elements of an array.
    Array(DynData),
    /// A group whose arrays are not loaded yet.
    Group(LazyGroup),
}

impl Loaded {
    async fn new(node: Node) -> Result<Self> {
        match node {
            Node::Array(array) => Ok(Self::Array(array.read_dyn(..).await?)),
            Node::Group(group) => Ok(Self::Group(LazyGroup::new(group).await?)),
        }
    }

    /// The elements.
    ///
    /// # Errors
    /// If it is a group.
    pub fn into_array(self) -> Result<DynData> {
        match self {
            Self::Array(array) => Ok(array),
            Self::Group(LazyGroup { group, .. }) => {
                Err(Error::wrong_kind(group.path().clone(), NodeKind::Array))
            }
        }
    }
}

/// A group whose arrays are loaded when you ask for them. Its nodes are listed once, by [`load`].
#[derive(Clone, Debug)]
pub struct LazyGroup {
    group: Group,
    nodes: BTreeMap<String, Node>,
}

impl LazyGroup {
    async fn new(group: Group) -> Result<Self> {
        let nodes = group.members().await?.into_iter();
        let nodes = nodes.map(|(path, node)| (path.as_str().to_owned(), node));
        Ok(Self {
            nodes: nodes.collect(),
            group,
        })
    }

    /// The group.
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// The names of the arrays and groups directly in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.nodes.keys().map(String::as_str)
    }

    /// Loads the array, or lists the group, with this name or path.
    ///
    /// # Errors
    /// If there is none, or it cannot be read.
    pub async fn load(&self, name: impl AsRef<str>) -> Result<Loaded> {
        Loaded::new(self.node(name.as_ref()).await?).await
    }

    /// Loads the array with this name or path, with elements of exactly the stored type.
    ///
    /// # Errors
    /// If there is none, if it is a group, or if it cannot be read as `T`.
    pub async fn array<T: Element>(&self, name: impl AsRef<str>) -> Result<ArrayD<T>> {
        let array = self.node(name.as_ref()).await?.into_array()?;
        array.read::<T>(..).await
    }

    async fn node(&self, name: &str) -> Result<Node> {
        match self.nodes.get(name) {
            Some(node) => Ok(node.clone()),
            None => self.group.get(name).await,
        }
    }
}
