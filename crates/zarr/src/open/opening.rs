//! `Opening`: the arguments that all builders that open nodes share, and how they open one.

use zarr_core::hierarchy::{self, Mode, OpenOptions};
use zarr_core::{ArrayOptions, Context, Error, NodeKind, Refused, Result};
use zarr_metadata::{Attributes, ZarrFormat};
use zarr_store::Location;

use crate::environment::default_context;
use crate::target::access::{Access, unchanging};
use crate::{Array, Group, Node, Target};

/// What to do about an existing array that has another shape or data type than the array to create.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnConflict {
    /// Open it as it is, as zarr-python does.
    #[default]
    Ignore,
    /// Fail, and name the difference.
    Error,
}

impl OnConflict {
    fn check(self, found: &Array, wanted: &ArrayOptions) -> Result<()> {
        if self == Self::Ignore {
            return Ok(());
        }
        let path = found.path();
        if found.shape() != wanted.shape {
            let text = format!(
                "`{path}` has the shape {:?}, not {:?}",
                found.shape(),
                wanted.shape
            );
            return Err(Error::wrong_shape("shape", text));
        }
        if *found.dtype() != wanted.data_type {
            let (stored, wanted) = (found.dtype(), &wanted.data_type);
            let text = format!("`{path}` has the type {stored}, not {wanted}");
            return Err(Error::argument("dtype", text));
        }
        Ok(())
    }
}

/// The arguments that all builders that open nodes share.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) target: Target,
    pub(crate) path: String,
    pub(crate) zarr_format: Option<ZarrFormat>,
    pub(crate) context: Option<Context>,
    pub(crate) mode: Option<Mode>,
    /// The array to create if there is none.
    pub(crate) array: Option<ArrayOptions>,
    /// The attributes of a group that is created.
    pub(crate) attributes: Option<Attributes>,
    pub(crate) refused: Refused,
    pub(crate) on_conflict: OnConflict,
    pub(crate) access: Access,
}

impl Opening {
    pub(crate) fn new(target: Target) -> Self {
        Self {
            target,
            path: String::new(),
            zarr_format: None,
            context: None,
            mode: None,
            array: None,
            attributes: None,
            refused: Refused::default(),
            on_conflict: OnConflict::Ignore,
            access: Access::default(),
        }
    }

    /// `wanted` is `None` if the node may be of either kind.
    pub(crate) async fn open(self, wanted: Option<NodeKind>) -> Result<Node> {
        self.refused.check()?;
        let location = self.location().await?;
        let context = self.context.unwrap_or_else(default_context);
        let options = OpenOptions {
            mode: self.mode,
            kind: wanted,
            format: self.zarr_format,
            array: self.array.clone(),
            attributes: self.attributes,
        };
        let node = hierarchy::open(&location, options, &context).await?;
        Ok(
            match Node::new(self.access.finish(location), node, context)? {
                Node::Array(array) => {
                    let mut config = self.access.array_config(array.config().clone());
                    if let Some(wanted) = &self.array {
                        self.on_conflict.check(&array, wanted)?;
                        config = wanted.array_config(config);
                    }
                    Node::Array(array.with_config(config))
                }
                Node::Group(group) => Node::Group(group.reloading(self.access.reload_attributes)),
            },
        )
    }

    /// The group that has no document, only a node directly below it.
    pub(crate) async fn implicit(self) -> Result<Option<Group>> {
        let location = self.location().await?;
        let group = hierarchy::implicit_group(&location, self.zarr_format).await;
        let context = self.context.unwrap_or_else(default_context);
        let open = |group| Group::new(self.access.finish(location), group, context);
        group.map(open).transpose()
    }

    /// The location, read-only if the mode or the builder says so.
    async fn location(&self) -> Result<Location> {
        let context = self.context.clone().unwrap_or_else(default_context);
        let location = self
            .target
            .reach(&self.path, &self.access, &context)
            .await?;
        Ok(match self.mode {
            Some(Mode::Read) => unchanging(&location),
            None => self.access.finish(location),
            Some(_) => location,
        })
    }
}
