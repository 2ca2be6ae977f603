//! Changes to existing nodes: resize, append, refresh, move and delete (`attributes.rs` has the attributes). Each changes the store
//! first and then the handle; clones keep the old state until they are refreshed. `zarr-core` keeps the
//! consolidated metadata of the groups above up to date.

use std::ops::Range;
use std::sync::Arc;

use zarr_core::hierarchy::{self, Document};
use zarr_core::{Error, NodeKind, OutOfBoundsChunks, Result};
use zarr_metadata::{GroupMetadata, NodeMetadata};
use zarr_store::Location;

use crate::operation::operation;
use crate::target::finish::finish;
use crate::{Array, Group, Shape, Source};

impl Array {
    /// Changes the shape of the array; the number of axes stays.
    ///
    /// The metadata changes first, unless another writer changed the shape meanwhile. Then the chunks and
    /// cells outside the new shape are deleted: they are lost, even if the array grows again.
    ///
    /// Clones of this handle, and other handles, keep the old shape until they are
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
            outside: OutOfBoundsChunks::Delete,
        }
    }

    /// Appends elements along an axis, by default the first, and returns where they are along it.
    ///
    /// Concurrent appends to one array wait for each other and never overlap. Clones of this handle keep
    /// the old shape: see [`resize`](Self::resize).
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let mut a = zarr::create_array(Target::Memory, [2, 3], DataType::Int16).wait()?;
    /// let rows = a.append([[1_i16, 2, 3]]).wait()?;
    /// assert_eq!((rows, a.shape()), (2..3, &[3, 3][..]));
    /// let columns = a.append(ndarray::Array2::<i16>::ones((3, 2))).axis(-1).wait()?;
    /// assert_eq!((columns, a.shape()), (3..5, &[3, 5][..]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Data larger than memory is passed as another [`Array`] or as [`Computed`](crate::Computed). It is
    /// appended in blocks of whole chunks of this array, one after another in C order. If a block cannot be
    /// made, the array stays as it was.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Computed, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let mut a = zarr::create_array(Target::Memory, [2], DataType::UInt64).chunks([100]).wait()?;
    /// let numbers = Computed::new([1000], |cells| ndarray::Array::from_iter(cells[0].clone()));
    /// assert_eq!(a.append(numbers).wait()?, 2..1002);
    /// assert_eq!(a.read::<u64>(1001).wait()?[[]], 999);
    /// # Ok(())
    /// # }
    /// ```
    pub fn append(&mut self, data: impl Into<Source>) -> Append<'_> {
        Append {
            array: self,
            data: data.into(),
            axis: 0,
            cast: false,
        }
    }

    /// Reads the array's metadata again, so that this handle sees the changes of others.
    ///
    /// # Errors
    /// If the array is gone or is no array any more.
    pub async fn refresh(&mut self) -> Result<()> {
        let now = Arc::clone(self.chunked()).reread().await?;
        self.replace(now);
        Ok(())
    }

    /// Deletes the array: first its metadata, then its chunks.
    ///
    /// # Errors
    /// If it is already gone, and any error of the store.
    pub async fn delete(self) -> Result<()> {
        hierarchy::delete(self.chunked().location(), self.chunked().context()).await?;
        finish(self.chunked().location()).await
    }

    /// Moves the array to another path of its store: it copies everything, the store by itself where it can, then
    /// deletes the source. Missing groups in between are created. This handle then refers to the new place; clones of it do not.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::create_group(Target::Memory).wait()?;
    /// let mut a = root.create_array("raw/t", [3], DataType::Int8).wait()?;
    /// a.move_to("done/t").wait()?;
    /// assert_eq!(a.name(), "/done/t");
    /// assert!(!root.contains("raw/t").wait()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`Group::move_node`].
    #[doc(alias = "move")]
    #[doc(alias = "rename")]
    pub async fn move_to(&mut self, path: impl AsRef<str>) -> Result<()> {
        let path = zarr_metadata::NodePath::parse(path.as_ref())?;
        let (from, context) = (self.chunked().location(), self.chunked().context());
        let to = Location::root(Arc::clone(from.store())).join(path.as_str())?;
        hierarchy::move_node(from, &to, context).await?;
        *self = self.at(to)?;
        Ok(())
    }
}

impl Group {
    /// Deletes the node at a path below this group, and everything below it.
    ///
    /// # Errors
    /// If there is no such node, and any error of the store.
    #[doc(alias = "delitem")]
    pub async fn delete(&self, path: impl AsRef<str>) -> Result<()> {
        let path = zarr_metadata::NodePath::parse(path.as_ref())?;
        if path.is_root() {
            return Err(Error::argument(
                "path",
                "a group cannot delete itself; give the path of a node below it",
            ));
        }
        hierarchy::delete(&self.location().join(path.as_str())?, self.context()).await
    }

    /// Moves the node at a path below this group, and everything below it, to another path below this
    /// group: it copies everything, then deletes the source. Missing groups in between are created.
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
    /// If there is no node at the first path; if something is at the second path, or it lies inside an array
    /// or overlaps with the first; and any error of the store. The node then stays where it was.
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

    pub(crate) async fn change(
        &mut self,
        which: Document,
        mut change: impl FnMut(&mut GroupMetadata) -> Result<()> + Send,
    ) -> Result<()> {
        let path = self.path().clone();
        let wrong = || Error::wrong_kind(path.clone(), NodeKind::Group);
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

    /// Reads the group's metadata again, and the consolidated metadata if the group was opened by it, so
    /// that this handle sees the changes of others.
    ///
    /// # Errors
    /// If the group is gone or is no group any more.
    pub async fn refresh(&mut self) -> Result<()> {
        let format = Some(self.zarr_format());
        match hierarchy::find(self.location(), format, "group").await? {
            NodeMetadata::Group(group) => self.replace(group),
            NodeMetadata::Array(_) => {
                return Err(Error::wrong_kind(self.path().clone(), NodeKind::Group));
            }
        }
        if let Some(view) = self.view().cloned() {
            let view = view.refreshed(self.location(), self.context()).await?;
            *self = self.clone().with_view(view);
        }
        Ok(())
    }
}

/// A pending resize: see [`Array::resize`].
#[must_use = "nothing is changed until this is awaited or waited for"]
#[derive(Debug)]
pub struct Resize<'a> {
    array: &'a mut Array,
    shape: Shape,
    outside: OutOfBoundsChunks,
}

impl Resize<'_> {
    /// Fails if cells would be lost: if a chunk is stored that has cells outside the new shape. The array then
    /// stays as it is.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let mut a = zarr::create_array(Target::Memory, [100], DataType::UInt8).chunks([10]).wait()?;
    /// a.write(..35, 7_u8).wait()?;
    /// assert!(a.resize([30]).lossless().wait().is_err());
    /// a.resize([40]).lossless().wait()?;
    /// assert_eq!(a.shape(), [40]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn lossless(self) -> Self {
        Self {
            outside: OutOfBoundsChunks::Refuse,
            ..self
        }
    }

    /// Keeps the chunks outside the new shape: they reappear if the array grows again.
    #[doc(alias = "delete_outside_chunks")]
    pub fn keep_outside(self) -> Self {
        Self {
            outside: OutOfBoundsChunks::Keep,
            ..self
        }
    }

    async fn run(self) -> Result<()> {
        let array = Arc::clone(self.array.chunked());
        let resized = array.resize(&self.shape.lengths()?, self.outside).await?;
        self.array.replace(resized);
        Ok(())
    }
}
operation!(Resize<'a> => ());

/// A pending append: see [`Array::append`].
#[must_use = "nothing is written until this is awaited or waited for"]
#[derive(Debug)]
pub struct Append<'a> {
    array: &'a mut Array,
    data: Source,
    axis: isize,
    cast: bool,
}

impl Append<'_> {
    /// The axis to append along; a negative number counts from the last axis.
    pub fn axis(self, axis: isize) -> Self {
        Self { axis, ..self }
    }

    /// Casts numbers of another type to the stored one, as [`Write::cast`](crate::Write::cast) does.
    pub fn cast(self) -> Self {
        Self { cast: true, ..self }
    }

    async fn run(self) -> Result<Range<u64>> {
        let (array, rank) = (Arc::clone(self.array.chunked()), self.array.ndim());
        let axis = match self.axis {
            axis if axis < 0 => rank.checked_sub(axis.unsigned_abs()),
            axis => usize::try_from(axis).ok(),
        };
        let axis = axis.filter(|&axis| axis < rank).ok_or_else(|| {
            let text = format!("{} is out of range for {rank} axes", self.axis);
            Error::argument("axis", text)
        })?;
        let given = self.data.given(self.array.conversion(self.cast))?;
        let (shape, elements) = given.appended()?;
        let (grown, written) = array.append(&shape, elements, axis).await?;
        self.array.replace(grown);
        Ok(written)
    }
}
operation!(Append<'a> => Range<u64>);
