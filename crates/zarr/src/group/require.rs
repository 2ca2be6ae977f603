//! `require_group` and `require_array`: open a node below a group, or create it.

use zarr_core::{Error, ErrorKind, Result};
use zarr_metadata::DataType;

use crate::operation::operation;
use crate::{Array, CreateArray, CreateGroup, Group, Shape, group};

impl Group {
    /// Opens the group at a path below this one, or creates it if there is none.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::group(Target::Memory).wait()?;
    /// let new = root.require_group("a/b").wait()?;
    /// let same = root.require_group("a/b").wait()?;
    /// assert_eq!(new.path(), same.path());
    /// # Ok(())
    /// # }
    /// ```
    pub fn require_group(&self, name: impl AsRef<str>) -> CreateGroup {
        let group = group(self).path(name).context(self.context());
        group.zarr_format(self.zarr_format())
    }

    /// Opens the groups at these paths below this one, in this order, and creates the missing ones.
    ///
    /// # Errors
    /// As for [`require_group`](Self::require_group). Groups that were created before an error stay.
    pub async fn require_groups<N: AsRef<str>>(
        &self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Vec<Group>> {
        // Collects the builders before it awaits any, because `names` need not be `Send`.
        let groups: Vec<_> = names
            .into_iter()
            .map(|name| self.require_group(name))
            .collect();
        let mut found = Vec::with_capacity(groups.len());
        for group in groups {
            found.push(group.await?);
        }
        Ok(found)
    }

    /// Opens the array at a path below this group, or creates it if there is none. An existing array must
    /// have this shape, and a data type whose values `dtype` can all represent.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::group(Target::Memory).wait()?;
    /// let new = root.require_array("a", [10], DataType::Int16).with(|new| new.chunks([5])).wait()?;
    /// assert_eq!(new.chunks(), Some(vec![5]));
    /// let wider = root.require_array("a", [10], DataType::Int32);
    /// assert_eq!(wider.clone().wait()?.dtype(), &DataType::Int16);
    /// assert!(wider.exact(true).wait().is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn require_array(
        &self,
        name: impl AsRef<str>,
        shape: impl Into<Shape>,
        dtype: impl Into<DataType>,
    ) -> RequireArray {
        let (shape, dtype) = (shape.into(), dtype.into());
        RequireArray {
            create: self.create_array(&name, shape.clone(), dtype.clone()),
            group: self.clone(),
            name: name.as_ref().to_owned(),
            shape,
            dtype,
            exact: false,
        }
    }
}

/// An array to open or create: see [`Group::require_array`].
#[must_use = "nothing is opened or created until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct RequireArray {
    create: CreateArray,
    group: Group,
    name: String,
    shape: Shape,
    dtype: DataType,
    exact: bool,
}

impl RequireArray {
    /// Accepts an existing array only if it has exactly this data type.
    pub fn exact(mut self, yes: bool) -> Self {
        self.exact = yes;
        self
    }

    /// Sets options for an array that is created. An existing array is not checked against them.
    pub fn with(mut self, options: impl FnOnce(CreateArray) -> CreateArray) -> Self {
        self.create = options(self.create);
        self
    }

    async fn run(self) -> Result<Array> {
        if let Some(found) = self.group.try_get(&self.name).await? {
            return self.check(found.into_array()?);
        }
        match self.create.clone().await {
            // Another writer created it at the same time.
            Err(error) if matches!(error.kind(), ErrorKind::Exists { .. }) => {
                match self.group.try_get(&self.name).await? {
                    Some(found) => self.check(found.into_array()?),
                    None => Err(error),
                }
            }
            made => made,
        }
    }

    fn check(&self, found: Array) -> Result<Array> {
        let shape = self.shape.lengths()?;
        if found.shape() != shape {
            let text = format!(
                "`{}` has the shape {:?}, not {shape:?}",
                found.path(),
                found.shape()
            );
            return Err(Error::wrong_shape("shape", text));
        }
        let (stored, asked) = (found.dtype(), &self.dtype);
        if stored != asked && (self.exact || !asked.can_hold(stored)) {
            let text = format!("`{}` has the type {stored}, not {asked}", found.path());
            return Err(Error::argument("dtype", text));
        }
        Ok(found)
    }
}
operation!(RequireArray => Array);
