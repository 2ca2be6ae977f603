//! The list of nodes that `ls`, `tree` and the page of `serve` show, with stored sizes if asked for.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use zarr::blocking::Wait;
use zarr::{ArrayMetadata, Group, NodeMetadata};

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::hierarchy::{invalid_names, stored_sizes};
use crate::output::text;

/// A node, or why it cannot be read, and its path below the root of the list.
pub(crate) type ListedNode = (String, zarr::Result<NodeMetadata>);

/// The members of a group down to `depth` levels, or all of them. Directories without a document that contain nodes
/// are among them.
pub(crate) fn members(
    group: &Group,
    depth: Option<usize>,
    place: &str,
) -> Result<Vec<ListedNode>, Failure> {
    if depth == Some(0) {
        return Ok(vec![]);
    }
    let below_children = depth.map(|levels| levels.saturating_sub(1));
    let members = group.members().max_depth(below_children).implicit(true);
    let mut found = members.each_metadata().wait();
    // The group itself cannot be listed.
    match found.first() {
        Some((path, Err(_))) if path.is_empty() => match found.swap_remove(0).1 {
            Err(error) => Err(Failure::zarr("cannot list", place, &error)),
            Ok(_) => Ok(found),
        },
        _ => Ok(found),
    }
}

/// Nodes and their paths below the root of the list.
pub(crate) struct NodeList {
    pub(crate) list: Vec<ListedNode>,
    sizes: Option<BTreeMap<String, u64>>,
}

impl NodeList {
    pub(crate) fn new(
        address: &Address,
        list: Vec<ListedNode>,
        with_sizes: bool,
    ) -> Result<Self, Failure> {
        let sizes = match with_sizes {
            true => {
                let paths = list.iter().map(|(path, _)| path);
                Some(stored_sizes::below(
                    &address.location()?,
                    address.as_str(),
                    paths,
                )?)
            }
            false => None,
        };
        Ok(Self { list, sizes })
    }

    /// Warns of names that no key can have in the groups of the list above `depth`, or in all of them.
    pub(crate) fn warn_of_invalid_names(&self, address: &Address, depth: Option<usize>) {
        let level = |path: &str| path.split('/').filter(|name| !name.is_empty()).count();
        let is_looked_into = |path: &str| depth.is_none_or(|depth| level(path) < depth);
        let groups = self.list.iter().filter_map(|(path, node)| {
            let is_group = matches!(node, Ok(NodeMetadata::Group(_)));
            (is_group && !path.is_empty() && is_looked_into(path)).then_some(path.as_str())
        });
        invalid_names::warn(address, std::iter::once("").chain(groups));
    }

    /// Reports the nodes that cannot be read, and gives the exit code for them.
    pub(crate) fn report_unreadable(&self, place: &str) -> Exit {
        let mut exit = Exit::Done;
        for (path, node) in &self.list {
            if let Err(error) = node {
                let failure = Failure::zarr("cannot read", &format!("{place}::{path}"), error);
                text::error(&failure.to_string());
                if exit == Exit::Done {
                    exit = failure.exit();
                }
            }
        }
        exit
    }

    /// The bytes that a node stores, including everything below it.
    pub(crate) fn size(&self, path: &str) -> Option<u64> {
        self.sizes.as_ref()?.get(path).copied()
    }

    /// A flat list as JSON, however deep the hierarchy.
    pub(crate) fn report(&self, command: &str, place: &str) -> String {
        let nodes = self.list.iter();
        let nodes = nodes.map(|(path, node)| Value::Object(to_json(path, node, self.size(path))));
        let nodes: Vec<Value> = nodes.collect();
        text::report(command, json!({"path": place, "nodes": nodes}))
    }
}

/// A node of the list as JSON.
pub(crate) fn to_json(
    path: &str,
    node: &zarr::Result<NodeMetadata>,
    size: Option<u64>,
) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("path".to_owned(), format!("/{path}").into());
    match node {
        Ok(NodeMetadata::Group(_)) => {
            object.insert("node_type".to_owned(), "group".into());
        }
        Ok(NodeMetadata::Array(array)) => describe(array, &mut object),
        Err(error) => {
            object.insert("node_type".to_owned(), Value::Null);
            object.insert("error".to_owned(), error.to_string().into());
        }
    }
    if let Some(size) = size {
        object.insert("nbytes_stored".to_owned(), size.into());
    }
    object
}

fn describe(array: &ArrayMetadata, object: &mut Map<String, Value>) {
    object.insert("node_type".to_owned(), "array".into());
    object.insert("shape".to_owned(), array.shape().into());
    object.insert("data_type".to_owned(), array.data_type().to_json());
}
