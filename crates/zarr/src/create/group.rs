//! Creating groups, or opening those that are there.

use zarr_core::{Context, Result, hierarchy};
use zarr_metadata::{Attribute, GroupMetadata, NodeMetadata, ZarrFormat};

use crate::environment::default_context;
use crate::operation::operation;
use crate::target::access::{Access, access, handle};
use crate::{Group, Mode, OpenGroup, Target, open_group};

/// Creates a group. Without [`path`](CreateGroup::path) it is the root of the store.
#[doc(alias = "from_store")]
pub fn create_group(store: impl Into<Target>) -> CreateGroup {
    CreateGroup {
        target: store.into(),
        path: String::new(),
        zarr_format: None,
        attributes: None,
        overwrite: false,
        context: None,
        access: Access::default(),
        or_open: false,
    }
}

/// Opens the group that is there, or creates one.
///
/// With [`overwrite`](CreateGroup::overwrite) it is new in any case. Attributes are those of a new
/// group; one that is there keeps its own.
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

/// A group to be created: see [`create_group`] and [`group`].
#[must_use = "nothing is created until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct CreateGroup {
    target: Target,
    path: String,
    zarr_format: Option<ZarrFormat>,
    attributes: Option<Attribute>,
    overwrite: bool,
    context: Option<Context>,
    access: Access,
    /// Whether a group that is there will do.
    or_open: bool,
}
access!(CreateGroup, access);
handle!(CreateGroup, access);

impl CreateGroup {
    /// The group's path in the store; groups that are missing above it are made.
    #[doc(alias = "name")]
    pub fn path(mut self, path: impl AsRef<str>) -> Self {
        self.path = path.as_ref().to_owned();
        self
    }

    /// The format; that of the group above, or the context's default, if not given.
    pub fn zarr_format(mut self, format: ZarrFormat) -> Self {
        self.zarr_format = Some(format);
        self
    }

    /// The user's attributes: a JSON object.
    pub fn attributes(mut self, attributes: impl Into<Attribute>) -> Self {
        self.attributes = Some(attributes.into());
        self
    }

    /// Replaces whatever is at this place, with all that lies below it.
    pub fn overwrite(mut self, yes: bool) -> Self {
        self.overwrite = yes;
        self
    }

    /// Codecs, workers and limits other than the default ones, for the group's arrays.
    pub fn context(mut self, context: &Context) -> Self {
        self.context = Some(context.clone());
        self
    }

    async fn run(self) -> Result<Group> {
        if self.or_open && !self.overwrite {
            return self.open().await;
        }
        let context = self.context.unwrap_or_else(default_context);
        let location = self
            .target
            .reach(&self.path, &self.access, &context)
            .await?;
        let format = self.zarr_format.unwrap_or_else(|| context.default_format());
        let metadata = GroupMetadata::new(format, hierarchy::object(self.attributes)?);
        let node = NodeMetadata::Group(metadata.clone());
        hierarchy::create(&location, &node, self.overwrite, &context).await?;
        let group = Group::new(self.access.finish(location), metadata, context)?;
        Ok(group.reloading(self.access.reload_attributes))
    }

    fn open(self) -> OpenGroup {
        let mut open = open_group(self.target).path(self.path).mode(Mode::Append);
        if let Some(format) = self.zarr_format {
            open = open.zarr_format(format);
        }
        if let Some(attributes) = self.attributes {
            open = open.attributes(attributes);
        }
        open.access(self.access)
            .context(&self.context.unwrap_or_else(default_context))
    }
}
operation!(CreateGroup => Group);
