//! Finds what is wrong between the nodes of a hierarchy, by names and documents alone.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;
use zarr::blocking::Wait;
use zarr::{ArrayMetadata, Attributes, Group, GroupMetadata, Node, NodeMetadata, ZarrFormat};

use super::Finding;
use super::fix::Fix;
use super::rules;
use crate::address::existing;
use crate::hierarchy::directories::Directory;
use zarr::tools::documents::{self, ZARR_JSON, ZMETADATA};

pub(super) fn find(directories: &[Directory], found: &mut Vec<Finding>) {
    let nodes: Vec<&Directory> = directories
        .iter()
        .filter(|directory| directory.is_node())
        .collect();
    for directory in directories {
        two_formats(directory, found);
        implicit(directory, &nodes, found);
        names(directory, found);
        stale(directory, found);
    }
}

fn two_formats(directory: &Directory, found: &mut Vec<Finding>) {
    let old = documents::NODE_V2
        .into_iter()
        .find(|name| directory.document(name).is_some());
    if let (Some(old), Some(_)) = (old, directory.document(ZARR_JSON)) {
        let what = format!("{ZARR_JSON} and {old} are both present");
        found.push(Finding::new(&rules::TWO_FORMATS, name(directory), what));
    }
}

/// `nodes` are all nodes, in the order of their paths.
fn implicit(directory: &Directory, nodes: &[&Directory], found: &mut Vec<Finding>) {
    if directory.is_node() {
        return;
    }
    let inside = match directory.path.as_str() {
        "" => String::new(),
        path => format!("{path}/"),
    };
    let first = nodes.partition_point(|node| node.path < inside);
    let node = nodes.get(first).copied();
    let Some(node) = node.filter(|node| node.path.starts_with(&inside)) else {
        return;
    };
    let format = match node.document(ZARR_JSON) {
        Some(_) => ZarrFormat::V3,
        None => ZarrFormat::V2,
    };
    let what = format!(
        "{} lies below, but this group has no document of its own",
        name(node)
    );
    let fix = Fix::MakeGroup(directory.location.clone(), format);
    found.push(Finding::new(&rules::IMPLICIT_GROUP, name(directory), what).with_fix(fix));
}

fn names(directory: &Directory, found: &mut Vec<Finding>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for prefix in &directory.listing.prefixes {
        if let Some(other) = seen.insert(prefix.name().to_lowercase(), prefix.name()) {
            let what = format!("it differs from {other:?} only in case");
            found.push(Finding::new(
                &rules::CASE,
                prefix.as_str().trim_end_matches('/'),
                what,
            ));
        }
    }
    let unknown = directory
        .listing
        .keys
        .iter()
        .filter(|entry| !documents::ALL.contains(&entry.key.name()));
    for entry in unknown {
        found.push(unknown_key(&entry.key));
    }
}

/// A key that belongs to no node.
pub(super) fn unknown_key(key: &zarr::tools::Key) -> Finding {
    match leftover_of_others(key.name()) {
        Some(who) => {
            let what = format!("left behind by {who}");
            Finding::new(&rules::LEFTOVER, key.as_str(), what).with_fix(Fix::DeleteKey(key.clone()))
        }
        None => Finding::new(
            &rules::UNKNOWN_KEY,
            key.as_str(),
            "neither a document nor a chunk",
        ),
    }
}

/// Temporary files of other writers, by their names.
fn leftover_of_others(name: &str) -> Option<&'static str> {
    let hex = |text: &str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some((_, random)) = name
        .strip_suffix(".partial")
        .and_then(|name| name.rsplit_once('.'))
        && hex(random)
    {
        return Some("zarr-python");
    }
    name.ends_with(".__lock").then_some("tensorstore")
}

/// Compares consolidated metadata with the documents of the nodes.
fn stale(directory: &Directory, found: &mut Vec<Finding>) {
    let has = match directory.document(ZARR_JSON) {
        Some(text) => {
            serde_json::from_slice::<BTreeMap<String, &RawValue>>(text).is_ok_and(|document| {
                let consolidated = document.get("consolidated_metadata");
                consolidated.is_some_and(|consolidated| consolidated.get().starts_with('{'))
            })
        }
        None => directory.document(ZMETADATA).is_some(),
    };
    if !has {
        return;
    }
    // What cannot be read is reported by another rule.
    let place = &directory.location;
    let now = match existing(zarr::open(place.clone()), place).wait() {
        Ok(Node::Group(group)) => group,
        _ => return,
    };
    let Ok(then) = zarr::open_consolidated(place.clone()).wait() else {
        return;
    };
    let (mut then, mut now) = (members(&then), members(&now));
    // What cannot be read is reported by another rule, and what is below it is unknown.
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
    let differs = then
        .iter()
        .find(|(path, node)| now.get(*path) != Some(node))
        .or_else(|| now.iter().find(|(path, _)| !then.contains_key(*path)));
    if let Some((path, _)) = differs {
        let what = match (then.contains_key(path), now.contains_key(path)) {
            (true, false) => format!("`{path}` is no longer there"),
            (false, true) => format!("`{path}` is missing from it"),
            _ => format!("the document of `{path}` has changed"),
        };
        let finding = Finding::new(&rules::STALE, name(directory), what);
        // Consolidating fails if a node cannot be read.
        found.push(match broken.is_empty() {
            true => finding.with_fix(Fix::Consolidate(directory.location.clone())),
            false => finding,
        });
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

/// The path of a directory, to be shown.
fn name(directory: &Directory) -> String {
    match directory.path.as_str() {
        "" => "/".to_owned(),
        path => path.to_owned(),
    }
}
