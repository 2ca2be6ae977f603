//! From metadata to the documents that a store keeps: their names and their text.

use serde_json::Value;

use crate::array::ArrayMetadata;
use crate::attributes::Attributes;
use crate::documents::{ZARR_JSON, ZARRAY, ZATTRS, ZGROUP};
use crate::group::GroupMetadata;
use crate::indent::{Indent, laid_out};
use crate::node::NodeMetadata;
use crate::raw_members::{ATTRIBUTES, CONSOLIDATED, with_member, with_members};
use crate::scan::unmarked;
use crate::v3;

/// A document's name and its text.
type NamedText = (&'static str, Vec<u8>);

impl ArrayMetadata {
    /// The documents to write, by name: `zarr.json`, or `.zarray` and, unless empty, `.zattrs`.
    ///
    /// An empty `.zattrs` is not written, so a writer that emptied the attributes has one to
    /// delete.
    #[must_use]
    pub fn documents(&self) -> Vec<NamedText> {
        match self {
            Self::V2 { array, attributes } => v2(ZARRAY, &array.to_json(), attributes),
            Self::V3(array) => vec![(ZARR_JSON, written(&array_v3(array)))],
        }
    }
}

impl GroupMetadata {
    /// The documents to write, by name: `zarr.json`, or `.zgroup` and, unless empty, `.zattrs`.
    ///
    /// An empty `.zattrs` is not written, so a writer that emptied the attributes has one to
    /// delete.
    #[must_use]
    pub fn documents(&self) -> Vec<NamedText> {
        match self {
            Self::V2 { group, attributes } => v2(ZGROUP, &group.to_json(), attributes),
            Self::V3(group) => vec![(ZARR_JSON, written(&group_v3(group)))],
        }
    }
}

impl NodeMetadata {
    /// The documents to write, by name.
    #[must_use]
    pub fn documents(&self) -> Vec<NamedText> {
        match self {
            Self::Array(array) => array.documents(),
            Self::Group(group) => group.documents(),
        }
    }
}

fn v2(name: &'static str, document: &Value, attributes: &Attributes) -> Vec<NamedText> {
    let mut documents = vec![(name, pretty(document))];
    if !attributes.is_empty() {
        documents.push((ZATTRS, written(&attributes.marked_text())));
    }
    documents
}

/// The text of an array's document, with numbers that JSON does not have marked.
pub(crate) fn array_v3(array: &v3::ArrayMetadataV3) -> String {
    with_member(array.to_json(), ATTRIBUTES, &array.attributes.marked_text())
}

/// As [`array_v3`], of a group.
pub(crate) fn group_v3(group: &v3::GroupMetadataV3) -> String {
    let consolidated = group.consolidated_metadata.as_ref();
    let bare = v3::GroupMetadataV3 {
        attributes: Attributes::new(),
        consolidated_metadata: consolidated.map(|_| v3::ConsolidatedMetadataV3::default()),
        extra: group.extra.clone(),
    };
    let consolidated = consolidated.map(v3::ConsolidatedMetadataV3::to_text);
    let attributes = group.attributes.marked_text();
    let mut texts = vec![(ATTRIBUTES, attributes.as_str())];
    texts.extend(consolidated.as_deref().map(|text| (CONSOLIDATED, text)));
    with_members(bare.to_json(), &texts)
}

/// The text of a document as it is stored.
fn written(marked: &str) -> Vec<u8> {
    laid_out(unmarked(marked).as_bytes(), Indent::default())
}

/// Indented by two, as zarr-python does.
fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}").into_bytes()
}

#[cfg(test)]
mod tests;
