//! `DryRun`: what creating a node would delete and make.

use zarr_core::Result;
use zarr_core::hierarchy::CreatePlan;

use crate::operation::operation;
use crate::target::finish::Finish;
use crate::{CreateArray, CreateGroup};

/// A node that is checked and not created: see [`CreateArray::dry_run`].
#[must_use = "nothing is checked until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct DryRun(NewNodeBuilder);

#[derive(Clone, Debug)]
enum NewNodeBuilder {
    Array(Box<CreateArray>),
    Group(Box<CreateGroup>),
}

impl CreateArray {
    /// Checks everything, and says what would be deleted and made instead of doing it.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, MemoryStore};
    /// # fn main() -> zarr::Result<()> {
    /// let store = MemoryStore::new();
    /// zarr::zeros(&store, [4]).name("a/b").wait()?;
    /// let plan = zarr::zeros(&store, [8]).name("a").overwrite(true).dry_run().wait()?;
    /// assert_eq!(plan.to_string(), "delete /a\ndelete /a/b\ncreate /a\n");
    /// # Ok(())
    /// # }
    /// ```
    pub fn dry_run(mut self) -> DryRun {
        self.access.finish = Finish::Here;
        DryRun(NewNodeBuilder::Array(Box::new(self)))
    }
}

impl CreateGroup {
    /// Checks everything, and says what would be deleted and made instead of doing it: see
    /// [`CreateArray::dry_run`].
    pub fn dry_run(mut self) -> DryRun {
        self.access.finish = Finish::Here;
        DryRun(NewNodeBuilder::Group(Box::new(self)))
    }
}

impl DryRun {
    async fn run(self) -> Result<CreatePlan> {
        match self.0 {
            NewNodeBuilder::Array(array) => array.plan().await,
            NewNodeBuilder::Group(group) => group.plan().await,
        }
    }
}
operation!(DryRun => CreatePlan);
