//! The v3 document of a group. Consolidated metadata is carried along, not looked into.

use serde_json::{Map, Value};

use super::array::attributes;
use crate::Attributes;
use crate::document::add_rest;
use crate::pointer::At;
use crate::problem::Problems;
use crate::read::{Members, format};

/// The `zarr.json` of a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupMetadata {
    /// What the user says about the group.
    pub attributes: Attributes,
    /// Copies of the documents of the nodes below, as written.
    pub consolidated_metadata: Option<Value>,
    /// Members this library does not know and may ignore, kept for the next writer.
    pub extra: Map<String, Value>,
}

impl GroupMetadata {
    /// The document, its members in the order zarr-python writes them.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("attributes".to_owned(), self.attributes.clone().into());
        object.insert("zarr_format".to_owned(), 3.into());
        if let Some(consolidated) = &self.consolidated_metadata {
            object.insert("consolidated_metadata".to_owned(), consolidated.clone());
        }
        object.insert("node_type".to_owned(), "group".into());
        add_rest(&mut object, &self.extra);
        Value::Object(object)
    }

    pub(crate) fn read(value: Value, at: &At<'_>, problems: &mut Problems) -> Option<Self> {
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
        let consolidated_metadata = match members.take("consolidated_metadata") {
            // Early zarr-python wrote null for "none".
            None | Some(Value::Null) => Some(None),
            Some(value @ Value::Object(_)) => Some(Some(value)),
            Some(other) => {
                problems.invalid(&at.key("consolidated_metadata"), "an object", &other);
                None
            }
        };
        let extra = members.ignorable_rest(problems);
        Some(Self {
            attributes: attributes?,
            consolidated_metadata: consolidated_metadata?,
            extra,
        })
    }
}
