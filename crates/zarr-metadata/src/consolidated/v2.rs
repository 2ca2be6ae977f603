//! `.zmetadata`: the documents below a v2 group, by key.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::value::RawValue;

use super::{NodeOrder, RawDocuments, node_order};
use crate::documents::{ZARRAY, ZATTRS, ZGROUP};
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, ProblemKind, Problems};
use crate::raw_members::{parsed, push_members};
use crate::reader::Reader;
use crate::scan::unmarked;

/// The documents of a group and of the nodes below it, by key relative to it: `.zgroup`,
/// `a/b/.zarray`.
///
/// ```
/// use zarr_metadata::v2::ConsolidatedMetadataV2;
///
/// let text = br#"{"zarr_consolidated_format": 1, "metadata": {
///     ".zgroup": {"zarr_format": 2},
///     "a/.zgroup": {"zarr_format": 2}, "a/.zattrs": {"units": "K"}
/// }}"#;
/// let documents = ConsolidatedMetadataV2::from_zmetadata(text)?;
/// assert_eq!(documents.paths().into_iter().collect::<Vec<_>>(), ["", "a"]);
/// let node = documents.get("a").transpose()?.unwrap();
/// assert_eq!(node.attributes()["units"], "K");
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsolidatedMetadataV2 {
    pub(super) documents: RawDocuments,
}

const FORMAT: &str = "zarr_consolidated_format";
/// What names a node, in the order in which it is looked for.
const NODES: [&str; 2] = [ZARRAY, ZGROUP];

impl ConsolidatedMetadataV2 {
    /// Reads a `.zmetadata`. The documents in it are not checked before they are asked for.
    ///
    /// # Errors
    /// When it is not such a document.
    pub fn from_zmetadata(text: &[u8]) -> Result<Self, MetadataError> {
        Reader::default().zmetadata(text)
    }

    /// How many documents there are, a node often having two.
    #[must_use]
    pub fn len(&self) -> usize {
        self.documents.texts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.texts.is_empty()
    }

    /// The keys of the documents, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.documents.keys()
    }

    /// The paths of the nodes, `""` being the group that holds all this.
    #[must_use]
    pub fn paths(&self) -> BTreeSet<&str> {
        self.keys()
            .filter_map(|key| NODES.iter().find_map(|name| key.strip_suffix(name)))
            .filter_map(|path| match path {
                "" => Some(""),
                path => path.strip_suffix('/'),
            })
            .collect()
    }

    /// A document as it stands in the text, by key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.documents.text(key)
    }

    /// Removes the documents of a node; returns whether there were any.
    pub fn remove(&mut self, path: &str) -> bool {
        let names = [ZARRAY, ZGROUP, ZATTRS].into_iter();
        let removed = names.filter(|name| self.documents.remove(&document_key(path, name)));
        removed.count() > 0
    }

    /// The text of a `.zmetadata`: keys in the order in which zarr-python writes them, without white
    /// space. The documents themselves are written as they were read.
    #[must_use]
    pub fn to_zmetadata(&self) -> Vec<u8> {
        let mut documents: Vec<_> = self.documents.iter().collect();
        documents.sort_by_cached_key(|&(key, _)| place(key));
        let mut text = String::from("{\"metadata\":");
        push_members(&mut text, documents.into_iter(), |text, _, raw| {
            text.push_str(raw.get());
        });
        text.push_str(",\"zarr_consolidated_format\":1}");
        unmarked(&text).into_owned().into_bytes()
    }

    pub(crate) fn documents(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.documents.iter()
    }

    /// Fails where the text is not JSON.
    pub(crate) fn read(
        text: &[u8],
        reader: &Reader,
        problems: &mut Problems,
    ) -> Result<Option<Self>, serde_json::Error> {
        let Ok(members) = serde_json::from_slice(text) else {
            let value = serde_json::from_slice::<&RawValue>(text)?;
            if let Some(value) = parsed(value, &JsonPlace::ROOT, problems) {
                problems.invalid(&JsonPlace::ROOT, "an object", &value);
            }
            return Ok(None);
        };
        Ok(Self::of(members, reader, problems))
    }

    fn of(
        mut members: BTreeMap<String, &RawValue>,
        reader: &Reader,
        problems: &mut Problems,
    ) -> Option<Self> {
        let at = JsonPlace::ROOT.key(FORMAT);
        match members.remove(FORMAT).map(RawValue::get) {
            Some("1") => {}
            Some(other) => {
                let found = serde_json::from_str(other).unwrap_or_default();
                problems.invalid(&at, "1", &found);
            }
            None => {
                let expected = "\"zarr_consolidated_format\": 1";
                problems.push(&at, ProblemKind::Missing { expected });
            }
        }
        let at = JsonPlace::ROOT.key("metadata");
        let expected = "an object with a document per key";
        let Some(documents) = members.remove("metadata") else {
            problems.push(&at, ProblemKind::Missing { expected });
            return None;
        };
        match serde_json::from_str(documents.get()) {
            Ok(texts) => Some(Self {
                documents: RawDocuments {
                    texts: Arc::new(texts),
                    reader: *reader,
                },
            }),
            Err(_) => {
                let found = serde_json::from_str(documents.get()).unwrap_or_default();
                problems.invalid(&at, expected, &found);
                None
            }
        }
    }
}

/// The position at which zarr-python writes a document: of the two documents of a node the attributes come first, except
/// for the group's own.
fn place(key: &str) -> (NodeOrder<'_>, bool) {
    let (path, name) = key.rsplit_once('/').unwrap_or(("", key));
    let is_second = (name == ZATTRS) == path.is_empty();
    (node_order(path), is_second)
}

/// The key of a document of a node.
pub(super) fn document_key(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attributes, GroupMetadata, NodeMetadata, NodePath, ZarrFormat};

    #[test]
    fn written_and_read() {
        let mut documents = ConsolidatedMetadataV2::default();
        let mut attributes = Attributes::new();
        let group = GroupMetadata::new(ZarrFormat::V2, attributes.clone());
        documents
            .insert(&NodePath::root(), &NodeMetadata::Group(group))
            .unwrap();
        attributes.insert("a".to_owned(), 1.into());
        let group = NodeMetadata::Group(GroupMetadata::new(ZarrFormat::V2, attributes));
        let path = NodePath::parse("x/y").unwrap();
        documents.insert(&path, &group).unwrap();
        let text = documents.to_zmetadata();
        assert_eq!(
            String::from_utf8_lossy(&text),
            r#"{"metadata":{".zgroup":{"zarr_format":2},"x/y/.zattrs":{"a":1},"x/y/.zgroup":{"zarr_format":2}},"zarr_consolidated_format":1}"#
        );
        let mut read = ConsolidatedMetadataV2::from_zmetadata(&text).unwrap();
        assert_eq!(read, documents);
        assert_eq!(read.get("x/y").unwrap().unwrap(), group);
        assert!(read.get("x").is_none());
        assert!(read.remove("x/y"));
        assert_eq!(read.keys().collect::<Vec<_>>(), [".zgroup"]);
        let v3 = NodeMetadata::Group(GroupMetadata::new(ZarrFormat::V3, Attributes::new()));
        assert!(read.insert(&path, &v3).is_err());
    }

    /// The nodes of a `.zmetadata` in the order in which zarr-python 3.4.2 wrote them, each with the attributes first.
    #[test]
    fn a2_3_keys_are_in_the_order_of_zarr_python() {
        let nodes = [
            "_u",
            "A",
            "a",
            "a b",
            "a-b",
            "a.b",
            "B",
            "b",
            "ss",
            "ß",
            "z",
            "é",
            "a.b/z",
            "a/x",
            "a/Y",
            "B/q",
            "z/1",
            "z/10",
            "z/2",
            "a/x/deep",
            "a/Y/c",
            "a/x/deep/er",
        ];
        let documents = [".zgroup", ".zattrs"].map(str::to_owned).into_iter();
        let of_nodes = nodes.map(|path| [format!("{path}/.zattrs"), format!("{path}/.zgroup")]);
        let documents: Vec<String> = documents
            .chain(of_nodes.into_iter().flatten())
            .map(|key| format!("{}:{{}}", serde_json::Value::from(key)))
            .collect();
        let text = format!(
            "{{\"metadata\":{{{}}},\"zarr_consolidated_format\":1}}",
            documents.join(",")
        );
        let read = ConsolidatedMetadataV2::from_zmetadata(text.as_bytes()).unwrap();
        assert_eq!(String::from_utf8_lossy(&read.to_zmetadata()), text);
    }

    #[test]
    fn refusals() {
        for (text, expected) in [
            ("[]", "document: expected an object, found an array of 0"),
            (
                "{}",
                "/zarr_consolidated_format: missing; add \"zarr_consolidated_format\": 1; \
                 /metadata: missing; add an object with a document per key",
            ),
            (
                r#"{"zarr_consolidated_format": 2, "metadata": 3}"#,
                "/zarr_consolidated_format: expected 1, found 2; \
                 /metadata: expected an object with a document per key, found 3",
            ),
        ] {
            let error = ConsolidatedMetadataV2::from_zmetadata(text.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}
