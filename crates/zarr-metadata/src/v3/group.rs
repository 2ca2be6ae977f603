//! The v3 document of a group. `consolidated/v3.rs` reads the consolidated metadata in it.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::array::attributes;
use crate::attributes::Attributes;
use crate::consolidated::v3::{ConsolidatedBlock, ConsolidatedMetadataV3};
use crate::pointer::JsonPlace;
use crate::problem::Problems;
use crate::raw_members::{CONSOLIDATED, add_rest};
use crate::read::{Members, format};
use crate::reader::Reader;

/// The `zarr.json` of a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupMetadataV3 {
    /// The attributes of the group.
    pub attributes: Attributes,
    /// Copies of the documents of the nodes below.
    pub consolidated_metadata: Option<ConsolidatedMetadataV3>,
    /// Members unknown to this library that it may ignore, kept for the next writer. Consolidated metadata of
    /// an unknown kind is among them.
    pub extra: Map<String, Value>,
}

impl GroupMetadataV3 {
    /// The document, its members in the order zarr-python writes them.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("attributes".to_owned(), self.attributes.clone().into());
        object.insert("zarr_format".to_owned(), 3.into());
        if let Some(consolidated) = &self.consolidated_metadata {
            object.insert(CONSOLIDATED.to_owned(), consolidated.to_json());
        }
        object.insert("node_type".to_owned(), "group".into());
        add_rest(&mut object, &self.extra);
        Value::Object(object)
    }

    /// `consolidated` is the member of that name, which is not in `value`.
    pub(crate) fn read(
        value: Value,
        consolidated: Option<&RawValue>,
        reader: &Reader,
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut members = Members::of(value, *at, problems)?;
        if let Some(value) = members.require("zarr_format", "\"zarr_format\": 3", problems) {
            format(&value, 3, &at.key("zarr_format"), problems);
        }
        if let Some(value) = members.require("node_type", "\"node_type\": \"group\"", problems)
            && value != "group"
        {
            problems.invalid(&at.key("node_type"), "\"group\"", &value);
        }
        let attributes = attributes(&mut members, problems);
        let mut extra = members.ignorable_rest(problems);
        // A block that was refused is among the problems, so its absence is not reported again.
        let consolidated = consolidated.and_then(|raw| {
            ConsolidatedMetadataV3::read(raw, reader, &at.key(CONSOLIDATED), problems)
        });
        let consolidated_metadata = match consolidated {
            Some(ConsolidatedBlock::Inline(documents)) => Some(documents),
            Some(ConsolidatedBlock::Ignored(value)) => {
                extra.insert(CONSOLIDATED.to_owned(), value);
                None
            }
            None => None,
        };
        Some(Self {
            attributes: attributes?,
            consolidated_metadata,
            extra,
        })
    }
}
