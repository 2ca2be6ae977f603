//! `put`: makes a member of a group from whatever can become one.

use zarr_core::copy::IfExists;

use crate::{CopyNodes, CreateArray, Group, Source, array, copy};

/// What [`Group::put`] takes: data or an array, from which an array is created, or a group, which is copied.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot become a member of a group",
    note = "give an array of ndarray, an `&Array`, a `Computed`, or a `&Group`"
)]
pub trait IntoMember {
    /// The pending operation, with its options as methods.
    type Operation;

    /// The operation that makes this the member of a group at a path.
    fn into_member(self, group: &Group, path: &str) -> Self::Operation;
}

impl<S: Into<Source>> IntoMember for S {
    type Operation = CreateArray;

    fn into_member(self, group: &Group, path: &str) -> CreateArray {
        let create = array(group, self).name(path).context(group.context());
        create.zarr_format(group.zarr_format()).overwrite(true)
    }
}

impl IntoMember for &Group {
    type Operation = CopyNodes;

    fn into_member(self, group: &Group, path: &str) -> CopyNodes {
        let copy = copy(self, group).name(path).context(group.context());
        copy.if_exists(IfExists::Replace)
    }
}

impl Group {
    /// Makes data, an array or a group the node at a path below this group, in its format, and replaces the array that is
    /// there. Of data and arrays it creates an array, see [`array()`](crate::array()); a group it copies with everything
    /// below it, into the group that is there, see [`copy()`](crate::copy()).
    ///
    /// ```
    /// # use zarr::{Target, blocking::Wait};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::create_group(Target::Memory).wait()?;
    /// let x = root.put("raw/x", ndarray::array![1, 2, 3]).chunks([2]).wait()?;
    /// root.put("x", &x).wait()?;
    /// root.put("backup", &root.group("raw").wait()?).wait()?;
    /// assert_eq!(root.array("backup/x").wait()?.shape(), [3]);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "setitem")]
    pub fn put<M: IntoMember>(&self, path: impl AsRef<str>, member: M) -> M::Operation {
        member.into_member(self, path.as_ref())
    }
}
