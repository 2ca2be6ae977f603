//! From metadata to the documents that a store keeps: their names and their text.

use serde_json::Value;

use crate::array::ArrayMetadata;
use crate::attributes::Attributes;
use crate::documents::{ZARR_JSON, ZARRAY, ZATTRS, ZGROUP};
use crate::group::GroupMetadata;
use crate::indent::{Indent, laid_out};
use crate::node::NodeMetadata;
use crate::raw_members::{ATTRIBUTES, CONSOLIDATED, MemberText, object_text};
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
    pub fn documents(&self, indent: Indent) -> Vec<NamedText> {
        match self {
            Self::V2 { array, attributes } => v2(ZARRAY, &array.to_json(), attributes, indent),
            Self::V3(array) => vec![(ZARR_JSON, written(&array_v3(array), indent))],
        }
    }
}

impl GroupMetadata {
    /// The documents to write, by name: `zarr.json`, or `.zgroup` and, unless empty, `.zattrs`.
    ///
    /// An empty `.zattrs` is not written, so a writer that emptied the attributes has one to
    /// delete.
    ///
    /// ```
    /// use zarr_metadata::{GroupMetadata, Indent, ZarrFormat};
    /// let group = GroupMetadata::new(ZarrFormat::V2, Default::default());
    /// let (name, text) = group.documents(Indent::Compact).remove(0);
    /// assert_eq!((name, text.as_slice()), (".zgroup", br#"{"zarr_format":2}"#.as_slice()));
    /// ```
    #[must_use]
    pub fn documents(&self, indent: Indent) -> Vec<NamedText> {
        match self {
            Self::V2 { group, attributes } => v2(ZGROUP, &group.to_json(), attributes, indent),
            Self::V3(group) => vec![(ZARR_JSON, written(&group_v3(group), indent))],
        }
    }
}

impl NodeMetadata {
    /// The documents to write, by name.
    #[must_use]
    pub fn documents(&self, indent: Indent) -> Vec<NamedText> {
        match self {
            Self::Array(array) => array.documents(indent),
            Self::Group(group) => group.documents(indent),
        }
    }
}

fn v2(
    name: &'static str,
    document: &Value,
    attributes: &Attributes,
    indent: Indent,
) -> Vec<NamedText> {
    let mut documents = vec![(name, laid_out(document.to_string().as_bytes(), indent))];
    if !attributes.is_empty() {
        documents.push((ZATTRS, written(&attributes.marked_text(), indent)));
    }
    documents
}

/// The text of an array's document, with numbers that JSON does not have marked.
pub(crate) fn array_v3(array: &v3::ArrayMetadataV3) -> String {
    let attributes = |text: &mut String| array.attributes.push_marked(text);
    object_text(array.to_json(), &[(ATTRIBUTES, &attributes)])
}

/// As [`array_v3`], of a group.
pub(crate) fn group_v3(group: &v3::GroupMetadataV3) -> String {
    let consolidated = group.consolidated_metadata.as_ref();
    let bare = v3::GroupMetadataV3 {
        attributes: Attributes::new(),
        consolidated_metadata: consolidated.map(|_| v3::ConsolidatedMetadataV3::default()),
        extra: group.extra.clone(),
    };
    let attributes = |text: &mut String| group.attributes.push_marked(text);
    let documents = |text: &mut String| consolidated.into_iter().for_each(|all| all.push(text));
    let texts: [MemberText<'_>; 2] = [(ATTRIBUTES, &attributes), (CONSOLIDATED, &documents)];
    object_text(bare.to_json(), &texts)
}

/// The text of a document as it is stored.
fn written(marked: &str, indent: Indent) -> Vec<u8> {
    laid_out(unmarked(marked).as_bytes(), indent)
}

#[cfg(test)]
mod tests;
