//! Opening a node in a mode: what is looked for, what is created, and what is refused.

use std::pin::pin;

use futures_util::StreamExt;
use zarr_core::{ArrayOptions, Context, Error, ErrorKind, NodeKind, Result, hierarchy};
use zarr_metadata::{Attribute, Attributes, GroupMetadata, NodeMetadata, ZarrFormat};
use zarr_store::{Location, Op, StoreError, StoreErrorKind};

use crate::access::{Access, unchanging};
use crate::{CreateArray, Group, Mode, Node, Target, create_group};

/// What all openings share.
#[derive(Clone, Debug)]
pub(crate) struct At {
    pub(crate) target: Target,
    pub(crate) path: String,
    pub(crate) zarr_format: Option<ZarrFormat>,
    pub(crate) context: Option<Context>,
    pub(crate) mode: Option<Mode>,
    /// The array to create where there is none.
    pub(crate) array: Option<ArrayOptions>,
    /// The attributes of a group that is created.
    pub(crate) attributes: Option<Attribute>,
    pub(crate) access: Access,
}

impl At {
    pub(crate) fn new(target: Target) -> Self {
        Self {
            target,
            path: String::new(),
            zarr_format: None,
            context: None,
            mode: None,
            array: None,
            attributes: None,
            access: Access::default(),
        }
    }

    /// `wanted` is `None` where either kind will do.
    pub(crate) async fn open(mut self, wanted: Option<NodeKind>) -> Result<Node> {
        let location = self.location().await?;
        let wanted = wanted.or(self.array.is_some().then_some(NodeKind::Array));
        match self.mode {
            None | Some(Mode::Read | Mode::ReadWrite) => {
                let text = match wanted {
                    None => "array or group",
                    Some(NodeKind::Array) => "array",
                    Some(NodeKind::Group) => "group",
                };
                let node = hierarchy::find(&location, self.zarr_format, text).await?;
                self.node(location, node, wanted)
            }
            Some(Mode::Append) => {
                if let Some(node) = hierarchy::read(&location, self.zarr_format).await? {
                    return self.node(location, node, wanted);
                }
                match self.clone().create(location.clone(), wanted, false).await {
                    Err(error) if matches!(error.kind(), ErrorKind::Exists { .. }) => {
                        // Somebody else made it at the same time, or it is of the other format.
                        match hierarchy::read(&location, self.zarr_format).await? {
                            Some(node) => self.node(location, node, wanted),
                            None => Err(error),
                        }
                    }
                    made => made,
                }
            }
            Some(Mode::Write) => {
                if wanted.is_none()
                    && let Some(found) = hierarchy::read(&location, None).await?
                {
                    self.zarr_format.get_or_insert(found.format());
                    if let NodeMetadata::Array(array) = found {
                        self.array = Some(ArrayOptions::like(&array));
                    }
                }
                self.create(location, wanted, true).await
            }
            Some(Mode::CreateNew) => {
                hierarchy::check_vacant(&location).await?;
                self.create(location, wanted, false).await
            }
        }
    }

    /// The group that only a node directly below tells of.
    pub(crate) async fn implicit(self) -> Result<Option<Group>> {
        let location = self.location().await?;
        let depth = hierarchy::Depth::Levels(1);
        let found = hierarchy::each_member(location.clone(), self.zarr_format, depth, false);
        let mut found = pin!(found);
        while let Some((_, node)) = found.next().await {
            if let Ok(node) = node {
                let group = GroupMetadata::new(node.format(), Attributes::new());
                let location = self.access.finish(location);
                let context = self.context.unwrap_or_default();
                return Group::new(location, group, context).map(Some);
            }
        }
        Ok(None)
    }

    /// The place, as the mode allows it to be used.
    async fn location(&self) -> Result<Location> {
        let context = self.context.clone().unwrap_or_default();
        let location = self
            .target
            .reach(&self.path, &self.access, &context)
            .await?;
        let writable = location.store().hints().writable;
        match self.mode {
            Some(Mode::Read) => Ok(unchanging(&location)),
            None => Ok(self.access.finish(location)),
            Some(_) if writable => Ok(location),
            Some(_) => {
                let (store, path) = (location.store(), location.path().as_str());
                Err(StoreError::new(Op::Put, store, path, StoreErrorKind::ReadOnly).into())
            }
        }
    }

    fn node(
        self,
        location: Location,
        node: NodeMetadata,
        wanted: Option<NodeKind>,
    ) -> Result<Node> {
        let found = hierarchy::kind(&node);
        match wanted {
            Some(expected) if expected != found => {
                let path = hierarchy::path_of(&location)?;
                Err(ErrorKind::WrongKind {
                    path,
                    expected,
                    found,
                }
                .into())
            }
            _ => {
                let location = self.access.finish(location);
                let node = Node::new(location, node, self.context.unwrap_or_default())?;
                Ok(match node {
                    Node::Array(array) => {
                        let config = self.access.array_config(array.config().clone());
                        Node::Array(array.with_config(config))
                    }
                    Node::Group(group) => {
                        Node::Group(group.reloading(self.access.reload_attributes))
                    }
                })
            }
        }
    }

    async fn create(
        self,
        location: Location,
        wanted: Option<NodeKind>,
        overwrite: bool,
    ) -> Result<Node> {
        let context = self.context.unwrap_or_default();
        if let Some(mut options) = self.array {
            options.zarr_format = self.zarr_format.or(options.zarr_format);
            let create = CreateArray::new(location, options).overwrite(overwrite);
            let access = &self.access;
            let create = create.read_only(access.read_only);
            let create = create.cache_metadata(!access.reload_metadata);
            let create = create.cache_attrs(!access.reload_attributes);
            return create.context(&context).await.map(Node::Array);
        }
        if wanted == Some(NodeKind::Array) {
            let text = "an array cannot be created without shape and type: give them as \
                        `ArrayOptions::new(shape, dtype)`";
            return Err(Error::argument("or_create", text));
        }
        let mut create = create_group(location).overwrite(overwrite);
        create = create.read_only(self.access.read_only);
        create = create.cache_attrs(!self.access.reload_attributes);
        if let Some(format) = self.zarr_format {
            create = create.zarr_format(format);
        }
        if let Some(attributes) = self.attributes {
            create = create.attributes(attributes);
        }
        create.context(&context).await.map(Node::Group)
    }
}
