//! Validates consolidated metadata: each document in it, and whether the paths make a hierarchy. Whether it
//! agrees with the nodes themselves only a store can tell.

use std::collections::BTreeMap;

use serde_json::Value;

use super::v2::document_key;
use super::{v2 as old, v3 as new};
use crate::documents::{ZARRAY, ZATTRS, ZGROUP};
use crate::node::NodeMetadata;
use crate::path::NodePath;
use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems};
use crate::raw_members::{CONSOLIDATED, parsed};
use crate::read;
use crate::reader::Reader;
use crate::validate::{names, node, v2 as array_rules, v3 as node_rules};

pub(crate) fn v3(
    documents: &new::ConsolidatedMetadataV3,
    reader: &Reader,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) {
    let at = at.key(CONSOLIDATED);
    let at = at.key("metadata");
    let mut kinds = BTreeMap::new();
    for (path, raw) in documents.documents() {
        let at = at.key(path);
        if path_is_normal(path, &at, problems) {
            names::node(path, &at, problems);
        }
        let Some(mut value) = parsed(raw, &at, problems) else {
            continue;
        };
        let is_array = value.get("node_type").is_some_and(|kind| kind == "array");
        kinds.insert(path, is_array);
        // The list is flat, so a block inside is ignored; zarr-python writes empty ones.
        if let (false, Value::Object(members)) = (is_array, &mut value) {
            let inner = members.shift_remove(CONSOLIDATED);
            let inner = inner.as_ref().and_then(|block| block.get("metadata"));
            if inner
                .and_then(Value::as_object)
                .is_some_and(|m| !m.is_empty())
            {
                let advice = "expected no documents inside a consolidated group, whose members \
                              stand beside it, found some; readers ignore them";
                problems.discourage(&at.key(CONSOLIDATED), advice);
            }
        }
        node_rules::node(value, None, reader, &at, problems);
    }
    parents(&kinds, &at, problems);
}

pub(crate) fn v2(documents: &old::ConsolidatedMetadataV2, problems: &mut Problems) {
    let root = JsonPlace::ROOT;
    let at = root.key("metadata");
    let mut kinds = BTreeMap::new();
    for (key, raw) in documents.documents() {
        let at = at.key(key);
        let (path, name) = key.rsplit_once('/').unwrap_or(("", key));
        path_is_normal(path, &at, problems);
        let Some(value) = parsed(raw, &at, problems) else {
            continue;
        };
        match name {
            ZARRAY => {
                kinds.insert(path, true);
                array_rules::array(value, &at, problems);
            }
            ZGROUP => {
                kinds.entry(path).or_insert(false);
                crate::v2::GroupMetadataV2::read(value, &at, problems);
            }
            ZATTRS => {
                read::object(value, &at, problems);
            }
            _ => {
                let advice = "expected a key that ends in .zarray, .zgroup or .zattrs, found one \
                              that no reader looks for";
                problems.discourage(&at, advice);
            }
        }
    }
    for (path, _) in kinds.iter().filter(|(_, is_array)| **is_array) {
        if let Some(Ok(NodeMetadata::Array(array))) = documents.get(path) {
            node::dimensions(&array, &at.key(&document_key(path, ZATTRS)), problems);
        }
    }
    parents(&kinds, &at, problems);
}

fn path_is_normal(path: &str, at: &JsonPlace<'_>, problems: &mut Problems) -> bool {
    let normal = NodePath::parse(path).map(|normal| normal.as_str() == path) == Ok(true);
    if !normal {
        let kind = ProblemKind::Invalid {
            expected: "a path of names with one slash between them".to_owned(),
            found: crate::problem::brief(&path.into()),
        };
        problems.push(at, kind);
    }
    if path.contains('\0') {
        let kind = ProblemKind::Invalid {
            expected: "a path that keys can have".to_owned(),
            found: format!("{}, with a NUL in it", crate::problem::brief(&path.into())),
        };
        problems.push(at, kind);
    }
    normal
}

/// Checks that the parent of each node is a group. `kinds` tells for each path whether it is an array.
fn parents(kinds: &BTreeMap<&str, bool>, at: &JsonPlace<'_>, problems: &mut Problems) {
    for path in kinds.keys() {
        let Some((parent, _)) = path.rsplit_once('/') else {
            continue;
        };
        match kinds.get(parent) {
            Some(false) => {}
            Some(true) => {
                let found = format!("the array {:?}", brief_path(parent));
                problems.disagrees(&at.key(path), "a group as parent", found);
            }
            None => {
                let advice = format!(
                    "expected a document of the group {:?} as well, found none",
                    brief_path(parent)
                );
                problems.discourage(&at.key(path), advice);
            }
        }
    }
}

fn brief_path(path: &str) -> &str {
    let end = path
        .char_indices()
        .nth(60)
        .map_or(path.len(), |(end, _)| end);
    path.get(..end).unwrap_or(path)
}
