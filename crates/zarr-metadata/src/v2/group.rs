//! The v2 document of a group, `.zgroup`. Its attributes are another document.

use serde_json::{Map, Value};

use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems};
use crate::raw_members::add_rest;
use crate::read::{Members, format};

/// The `.zgroup` of a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupMetadataV2 {
    /// Members unknown to this library, kept for the next writer.
    pub extra: Map<String, Value>,
}

impl GroupMetadataV2 {
    /// The document.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("zarr_format".to_owned(), 2.into());
        add_rest(&mut object, &self.extra);
        Value::Object(object)
    }

    pub(crate) fn read(value: Value, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<Self> {
        let mut members = Members::of(value, *at, problems)?;
        // Some writers left it out, and the name of the document implies it.
        let at = at.key("zarr_format");
        match members.take("zarr_format") {
            Some(value) => format(&value, 2, &at, problems),
            None => {
                let expected = "\"zarr_format\": 2";
                problems.tolerate(&at, ProblemKind::Missing { expected });
            }
        }
        Some(Self {
            extra: members.rest(),
        })
    }
}
