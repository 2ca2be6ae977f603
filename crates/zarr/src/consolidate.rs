//! `consolidate_metadata`: collects the metadata of a whole hierarchy in one document.

use zarr_core::hierarchy::{ConsolidatedView, UseConsolidated};
use zarr_core::{Context, Result, hierarchy};
use zarr_metadata::ZarrFormat;

use crate::arguments::format::{FormatArgument, format_setters};
use crate::environment::default_context;
use crate::operation::operation;
use crate::target::access::Access;
use crate::{Group, Target};

/// Collects the metadata of all nodes below a group in one document of the group, so that readers get all
/// of it with one request.
///
/// This library keeps the document up to date when it creates, changes or deletes nodes below the group
/// (unless [`Config::leave_consolidated`](crate::Config::leave_consolidated) is set). Changes by other
/// programs are missing from it until you consolidate again.
///
/// If nodes below the group cannot be read, nothing is written and the error names all of them, because
/// readers take the consolidated metadata for complete.
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
        format: FormatArgument::default(),
        context: default_context(),
    }
}

/// A pending consolidation: see [`consolidate_metadata`].
#[must_use = "nothing is written until this is awaited or waited for"]
#[derive(Debug)]
pub struct ConsolidateMetadata {
    target: Target,
    path: String,
    format: FormatArgument,
    context: Context,
}

impl ConsolidateMetadata {
    /// The group's path below the target.
    pub fn path(mut self, path: impl AsRef<str>) -> Self {
        path.as_ref().clone_into(&mut self.path);
        self
    }

    /// The context that the group is opened with and that says how its document is written.
    pub fn context(mut self, context: &Context) -> Self {
        self.context = context.clone();
        self
    }

    async fn run(self) -> Result<Group> {
        let format = self.format.get()?;
        let access = Access::default();
        let location = self
            .target
            .reach(&self.path, &access, &self.context)
            .await?;
        let metadata = hierarchy::consolidate(&location, format, &self.context).await?;
        // In format 3 it is part of the group's own document.
        let collected = match metadata.format() {
            ZarrFormat::V2 => {
                ConsolidatedView::read(&location, &metadata, &UseConsolidated::Auto).await?
            }
            ZarrFormat::V3 => None,
        };
        Ok(Group::new(location, metadata, self.context)?.with_collected(collected))
    }
}
operation!(ConsolidateMetadata => Group);
format_setters!(
    /// The format of the group, if there is one of each format.
    ConsolidateMetadata, format
);
