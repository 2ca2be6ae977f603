//! `consolidated_metadata`: the documents below a v3 group inside the group's own, by path.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::RawDocuments;
use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems, brief};
use crate::raw_members::{add_rest, parsed, push_members, push_object};
use crate::reader::Reader;

/// The documents of the nodes below a group, by path relative to it: `a/b`, without a slash in
/// front.
///
/// The list is flat: a group in it says nothing about its own members.
///
/// ```
/// use zarr_metadata::{Attributes, GroupMetadata, NodeMetadata, NodePath, ZarrFormat, v3};
///
/// let mut documents = v3::ConsolidatedMetadataV3::default();
/// let child = NodeMetadata::Group(GroupMetadata::new(ZarrFormat::V3, Attributes::new()));
/// documents.insert(&NodePath::parse("a/b")?, &child)?;
/// let root = v3::GroupMetadataV3 { consolidated_metadata: Some(documents), ..Default::default() };
///
/// let text = root.to_json().to_string();
/// let read = NodeMetadata::from_zarr_json(text.as_bytes())?;
/// let NodeMetadata::Group(GroupMetadata::V3(read)) = read else { unreachable!() };
/// let documents = read.consolidated_metadata.unwrap();
/// assert_eq!(documents.paths().collect::<Vec<_>>(), ["a/b"]);
/// assert_eq!(documents.get("a/b").transpose()?, Some(child));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsolidatedMetadataV3 {
    pub(super) documents: RawDocuments,
    /// Members beside the documents that this library does not know.
    extra: Map<String, Value>,
}

/// What a group's `consolidated_metadata` turned out to be.
pub(crate) enum ConsolidatedBlock {
    Inline(ConsolidatedMetadataV3),
    /// A kind unknown to this library, which may ignore it.
    Ignored(Value),
}

impl ConsolidatedMetadataV3 {
    /// How many documents there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.documents.texts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.texts.is_empty()
    }

    /// The paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.documents.keys()
    }

    /// The document at a path as it stands in the text, if there is one; `NaN` and the infinities, which
    /// JSON does not have, as texts of the same letters.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.documents.text(path)
    }

    /// The names of the nodes directly inside the group at `path`, `""` being the group that holds
    /// all this.
    ///
    /// This includes names where only nodes below have documents.
    #[must_use]
    pub fn children(&self, path: &str) -> BTreeSet<&str> {
        let prefix = match path {
            "" => String::new(),
            path => format!("{path}/"),
        };
        let below = self.documents.texts.range(prefix.clone()..);
        below
            .map_while(|(key, _)| key.strip_prefix(prefix.as_str()))
            .filter_map(|rest| rest.split('/').next())
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// Removes a document; returns whether it was there.
    pub fn remove(&mut self, path: &str) -> bool {
        self.documents.remove(path)
    }

    /// As a v3 group document holds it: nodes nearer to the group first, as zarr-python has them.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("kind".to_owned(), "inline".into());
        object.insert("must_understand".to_owned(), false.into());
        let documents = self.in_order().into_iter().filter_map(|path| {
            let value = serde_json::from_str(self.text(path)?).ok()?;
            Some((path.to_owned(), value))
        });
        object.insert("metadata".to_owned(), Value::Object(documents.collect()));
        add_rest(&mut object, &self.extra);
        Value::Object(object)
    }

    /// As [`to_json`](Self::to_json), each document with the letters and digits it was read with.
    pub(crate) fn push(&self, text: &mut String) {
        let empty = Self {
            extra: self.extra.clone(),
            ..Self::default()
        };
        let documents = |text: &mut String| {
            let documents = self.in_order().into_iter();
            let documents = documents.filter_map(|path| Some((path, self.text(path)?)));
            push_members(text, documents, |text, _, document| text.push_str(document));
        };
        push_object(text, empty.to_json(), &[("metadata", &documents)]);
    }

    /// The paths of the nodes, those nearer to the group first.
    fn in_order(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = self.paths().collect();
        paths.sort_by_cached_key(|&path| super::node_order(path));
        paths
    }

    /// Members beside the documents.
    pub(crate) fn extra(&self) -> &Map<String, Value> {
        &self.extra
    }

    pub(crate) fn documents(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.documents.iter()
    }

    /// `None` where it was reported, and where the document has `null`, as early zarr-python did.
    pub(crate) fn read(
        raw: &RawValue,
        reader: &Reader,
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<ConsolidatedBlock> {
        let Ok(mut members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(raw.get()) else {
            let value = parsed(raw, at, problems)?;
            match value.is_null() {
                true => problems.tolerate_instead(at, "an object, or no such member", "null"),
                false => problems.invalid(at, "an object", &value),
            }
            return None;
        };
        let mut value = |key: &str, problems: &mut Problems| {
            let raw = members.remove(key)?;
            parsed(raw, &at.key(key), problems)
        };
        let kind = value("kind", problems);
        let must_understand = value("must_understand", problems);
        if kind.as_ref().is_none_or(|kind| kind != "inline") {
            let at = at.key("kind");
            match kind {
                Some(Value::String(name)) => {
                    let what = "consolidated metadata of kind";
                    let kind = ProblemKind::Unsupported { what, name };
                    if must_understand == Some(Value::Bool(false)) {
                        problems.warn(&at, kind);
                        return parsed(raw, &at, problems).map(ConsolidatedBlock::Ignored);
                    }
                    problems.push(&at, kind);
                }
                Some(other) => problems.invalid(&at, "\"inline\"", &other),
                None => {
                    let expected = "\"kind\": \"inline\"";
                    problems.push(&at, ProblemKind::Missing { expected });
                }
            }
            return None;
        }
        if must_understand != Some(Value::Bool(false)) {
            let at = at.key("must_understand");
            match must_understand {
                Some(other) => problems.tolerate_instead(&at, "false", brief(&other)),
                None => {
                    let expected = "\"must_understand\": false";
                    problems.tolerate(&at, ProblemKind::Missing { expected });
                }
            }
        }
        let at_documents = at.key("metadata");
        let Some(documents) = members.remove("metadata") else {
            let expected = "an object with a document per path";
            problems.push(&at_documents, ProblemKind::Missing { expected });
            return None;
        };
        let Ok(texts) = serde_json::from_str(documents.get()) else {
            let value = parsed(documents, &at_documents, problems)?;
            problems.invalid(&at_documents, "an object with a document per path", &value);
            return None;
        };
        let extra = members.into_iter().filter_map(|(key, raw)| {
            let value = parsed(raw, &at.key(&key), problems)?;
            Some((key, value))
        });
        Some(ConsolidatedBlock::Inline(Self {
            extra: extra.collect(),
            documents: RawDocuments {
                texts: Arc::new(texts),
                reader: *reader,
            },
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{GroupMetadata, Limits, NodeMetadata};

    fn group(consolidated: &Value) -> Result<crate::v3::GroupMetadataV3, String> {
        let text = json!({
            "zarr_format": 3, "node_type": "group", "consolidated_metadata": consolidated
        });
        match NodeMetadata::from_zarr_json(text.to_string().as_bytes()) {
            Ok(NodeMetadata::Group(GroupMetadata::V3(group))) => Ok(group),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        }
    }

    fn documents(paths: &[&str]) -> ConsolidatedMetadataV3 {
        let child = json!({"zarr_format": 3, "node_type": "group"});
        let metadata: Map<String, Value> = paths
            .iter()
            .map(|path| ((*path).to_owned(), child.clone()))
            .collect();
        let block = json!({"kind": "inline", "must_understand": false, "metadata": metadata});
        group(&block).unwrap().consolidated_metadata.unwrap()
    }

    #[test]
    fn nearer_nodes_are_written_first() {
        let value = documents(&["b/a", "a/z/y", "c", "B", "a"]).to_json();
        let paths: Vec<&String> = value["metadata"].as_object().unwrap().keys().collect();
        assert_eq!(paths, ["a", "B", "c", "b/a", "a/z/y"]);
    }

    #[test]
    fn siblings_that_differ_in_case_are_two() {
        assert_eq!(documents(&["a", "A"]).len(), 2);
    }

    #[test]
    fn children() {
        let documents = documents(&["a", "a b", "a/c", "a/d/e", "b/c"]);
        let children = |path| documents.children(path).into_iter().collect::<Vec<_>>();
        assert_eq!(children(""), ["a", "a b", "b"], "b has no document");
        assert_eq!(children("a"), ["c", "d"]);
        assert_eq!(children("a/d"), ["e"]);
        assert!(children("c").is_empty());
    }

    #[test]
    fn a_bad_document_is_an_error_when_it_is_asked_for() {
        let metadata = json!({"good": {"zarr_format": 3, "node_type": "group"}, "bad": 1});
        let read = group(&json!({"kind": "inline", "metadata": metadata})).unwrap();
        let documents = read.consolidated_metadata.unwrap();
        assert!(documents.get("good").unwrap().is_ok());
        assert!(documents.get("bad").unwrap().is_err());
        assert!(documents.get("neither").is_none());
    }

    #[test]
    fn other_kinds_are_kept_if_they_may_be_ignored() {
        let other = json!({"kind": "by_reference", "must_understand": false, "url": "x"});
        let read = group(&other).unwrap();
        assert_eq!(read.consolidated_metadata, None);
        assert_eq!(read.to_json()["consolidated_metadata"], other);
        assert_eq!(
            group(&json!({"kind": "by_reference"})).unwrap_err(),
            "/consolidated_metadata/kind: consolidated metadata of kind \"by_reference\" is not \
             supported by this library"
        );
    }

    #[test]
    fn refusals() {
        let check = |block: Value, expected: &str| {
            assert_eq!(group(&block).unwrap_err(), expected);
        };
        assert_eq!(group(&Value::Null).unwrap().consolidated_metadata, None);
        check(
            json!([]),
            "/consolidated_metadata: expected an object, found an array of 0",
        );
        check(
            json!({}),
            "/consolidated_metadata/kind: missing; add \"kind\": \"inline\"",
        );
        check(
            json!({"kind": "inline"}),
            "/consolidated_metadata/metadata: missing; add an object with a document per path",
        );
        check(
            json!({"kind": "inline", "metadata": []}),
            "/consolidated_metadata/metadata: expected an object with a document per path, \
             found an array of 0",
        );
    }

    #[test]
    fn members_are_read_by_the_limits_of_the_whole() {
        let limits = Limits {
            rank: 1,
            ..Limits::default()
        };
        let array = crate::v3::ArrayMetadataV3::new(vec![1, 1], crate::DataType::Int8, vec![1, 1]);
        let block = json!({"kind": "inline", "must_understand": false,
            "metadata": {"a": array.to_json()}});
        let text = json!({"zarr_format": 3, "node_type": "group", "consolidated_metadata": block});
        let node = Reader::default()
            .limits(limits)
            .zarr_json(text.to_string().as_bytes())
            .unwrap();
        let NodeMetadata::Group(GroupMetadata::V3(group)) = node else {
            panic!("no group");
        };
        assert!(
            group
                .consolidated_metadata
                .unwrap()
                .get("a")
                .unwrap()
                .is_err()
        );
    }
}
