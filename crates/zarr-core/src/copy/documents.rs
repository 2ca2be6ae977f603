//! The documents of a copy: those of the source byte for byte where nothing is to change, and where something is,
//! with that alone changed. Reads documents; writes none.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};
use zarr_metadata::documents;
use zarr_metadata::{ArrayMetadata, GroupMetadata, Indent, NodeMetadata, ZarrFormat};
use zarr_store::Location;

use super::same_chunks::same_chunks;
use crate::Result;
use crate::hierarchy::{DocumentTexts, document};

/// Where the text of a copy's documents comes from.
#[derive(Clone, PartialEq)]
pub(super) enum DocumentSource {
    /// It is made from the copy's metadata.
    Metadata,
    /// It is that of the source, byte for byte.
    Verbatim,
    /// It is that of the source, with those members replaced in which the copy's metadata differs from this, which
    /// is the source's metadata.
    Edited(Box<ArrayMetadata>),
}

/// The documents of a node as they are stored; `None` where they are not those of the known node: they changed
/// since, or are not there, as where the node is known by consolidated metadata alone.
async fn stored_documents(place: &Location, node: &NodeMetadata) -> Result<Option<DocumentTexts>> {
    let main = match (node.format(), node) {
        (ZarrFormat::V3, _) => documents::ZARR_JSON,
        (ZarrFormat::V2, NodeMetadata::Array(_)) => documents::ZARRAY,
        (ZarrFormat::V2, NodeMetadata::Group(_)) => documents::ZGROUP,
    };
    let Some(text) = document(place, main).await? else {
        return Ok(None);
    };
    let attributes = match node.format() {
        ZarrFormat::V2 => document(place, documents::ZATTRS).await?,
        ZarrFormat::V3 => None,
    };
    let same = match (parse_like(node, &text, attributes.as_deref()), node) {
        (Some(NodeMetadata::Array(there)), NodeMetadata::Array(known)) => {
            there == *known || same_chunks(&there, known)
        }
        (Some(NodeMetadata::Group(_)), NodeMetadata::Group(_)) => true,
        _ => false,
    };
    let mut documents: DocumentTexts = vec![(main, text.to_vec())];
    documents.extend(attributes.map(|text| (documents::ZATTRS, text.to_vec())));
    Ok(same.then_some(documents))
}

/// The node that documents make, read as those of another node.
fn parse_like(like: &NodeMetadata, text: &[u8], attributes: Option<&[u8]>) -> Option<NodeMetadata> {
    let node = match (like.format(), like) {
        (ZarrFormat::V3, _) => NodeMetadata::from_zarr_json(text),
        (ZarrFormat::V2, NodeMetadata::Array(_)) => {
            ArrayMetadata::from_v2(text, attributes).map(NodeMetadata::Array)
        }
        (ZarrFormat::V2, NodeMetadata::Group(_)) => {
            GroupMetadata::from_v2(text, attributes).map(NodeMetadata::Group)
        }
    };
    node.ok()
}

impl DocumentSource {
    /// The documents of the copy `to` of the node `from` at a place; `None` where they are made from its metadata.
    pub(super) async fn documents(
        &self,
        place: &Location,
        from: &NodeMetadata,
        to: &NodeMetadata,
    ) -> Result<Option<DocumentTexts>> {
        if *self == Self::Metadata {
            return Ok(None);
        }
        let Some(mut documents) = stored_documents(place, from).await? else {
            return Ok(None);
        };
        let (Self::Edited(source), NodeMetadata::Array(to)) = (self, to) else {
            return Ok(Some(documents));
        };
        let Some((name, text)) = documents.first_mut() else {
            return Ok(None);
        };
        let of = |array: &ArrayMetadata| {
            let written = array
                .documents(Indent::default())
                .into_iter()
                .find(|(other, _)| other == name);
            written.map(|(_, text)| text)
        };
        let (Some(source), Some(new)) = (of(source), of(to)) else {
            return Ok(None);
        };
        let Some(edited) = replace_members(text, &source, &new) else {
            return Ok(None);
        };
        let attributes = documents.get(1).map(|(_, text)| text.as_slice());
        if !describes(&edited, attributes, to) {
            return Ok(None);
        }
        documents[0].1 = edited;
        Ok(Some(documents))
    }
}

/// Whether an edited document still describes an array with the same chunks, under the same keys.
fn describes(text: &[u8], attributes: Option<&[u8]>, array: &ArrayMetadata) -> bool {
    let like = NodeMetadata::Array(array.clone());
    let Some(NodeMetadata::Array(read)) = parse_like(&like, text, attributes) else {
        return false;
    };
    same_chunks(&read, array)
        && read.chunk_key_encoding() == array.chunk_key_encoding()
        && read.attributes() == array.attributes()
}

/// A document with those members replaced in which `new` differs from `source`, which is the document as this
/// library writes it.
fn replace_members(text: &[u8], source: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    type Raw = BTreeMap<String, Box<RawValue>>;
    type Members = Map<String, Value>;
    let members = |text| serde_json::from_slice::<Members>(text).ok();
    let texts = |text| serde_json::from_slice::<Raw>(text).ok();
    let (raw, new_raw) = (texts(text)?, texts(new)?);
    let (old, source, new) = (members(text)?, members(source)?, members(new)?);
    let kept = old
        .keys()
        .filter(|name| new.contains_key(*name) || !source.contains_key(*name));
    let added = new
        .iter()
        .filter(|(name, value)| !old.contains_key(*name) && source.get(*name) != Some(*value));
    let names = kept.chain(added.map(|(name, _)| name));
    let mut out = b"{".to_vec();
    for (i, name) in names.enumerate() {
        let is_same = source.get(name) == new.get(name);
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
    fn members_that_do_not_differ_keep_their_text() {
        let text =
            br#"{"n": 12345678901234567890123, "kept": [ 1,2 ], "codecs": "old", "gone": 1}"#;
        let source = br#"{"n": 1.2345678901234568e22, "codecs": "old", "gone": 1}"#;
        let new = br#"{"n": 1.2345678901234568e22, "codecs": "new", "more": true}"#;
        let want = "{\n  \"n\": 12345678901234567890123,\n  \"kept\": [ 1,2 ],\n  \"codecs\": \"new\",\n  \"more\": true\n}";
        let merged = replace_members(text, source, new).unwrap();
        assert_eq!(String::from_utf8(merged).unwrap(), want);
    }
}
