//! `NodeMetadata`: an array or a group, told apart by the document.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::array::ArrayMetadata;
use crate::format::ZarrFormat;
use crate::group::GroupMetadata;
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, ProblemKind, Problems};
use crate::raw_members::{CONSOLIDATED, parsed};
use crate::reader::Reader;
use crate::{Attributes, v3};

/// The metadata of a node: an array or a group.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nodes are read by the few; a box would stand in every match on one"
)]
pub enum NodeMetadata {
    /// An array.
    Array(ArrayMetadata),
    /// A group.
    Group(GroupMetadata),
}

impl NodeMetadata {
    /// Reads a `zarr.json`: its `node_type` says what it describes.
    ///
    /// # Errors
    /// With every problem found in the document.
    pub fn from_zarr_json(text: &[u8]) -> Result<Self, MetadataError> {
        Reader::default().zarr_json(text)
    }

    /// The format in which it is stored.
    #[must_use]
    pub fn format(&self) -> ZarrFormat {
        match self {
            Self::Array(array) => array.format(),
            Self::Group(group) => group.format(),
        }
    }

    /// The attributes of the node.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        match self {
            Self::Array(array) => array.attributes(),
            Self::Group(group) => group.attributes(),
        }
    }

    /// The attributes of the node, mutable.
    pub fn attributes_mut(&mut self) -> &mut Attributes {
        match self {
            Self::Array(array) => array.attributes_mut(),
            Self::Group(group) => group.attributes_mut(),
        }
    }

    /// `consolidated` is the member of that name, which is not in `value`.
    pub(crate) fn read(
        mut value: Value,
        consolidated: Option<&RawValue>,
        reader: &Reader,
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        match value.get("node_type").and_then(Value::as_str) {
            Some("array") => {
                // Arrays do not have this member, so it is treated like any other unknown key.
                if let (Value::Object(members), Some(raw)) = (&mut value, consolidated) {
                    let raw = parsed(raw, &at.key(CONSOLIDATED), problems)?;
                    members.insert(CONSOLIDATED.to_owned(), raw);
                }
                v3::ArrayMetadataV3::read(value, at, problems)
                    .map(|array| Self::Array(ArrayMetadata::V3(array)))
            }
            Some("group") => v3::GroupMetadataV3::read(value, consolidated, reader, at, problems)
                .map(|group| Self::Group(GroupMetadata::V3(group))),
            _ => {
                kindless(&value, at, problems);
                None
            }
        }
    }
}

impl From<ArrayMetadata> for NodeMetadata {
    fn from(array: ArrayMetadata) -> Self {
        Self::Array(array)
    }
}

impl From<GroupMetadata> for NodeMetadata {
    fn from(group: GroupMetadata) -> Self {
        Self::Group(group)
    }
}

/// Reports a document that does not say what it describes, and every other problem that shows without
/// knowing.
fn kindless(value: &Value, at: &JsonPlace<'_>, problems: &mut Problems) {
    let Value::Object(members) = value else {
        problems.invalid(at, "an object", value);
        return;
    };
    match members.get("zarr_format") {
        Some(format) => crate::read::format(format, 3, &at.key("zarr_format"), problems),
        None => {
            let expected = "\"zarr_format\": 3";
            problems.push(&at.key("zarr_format"), ProblemKind::Missing { expected });
        }
    }
    let at = at.key("node_type");
    let expected = "\"array\" or \"group\"";
    match members.get("node_type") {
        Some(other) => problems.invalid(&at, expected, other),
        None => problems.push(&at, ProblemKind::Missing { expected }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = NodeMetadata::from_zarr_json(text.as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
    }

    #[test]
    fn the_document_has_to_say_what_it_is() {
        check("", "document: not JSON at line 1 column 0: it is empty");
        check("[]", "document: expected an object, found an array of 0");
        check(
            "{}",
            "/zarr_format: missing; add \"zarr_format\": 3; \
             /node_type: missing; add \"array\" or \"group\"",
        );
        check(
            r#"{"zarr_format": 4, "node_type": "link"}"#,
            "/zarr_format: expected 3, found 4; \
             /node_type: expected \"array\" or \"group\", found \"link\"",
        );
        check(
            r#"{"zarr_format": 3.0, "node_type": "group"}"#,
            "/zarr_format: expected 3, found 3.0",
        );
        check(
            r#"{"zarr_format": 3, "node_type": "group", "shape": []}"#,
            "/shape: unknown key",
        );
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(100_000);
        check(&deep, "document: depth 65 is above the limit of 64");
    }

    #[test]
    fn v2_groups() {
        let read = |text: &str| GroupMetadata::from_v2(text.as_bytes(), None);
        assert!(read("{}").is_ok());
        assert!(read(r#"{"zarr_format": 2, "x": 1}"#).is_ok());
        assert_eq!(
            read(r#"{"zarr_format": 3}"#).unwrap_err().to_string(),
            "/zarr_format: expected 2, found 3"
        );
    }
}
