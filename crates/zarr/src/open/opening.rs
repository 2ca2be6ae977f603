//! `Opening`: the arguments that all builders that open nodes share, and how they open one.

use zarr_core::hierarchy::{self, ConsolidatedView, Mode, OpenOptions, UseConsolidated};
use zarr_core::{ArrayOptions, Context, Error, NodeKind, Refused, Result};
use zarr_metadata::Attributes;
use zarr_store::Location;

use crate::arguments::format::FormatArgument;
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
    pub(crate) format: FormatArgument,
    pub(crate) context: Option<Context>,
    /// Where none is chosen, what is missing is created if the store can be written.
    pub(crate) mode: Option<Mode>,
    /// Whether the node must exist where no mode is chosen.
    pub(crate) must_exist: bool,
    pub(crate) use_consolidated: UseConsolidated,
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
            format: FormatArgument::default(),
            context: None,
            mode: None,
            must_exist: false,
            use_consolidated: UseConsolidated::Auto,
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
        let format = self.format.get()?;
        let location = self.location().await?;
        let mode = self.mode.or(self.default_mode(&location, wanted));
        let context = self.context.unwrap_or_else(default_context);
        let order = self.array.as_ref().and_then(|array| array.order);
        let options = OpenOptions {
            mode,
            kind: wanted,
            format,
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
                    config.order = order.unwrap_or(config.order);
                    Node::Array(array.with_config(config))
                }
                Node::Group(group) => {
                    let group = group.caching_attrs(self.access.cache_attrs);
                    let (location, metadata) = (group.location(), group.metadata());
                    let view =
                        ConsolidatedView::read(location, metadata, &self.use_consolidated).await?;
                    Node::Group(match view {
                        Some(view) => group.viewed(view),
                        None => group,
                    })
                }
            },
        )
    }

    /// The mode where none is chosen: `a` where something can be created, otherwise the node must exist. Consolidated
    /// metadata that is required is never that of a new group.
    fn default_mode(&self, location: &Location, wanted: Option<NodeKind>) -> Option<Mode> {
        let is_optional = matches!(
            self.use_consolidated,
            UseConsolidated::Auto | UseConsolidated::Never
        );
        let can_create = wanted != Some(NodeKind::Array) || self.array.is_some();
        let creates = location.store().hints().writable && !self.must_exist;
        (creates && can_create && is_optional).then_some(Mode::Append)
    }

    /// The group that has no document, only a node directly below it.
    pub(crate) async fn implicit(self) -> Result<Option<Group>> {
        self.refused.check()?;
        let location = self.location().await?;
        let group = hierarchy::implicit_group(&location, self.format.get()?).await;
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
