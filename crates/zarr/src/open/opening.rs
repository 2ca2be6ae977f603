//! `Opening`: the arguments that all builders that open nodes share, and how they open one.

use zarr_core::hierarchy::{self, ConsolidatedView, Mode, OpenOptions, UseConsolidated};
use zarr_core::{ArrayOptions, Context, NodeKind, Result};
use zarr_metadata::Attribute;
use zarr_store::Location;

use crate::arguments::choice::Choice;
use crate::arguments::format::FormatArgument;
use crate::environment::default_context;
use crate::target::access::{Access, unchanging};
use crate::{Group, Node, Target};

/// The arguments that all builders that open nodes share.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) target: Target,
    pub(crate) path: String,
    pub(crate) format: FormatArgument,
    pub(crate) context: Option<Context>,
    /// Where none is chosen, what is missing is created if the store can be written.
    pub(crate) mode: Option<Choice<Mode>>,
    /// Whether the node must exist where no mode is chosen.
    pub(crate) must_exist: bool,
    pub(crate) use_consolidated: UseConsolidated,
    /// The array to create if there is none.
    pub(crate) array: Option<ArrayOptions>,
    /// The attributes of a group that is created.
    pub(crate) attributes: Option<Attribute>,
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
            access: Access::default(),
        }
    }

    /// `wanted` is `None` if the node may be of either kind.
    pub(crate) async fn open(self, wanted: Option<NodeKind>) -> Result<Node> {
        let format = self.format.get()?;
        let mode = self.mode.clone().map(Choice::value).transpose()?;
        let location = self.location(mode).await?;
        let mode = mode.or(self.default_mode(&location, wanted));
        let context = self.context.unwrap_or_else(default_context);
        let order = self.array.as_ref().and_then(|array| array.order);
        let options = OpenOptions {
            mode,
            kind: wanted,
            format,
            array: self.array,
            attributes: self.attributes,
        };
        let node = hierarchy::open(&location, options, &context).await?;
        Ok(
            match Node::new(self.access.finish(location), node, context)? {
                Node::Array(array) => {
                    let mut config = self.access.array_config(array.config().clone());
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
        let mode = self.mode.clone().map(Choice::value).transpose()?;
        let location = self.location(mode).await?;
        let group = hierarchy::implicit_group(&location, self.format.get()?).await;
        let context = self.context.unwrap_or_else(default_context);
        let open = |group| Group::new(self.access.finish(location), group, context);
        group.map(open).transpose()
    }

    /// The location, read-only if the mode or the builder says so.
    async fn location(&self, mode: Option<Mode>) -> Result<Location> {
        let context = self.context.clone().unwrap_or_else(default_context);
        let location = self
            .target
            .reach(&self.path, &self.access, &context)
            .await?;
        Ok(match mode {
            Some(Mode::Read) => unchanging(&location),
            None => self.access.finish(location),
            Some(_) => location,
        })
    }
}
