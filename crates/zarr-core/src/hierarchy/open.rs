//! Opening a node in a mode, which says what is opened, created or refused.

use std::pin::pin;
use std::str::FromStr;

use futures_util::StreamExt;
use zarr_metadata::{
    ArrayMetadata, Attributes, GroupMetadata, NodeMetadata, WordError, ZarrFormat,
};
use zarr_store::{Location, Op, StoreError, StoreErrorKind};

use super::warn::warn_of_both_formats;
use super::{Depth, check_vacant, create, each_member, find, format_above, kind, path_of, read};
use crate::words::converts_from_text;
use crate::{
    ArrayOptions, ChunkedArray, Context, Error, ErrorKind, NodeKind, Result, check_new_array,
};

/// What opening does where a node is there, and where none is: the modes of zarr-python, whose names (`r`, `r+`, `a`, `w`,
/// `w-`) can be parsed and convert into them.
///
/// | | nothing there | the node there | the other kind there |
/// |---|---|---|---|
/// | `Read`, `ReadWrite` | not found | opened | wrong kind |
/// | `Append` | created | opened | wrong kind |
/// | `Write` | created | replaced | replaced |
/// | `CreateNew` | created | exists | exists |
///
/// An array is created only from options that are given for it; without them nothing is deleted either. Where
/// no kind and no array is given, a group is created; `Write` then keeps the kind that is there, an
/// array with its structure and without its data and attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `r`: what is there, not to be changed through this handle.
    #[doc(alias = "r")]
    Read,
    /// `r+`: what is there.
    #[doc(alias = "r+")]
    ReadWrite,
    /// `a`: what is there, or something new.
    #[doc(alias = "a")]
    Append,
    /// `w`: something new; what is there is deleted with all below it.
    #[doc(alias = "w")]
    Write,
    /// `w-`: something new where there is nothing at all.
    #[doc(alias = "w-")]
    #[doc(alias = "x")]
    CreateNew,
}

/// The modes by the names that zarr-python gives them.
impl FromStr for Mode {
    type Err = WordError;

    fn from_str(name: &str) -> std::result::Result<Self, WordError> {
        match name {
            "r" => Ok(Self::Read),
            "r+" => Ok(Self::ReadWrite),
            "a" => Ok(Self::Append),
            "w" => Ok(Self::Write),
            "w-" => Ok(Self::CreateNew),
            other => Err(WordError::new(
                "`r` (read), `r+` (read and write), `a` (open, or create), `w` (replace) or `w-` (create)",
                other,
            )),
        }
    }
}

converts_from_text!(Mode: &str, String, &String);

/// How a node is opened.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// What to do about a node that is there, or is not. Without a mode it must be there.
    pub mode: Option<Mode>,
    /// Which kind it must be; `None` where either will do.
    pub kind: Option<NodeKind>,
    /// The only format that is looked for, and the format of what is created. Without one both are looked for, and what
    /// is created has the format of the group above, or else the context's default.
    pub format: Option<ZarrFormat>,
    /// The array to create where the mode creates one.
    pub array: Option<ArrayOptions>,
    /// The attributes of a group that is created.
    pub attributes: Option<Attributes>,
}

/// Opens the node at a place as the mode says, and gives its documents.
///
/// # Errors
/// As the table of [`Mode`] says, where the mode may write and the store may not, as
/// [`create`], and where an argument is wrong.
pub async fn open(
    location: &Location,
    options: OpenOptions,
    context: &Context,
) -> Result<NodeMetadata> {
    let mut options = options;
    options.kind = options
        .kind
        .or(options.array.is_some().then_some(NodeKind::Array));
    if !matches!(options.mode, None | Some(Mode::Read)) && !location.store().hints().writable {
        let (store, path) = (location.store(), location.path().as_str());
        return Err(StoreError::new(Op::Put, store, path, StoreErrorKind::ReadOnly).into());
    }
    let node = match options.mode {
        None | Some(Mode::Read | Mode::ReadWrite) => {
            let wanted = match options.kind {
                None => "array or group",
                Some(NodeKind::Array) => "array",
                Some(NodeKind::Group) => "group",
            };
            find(location, options.format, wanted).await?
        }
        Some(Mode::Append) => match read(location, options.format).await? {
            Some(node) => node,
            None => match options.create(location, false, context).await {
                Err(error) if matches!(error.kind(), ErrorKind::Exists { .. }) => {
                    // Another writer created it at the same time, or it is of the other format.
                    read(location, options.format).await?.ok_or(error)?
                }
                made => made?,
            },
        },
        Some(Mode::Write) => {
            if options.kind.is_none()
                && let Some(found) = read(location, None).await?
            {
                options.format.get_or_insert(found.format());
                if let NodeMetadata::Array(array) = found {
                    options.array = Some(ArrayOptions::like(&array));
                }
            }
            options.create(location, true, context).await?
        }
        Some(Mode::CreateNew) => {
            check_vacant(location).await?;
            options.create(location, false, context).await?
        }
    };
    if options.format.is_none() {
        warn_of_both_formats(location, &node, context).await;
    }
    match options.kind {
        Some(expected) if expected != kind(&node) => {
            Err(Error::wrong_kind(path_of(location)?, expected))
        }
        _ => Ok(node),
    }
}

impl OpenOptions {
    async fn create(
        &self,
        location: &Location,
        overwrite: bool,
        context: &Context,
    ) -> Result<NodeMetadata> {
        let node = match (&self.array, self.kind) {
            (Some(array), _) => {
                let mut array = array.clone();
                array.zarr_format = self.format.or(array.zarr_format);
                if array.zarr_format.is_none() {
                    array.zarr_format = format_above(location).await?;
                }
                NodeMetadata::Array(new_array(location, array, context)?)
            }
            (None, Some(NodeKind::Array)) => {
                let text = "an array cannot be created without shape and type: give them as \
                            `ArrayOptions::new(shape, dtype)`";
                return Err(Error::argument("or_create", text));
            }
            (None, _) => {
                let format = match self.format {
                    Some(format) => format,
                    None => {
                        let above = format_above(location).await?;
                        above.unwrap_or_else(|| context.default_format())
                    }
                };
                let attributes = self.attributes.clone().unwrap_or_default();
                NodeMetadata::Group(GroupMetadata::new(format, attributes))
            }
        };
        create(location, &node, overwrite, context).await?;
        Ok(node)
    }
}

/// The documents of a new array at a place, if it can be written.
fn new_array(
    location: &Location,
    options: ArrayOptions,
    context: &Context,
) -> Result<ArrayMetadata> {
    let mut options = options.or_config(context.config());
    // What is not stored belongs to the handle.
    options.take_memory_order(context.default_format());
    let metadata = options.metadata(context.default_format())?;
    let (path, config) = (path_of(location)?, context.array_config());
    let (location, context) = (location.clone(), context.clone());
    let array = ChunkedArray::new(location, path, metadata.clone(), context, config)?;
    check_new_array(&array)?;
    Ok(metadata)
}

/// The group at a place without a document, if a node lies directly below: it has no attributes.
///
/// Nodes that cannot be read are passed over.
pub async fn implicit_group(
    location: &Location,
    format: Option<ZarrFormat>,
) -> Option<GroupMetadata> {
    let mut found = pin!(each_member(
        location.clone(),
        format,
        Depth::Levels(1),
        false
    ));
    while let Some((_, node)) = found.next().await {
        if let Ok(Some(node)) = node {
            let group = GroupMetadata::new(node.format(), Attributes::new());
            return Some(group);
        }
    }
    None
}
