//! `consolidate_metadata`: one document that tells of a whole hierarchy.

use zarr_core::hierarchy::Consolidated;
use zarr_core::{Context, Result, hierarchy};
use zarr_metadata::ZarrFormat;

use crate::environment::default_context;
use crate::operation::operation;
use crate::target::finish::Finish;
use crate::{Group, Target};

/// Collects the documents of all nodes below a group in the group's own, so that readers find them
/// with one request.
///
/// What is created, changed or deleted below the group afterwards is changed in it too, by this library:
/// see [`Config::leave_consolidated`](crate::Config::leave_consolidated). What others write is not in it
/// until it is consolidated again.
///
/// Where nodes below cannot be read, nothing is written, and the error names all of them: readers would take
/// what is collected for all there is.
///
/// ```
/// # use zarr::{blocking::Wait, DataType, Target};
/// # fn main() -> zarr::Result<()> {
/// let root = zarr::create_group(Target::Memory).wait()?;
/// root.create_array("a/b", [4], DataType::UInt8).wait()?;
/// let root = zarr::consolidate_metadata(&root).wait()?;
/// assert_eq!(root.consolidated_paths(), ["a", "a/b"]);
/// # Ok(())
/// # }
/// ```
pub fn consolidate_metadata(target: impl Into<Target>) -> ConsolidateMetadata {
    ConsolidateMetadata {
        target: target.into(),
        path: String::new(),
        zarr_format: None,
        context: default_context(),
    }
}

/// A consolidation to be awaited: see [`consolidate_metadata`].
#[must_use = "nothing is written until this is awaited or waited for"]
#[derive(Debug)]
pub struct ConsolidateMetadata {
    target: Target,
    path: String,
    zarr_format: Option<ZarrFormat>,
    context: Context,
}

impl ConsolidateMetadata {
    /// The group's path below the target.
    pub fn path(mut self, path: impl AsRef<str>) -> Self {
        path.as_ref().clone_into(&mut self.path);
        self
    }

    /// The format of the group, where both are there.
    pub fn zarr_format(mut self, format: ZarrFormat) -> Self {
        self.zarr_format = Some(format);
        self
    }

    /// What the group is opened with, and how its document is written.
    pub fn context(mut self, context: &Context) -> Self {
        self.context = context.clone();
        self
    }

    async fn run(self) -> Result<Group> {
        let location = self
            .target
            .location(&self.path, Finish::WithHandles)
            .await?;
        let metadata = hierarchy::consolidate(&location, self.zarr_format, &self.context).await?;
        // Format 3 has it in the group's own document.
        let collected = match metadata.format() {
            ZarrFormat::V2 => Consolidated::read(&location, &metadata, ".zmetadata").await?,
            ZarrFormat::V3 => None,
        };
        Ok(Group::new(location, metadata, self.context)?.with_collected(collected))
    }
}
operation!(ConsolidateMetadata => Group);
