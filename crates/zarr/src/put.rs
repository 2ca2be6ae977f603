//! `move`: a node under another name in its group. Copied as it is stored, then deleted.

use zarr_core::copy::IfExists;
use zarr_core::{Error, Result};
use zarr_metadata::NodePath;

use crate::operation::operation;
use crate::{CreateArray, Group, Source, array, copy};

impl Group {
    /// Moves the node at a path below this group, with all below it, to another path.
    ///
    /// Stores know no renaming, so everything is copied first, as it is stored, and then deleted where
    /// it was: whoever dies between leaves two copies, never none.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let root = zarr::group(Target::Memory).wait()?;
    /// root.ones("old/a", [4]).wait()?;
    /// root.move_node("old", "new/name").wait()?;
    /// assert_eq!(root.array("new/name/a").wait()?.read::<f64>(..).wait()?.sum(), 4.0);
    /// assert!(!root.contains("old").wait()?);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "move")]
    pub fn move_node(&self, from: impl AsRef<str>, to: impl AsRef<str>) -> MoveNode {
        MoveNode {
            group: self.clone(),
            from: from.as_ref().to_owned(),
            to: to.as_ref().to_owned(),
        }
    }

    /// Creates an array below this group from data, in place of what is there: see
    /// [`array()`](crate::array()).
    #[doc(alias = "setitem")]
    pub fn put(&self, name: impl AsRef<str>, data: impl Into<Source>) -> CreateArray {
        let create = array(self, data).name(name).context(self.context());
        create.zarr_format(self.zarr_format()).overwrite(true)
    }
}

/// A node to be moved: see [`Group::move_node`].
#[must_use = "nothing is moved until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct MoveNode {
    group: Group,
    from: String,
    to: String,
}

impl MoveNode {
    async fn run(self) -> Result<()> {
        let Self { group, from, to } = self;
        if NodePath::parse(&to)?.is_root() {
            return Err(Error::argument("to", "the group itself is there already"));
        }
        let node = group.get(&from).await?;
        let copied = copy(node, &group).name(&to).if_exists(IfExists::Raise);
        copied.context(group.context()).await?;
        group.delete(&from).await
    }
}
operation!(MoveNode => ());
