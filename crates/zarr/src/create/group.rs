//! `create_group`, and `group`, which opens the group if it exists.

use serde::Serialize;
use zarr_core::hierarchy::{self, CreatePlan};
use zarr_core::{Context, Refused, Result};
use zarr_metadata::{Attributes, GroupMetadata, NodeMetadata};
use zarr_store::Location;

use crate::arguments::format::{FormatArgument, format_setters};
use crate::environment::default_context;
use crate::operation::operation;
use crate::target::access::{Access, handle_setters, store_setters};
use crate::{Group, Mode, OpenGroup, Target, open_group};

/// Creates a group: the root of the store, unless you set [`path`](CreateGroup::path).
#[doc(alias = "from_store")]
pub fn create_group(store: impl Into<Target>) -> CreateGroup {
    CreateGroup {
        target: store.into(),
        path: String::new(),
        format: FormatArgument::default(),
        attributes: None,
        overwrite: false,
        context: None,
        access: Access::default(),
        or_open: false,
        refused: Refused::default(),
    }
}

/// Opens a group, or creates it if it does not exist.
///
/// With [`overwrite`](CreateGroup::overwrite) the group is always new. Attributes that you set are for a new
/// group; an existing one keeps its own.
///
/// ```
/// # use zarr::{blocking::Wait, json, Target};
/// # fn main() -> zarr::Result<()> {
/// let new = zarr::group(Target::Memory).attributes(json!({"n": 1})).wait()?;
/// let same = zarr::group(&new).attributes(json!({"n": 2})).wait()?;
/// assert_eq!(same.attrs()["n"], 1);
/// # Ok(())
/// # }
/// ```
pub fn group(store: impl Into<Target>) -> CreateGroup {
    CreateGroup {
        or_open: true,
        ..create_group(store)
    }
}

/// A group to create: see [`create_group`] and [`group`].
#[must_use = "nothing is created until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct CreateGroup {
    target: Target,
    path: String,
    format: FormatArgument,
    attributes: Option<Attributes>,
    overwrite: bool,
    context: Option<Context>,
    pub(super) access: Access,
    /// Whether an existing group is opened.
    or_open: bool,
    refused: Refused,
}
store_setters!(CreateGroup, access);
handle_setters!(CreateGroup, access);
format_setters!(
    /// The format; by default that of the group above, or the context's default.
    CreateGroup, format
);

impl CreateGroup {
    /// The group's path in the store. Missing groups above it are created.
    pub fn path(mut self, path: impl AsRef<str>) -> Self {
        self.path = path.as_ref().to_owned();
        self
    }

    /// The same as [`path`](Self::path).
    pub fn name(self, path: impl AsRef<str>) -> Self {
        self.path(path)
    }

    /// The user's attributes: see [`CreateArray::attributes`](crate::CreateArray::attributes).
    pub fn attributes(mut self, attributes: impl Serialize) -> Self {
        self.attributes = self.refused.take("attributes", Attributes::of(&attributes));
        self
    }

    /// Replaces the node at this path, if there is one, and everything below it.
    pub fn overwrite(mut self, yes: bool) -> Self {
        self.overwrite = yes;
        self
    }

    /// Codecs, workers and limits for the group's arrays. The default is the context of the [`Group`] that
    /// creates this one, or [`default_context`](crate::default_context()).
    pub fn context(mut self, context: &Context) -> Self {
        self.context = Some(context.clone());
        self
    }

    async fn run(self) -> Result<Group> {
        self.refused.check()?;
        if self.or_open && !self.overwrite {
            return self.open().await;
        }
        let (overwrite, cache_attrs) = (self.overwrite, self.access.cache_attrs);
        let access = self.access.clone();
        let (location, metadata, context) = self.prepare().await?;
        let node = NodeMetadata::Group(metadata.clone());
        hierarchy::create(&location, &node, overwrite, &context).await?;
        let group = Group::new(access.finish(location), metadata, context)?;
        Ok(group.caching_attrs(cache_attrs))
    }

    /// Checks the arguments, and finds the place and its format.
    async fn prepare(self) -> Result<(Location, GroupMetadata, Context)> {
        self.refused.check()?;
        let format = self.format.get()?;
        let context = self.context.unwrap_or_else(default_context);
        let location = self
            .target
            .reach(&self.path, &self.access, &context)
            .await?;
        let format = match format {
            Some(format) => Some(format),
            None => hierarchy::format_above(&location).await?,
        };
        let format = format.unwrap_or_else(|| context.default_format());
        let metadata = GroupMetadata::new(format, self.attributes.unwrap_or_default());
        Ok((location, metadata, context))
    }

    pub(crate) async fn plan(self) -> Result<CreatePlan> {
        let (or_open, overwrite) = (self.or_open && !self.overwrite, self.overwrite);
        let (location, metadata, context) = self.prepare().await?;
        if or_open && let Some(NodeMetadata::Group(_)) = hierarchy::read(&location, None).await? {
            return Ok(CreatePlan::default());
        }
        let node = NodeMetadata::Group(metadata);
        hierarchy::plan_create(&location, &node, overwrite, &context).await
    }

    fn open(self) -> OpenGroup {
        let mut open = open_group(self.target).path(self.path).mode(Mode::Append);
        if let Some(attributes) = self.attributes {
            open = open.attributes(attributes);
        }
        open.format(self.format)
            .access(self.access)
            .context(&self.context.unwrap_or_else(default_context))
    }
}
operation!(CreateGroup => Group);
