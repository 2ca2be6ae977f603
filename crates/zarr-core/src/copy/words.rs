//! In which words a copy's documents are written: as they stand in the source where nothing is to change,
//! and where something is, with that alone changed. Reads documents; writes none.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};
use zarr_metadata::{ArrayMetadata, GroupMetadata, NodeMetadata, ZarrFormat};
use zarr_store::Location;

use super::agree::same_chunks;
use crate::Result;
use crate::hierarchy::{Written, document};

/// In which words a copy says what it is.
#[derive(Clone, PartialEq)]
pub(super) enum Words {
    /// In this library's.
    Own,
    /// In those of the source, byte for byte.
    Source,
    /// In those of the source but for what was asked to be otherwise than this, which says what the source
    /// says.
    Changed(Box<ArrayMetadata>),
}

/// The documents of a node as they stand at a place; `None` where they do not say what is known of it: they
/// changed since, or never stood there, as where somebody else listed them.
async fn standing(place: &Location, node: &NodeMetadata) -> Result<Option<Written>> {
    let main = match (node.format(), node) {
        (ZarrFormat::V3, _) => "zarr.json",
        (ZarrFormat::V2, NodeMetadata::Array(_)) => ".zarray",
        (ZarrFormat::V2, NodeMetadata::Group(_)) => ".zgroup",
    };
    let Some(text) = document(place, main).await? else {
        return Ok(None);
    };
    let attributes = match node.format() {
        ZarrFormat::V2 => document(place, ".zattrs").await?,
        ZarrFormat::V3 => None,
    };
    let says = match node.format() {
        ZarrFormat::V3 => NodeMetadata::from_zarr_json(&text).ok(),
        ZarrFormat::V2 => v2(node, &text, attributes.as_deref()),
    };
    let same = match (&says, node) {
        (Some(NodeMetadata::Array(there)), NodeMetadata::Array(known)) => {
            there == known || same_chunks(there, known)
        }
        (Some(NodeMetadata::Group(_)), NodeMetadata::Group(_)) => true,
        _ => false,
    };
    let mut documents: Written = vec![(main, text.to_vec())];
    documents.extend(attributes.map(|text| (".zattrs", text.to_vec())));
    Ok(same.then_some(documents))
}

/// The node that documents of format 2 make, of the kind of another.
fn v2(like: &NodeMetadata, text: &[u8], attributes: Option<&[u8]>) -> Option<NodeMetadata> {
    match like {
        NodeMetadata::Array(_) => {
            let array = ArrayMetadata::from_v2(text, attributes).ok()?;
            Some(NodeMetadata::Array(array))
        }
        NodeMetadata::Group(_) => {
            let group = GroupMetadata::from_v2(text, attributes).ok()?;
            Some(NodeMetadata::Group(group))
        }
    }
}

impl Words {
    /// The documents of the copy `to` of the node `from` at a place; `None` where they are in this library's
    /// own words.
    pub(super) async fn documents(
        &self,
        place: &Location,
        from: &NodeMetadata,
        to: &NodeMetadata,
    ) -> Result<Option<Written>> {
        if *self == Words::Own {
            return Ok(None);
        }
        let Some(mut documents) = standing(place, from).await? else {
            return Ok(None);
        };
        let (Words::Changed(plain), NodeMetadata::Array(to)) = (self, to) else {
            return Ok(Some(documents));
        };
        let Some((name, text)) = documents.first_mut() else {
            return Ok(None);
        };
        let of = |array: &ArrayMetadata| {
            let written = array
                .documents()
                .into_iter()
                .find(|(other, _)| other == name);
            written.map(|(_, text)| text)
        };
        let (Some(plain), Some(new)) = (of(plain), of(to)) else {
            return Ok(None);
        };
        let Some(merged) = changed(text, &plain, &new) else {
            return Ok(None);
        };
        let attributes = documents.get(1).map(|(_, text)| text.as_slice());
        if !says(&merged, attributes, to) {
            return Ok(None);
        }
        documents[0].1 = merged;
        Ok(Some(documents))
    }
}

/// Whether a document in other words still says that an array's chunks are these.
fn says(text: &[u8], attributes: Option<&[u8]>, array: &ArrayMetadata) -> bool {
    let read = match array.format() {
        ZarrFormat::V3 => NodeMetadata::from_zarr_json(text).ok(),
        ZarrFormat::V2 => ArrayMetadata::from_v2(text, attributes)
            .ok()
            .map(NodeMetadata::Array),
    };
    let Some(NodeMetadata::Array(read)) = read else {
        return false;
    };
    let keys = read.chunk_key_encoding() == array.chunk_key_encoding();
    let shared = same_chunks(&read, array) && keys;
    shared && read.attributes() == array.attributes()
}

/// A document in which the members are other that differ between `plain`, which says what it says, and
/// `new`.
fn changed(text: &[u8], plain: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    type Raw = BTreeMap<String, Box<RawValue>>;
    type Members = Map<String, Value>;
    let members = |text| serde_json::from_slice::<Members>(text).ok();
    let texts = |text| serde_json::from_slice::<Raw>(text).ok();
    let (raw, new_raw) = (texts(text)?, texts(new)?);
    let (old, plain, new) = (members(text)?, members(plain)?, members(new)?);
    let kept = old
        .keys()
        .filter(|name| new.contains_key(*name) || !plain.contains_key(*name));
    let added = new
        .iter()
        .filter(|(name, value)| !old.contains_key(*name) && plain.get(*name) != Some(*value));
    let names = kept.chain(added.map(|(name, _)| name));
    let mut out = b"{".to_vec();
    for (i, name) in names.enumerate() {
        let is_same = plain.get(name) == new.get(name);
        let value = match old.contains_key(name) && is_same {
            true => raw.get(name)?,
            false => new_raw.get(name)?,
        };
        out.extend(if i == 0 { "\n  " } else { ",\n  " }.bytes());
        out.extend(serde_json::to_vec(name).ok()?);
        out.extend(b": ");
        out.extend(value.get().bytes());
    }
    out.extend(b"\n}");
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_asked_for_is_otherwise() {
        let text =
            br#"{"n": 12345678901234567890123, "kept": [ 1,2 ], "codecs": "old", "gone": 1}"#;
        let plain = br#"{"n": 1.2345678901234568e22, "codecs": "old", "gone": 1}"#;
        let new = br#"{"n": 1.2345678901234568e22, "codecs": "new", "more": true}"#;
        let want = "{\n  \"n\": 12345678901234567890123,\n  \"kept\": [ 1,2 ],\n  \"codecs\": \"new\",\n  \"more\": true\n}";
        let merged = changed(text, plain, new).unwrap();
        assert_eq!(String::from_utf8(merged).unwrap(), want);
    }
}
