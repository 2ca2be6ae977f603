//! Metadata to the documents a store keeps: their names and their text. Knows no store.

mod indent;

use serde_json::{Map, Value};

use crate::Attributes;
use crate::array::ArrayMetadata;
use crate::group::GroupMetadata;
use crate::node::NodeMetadata;
use crate::reader::{ATTRIBUTES, CONSOLIDATED};
use crate::scan::unmarked;
use crate::v3;

pub use indent::Indent;

/// A document's name and its text.
type Document = (&'static str, Vec<u8>);

impl ArrayMetadata {
    /// The documents to write, by name: `zarr.json`, or `.zarray` and, unless empty, `.zattrs`.
    ///
    /// An empty `.zattrs` is not written, so a writer that emptied the attributes has one to
    /// delete.
    #[must_use]
    pub fn documents(&self) -> Vec<Document> {
        match self {
            Self::V2 { array, attributes } => v2(".zarray", &array.to_json(), attributes),
            Self::V3(array) => vec![("zarr.json", written(&array_v3(array)))],
        }
    }
}

impl GroupMetadata {
    /// The documents to write, by name: `zarr.json`, or `.zgroup` and, unless empty, `.zattrs`.
    ///
    /// An empty `.zattrs` is not written, so a writer that emptied the attributes has one to
    /// delete.
    #[must_use]
    pub fn documents(&self) -> Vec<Document> {
        match self {
            Self::V2 { group, attributes } => v2(".zgroup", &group.to_json(), attributes),
            Self::V3(group) => vec![("zarr.json", written(&group_v3(group)))],
        }
    }
}

impl NodeMetadata {
    /// The documents to write, by name.
    #[must_use]
    pub fn documents(&self) -> Vec<Document> {
        match self {
            Self::Array(array) => array.documents(),
            Self::Group(group) => group.documents(),
        }
    }
}

fn v2(name: &'static str, document: &Value, attributes: &Attributes) -> Vec<Document> {
    let mut documents = vec![(name, pretty(document))];
    if !attributes.is_empty() {
        documents.push((".zattrs", written(&attributes.marked_text())));
    }
    documents
}

/// Adds the members that a reader did not know. They were left over when the known ones had been
/// taken, so a name in both was put there by hand: then the model's own member stands.
pub(crate) fn add_rest(object: &mut Map<String, Value>, rest: &Map<String, Value>) {
    for (key, value) in rest {
        object.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

/// The text of an array's document, with numbers that JSON does not have marked.
pub(crate) fn array_v3(array: &v3::ArrayMetadata) -> String {
    with_member(array.to_json(), ATTRIBUTES, &array.attributes.marked_text())
}

/// As [`array_v3`], of a group.
pub(crate) fn group_v3(group: &v3::GroupMetadata) -> String {
    let consolidated = group.consolidated_metadata.as_ref();
    let bare = v3::GroupMetadata {
        attributes: Attributes::new(),
        consolidated_metadata: consolidated.map(|_| v3::ConsolidatedMetadata::default()),
        extra: group.extra.clone(),
    };
    let consolidated = consolidated.map(v3::ConsolidatedMetadata::to_text);
    let attributes = group.attributes.marked_text();
    let mut texts = vec![(ATTRIBUTES, attributes.as_str())];
    texts.extend(consolidated.as_deref().map(|text| (CONSOLIDATED, text)));
    with_members(bare.to_json(), &texts)
}

/// The text of a document as it is stored.
fn written(marked: &str) -> Vec<u8> {
    indent::laid_out(unmarked(marked).as_bytes(), Indent::default())
}

/// The text of an object with one of its members as this text.
pub(crate) fn with_member(object: Value, key: &str, text: &str) -> String {
    with_members(object, &[(key, text)])
}

/// The text of an object with some of its members as these texts.
fn with_members(object: Value, texts: &[(&str, &str)]) -> String {
    let Value::Object(members) = object else {
        return object.to_string();
    };
    let members = members.iter().map(|(name, value)| {
        let text = texts.iter().find(|(key, _)| key == name);
        let name = Value::from(name.as_str());
        match text {
            Some((_, text)) => format!("{name}:{text}"),
            None => format!("{name}:{value}"),
        }
    });
    let members: Vec<String> = members.collect();
    format!("{{{}}}", members.join(","))
}

/// Indented by two, as zarr-python does.
fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}").into_bytes()
}

#[cfg(test)]
mod tests;
