//! What changes a node that is there: its shape, its attributes, its existence. Each asks the store
//! first and then puts the new state behind the handle; clones keep the old view until refreshed.
//! Consolidated metadata of groups above, in the same store, is kept true by `zarr-core`.

use std::sync::Arc;

use zarr_core::hierarchy::{self, Document};
use zarr_core::{Error, ErrorKind, NodeKind, Outside, Result};
use zarr_metadata::{Attribute, Attributes, GroupMetadata, NodeMetadata};

use crate::finish::finish;
use crate::operation::operation;
use crate::{Array, Group, Shape, Source};

impl Array {
    /// Gives the array another shape of as many axes.
    ///
    /// First the document, if nobody else changed the shape meanwhile, then what lies outside is
    /// deleted: cells that are cut off are gone, also if the array grows again.
    ///
    /// Clones of this handle, as other handles, go on with the shape they know until they are
    /// [refreshed](Self::refresh), unless they were opened with `cache_metadata(false)`.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let mut a = zarr::create_array(Target::Memory, [10], DataType::UInt8).chunks([4]).wait()?;
    /// a.write(.., 7_u8).wait()?;
    /// a.resize([5]).wait()?;
    /// a.resize([7]).wait()?;
    /// assert_eq!(a.read::<u8>(..).wait()?, ndarray::array![7, 7, 7, 7, 7, 0, 0].into_dyn());
    /// # Ok(())
    /// # }
    /// ```
    pub fn resize(&mut self, shape: impl Into<Shape>) -> Resize<'_> {
        Resize {
            array: self,
            shape: shape.into(),
            outside: Outside::Delete,
        }
    }

    /// Adds elements at the end of an axis, the first unless told otherwise, and says the new shape.
    ///
    /// Several appends of one array queue up: none takes another's place. Clones of this handle learn of
    /// it as [`resize`](Self::resize) says.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let mut a = zarr::create_array(Target::Memory, [2, 3], DataType::Int16).wait()?;
    /// let shape = a.append(ndarray::array![[1_i16, 2, 3]]).wait()?;
    /// assert_eq!(shape, [3, 3]);
    /// assert_eq!(a.append(ndarray::Array2::<i16>::ones((3, 1))).axis(-1).wait()?, [3, 4]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What is larger than memory is given as another [`Array`] or as [`Computed`](crate::Computed): it is
    /// taken in blocks of whole chunks of this array, one after another in C order. Where one of them cannot
    /// be made, the array stays as it was.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Computed, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let mut a = zarr::create_array(Target::Memory, [2], DataType::UInt64).chunks([100]).wait()?;
    /// let numbers = Computed::new([1000], |cells| ndarray::Array::from_iter(cells[0].clone()));
    /// assert_eq!(a.append(numbers).wait()?, [1002]);
    /// assert_eq!(a.read::<u64>(1001).wait()?[[]], 999);
    /// # Ok(())
    /// # }
    /// ```
    pub fn append(&mut self, data: impl Into<Source>) -> Append<'_> {
        Append {
            array: self,
            data: data.into(),
            axis: 0,
        }
    }

    /// Changes attributes: adds and replaces those that are named, unless told otherwise.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target, json};
    /// # fn main() -> zarr::Result<()> {
    /// let mut a = zarr::create_array(Target::Memory, [2], DataType::Int16).wait()?;
    /// a.update_attributes([("units", json!("m")), ("scale", json!(0.5))]).wait()?;
    /// a.update_attributes([("units", json!("km"))]).remove(["scale"]).wait()?;
    /// assert_eq!(a.attrs().get("units"), Some(&json!("km")));
    /// assert_eq!(a.attrs().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_attributes<K: Into<String>, V: Into<Attribute>>(
        &mut self,
        new: impl IntoIterator<Item = (K, V)>,
    ) -> UpdateAttributes<'_> {
        UpdateAttributes::new(Edited::Array(self), new)
    }

    /// Reads the array's documents again: what others changed is seen.
    ///
    /// # Errors
    /// Where the array is gone or has become something else.
    pub async fn refresh(&mut self) -> Result<()> {
        let now = Arc::clone(self.chunked()).reread().await?;
        self.replace(now);
        Ok(())
    }

    /// Deletes the array: its documents first, then its chunks.
    ///
    /// # Errors
    /// Where it is gone already, and what the store says.
    pub async fn delete(self) -> Result<()> {
        hierarchy::delete(self.chunked().location(), self.chunked().context()).await?;
        finish(self.chunked().location()).await
    }
}

impl Group {
    /// Changes attributes: adds and replaces those that are named, unless told otherwise. See
    /// [`Array::update_attributes`].
    pub fn update_attributes<K: Into<String>, V: Into<Attribute>>(
        &mut self,
        new: impl IntoIterator<Item = (K, V)>,
    ) -> UpdateAttributes<'_> {
        UpdateAttributes::new(Edited::Group(self), new)
    }

    /// Deletes the node at a path below this group, and everything below it.
    ///
    /// # Errors
    /// Where there is none, and what the store says.
    #[doc(alias = "delitem")]
    pub async fn delete(&self, path: impl AsRef<str>) -> Result<()> {
        let path = zarr_metadata::NodePath::parse(path.as_ref())?;
        if path.is_root() {
            return Err(Error::argument(
                "path",
                "a group cannot delete itself; name what is in it",
            ));
        }
        hierarchy::delete(&self.location().join(path.as_str())?, self.context()).await
    }

    /// Moves the node at a path below this group, and everything below it, to another path below this
    /// group: all is copied, then deleted. Groups that are missing on the way are made.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::create_group(Target::Memory).wait()?;
    /// root.create_array("raw/t", [3], DataType::Int8).wait()?;
    /// root.move_node("raw/t", "done/t").wait()?;
    /// assert!(root.contains("done/t").wait()? && !root.contains("raw/t").wait()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where there is no node, where the other path is not empty, lies in an array or overlaps with
    /// the first, and what the store says. The node is then where it was.
    #[doc(alias = "move")]
    #[doc(alias = "rename")]
    pub async fn move_node(&self, from: impl AsRef<str>, to: impl AsRef<str>) -> Result<()> {
        let place = |path: &str| {
            let path = zarr_metadata::NodePath::parse(path)?;
            Ok::<_, Error>(self.location().join(path.as_str())?)
        };
        let (from, to) = (place(from.as_ref())?, place(to.as_ref())?);
        hierarchy::move_node(&from, &to, self.context()).await
    }

    async fn change(
        &mut self,
        which: Document,
        mut change: impl FnMut(&mut GroupMetadata) -> Result<()> + Send,
    ) -> Result<()> {
        let path = self.path().clone();
        let wrong = || {
            let (expected, found) = (NodeKind::Group, NodeKind::Array);
            let path = path.clone();
            Error::from(ErrorKind::WrongKind {
                path,
                expected,
                found,
            })
        };
        let node = NodeMetadata::Group(self.metadata().clone());
        let (place, context) = (self.location(), self.context());
        let changed = hierarchy::change(place, &node, which, context, |node| match node {
            NodeMetadata::Group(group) => change(group),
            NodeMetadata::Array(_) => Err(wrong()),
        });
        match changed.await? {
            NodeMetadata::Group(group) => {
                self.replace(group);
                Ok(())
            }
            NodeMetadata::Array(_) => Err(wrong()),
        }
    }

    /// Reads the group's documents again, and the consolidated metadata it was opened with: what
    /// others changed is seen.
    ///
    /// # Errors
    /// Where the group is gone or has become something else.
    pub async fn refresh(&mut self) -> Result<()> {
        let format = Some(self.zarr_format());
        match hierarchy::find(self.location(), format, "group").await? {
            NodeMetadata::Group(group) => self.replace(group),
            NodeMetadata::Array(_) => {
                let (expected, found) = (NodeKind::Group, NodeKind::Array);
                let path = self.path().clone();
                return Err(ErrorKind::WrongKind {
                    path,
                    expected,
                    found,
                }
                .into());
            }
        }
        if let Some(view) = self.view().cloned() {
            let view = view.refreshed(self).await?;
            *self = self.clone().with_view(view);
        }
        Ok(())
    }
}

/// Another shape, to be awaited: see [`Array::resize`].
#[must_use = "nothing is changed until this is awaited or waited for"]
#[derive(Debug)]
pub struct Resize<'a> {
    array: &'a mut Array,
    shape: Shape,
    outside: Outside,
}

impl Resize<'_> {
    /// Keeps the chunks that lie outside of the new shape: they come back where it grows again.
    #[doc(alias = "delete_outside_chunks")]
    pub fn keep_outside(self) -> Self {
        Self {
            outside: Outside::Keep,
            ..self
        }
    }

    async fn run(self) -> Result<()> {
        let array = Arc::clone(self.array.chunked());
        let resized = array.resize(&self.shape.0, self.outside).await?;
        self.array.replace(resized);
        Ok(())
    }
}
operation!(Resize<'a> => ());

/// Elements to be added, to be awaited: see [`Array::append`].
#[must_use = "nothing is written until this is awaited or waited for"]
#[derive(Debug)]
pub struct Append<'a> {
    array: &'a mut Array,
    data: Source,
    axis: isize,
}

impl Append<'_> {
    /// Along which axis; a negative one counts from the last.
    pub fn axis(self, axis: isize) -> Self {
        Self { axis, ..self }
    }

    async fn run(self) -> Result<Vec<u64>> {
        let (array, rank) = (Arc::clone(self.array.chunked()), self.array.ndim());
        let axis = match self.axis {
            axis if axis < 0 => rank.checked_sub(axis.unsigned_abs()),
            axis => usize::try_from(axis).ok(),
        };
        let axis = axis.filter(|&axis| axis < rank).ok_or_else(|| {
            let text = format!("{} is no axis of an array with {rank}", self.axis);
            Error::argument("axis", text)
        })?;
        let (shape, elements) = self.data.appended_to(self.array)?;
        let (grown, _) = array.append(&shape, elements, axis).await?;
        self.array.replace(grown);
        Ok(self.array.shape().to_vec())
    }
}
operation!(Append<'a> => Vec<u64>);

/// How attributes are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Edit {
    /// What is named is added or replaced, all else stays.
    #[default]
    Merge,
    /// What is named is all there is.
    Replace,
}

#[derive(Debug)]
enum Edited<'a> {
    Array(&'a mut Array),
    Group(&'a mut Group),
}

/// Changes of attributes, to be awaited: see [`Array::update_attributes`].
#[must_use = "nothing is changed until this is awaited or waited for"]
#[derive(Debug)]
pub struct UpdateAttributes<'a> {
    node: Edited<'a>,
    new: Attributes,
    removed: Vec<String>,
    edit: Edit,
}

impl<'a> UpdateAttributes<'a> {
    fn new<K: Into<String>, V: Into<Attribute>>(
        node: Edited<'a>,
        new: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let mut attributes = Attributes::new();
        for (key, value) in new {
            attributes.set(key, value);
        }
        Self {
            node,
            new: attributes,
            removed: Vec::new(),
            edit: Edit::Merge,
        }
    }

    /// Takes away everything that is not named.
    pub fn replace(self) -> Self {
        Self {
            edit: Edit::Replace,
            ..self
        }
    }

    /// Takes attributes away.
    pub fn remove<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.removed.extend(keys.into_iter().map(Into::into));
        self
    }

    async fn run(self) -> Result<()> {
        let Self {
            node,
            new,
            removed,
            edit,
        } = self;
        let apply = move |attributes: &mut Attributes| {
            if edit == Edit::Replace {
                attributes.clear();
            }
            attributes.merge(&new);
            for key in &removed {
                attributes.shift_remove(key);
            }
        };
        match node {
            Edited::Array(array) => {
                let changed = array.chunked().change(Document::Attributes, |array| {
                    apply(array.attributes_mut());
                    Ok(())
                });
                let changed = changed.await?;
                array.replace(changed);
            }
            Edited::Group(group) => {
                let change = |group: &mut GroupMetadata| {
                    apply(group.attributes_mut());
                    Ok(())
                };
                group.change(Document::Attributes, change).await?;
            }
        }
        Ok(())
    }
}
operation!(UpdateAttributes<'a> => ());
