//! Validates the documents of one node together: each by itself, and whether they contradict each other.

use serde_json::Value;

use super::names;
use crate::convert::DIMENSIONS;
use crate::documents::NodeDocuments;
use crate::node::NodeMetadata;
use crate::path::NodePath;
use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems};
use crate::reader::Reader;
use crate::report::Report;
use crate::{ArrayMetadata, ZarrFormat};

impl Reader {
    /// Validates all documents of the node at `path`, `""` being the root, and what shows only when they are
    /// compared: documents that are not read, or that contradict each other; names that the format reserves;
    /// a number of names in `_ARRAY_DIMENSIONS`, where xarray keeps the names of the axes of v2 arrays, that
    /// is not the number of axes. Such things are warnings.
    ///
    /// ```
    /// use zarr_metadata::{NodeDocuments, Reader};
    ///
    /// let found = NodeDocuments {
    ///     zarr_json: Some(br#"{"zarr_format": 3, "node_type": "group", "attributes": {"a": 1}}"#),
    ///     zgroup: Some(br#"{"zarr_format": 2}"#),
    ///     ..NodeDocuments::default()
    /// };
    /// let report = Reader::default().validate_node("ocean/__sst", &found);
    /// assert_eq!(report.to_string(), "\
    /// warning: ocean/__sst: expected valid node names, found \"__sst\", which starts with \
    /// \"__\", which the format reserves; choose another name
    /// warning: ocean/__sst/.zgroup: expected no document of the node beside zarr.json, found one, \
    /// which readers of format 3 ignore
    /// warning: ocean/__sst/.zgroup: expected the attributes that zarr.json has, found others");
    /// ```
    #[must_use]
    pub fn validate_node(&self, path: &str, documents: &NodeDocuments<'_>) -> Report {
        let at = JsonPlace::ROOT;
        let mut problems = self.problems();
        match NodePath::parse(path) {
            Ok(normal) => names::node(normal.as_str(), &at, &mut problems),
            Err(error) => {
                let (expected, found) = ("valid node names", error.to_string());
                problems.tolerate_instead(&at, expected, found);
            }
        }
        let path = path.trim_matches('/');
        let mut report = Report::of_document(path, problems);
        let place = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}/{name}"),
        };
        for (name, text) in documents.all() {
            report.extend(self.validate(&place(name), text));
        }
        for name in documents.overruled() {
            let mut problems = self.problems();
            self.contradictions(name, documents, &mut problems);
            report.extend(Report::of_document(&place(name), problems));
        }
        let mut problems = self.problems();
        self.attributes(documents, &mut problems);
        report.extend(Report::of_document(&place(".zattrs"), problems));
        report
    }

    /// Where the document `name` contradicts the one that overrules it.
    fn contradictions(&self, name: &str, documents: &NodeDocuments<'_>, problems: &mut Problems) {
        let at = JsonPlace::ROOT;
        let (by, readers) = match documents.zarr_json {
            Some(_) => ("zarr.json", "readers of format 3"),
            None => (".zarray", "readers"),
        };
        let mut disagree = |at: &JsonPlace<'_>, expected: String, found: String| {
            problems.warn(at, ProblemKind::Disagrees { expected, found });
        };
        disagree(
            &at,
            format!("no document of the node beside {by}"),
            format!("one, which {readers} ignore"),
        );
        let old = NodeDocuments {
            zarr_json: None,
            zarray: documents.zarray.filter(|_| name == ".zarray"),
            ..*documents
        };
        let (Ok(Some(new)), Ok(Some(old))) = (self.node(documents), self.node(&old)) else {
            return;
        };
        match (&new, &old) {
            (NodeMetadata::Array(new), NodeMetadata::Array(old)) => {
                same(new, old, &at, &mut disagree);
            }
            (NodeMetadata::Array(_), NodeMetadata::Group(_)) if by == "zarr.json" => {
                disagree(&at, format!("an array, as {by} says"), "a group".to_owned());
            }
            (NodeMetadata::Group(_), NodeMetadata::Array(_)) => {
                disagree(&at, format!("a group, as {by} says"), "an array".to_owned());
            }
            _ => {}
        }
        let are_new = |attribute: &(&String, &Value)| {
            attribute.0 == DIMENSIONS || new.attributes().get(attribute.0) == Some(attribute.1)
        };
        let names = new.attributes().keys();
        if by == "zarr.json"
            && !(old.attributes().iter().all(|attribute| are_new(&attribute))
                && names
                    .into_iter()
                    .all(|name| old.attributes().contains_key(name)))
        {
            let expected = format!("the attributes that {by} has");
            disagree(&at, expected, "others".to_owned());
        }
    }

    /// What `.zattrs` says about the node itself.
    fn attributes(&self, documents: &NodeDocuments<'_>, problems: &mut Problems) {
        if documents.zattrs.is_none() {
            return;
        }
        if documents.zarray.is_none() && documents.zgroup.is_none() {
            let advice = "expected .zarray or .zgroup beside it, found neither; attributes are no \
                          node by themselves";
            problems.discourage(&JsonPlace::ROOT, advice);
        }
        let old = NodeDocuments {
            zarr_json: None,
            ..*documents
        };
        if let Ok(Some(NodeMetadata::Array(array))) = self.node(&old) {
            dimensions(&array, &JsonPlace::ROOT, problems);
        }
    }
}

/// Where the documents of two versions contradict each other about an array.
fn same(
    new: &ArrayMetadata,
    old: &ArrayMetadata,
    at: &JsonPlace<'_>,
    disagree: &mut impl FnMut(&JsonPlace<'_>, String, String),
) {
    if new.shape() != old.shape() {
        let expected = format!("{:?}, as zarr.json says", new.shape());
        disagree(&at.key("shape"), expected, format!("{:?}", old.shape()));
    }
    if new.data_type() != old.data_type() {
        let expected = format!("{}, as zarr.json says", new.data_type());
        disagree(&at.key("dtype"), expected, old.data_type().to_string());
    }
    if new.chunk_grid() != old.chunk_grid() {
        let expected = "the chunks that zarr.json has".to_owned();
        disagree(&at.key("chunks"), expected, "others".to_owned());
    }
}

/// The names that xarray gives the axes of an array of format 2.
pub(crate) fn dimensions(array: &ArrayMetadata, at: &JsonPlace<'_>, problems: &mut Problems) {
    let Some(value) = array.attributes().get(DIMENSIONS) else {
        return;
    };
    if array.format() != ZarrFormat::V2 {
        return;
    }
    let at = at.key(DIMENSIONS);
    let names = value.as_array();
    let expected = format!(
        "one name per axis of the array, {} in all",
        array.shape().len()
    );
    let found = match names {
        Some(names) if !names.iter().all(Value::is_string) => {
            "something that is not a name".to_owned()
        }
        Some(names) if names.len() == array.shape().len() => return,
        Some(names) => names.len().to_string(),
        None => crate::problem::brief(value),
    };
    problems.warn(&at, ProblemKind::Disagrees { expected, found });
}
