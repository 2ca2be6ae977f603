//! Metadata to the documents a store keeps: their names and their text. Knows no store.

mod indent;

use serde_json::{Map, Value};

use crate::Attributes;
use crate::array::ArrayMetadata;
use crate::group::GroupMetadata;
use crate::node::NodeMetadata;
use crate::reader::CONSOLIDATED;
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
            Self::V3(array) => vec![("zarr.json", pretty(&array.to_json()))],
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
            Self::V3(group) => vec![("zarr.json", group_v3(group))],
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
        documents.push((".zattrs", pretty(&Value::Object(attributes.clone()))));
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

fn group_v3(group: &v3::GroupMetadata) -> Vec<u8> {
    match &group.consolidated_metadata {
        None => pretty(&group.to_json()),
        Some(consolidated) => {
            let bare = v3::GroupMetadata {
                attributes: group.attributes.clone(),
                consolidated_metadata: Some(v3::ConsolidatedMetadata::default()),
                extra: group.extra.clone(),
            };
            let text = with_member(bare.to_json(), CONSOLIDATED, &consolidated.to_text());
            indent::laid_out(text.as_bytes(), Indent::default())
        }
    }
}

/// The text of an object with one of its members as this text.
pub(crate) fn with_member(object: Value, key: &str, text: &str) -> String {
    let Value::Object(members) = object else {
        return text.to_owned();
    };
    let members = members.iter().map(|(name, value)| match name == key {
        true => format!("{}:{text}", Value::from(key)),
        false => format!("{}:{value}", Value::from(name.as_str())),
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
