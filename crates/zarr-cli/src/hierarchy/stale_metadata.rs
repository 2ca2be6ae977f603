//! Consolidated metadata that says something else than the documents of the nodes.

use std::collections::BTreeMap;

use serde_json::Value;
use zarr::blocking::Wait;
use zarr::tools::documents::{ZARR_JSON, ZMETADATA};
use zarr::{ArrayMetadata, Attributes, Group, GroupMetadata, Node, NodeMetadata, ZarrFormat};

use super::directories::Directory;
use crate::address::existing;

/// The first difference between the consolidated metadata of a group and the documents of the nodes below it.
#[derive(Debug)]
pub(crate) struct StaleMetadata {
    /// The path of the document that holds the consolidated metadata, below the start of the walk.
    pub(crate) document: String,
    /// Where in that document.
    pub(crate) pointer: &'static str,
    pub(crate) what: String,
    /// Whether consolidating again mends it: it fails where a node cannot be read.
    pub(crate) can_be_consolidated: bool,
}

impl StaleMetadata {
    /// Compares consolidated metadata with the documents of the nodes. What cannot be read is not compared.
    pub(crate) fn find(directory: &Directory) -> Option<Self> {
        let (name, pointer) = consolidated(directory)?;
        let place = &directory.location;
        let Ok(Node::Group(now)) = existing(zarr::open(place.clone()), place).wait() else {
            return None;
        };
        let then = zarr::open_consolidated(directory.location.clone()).wait();
        let (mut then, mut now) = (members(&then.ok()?), members(&now));
        // What is below a node that cannot be read is unknown.
        let broken: Vec<String> = now
            .iter()
            .filter(|(_, node)| node.is_none())
            .map(|(path, _)| path.clone())
            .collect();
        for path in &broken {
            let below = format!("{path}/");
            let is_known =
                |other: &String| !path.is_empty() && other != path && !other.starts_with(&below);
            then.retain(|other, _| is_known(other));
            now.retain(|other, _| is_known(other));
        }
        let (path, _) = then
            .iter()
            .find(|(path, node)| now.get(*path) != Some(node))
            .or_else(|| now.iter().find(|(path, _)| !then.contains_key(*path)))?;
        let what = match (then.contains_key(path), now.contains_key(path)) {
            (true, false) => format!("`{path}` is no longer there"),
            (false, true) => format!("`{path}` is missing from it"),
            _ => format!("the document of `{path}` has changed"),
        };
        Some(Self {
            document: directory.path_of(name),
            pointer,
            what,
            can_be_consolidated: broken.is_empty(),
        })
    }
}

/// The document that holds the consolidated metadata of a group, and where in it; `None` if it has none.
fn consolidated(directory: &Directory) -> Option<(&'static str, &'static str)> {
    if directory.document(ZARR_JSON).is_none() {
        return directory.document(ZMETADATA).map(|_| (ZMETADATA, ""));
    }
    match directory.node_of(ZarrFormat::V3) {
        Ok(Some(NodeMetadata::Group(GroupMetadata::V3(group)))) => group
            .consolidated_metadata
            .map(|_| (ZARR_JSON, "/consolidated_metadata")),
        _ => None,
    }
}

/// The metadata of a node: its attributes apart, since numbers that JSON does not have are texts in the rest.
type NodeDocument = (Value, Attributes);

/// The metadata of every node, without consolidated metadata of its own; `None` for what cannot be read.
fn members(group: &Group) -> BTreeMap<String, Option<NodeDocument>> {
    let said = |node: NodeMetadata| match node {
        NodeMetadata::Array(ArrayMetadata::V2 { array, attributes }) => {
            (array.to_json(), attributes)
        }
        NodeMetadata::Array(ArrayMetadata::V3(array)) => (array.to_json(), array.attributes),
        NodeMetadata::Group(GroupMetadata::V2 { attributes, .. }) => (Value::Null, attributes),
        NodeMetadata::Group(GroupMetadata::V3(group)) => (Value::Null, group.attributes),
    };
    let members = group.members().all().each_metadata().wait().into_iter();
    members
        .map(|(path, node)| (path, node.ok().map(said)))
        .collect()
}
